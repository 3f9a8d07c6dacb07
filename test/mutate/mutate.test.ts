import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { mutate, UnfitTests } from '../../harness/mutate/mutate.js';
import type { MutantResult, MutationResult } from '../../harness/mutate/result.js';
import { writeTests } from '../../harness/mutate/write-tests.js';
import { Sandbox } from '../detections/folder.js';

vi.setConfig({ testTimeout: 240_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

async function mutated(rule: string, tests: string): Promise<{ folder: string; result: MutationResult }> {
  const folder = sandbox.detection({ 'rule.kql': rule, 'tests.yaml': tests });
  return { folder, result: await mutate(readDetection(folder)) };
}

const told = ({ mutator, does, status }: MutantResult): string => `${status} ${mutator}: ${does}`;

const ONE_SHELL = `tests:
  - name: a shell reads a paste
    events:
      DeviceNetworkEvents:
        - { InitiatingProcessFileName: powershell.exe, RemoteUrl: pastebin.com }
    expect: { alerts: 1 }
`;

describe('mutating a rule', () => {
  it('breaks rules whose columns the data makes, before and behind the step that makes them', async () => {
    const { result } = await mutated(
      `DeviceEvents
| where ActionType == "PowerShellCommand"
| extend Bag = parse_json(AdditionalFields)
| evaluate bag_unpack(Bag)
| where Command has "curl"`,
      `tests:
  - name: a download is an alert
    events:
      DeviceEvents:
        - { ActionType: PowerShellCommand, AdditionalFields: '{"Command":"curl x"}' }
        - { ActionType: PowerShellCommand, AdditionalFields: '{"Command":"dir","Level":4}' }
        - { ActionType: Other, AdditionalFields: '{"Command":"curl x"}' }
        - { ActionType: POWERSHELLCOMMAND, AdditionalFields: '{"Command":"curl x"}' }
    expect: { alerts: 1 }
`,
    );
    const found = result.mutants.map(told);
    expect(found).toContain('killed drop-where: drops where ActionType == "PowerShellCommand"');
    expect(found).toContain('killed drop-where: drops where Command has "curl"');
    expect(found.filter((text) => text.startsWith('invalid'))).toEqual([]);
  });

  it('changes what documents and command lines hold, where the rule looks into them', async () => {
    const { result } = await mutated(
      `DeviceEvents
| where Timestamp > ago(1d)
| where ActionType == "PowerShellCommand"
| extend Command = tostring(parse_json(AdditionalFields).Command)
| where Command has_any ("DownloadString", "Invoke-WebRequest") and Command has "https"
| parse Command with * "https://" Site "/" *
| where isnotempty(Site)`,
      `tests:
  - name: a download is an alert
    events:
      DeviceEvents:
        - { ActionType: PowerShellCommand, AdditionalFields: '{"Command":"DownloadString https://a.example/b"}' }
    expect: { alerts: 1 }
`,
    );
    const equivalent = result.mutants.filter(({ status }) => status === 'equivalent');
    // What parse finds is text that stands behind https.
    expect(equivalent.map(told)).toEqual([
      'equivalent drop-clause: drops Command has "https"',
      'equivalent change-match: makes contains of has',
    ]);
    const entry = result.mutants.find(({ does }) => does === 'drops "Invoke-WebRequest"');
    expect(entry?.witness?.test).toContain('Invoke-WebRequest https://a.example/b');
  });

  it('brings as many different values as a rule counts, and lets all events grow old together', async () => {
    const { result } = await mutated(
      `DeviceNetworkEvents
| where Timestamp > ago(1h)
| summarize Sites = dcount(RemoteUrl), First = min(Timestamp), Last = max(Timestamp) by DeviceName
| where Last - First > 1m
| extend Kind = iff(Sites >= 4, "many", "few")`,
      `tests:
  - name: a host that keeps asking is an alert
    events:
      DeviceNetworkEvents:
        - { Timestamp: '2026-03-02T11:50:00Z', DeviceName: h, RemoteUrl: a.example }
        - { Timestamp: '2026-03-02T11:59:00Z', DeviceName: h, RemoteUrl: b.example }
    expect: { alerts: 1 }
`,
    );
    const survived = result.mutants.filter(({ status }) => status === 'survived').map(({ does }) => does);
    expect(survived).toEqual(
      expect.arrayContaining(['makes > of >=', 'makes 5 of 4', 'makes 2h of 1h', 'drops where Timestamp > ago(1h)']),
    );
  });

  it('tries values of the right type, where a rule gives the name of a column to one of another type', async () => {
    const { result } = await mutated(
      `DeviceNetworkEvents
| summarize RemoteUrl = count(), RemotePort = tostring(min(RemotePort)) by DeviceName
| where RemoteUrl > 1 and RemotePort == "443"`,
      `tests:
  - name: a host that asks twice is an alert
    events:
      DeviceNetworkEvents:
        - { DeviceName: h, RemoteUrl: a, RemotePort: 443 }
        - { DeviceName: h, RemoteUrl: b, RemotePort: 443 }
    expect: { alerts: 1 }
`,
    );
    expect(result.mutants.find(({ does }) => does === 'drops RemoteUrl > 1')?.status).toBe('survived');
  });

  it('tells what tests notice, what they miss, and what nothing shows', async () => {
    const { result } = await mutated(
      `DeviceNetworkEvents
| where RemoteUrl has_any ("pastebin.com", "www.pastebin.com", "github.com")
| where InitiatingProcessFileName == "powershell.exe"`,
      ONE_SHELL,
    );
    expect(result.mutants.map(told)).toEqual([
      'survived drop-where: drops where RemoteUrl has_any ("pastebin.com", "www.pastebin.com", "github.com")',
      'killed negate-clause: negates RemoteUrl has_any ("pastebin.com", "www.pastebin.com", "github.com")',
      'killed change-match: makes has_all of has_any',
      'survived add-entry: adds ""',
      'survived alter-entry: makes "com" of "pastebin.com"',
      'killed drop-entry: drops "pastebin.com"',
      'equivalent alter-entry: makes "pastebin.com" of "www.pastebin.com"',
      'equivalent drop-entry: drops "www.pastebin.com"',
      'survived drop-entry: drops "github.com"',
      'survived alter-entry: makes "com" of "github.com"',
      'survived drop-where: drops where InitiatingProcessFileName == "powershell.exe"',
      'survived change-case: makes =~ of ==',
      'killed flip-operator: makes != of ==',
    ]);
    expect(result.score).toBeCloseTo(4 / 11);
    expect(result.tests).toEqual(['a shell reads a paste']);
    expect(result.mutants.find(({ does }) => does === 'drops "github.com"')?.witness).toEqual({
      difference: '1 alert by the rule, 0 by the mutant',
      test: `- name: 'line 2: a mutant that drops "github.com"'
  todo: true
  events:
    DeviceNetworkEvents:
      - RemoteUrl: github.com
        InitiatingProcessFileName: powershell.exe
  expect:
    alerts: 1
`,
    });
  });

  it('finds events for groups, thresholds and joins', async () => {
    const { result } = await mutated(
      `DeviceNetworkEvents
| where RemoteUrl has "pastebin.com"
| summarize n = count() by DeviceName
| where n >= 3`,
      `tests:
  - name: three pastes on one host
    events:
      DeviceNetworkEvents:
        - { DeviceName: a, RemoteUrl: pastebin.com }
        - { DeviceName: a, RemoteUrl: pastebin.com }
        - { DeviceName: a, RemoteUrl: pastebin.com }
        - { DeviceName: a, RemoteUrl: pastebin.com }
    expect: { alerts: 1 }
`,
    );
    const survivors = result.mutants.filter(({ status }) => status === 'survived').map(({ does }) => does);
    expect(survivors).toEqual(
      expect.arrayContaining([
        'makes contains of has',
        'makes > of >=',
        'makes 4 of 3',
        'makes 2 of 3',
        'drops where n >= 3',
      ]),
    );
    expect(result.mutants.find(({ does }) => does === 'makes !has of has')?.status).toBe('killed');
  });

  it('lets keys meet and part, and moments lie near each other', async () => {
    const { result } = await mutated(
      `DeviceNetworkEvents
| where RemoteUrl has "pastebin.com"
| join kind=inner (DeviceProcessEvents | project DeviceName, ProcessId, Started = Timestamp)
    on DeviceName, $left.InitiatingProcessId == $right.ProcessId
| where Timestamp - Started < 5m`,
      `tests:
  - name: a new process reads a paste
    now: "2026-03-02T10:00:00Z"
    events:
      DeviceProcessEvents:
        - { Timestamp: "2026-03-02T09:00:00Z", DeviceName: a, ProcessId: 7 }
      DeviceNetworkEvents:
        - { Timestamp: "2026-03-02T09:01:00Z", DeviceName: a, InitiatingProcessId: 7, RemoteUrl: pastebin.com }
    expect: { alerts: 1 }
`,
    );
    const of = (status: string) => result.mutants.filter((m) => m.status === status).map(({ does }) => does);
    // A partner that is missing has no start, and no time has passed since.
    expect(of('equivalent')).toEqual(['makes leftouter of inner']);
    expect(of('survived')).toEqual(
      expect.arrayContaining([
        'joins without DeviceName',
        'joins without $left.InitiatingProcessId == $right.ProcessId',
        'makes innerunique of inner',
        'makes <= of <',
        'makes 10m of 5m',
      ]),
    );
    const [{ witness } = {}] = result.mutants.filter(({ does }) => does === 'joins without DeviceName');
    expect(witness?.test).toContain("now: '2026-03-02T10:00:00Z'");
    expect(witness?.test).toContain('DeviceName: other');
  });

  it('varies what a scenario brings where no test has events of its own', async () => {
    const { result } = await mutated(
      `DeviceNetworkEvents
| where RemoteUrl has_any ("amazonaws.com", "pastebin.com")
| summarize Sites = make_set(RemoteUrl) by DeviceName`,
      `tests:
  - name: CharmPower
    scenario: s0674-charmpower
    expect: { alerts: { atLeast: 1 } }
`,
    );
    expect(result.searched).toBeGreaterThan(0);
    expect(result.mutants.find(({ does }) => does === 'drops "pastebin.com"')?.status).toBe('survived');
    expect(result.mutants.filter(({ status }) => status === 'equivalent')).toEqual([]);
  });

  it('finds texts that hold what several clauses ask for', async () => {
    const { result } = await mutated(
      `DeviceProcessEvents
| where ProcessCommandLine has "hidden" and ProcessCommandLine has_any ("enc", "frombase64string")
| where not(ProcessCommandLine has "sccm")
| where ProcessCommandLine matches regex @"\\bhttps?://" or ProcessCommandLine startswith "cmd"`,
      `tests:
  - name: a hidden shell fetches what it was told
    events:
      DeviceProcessEvents:
        - { ProcessCommandLine: "powershell -w hidden -enc https://a.example/b" }
    expect: { alerts: 1 }
`,
    );
    expect(result.mutants.filter(({ status }) => status === 'equivalent')).toEqual([]);
    expect(result.mutants.find(({ does }) => does === 'drops "frombase64string"')?.status).toBe('survived');
  });

  it('tries every entry of every list, however many lists there are', async () => {
    const list = (of: string): string => Array.from({ length: 12 }, (_, i) => `"${of}${i}"`).join(', ');
    const { result } = await mutated(
      `DeviceNetworkEvents
| where RemoteUrl has_any (${list('site')}) and InitiatingProcessFileName in~ (${list('process')})
| where InitiatingProcessCommandLine has_any (${list('word')})
| where InitiatingProcessParentFileName !in~ (${list('parent')})
| where RemotePort in (80, 443)`,
      `tests:
  - name: one of each
    events:
      DeviceNetworkEvents:
        - RemoteUrl: site0
          InitiatingProcessFileName: process0
          InitiatingProcessCommandLine: word0
          RemotePort: 80
    expect: { alerts: 1 }
`,
    );
    expect(result.mutants.length).toBeGreaterThan(60);
    expect(result.mutants.filter(({ status }) => status === 'equivalent')).toEqual([]);
  });

  it('tries every clause where it alone decides, however many stand beside it', async () => {
    const exception = (of: string): string =>
      [
        `InitiatingProcessFolderPath matches regex @'(?i)^c:\\\\${of}\\\\[0-9]+(?:[._][0-9]+)*\\\\a\\.exe$'`,
        `RemoteUrl matches regex @'(?i)^(?:https?://)?(?:a|b)\\.${of}\\.example(?::[0-9]+)?(?:/.*)?$'`,
        `InitiatingProcessCommandLine matches regex @'^a -file [^ ]+\\.${of}$'`,
        `InitiatingProcessParentFileName startswith '${of}' and InitiatingProcessAccountName =~ '${of}'`,
      ].join(' and ');
    const { result } = await mutated(
      `DeviceNetworkEvents
| where RemoteUrl has_any ('one', 'two')
| where not((${exception('one')}) or (${exception('two')}))`,
      `tests:
  - name: one of them
    events: { DeviceNetworkEvents: [{ RemoteUrl: a.one.example }] }
    expect: { alerts: 1 }
`,
    );
    expect(result.mutants.length).toBeGreaterThan(50);
    expect(result.mutants.filter(({ status }) => status === 'equivalent').map(told)).toEqual([]);
    expect(result.searched).toBeLessThan(100_000);
  });

  it('refuses to judge by tests that fail, or by none', async () => {
    const failing = ONE_SHELL.replace('alerts: 1', 'alerts: 2');
    const todo = ONE_SHELL.replace('    events:', '    todo: true\n    events:');
    const rule = 'DeviceNetworkEvents | where RemoteUrl has "pastebin.com"';
    await expect(mutated(rule, failing)).rejects.toThrow("Tests fail on the rule as it is: 'a shell reads a paste'.");
    await expect(mutated(rule, todo)).rejects.toThrow(UnfitTests);
  });

  it('writes missing tests as todo, which hold on the rule as it is, and none twice', async () => {
    const last = '\n# What rows begin with.\nsamples:\n  shell: { DeviceId: d1 }\n';
    const { folder, result } = await mutated(
      'DeviceNetworkEvents | where RemoteUrl has_any ("pastebin.com", "github.com")',
      ONE_SHELL + last,
    );
    const missing = result.mutants.filter(({ witness }) => witness !== undefined).length;
    expect(writeTests(readDetection(folder), result)).toBe(missing);
    const written = readDetection(folder);
    expect(written.tests.filter(({ todo }) => todo === true)).toHaveLength(missing);
    const text = readFileSync(join(folder, 'tests.yaml'), 'utf8');
    expect([text.startsWith(ONE_SHELL), text.endsWith(last)]).toEqual([true, true]);
    expect(writeTests(written, result)).toBe(0);

    const confirmed = readFileSync(join(folder, 'tests.yaml'), 'utf8').replaceAll('    todo: true\n', '');
    const again = await mutated(
      'DeviceNetworkEvents | where RemoteUrl has_any ("pastebin.com", "github.com")',
      confirmed,
    );
    expect(again.result.score).toBe(1);
  });

  it('counts the shipped rule as tested where an event could show a mistake', async () => {
    const result = await mutate(readDetection(join(import.meta.dirname, '../../detections/dead-drop-repaired')));
    expect(result.score).toBeGreaterThanOrEqual(0.95);
    expect(
      result.mutants.find(({ does }) => does === 'drops InitiatingProcessFileName in~ (SuspiciousProcesses)'),
    ).toMatchObject({
      status: 'equivalent',
      line: 26,
    });
  });
});
