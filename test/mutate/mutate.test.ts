import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { mutate, UnfitTests } from '../../harness/mutate/mutate.js';
import type { MutantResult, MutationResult } from '../../harness/mutate/result.js';
import { writeTests } from '../../harness/mutate/write-tests.js';
import { Sandbox } from '../detections/folder.js';

vi.setConfig({ testTimeout: 120_000 });

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

  it('refuses to judge by tests that fail, or by none', async () => {
    const failing = ONE_SHELL.replace('alerts: 1', 'alerts: 2');
    const todo = ONE_SHELL.replace('    events:', '    todo: true\n    events:');
    const rule = 'DeviceNetworkEvents | where RemoteUrl has "pastebin.com"';
    await expect(mutated(rule, failing)).rejects.toThrow("Tests fail on the rule as it is: 'a shell reads a paste'.");
    await expect(mutated(rule, todo)).rejects.toThrow(UnfitTests);
  });

  it('writes missing tests as todo, which hold on the rule as it is, and none twice', async () => {
    const { folder, result } = await mutated(
      'DeviceNetworkEvents | where RemoteUrl has_any ("pastebin.com", "github.com")',
      ONE_SHELL,
    );
    const missing = result.mutants.filter(({ witness }) => witness !== undefined).length;
    expect(writeTests(readDetection(folder), result)).toBe(missing);
    const written = readDetection(folder);
    expect(written.tests.filter(({ todo }) => todo === true)).toHaveLength(missing);
    expect(readFileSync(join(folder, 'tests.yaml'), 'utf8').startsWith(ONE_SHELL)).toBe(true);
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
