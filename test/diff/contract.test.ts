import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Detection, readDetection } from '../../harness/detection/detection.js';
import { contractChanges } from '../../harness/diff/contract.js';
import { Sandbox } from '../detections/folder.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const DETECTION = `id: shell-lookup
title: A shell looks something up
environment: sentinel
claims: { techniques: [T1102.001], roles: [lookup] }
`;

const RULE = `id: 00000000-0000-0000-0000-000000000001
name: Shell lookup
kind: Scheduled
severity: Medium
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
query: |
  DeviceNetworkEvents
  | project TimeGenerated, DeviceName, RemoteUrl
entityMappings:
  - entityType: Host
    fieldMappings: [{ identifier: HostName, columnName: DeviceName }]
  - entityType: URL
    fieldMappings: [{ identifier: Url, columnName: RemoteUrl }]
customDetails: { Site: RemoteUrl }
`;

function detection(rule: string): Detection {
  const files = { 'detection.yaml': DETECTION, 'rule.kql': undefined, 'tests.yaml': undefined, 'rule.yaml': rule };
  return readDetection(sandbox.detection(files));
}

function changes(change: (rule: string) => string): ReturnType<typeof contractChanges> {
  const base = detection(RULE);
  return contractChanges(base, detection(change(RULE)), {});
}

describe('contractChanges', () => {
  it('finds nothing where only the logic changed', () => {
    expect(changes((rule) => rule.replace('| project', '| where RemotePort == 1\n  | project'))).toEqual([]);
  });

  it('names entity mappings and custom details that moved to another column or vanished', () => {
    const moved = changes((rule) =>
      rule
        .replace('columnName: DeviceName', 'columnName: Computer')
        .replace(/ {2}- entityType: URL\n.*\n/, '')
        .replace('Site:', 'Place:'),
    );
    expect(moved).toEqual([
      { what: 'entity mapping', name: 'Host HostName', before: 'DeviceName', after: 'Computer' },
      { what: 'entity mapping', name: 'URL Url', before: 'RemoteUrl' },
      { what: 'custom detail', name: 'Site', before: 'RemoteUrl' },
      { what: 'custom detail', name: 'Place', after: 'RemoteUrl' },
    ]);
  });

  it('names a rule that was renamed, and what it does otherwise', () => {
    const renamed = changes((rule) =>
      rule
        .replace('name: Shell', 'name: Every')
        .replace('Medium', 'High')
        .replace('queryFrequency: 1h', 'queryFrequency: 30m')
        .replace('triggerThreshold: 0', 'triggerThreshold: 5'),
    );
    expect(renamed.map(({ what, before, after }) => `${what}: ${before} → ${after}`)).toEqual([
      'rule name: Shell lookup → Every lookup',
      'severity: Medium → High',
      'schedule: PT1H → PT30M',
      'trigger: gt 0 → gt 5',
    ]);
  });
});
