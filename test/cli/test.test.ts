import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { measurementSchema } from '../../harness/measure/measurement.js';
import { GOOD, Sandbox } from '../detections/folder.js';
import { assay, type Outcome } from './run.js';

// Each test runs the whole command, some of them four times.
vi.setConfig({ testTimeout: 120_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

/** Few hosts, one attack and one look-alike: enough to run everything. */
const WORKLOAD = `id: few
title: A few hosts
organisation: enterprise
hosts: 60
runs: 1
malicious: { only: [s0674-charmpower] }
benign: { only: [dev-01-git-over-https] }
`;

const measured = (more = ''): Record<string, string> => ({
  'detection.yaml': `${GOOD['detection.yaml']}workload: { name: few.yaml }\n${more}`,
  'few.yaml': WORKLOAD,
});

const RULE = `let Sites = dynamic(["amazonaws.com", "never.example"]);
DeviceNetworkEvents
| where RemoteUrl has_any (Sites)
| where InitiatingProcessFileName in~ ("powershell.exe", "pwsh.exe")
`;

async function testOf(files: Record<string, string | undefined>, ...flags: string[]): Promise<Outcome> {
  const outcome = await assay('test', sandbox.detection(files), ...flags);
  const plain = (text: string): string => text.replaceAll(`${sandbox.root}/shell-lookup/`, '');
  return { ...outcome, stdout: plain(outcome.stdout), stderr: plain(outcome.stderr) };
}

describe('assay test', () => {
  it('measures a detection and passes', async () => {
    const files = { ...measured('gates: { recall: { atLeast: 1 } }\n'), 'rule.kql': RULE, 'tests.yaml': undefined };
    const { code, stdout, stderr } = await testOf(files, '--json');
    expect(stderr).toBe('');
    const [detection] = measurementSchema.parse(JSON.parse(stdout)).detections;
    expect(code).toBe(0);
    expect(detection).toMatchObject({
      status: 'passed',
      recall: { estimate: 1, n: 1 },
      workload: { name: 'few', hosts: 60, days: 1, seed: 1, runs: 1 },
      gates: [{ name: 'recall', passed: true }],
      baseline: { status: 'absent' },
    });
    expect(detection?.literals).toContainEqual(
      expect.objectContaining({ entry: 'never.example', all: { true: 0, false: 0 } }),
    );
  });

  it('gives the same bytes for the same seed, and other events for another', async () => {
    const files = { ...measured(), 'rule.kql': RULE, 'tests.yaml': undefined };
    const first = await testOf(files, '--json', '--seed', '5');
    expect((await testOf(files, '--json', '--seed', '5')).stdout).toBe(first.stdout);
    expect((await testOf(files, '--json', '--seed', '6')).stdout).not.toBe(first.stdout);
  });

  it('exits 1 for a failed test or gate, and says what failed', async () => {
    const tests = `tests:
  - name: raises nothing
    events: { DeviceNetworkEvents: [{ InitiatingProcessFileName: powershell.exe, RemoteUrl: x.amazonaws.com }] }
    expect: { alerts: 0 }
  - name: knows pastes
    todo: true
    events: { DeviceNetworkEvents: [{ InitiatingProcessFileName: powershell.exe, RemoteUrl: pastebin.com }] }
    expect: { alerts: 1 }
  - name: an attack
    scenario: s0674-charmpower
    expect: { alerts: { atLeast: 1 } }
`;
    const gates = 'gates: { scenarios: { dev-01-git-over-https: { recall: { atLeast: 1 } } } }\n';
    const { code, stdout } = await testOf({ ...measured(gates), 'rule.kql': RULE, 'tests.yaml': tests });
    expect(code).toBe(1);
    expect(stdout).toContain("✘ Test 'raises nothing': expected 0 alerts, got 1");
    expect(stdout).toContain('○ knows pastes');
    expect(stdout).toContain('1 passed, 1 failed, 1 known gap');
    expect(stdout).toContain('✘ Gate scenario dev-01-git-over-https: is 0%, must be at least 100%');
  });

  it('writes the reports of a run, which agree', async () => {
    const out = join(sandbox.root, 'out');
    const files = { ...measured(), 'rule.kql': RULE, 'tests.yaml': undefined };
    const { code } = await testOf(files, '--out', out, '--format', 'json,markdown,junit');
    expect(code).toBe(0);
    expect(existsSync(join(out, 'measurement.txt'))).toBe(false);
    const read = (name: string): string => readFileSync(join(out, name), 'utf8');
    const [detection] = measurementSchema.parse(JSON.parse(read('measurement.json'))).detections;
    expect(detection?.recall).toMatchObject({ estimate: 1 });
    expect(read('measurement.md')).toContain('100% (21% to 100%)');
    expect(read('junit.xml')).toContain('recall: 100% (21% to 100%)');
  });

  it('accepts a baseline, then holds a changed rule against it', async () => {
    const files = { ...measured(), 'rule.kql': RULE, 'tests.yaml': undefined };
    expect((await testOf(files, '--update-baseline')).code).toBe(0);
    expect((await testOf(files, '--json')).stdout).toContain('"status": "same"');
    const worse = { ...files, 'rule.kql': RULE.replace('amazonaws.com', 'github.com') };
    const { code, stdout } = await testOf(worse);
    expect(code).toBe(1);
    expect(stdout).toContain('✘ Baseline: s0674-charmpower: 0 of 1 caught, 1 before');
    expect(stdout).toContain("Baseline: entry 'amazonaws.com' of Sites is gone: it alone brought");
    const elsewhere = await testOf(worse, '--seed', '9');
    expect(elsewhere.code).toBe(0);
    expect(elsewhere.stdout).toContain('△ Baseline: made with seed 1; accept anew with --update-baseline');
    const older = await testOf({ ...worse, 'baseline.json': '{"version": 99}' });
    expect(older.code).toBe(0);
    expect(older.stdout).toContain('△ Baseline: made with another version of the measurement (99)');
  });

  it('leads every gate of a rule that does not run back to the name that it does not know', async () => {
    const gates = 'gates: { recall: { atLeast: 1 }, scenarios: { s0674-charmpower: { recall: { atLeast: 1 } } } }\n';
    const { code, stdout } = await testOf({
      ...measured(gates),
      'rule.kql': 'DeviceNetworkEvents\n| where RemotUrl has "x"\n',
      'tests.yaml': undefined,
    });
    expect(code).toBe(2);
    const why = "but the rule does not run: The name 'RemotUrl' does not refer to any known";
    expect(stdout).toContain(`✘ Gate recall: must be at least 100%, ${why}`);
    expect(stdout).toContain(`✘ Gate scenario s0674-charmpower: must be at least 100%, ${why}`);
  });

  it('passes a rule that is refused as its detection states, and fails one that is not', async () => {
    const rule = 'DeviceNetworkEvents\n| project DeviceName, AccountName\n';
    const stating = (column: number): Record<string, string | undefined> => ({
      'detection.yaml': `${GOOD['detection.yaml']}expects: { refused: { code: KS142, line: 2, column: ${column}, suggestion: InitiatingProcessAccountName } }\n`,
      'rule.kql': rule,
      'tests.yaml': undefined,
    });
    const met = await testOf(stating(23));
    expect([met.code, met.stdout]).toEqual([0, expect.stringContaining('refused as stated: KS142 at 2:23')]);
    const unmet = await testOf(stating(24));
    expect([unmet.code, unmet.stdout]).toEqual([1, expect.stringContaining('must be refused with KS142 at 2:24')]);
  });
});

describe('wrong input', () => {
  const ofRule = (text: string): Promise<Outcome> => testOf({ 'rule.kql': text, 'tests.yaml': undefined });

  it('a column that the table lacks: 2', async () => {
    const { code, stdout } = await ofRule('DeviceNetworkEvents\n| project RemoteURL\n');
    expect(code).toBe(2);
    expect(stdout).toMatch(/KS142 at rule.kql:2:11: .*Did you mean 'RemoteUrl'\?/s);
  });

  it('a syntax error: 2', async () => {
    const { code, stdout } = await ofRule('DeviceNetworkEvents\n| where RemoteUrl has (\n');
    expect(code).toBe(2);
    expect(stdout).toMatch(/✘ KS\d+ at rule.kql:[23]:\d+/);
  });

  it('an operator that is not supported: 2, by name and place', async () => {
    const { code, stdout } = await ofRule('DeviceNetworkEvents\n| evaluate autocluster()\n');
    expect(code).toBe(2);
    expect(stdout).toMatch(/unsupported-\w+ at rule.kql:2:\d+: .*autocluster/s);
  });

  it('a rule that reaches for outside data: 2', async () => {
    const { code, stdout } = await ofRule('externaldata(Url: string) ["https://evil.example/list.csv"]\n');
    expect(code).toBe(2);
    expect(stdout).toContain('missing-source');
  });

  it('broken YAML: 3, with its place', async () => {
    const { code, stderr } = await testOf({ 'detection.yaml': 'id: [shell-lookup\n' });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^detection.yaml:\d+:\d+: The YAML is broken/)]);
  });

  it('an unknown key: 3, with the nearest', async () => {
    const { code, stderr } = await testOf({ 'detection.yaml': `${GOOD['detection.yaml']}titel: x\n` });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^detection.yaml:7:1: .*Did you mean 'title'\?\n$/)]);
  });

  it('a value of the wrong type in an event: 3, at its place', async () => {
    const tests = GOOD['tests.yaml']?.replace('RemoteUrl: pastebin.com', 'RemotePort: https');
    const { code, stderr } = await testOf({ 'tests.yaml': tests });
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/^tests.yaml:5:\d+: 'RemotePort' is of type int: "https" is no whole number/),
    ]);
  });

  it('a column of an event that the table lacks, and a scenario that does not exist: 3', async () => {
    const wrong = GOOD['tests.yaml']?.replace('RemoteUrl: pastebin.com', 'RemoteURL: pastebin.com');
    expect((await testOf({ 'tests.yaml': wrong })).stderr).toMatch(
      /^tests.yaml:5:\d+: There is no column 'RemoteURL'.*'RemoteUrl'/,
    );
    const scenario = 'tests:\n  - { name: a, scenario: s0674-charmpowr, expect: { alerts: 1 } }\n';
    const { code, stderr } = await testOf({ 'tests.yaml': scenario });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^tests.yaml:2:26: .*Did you mean 's0674-charmpower'\?/)]);
  });

  it('a gate on a scenario, or alerts by a column, that does not exist: 3', async () => {
    const gates = 'gates: { scenarios: { dev-01-git: { alerts: { atMost: 1 } } } }\n';
    const gate = await testOf({ 'detection.yaml': `${GOOD['detection.yaml']}${gates}` });
    expect([gate.code, gate.stderr]).toEqual([
      3,
      expect.stringMatching(/^detection.yaml:7:35: There is no scenario 'dev-01-git'/),
    ]);
    const entity = await testOf({ 'detection.yaml': `${GOOD['detection.yaml']}alerts: { perEntity: [Device] }\n` });
    expect([entity.code, entity.stderr]).toEqual([
      3,
      expect.stringMatching(/^detection.yaml:7:23: .*Did you mean 'DeviceName'\?/),
    ]);
  });

  it('a file that cannot be read: 3', async () => {
    mkdirSync(join(sandbox.root, 'shell-lookup', 'rule.kql'), { recursive: true });
    const { code, stderr } = await testOf({ 'rule.kql': undefined });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^rule.kql: This is a folder; name a file/)]);
  });

  it('a baseline that is none: 3', async () => {
    const { code, stderr } = await testOf({ ...measured(), 'baseline.json': '{"version": 1}' });
    expect([code, stderr]).toEqual([3, expect.stringContaining('--update-baseline')]);
  });

  it('a folder without a detection, and one that is not there: 3', async () => {
    mkdirSync(join(sandbox.root, 'empty'));
    const empty = await assay('test', join(sandbox.root, 'empty'));
    expect([empty.code, empty.stderr]).toEqual([
      3,
      expect.stringMatching(/Nothing to test.*`assay init`.*`assay new detection NAME`/),
    ]);
    const absent = await assay('test', join(sandbox.root, 'absent'));
    expect([absent.code, absent.stderr]).toEqual([3, expect.stringContaining('There is no such file or folder')]);
  });

  it('flags that mean nothing: 3, with what was meant', async () => {
    expect((await assay('test', '--hosts', '0')).code).toBe(3);
    const format = await assay('test', '--format', 'markdwn');
    expect([format.code, format.stderr]).toEqual([3, expect.stringContaining("Did you mean 'markdown'?")]);
    const flag = await assay('test', '--seeed', '1');
    expect([flag.code, flag.stderr]).toEqual([3, expect.stringContaining('--seed')]);
    const command = await assay('tst');
    expect([command.code, command.stderr]).toEqual([3, expect.stringContaining('test')]);
  });
});
