import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from '../../harness/check/check.js';
import type { Finding } from '../../harness/check/finding.js';
import type { Environment } from '../../harness/tables/schema.js';

/** Of all files of tests that run in this process, one after the other; each removes what it wrote. */
export const folder = join(tmpdir(), `assay-check-${process.pid}`);

export function removeFolder(): void {
  rmSync(folder, { recursive: true, force: true });
}

let files = 0;

/** Writes a file of its own for a test. */
export function write(text: string, extension: 'kql' | 'yaml'): string {
  const file = join(folder, `rule-${files++}.${extension}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** The findings of a rule's text. */
export function judge(text: string, environment: Environment = 'defender-xdr'): readonly Finding[] {
  return check({ file: write(text, 'kql') }, { environment }).findings;
}

/** The findings of a rule's YAML file. */
export function judgeYaml(text: string): readonly Finding[] {
  return check({ file: write(text, 'yaml') }).findings;
}

/** `code line:column`, of the findings of one code where it is given. */
export function places(findings: readonly Finding[], code?: string): string[] {
  return findings
    .filter((finding) => code === undefined || finding.code === code)
    .map((finding) => `${finding.code} ${finding.line}:${finding.column}`);
}

const SENTINEL: Readonly<Record<string, string>> = {
  id: '6d2f7c0e-6f0e-4f5b-9a53-2b8f3c1f9a01',
  name: 'Lookups of a dead drop',
  kind: 'Scheduled',
  severity: 'Medium',
  queryFrequency: '1h',
  queryPeriod: '1h',
  triggerOperator: 'gt',
  triggerThreshold: '0',
  tactics: '[CommandAndControl]',
  relevantTechniques: '[T1102.001]',
  query: '|\n  DeviceNetworkEvents\n  | where RemoteUrl has "pastebin.com"',
  entityMappings:
    '\n  - entityType: Host\n    fieldMappings:\n      - identifier: HostName\n        columnName: DeviceName',
};

/** A Sentinel rule that nothing is wrong with, but for the keys that are given; `undefined` leaves a key out. */
export function sentinel(changes: Readonly<Record<string, string | undefined>> = {}): string {
  return Object.entries({ ...SENTINEL, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

/** A custom detection of Defender that nothing is wrong with, but for what is given. */
export function defender(
  changes: { query?: string; period?: string; severity?: string; asset?: string; category?: string } = {},
): string {
  return `displayName: Lookups of a dead drop
queryCondition:
  queryText: |
    ${changes.query ?? 'DeviceNetworkEvents | where RemoteUrl has "pastebin.com"'}
schedule:
  period: "${changes.period ?? '1H'}"
detectionAction:
  alertTemplate:
    title: A dead drop was read
    severity: ${changes.severity ?? 'medium'}
    category: ${changes.category ?? 'CommandAndControl'}
    mitreTechniques: [T1102.001]
    impactedAssets:
      - '@odata.type': '#microsoft.graph.security.impactedDeviceAsset'
        identifier: ${changes.asset ?? 'deviceId'}
`;
}
