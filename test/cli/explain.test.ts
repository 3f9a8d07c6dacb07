import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sandbox } from '../detections/folder.js';
import { assay } from './run.js';

vi.setConfig({ testTimeout: 120_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const WORKLOAD = `id: few
title: A few hosts
organisation: enterprise
hosts: 20
runs: 1
malicious: { only: [s0674-charmpower] }
benign: { only: [dev-01-git-over-https] }
`;

describe('assay explain', () => {
  it('explains the event of a file', async () => {
    const folder = sandbox.detection();
    const file = sandbox.file('event.yaml', 'events: { DeviceNetworkEvents: [{ RemoteUrl: github.com }] }\n');
    const { code, stdout } = await assay('explain', folder, '--event', file, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      detection: 'shell-lookup',
      returned: false,
      droppedAt: 1,
      event: { table: 'DeviceNetworkEvents', fields: { RemoteUrl: 'github.com' } },
      flips: [{ column: 'InitiatingProcessFileName', from: '', to: 'powershell.exe' }],
    });
  });

  it('explains an event of the workload', async () => {
    const detection = `id: shell-lookup
title: A shell looks something up
environment: defender-xdr
claims: { techniques: [T1102.001], roles: [lookup] }
workload: { name: few.yaml }
`;
    const folder = sandbox.detection({ 'detection.yaml': detection, 'few.yaml': WORKLOAD });
    const { code, stdout } = await assay('explain', folder, '--event', '1');
    expect(code).toBe(0);
    expect(stdout).toContain('shell-lookup');
    expect(stdout).toContain('   2  | where RemoteUrl has_any ("pastebin.com", "github.com")');
    const none = await assay('explain', folder, '--event', '999999999');
    expect(none.code).toBe(3);
    expect(none.stderr).toContain('The workload has no event 999999999');
  });

  it('says what is wrong with what it is given', async () => {
    const folder = sandbox.detection();
    expect(await assay('explain', folder, '--event', 'nowhere.yaml')).toMatchObject({ code: 3 });
    expect(await assay('explain', folder)).toMatchObject({ code: 3 });
    const broken = sandbox.detection({ 'rule.kql': 'DeviceNetworkEvents | where Nope == 1' }, 'broken');
    const file = sandbox.file('event.yaml', 'events: { DeviceNetworkEvents: [{ RemoteUrl: github.com }] }\n');
    expect(await assay('explain', broken, '--event', file)).toMatchObject({ code: 2 });
  });
});
