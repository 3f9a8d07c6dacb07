import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDetections, readDetection } from '../../harness/detection/detection.js';
import { GOOD, Sandbox } from './folder.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const refusal = (changes: Record<string, string | undefined>): string => sandbox.refusal(changes);

const withDetection = (line: string): Record<string, string> => ({
  'detection.yaml': `${GOOD['detection.yaml']}${line}\n`,
});

const withTests = (tests: string): Record<string, string> => ({ 'tests.yaml': `tests:\n${tests}` });

describe('readDetection', () => {
  it('reads what a folder holds', () => {
    const detection = readDetection(sandbox.detection());
    expect(detection).toMatchObject({ id: 'shell-lookup', grouping: 'per-row', runs: { every: 864_000_000_000n } });
    expect(detection.tests.map(({ name }) => name)).toEqual(['a shell reads a paste']);
    expect(detection.deployed).toMatchObject({ kind: 'kql', text: GOOD['rule.kql'] });
  });

  it('names an unknown key, its place and the nearest valid one', () => {
    expect(refusal(withDetection('gate: { recall: { atLeast: 0.5 } }'))).toMatch(
      /^detection.yaml:7:1: Unknown key 'gate'; expected .*Did you mean 'gates'\?$/,
    );
    expect(refusal(withDetection('gates: { recal: { atLeast: 0.5 } }'))).toMatch(/detection.yaml:7:10: .*'recall'\?$/);
  });

  it('refuses values that mean nothing', () => {
    expect(refusal(withDetection('gates: { recall: { atLeast: 50 } }'))).toMatch(
      /7:29: 'gates.recall.atLeast' must be at most 1/,
    );
    expect(refusal(withDetection('schedule: { every: daily }'))).toMatch(/'daily' is not a duration such as 5m/);
    expect(refusal({ 'detection.yaml': GOOD['detection.yaml']?.replace('defender-xdr', 'defender') })).toMatch(
      /3:14: 'environment' must be .*Did you mean 'defender-xdr'\?/,
    );
  });

  it('refuses broken YAML at its place', () => {
    expect(refusal({ 'tests.yaml': 'tests:\n  - name: [a\n' })).toMatch(/^tests.yaml:\d+:\d+: The YAML is broken/);
  });

  it('refuses an id that is not the name of the folder', () => {
    expect(refusal({ 'detection.yaml': GOOD['detection.yaml']?.replace('id: shell-lookup', 'id: other') })).toMatch(
      "detection.yaml:1:5: The id 'other' is not the name of its folder",
    );
  });

  it('refuses a folder without a rule, with two, or with a file that nobody reads', () => {
    expect(refusal({ 'rule.kql': undefined })).toMatch('The folder holds no rule; expected rule.yaml or rule.kql.');
    expect(refusal({ 'rule.yaml': SENTINEL })).toMatch(
      "The folder holds rule.yaml and rule.kql; say which with 'rule:'.",
    );
    expect(refusal({ 'test.yaml': GOOD['tests.yaml'] })).toMatch(
      /^test.yaml: A detection has no such file.*Did you mean 'tests.yaml'\?/,
    );
  });

  it('refuses two tests of one name, and a test without events or with two expectations', () => {
    const twice = '  - { name: a, events: {}, expect: { alerts: 0 } }\n';
    expect(refusal(withTests(twice + twice))).toMatch(
      "tests.yaml:3:13: 'tests[1].name': another test is called 'a' too",
    );
    expect(refusal(withTests('  - { name: a, expect: { alerts: 0 } }\n'))).toMatch(
      "expected either 'events' or 'scenario'",
    );
    expect(refusal(withTests('  - { name: a, events: {}, expect: { alerts: 0, rows: [] } }\n'))).toMatch(
      "expected either 'alerts' or 'rows'",
    );
  });

  it('refuses an exception without a reason', () => {
    const allowlist = 'exceptions:\n  - { condition: "true", owner: soc, expiry: 2027-01-01 }\n';
    expect(refusal({ 'allowlist.yaml': allowlist })).toMatch(/allowlist.yaml:2:5: 'exceptions\[0\].reason' is missing/);
  });
});

const SENTINEL = `id: 2d1c1c1e-0000-4000-8000-00000000000a
name: A shell looks something up
kind: Scheduled
severity: High
queryFrequency: 1h
queryPeriod: PT2H
triggerOperator: gt
triggerThreshold: 3
tactics: [CommandAndControl]
relevantTechniques: [T1102.001]
query: |
  DeviceNetworkEvents
  | where RemoteUrl has "pastebin.com"
`;

describe('rules as deployed', () => {
  const yaml = (text: string): ReturnType<typeof readDetection> =>
    readDetection(sandbox.detection({ 'rule.kql': undefined, 'rule.yaml': text }));

  it('reads a Sentinel rule, and finds the place of its text in the file', () => {
    const { deployed, runs, grouping } = yaml(SENTINEL);
    expect(deployed).toMatchObject({ kind: 'sentinel', trigger: { operator: 'gt', threshold: 3 } });
    expect(deployed.text).toBe('DeviceNetworkEvents\n| where RemoteUrl has "pastebin.com"\n');
    expect(deployed.placeInFile({ line: 2, column: 9 })).toEqual({ line: 13, column: 11 });
    expect(runs).toMatchObject({ every: 36_000_000_000n, lookback: 72_000_000_000n });
    expect(grouping).toBe('per-run');
    expect(yaml(`${SENTINEL}eventGroupingSettings: { aggregationKind: AlertPerResult }\n`).grouping).toBe('per-row');
  });

  it('reads a Defender custom detection', () => {
    const { deployed, runs } = yaml(`displayName: A shell looks something up
queryCondition:
  queryText: |
    DeviceNetworkEvents
    | where RemoteUrl has "pastebin.com"
schedule: { period: 12H }
detectionAction:
  alertTemplate: { title: Lookup, severity: high, category: CommandAndControl }
`);
    expect(deployed.kind).toBe('defender');
    expect(deployed.placeInFile({ line: 1, column: 1 })).toEqual({ line: 4, column: 5 });
    expect(runs).toMatchObject({ every: 432_000_000_000n, lookback: 1_728_000_000_000n });
  });

  it('names an unknown key of a deployed rule too', () => {
    expect(() => yaml(SENTINEL.replace('queryPeriod', 'queryPerid'))).toThrow(
      /rule.yaml:6:1: Unknown key 'queryPerid'.*'queryPeriod'/,
    );
    expect(() => yaml(SENTINEL.replace('gt', 'more'))).toThrow(/rule.yaml:7:18: 'more' is no trigger operator/);
  });

  it('does not let a detection contradict its rule', () => {
    const contradicting = { 'rule.kql': undefined, 'rule.yaml': SENTINEL, ...withDetection('schedule: { every: 1d }') };
    expect(refusal(contradicting)).toMatch("'schedule' is stated by rule.yaml already; remove it here.");
  });
});

describe('findDetections', () => {
  it('finds every detection once, at or below the paths, and from any file of one', () => {
    const one = sandbox.detection();
    const two = sandbox.detection({}, 'other');
    expect(findDetections([sandbox.root, one])).toEqual([two, one].sort());
    expect(findDetections([join(one, 'rule.kql')])).toEqual([one]);
    mkdirSync(join(one, 'hunting'));
    writeFileSync(join(one, 'hunting', 'more.kql'), '');
    expect(findDetections([join(one, 'hunting', 'more.kql')])).toEqual([one]);
  });

  it('refuses a file that is of none, instead of all that lies beside it', () => {
    sandbox.detection();
    const file = join(sandbox.root, 'README.md');
    writeFileSync(file, '');
    expect(() => findDetections([file])).toThrow('README.md: This file is of no detection; name the folder of one');
  });

  it('refuses a path that does not exist', () => {
    expect(() => findDetections([join(sandbox.root, 'nowhere')])).toThrow('There is no such file or folder.');
  });
});
