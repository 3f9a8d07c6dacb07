import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { check } from '../../harness/check/check.js';
import { readDetection } from '../../harness/detection/detection.js';
import { tuningSchema } from '../../harness/tune/result.js';
import { assay } from '../cli/run.js';
import { Sandbox } from '../detections/folder.js';

vi.setConfig({ testTimeout: 120_000 });

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const HOSTS = Array.from({ length: 12 }, (_, i) => `ws-${i}`);

/** What an estate's own sync client does on each host, and a tool that a single host has. */
function ownEvents(): string {
  const event = (host: string, path: string, url: string, hour = 10) => ({
    TimeGenerated: `2026-03-02T${hour}:00:00Z`,
    DeviceId: host,
    DeviceName: host,
    ActionType: 'ConnectionSuccess',
    RemoteUrl: url,
    InitiatingProcessFileName: path.replace(/^.*\\/, ''),
    InitiatingProcessFolderPath: path,
  });
  const sync = HOSTS.flatMap((host) => [
    event(host, 'c:\\program files\\acme\\sync.exe', 'files.github.com'),
    event(host, 'c:\\program files\\acme\\sync.exe', 'api.github.com', 22),
  ]);
  const rare = event('ws-0', 'c:\\program files\\rare\\rare.exe', 'github.com');
  return [...sync, rare].map((each) => JSON.stringify(each)).join('\n');
}

/** A Sentinel detection over one attack and what else the workload plays; `more` are further lines of its file. */
function detectionOf(rule: string, { more = '', techniques = 'T1102', benign = '' } = {}): string {
  return sandbox.detection({
    'detection.yaml': `id: shell-lookup
title: t
environment: sentinel
claims: { techniques: [${techniques}], roles: [lookup] }
${more}workload: { name: small.yaml }
`,
    'small.yaml': `id: small
title: One attack
organisation: small-office
hosts: 6
runs: 1
malicious: { only: [powersing] }
${benign}`,
    'rule.kql': rule,
    'tests.yaml': undefined,
  });
}

it('tunes on own events, keeps the exceptions in a watchlist, and is then what was reviewed', async () => {
  const folder = detectionOf(
    `DeviceNetworkEvents
| where RemoteUrl has_any ("github.com", "youtube.com", "google.com")
| project TimeGenerated, DeviceName, RemoteUrl, InitiatingProcessFileName
`,
    { techniques: 'T1102.001', benign: 'benign: { only: [bg-time] }\n' },
  );
  const events = sandbox.file('own/DeviceNetworkEvents.ndjson', ownEvents());
  const asked = ['tune', folder, '--events', events, '--simulate', 'attacks', '--watchlist', 'Known', '--json'];
  const short = sandbox.file('short/DeviceNetworkEvents.ndjson', ownEvents().replaceAll('T22:', 'T10:'));
  const refused = await assay('tune', folder, '--events', short, '--simulate', 'attacks');
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('the own events span 1 min')]);
  const { code, stdout, stderr } = await assay(...asked, '--apply', '--owner', 'secops', '--expiry', '2030-01-01');
  expect([code, stderr]).toEqual([0, expect.stringContaining('1 exception added')]);
  const { detections } = JSON.parse(stdout) as { detections: unknown[] };
  const tuning = tuningSchema.parse(detections[0]);
  expect(tuning.workload.own).toEqual({ malicious: 0, benign: 25, simulated: 'attacks' });
  expect(tuning.before.alerts.false - tuning.after.alerts.false).toBe(24);
  expect(tuning.exceptions.map(({ condition, reason, evaded }) => [condition, reason, evaded?.length])).toEqual([
    [
      "InitiatingProcessFolderPath =~ @'c:\\program files\\acme\\sync.exe'",
      expect.stringMatching(/^Own events: .* in own events$/),
      expect.any(Number),
    ],
  ]);
  // The rule as it is deployed asks the watchlist; what it holds is what was reviewed.
  expect(readDetection(folder).deployed.text).toContain('_GetWatchlist("Known")');
  expect(readFileSync(join(folder, 'Known.csv'), 'utf8')).toContain('SearchKey,Condition,Reason,Owner,Expiry\n');
  const codes = () =>
    check({ folder }, { today: '2026-03-02' }).findings.flatMap((each) =>
      /^exception/.test(each.code) ? [each.code] : [],
    );
  expect(codes()).toEqual([]);
  writeFileSync(join(folder, 'Known.csv'), 'SearchKey\n');
  expect(codes()).toEqual(['exceptions-not-rendered']);
});

it('says why nothing can be proposed for a rule that gives one alert a run', async () => {
  const folder = detectionOf(
    `DeviceNetworkEvents
| where RemoteUrl has_any ("imgur.com", "github.com", "sharepoint.com") or RemoteUrl has "reddit.com"
| project TimeGenerated, DeviceName, RemoteUrl, InitiatingProcessFileName
`,
    { more: 'alerts: per-run\n' },
  );
  const { code, stdout, stderr } = await assay('tune', folder, '--no-evade', '--apply', '--owner', 'secops');
  expect(code).toBe(0);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('no exception can be proposed: the rule raised no false alert here');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('one alert a run');
  expect(stderr).toContain('shell-lookup: nothing to add.');
});

it('says which tables it would need for a rule whose tables nothing plays', async () => {
  const folder = detectionOf(`DeviceEvents
| where ActionType == "PowerShellCommand"
| project TimeGenerated, DeviceName, InitiatingProcessFileName
`);
  const { code, stderr } = await assay('tune', folder, '--no-evade');
  expect(code).not.toBe(0);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'the rule reads DeviceEvents, and the workload holds events of DeviceNetworkEvents,',
  );
});
