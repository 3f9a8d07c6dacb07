import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Detection, readDetection } from '../../harness/detection/detection.js';
import { type CompareOptions, compareSides } from '../../harness/diff/compare.js';
import { parseLimit } from '../../harness/diff/limits.js';
import { type Comparison, comparisonSchema, type DetectionComparison } from '../../harness/diff/result.js';
import type { Side } from '../../harness/diff/sides.js';
import { Engine } from '../../harness/engine/index.js';
import type { PlayedWorld } from '../../harness/measure/play.js';
import { Sandbox } from '../detections/folder.js';
import { type SmallActivity, type SmallEvent, smallWorld } from '../measure/world.js';

let sandbox: Sandbox;
let engine: Engine;
let played: PlayedWorld;
beforeEach(async () => {
  sandbox = new Sandbox();
  engine = await Engine.open();
  played = await smallWorld(engine, ACTIVITIES, EVENTS);
});
afterEach(() => {
  engine.close();
  sandbox.remove();
});

const ACTIVITIES: readonly SmallActivity[] = [
  [1, 'paste-loader', 'malicious', 'a'],
  [2, 'paste-loader', 'malicious', 'b'],
  [3, 'git-loader', 'malicious', 'a'],
  [4, 'git-client', 'benign', 'a'],
  [5, 'git-client', 'benign', 'c'],
];
const EVENTS: readonly SmallEvent[] = [
  [1, 1, 'lookup', 'pastebin.com', 'powershell.exe'],
  [1, 1, 'callback', 'evil.example', 'powershell.exe'],
  [2, 2, 'lookup', 'pastebin.com', 'cmd.exe'],
  [3, 3, 'lookup', 'github.com', 'powershell.exe'],
  [4, 4, 'background', 'github.com', 'git.exe'],
  [5, 5, 'background', 'github.com', 'git.exe'],
  [6, 5, 'background', 'github.com', 'git.exe'],
];

const RULE = `let Sites = dynamic(["pastebin.com"]);
DeviceNetworkEvents
| where RemoteUrl has_any (Sites)
| project Timestamp, DeviceName, RemoteUrl`;

const OPTIONS: CompareOptions = { workload: {}, attackRate: 0.01, limits: [] };

function detection(rule: string, id = 'shell-lookup', more = ''): Detection {
  const file = { 'detection.yaml': `${sandboxed}${more}`, 'rule.kql': rule };
  return readDetection(sandbox.detection(file, id));
}
const sandboxed = `id: shell-lookup
title: A shell looks something up
environment: defender-xdr
claims: { techniques: [T1102.001], roles: [lookup] }
`;

const side = (...detections: Detection[]): Side => ({
  label: 'side',
  detections,
  single: false,
  close: () => undefined,
});

async function compare(base: Side, head: Side, ...limits: string[]): Promise<Comparison> {
  const options = { ...OPTIONS, limits: limits.map(parseLimit) };
  const found = await compareSides(base, head, options, { of: () => Promise.resolve(played) });
  // What is written out can be read back.
  expect(comparisonSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  return found;
}

async function compareRules(base: string, head: string, ...limits: string[]): Promise<DetectionComparison> {
  const older = detection(base);
  const [found] = (await compare(side(older), side(detection(head)), ...limits)).detections;
  if (found === undefined) throw new Error('Nothing differs.');
  return found;
}

describe('compareSides', () => {
  it('tells true from false, by scenario, by list entry and by change', async () => {
    const head = RULE.replace('"pastebin.com"', '"github.com"');
    const found = await compareRules(RULE, head);
    expect(found.alerts).toEqual({
      gained: { true: 1, false: 3 },
      lost: { true: 2, false: 0 },
      before: { true: 2, false: 0 },
      after: { true: 1, false: 3 },
    });
    expect(found.events).toEqual({ gained: { true: 1, false: 3 }, lost: { true: 2, false: 0 } });
    expect(found.scenarios).toMatchObject([
      { id: 'git-client', label: 'benign', events: { gained: 3, lost: 0 }, alerts: { gained: 3, lost: 0 } },
      { id: 'git-loader', claimed: true, detected: { before: 0, after: 1 }, events: { gained: 1, lost: 0 } },
      { id: 'paste-loader', claimed: true, detected: { before: 2, after: 0 }, events: { gained: 0, lost: 2 } },
    ]);
    expect(found.changes).toMatchObject([
      { list: 'Sites', removed: '"pastebin.com"', side: 'base', line: 1, events: { lost: { true: 2, false: 0 } } },
      { list: 'Sites', added: '"github.com"', side: 'head', events: { gained: { true: 1, false: 3 } } },
    ]);
    expect(found.entries).toMatchObject([
      { entry: 'github.com', events: { gained: { true: 1, false: 3 } } },
      { entry: 'pastebin.com', events: { lost: { true: 2, false: 0 } } },
    ]);
  });

  it('tests and bounds the change of recall on activities', async () => {
    const { recall } = await compareRules(RULE, RULE.replace('"pastebin.com"', '"github.com"'));
    expect(recall).toMatchObject({
      before: { estimate: 2 / 3 },
      after: { estimate: 1 / 3 },
      difference: { estimate: -1 / 3 },
      test: { gained: 1, lost: 2, p: 1 },
    });
  });

  it('bounds the change of false alerts and of projected precision', async () => {
    const found = await compareRules(RULE, RULE.replace('"pastebin.com"', '"pastebin.com", "github.com"'));
    // Three alerts on ten hosts in a day, of which one host has two.
    expect(found.alertsPerDayPer1000Hosts.difference).toMatchObject({ estimate: 300 });
    const { difference } = found.projectedPrecision;
    if ('unmeasured' in difference) throw new Error(difference.unmeasured);
    expect(difference.low).toBeLessThanOrEqual(difference.estimate);
    expect(difference.high).toBeGreaterThanOrEqual(difference.estimate);
  });

  it('gives one event of each scenario and direction, with the columns that the rule names', async () => {
    const { samples } = await compareRules(RULE, RULE.replace('"pastebin.com"', '"github.com"'));
    expect(samples.map(({ direction, scenario }) => `${direction} ${scenario}`)).toEqual([
      'gained git-loader',
      'gained git-client',
      'lost paste-loader',
    ]);
    expect(samples[0]).toMatchObject({
      role: 'lookup',
      table: 'DeviceNetworkEvents',
      event: '4',
      columns: { Timestamp: '2026-03-02T03:00:00.0000000Z', DeviceName: 'a', RemoteUrl: 'github.com' },
    });
  });

  it('puts an event down to the changes that it needs, and else to those that are enough', async () => {
    const both = RULE.replace('"pastebin.com"', '"pastebin.com", "github.com"').replace(
      '| project',
      '| where InitiatingProcessFileName == "powershell.exe"\n| project',
    );
    const found = await compareRules(RULE, both);
    expect(found.changes).toMatchObject([
      { added: '"github.com"', events: { gained: { true: 1, false: 0 }, lost: { true: 0 } } },
      { added: expect.stringContaining('| where'), events: { gained: { true: 0, false: 0 }, lost: { true: 1 } } },
    ]);
    expect(found.together).toEqual({ gained: { true: 0, false: 0 }, lost: { true: 0, false: 0 } });
  });

  it('takes changes together that only stand together', async () => {
    const head = RULE.replace('(Sites)', '(Others)').replace('let Sites', 'let Others').replace('pastebin', 'github');
    const { changes } = await compareRules(RULE, head);
    expect(changes).toMatchObject([
      { removed: '"pastebin.com"' },
      { added: '"github.com"', events: { gained: { true: 1, false: 3 } } },
      { kind: 'clause', removed: 'Sites … Sites', added: 'Others … Others', events: { gained: { true: 0, false: 0 } } },
    ]);
  });

  it('finds the causes of a rule that counts, over all events', async () => {
    const counting = (least: number): string =>
      `DeviceNetworkEvents | where RemoteUrl has_any ("github.com", "never.example")
       | summarize n = count() by DeviceName | where n >= ${least}`;
    const { changes, alerts, entries } = await compareRules(counting(3), counting(2));
    expect(alerts).toMatchObject({ gained: { true: 1, false: 1 }, lost: { true: 0, false: 0 } });
    expect(changes).toMatchObject([{ removed: '3', added: '2', events: { gained: { true: 1, false: 3 } } }]);
    expect(entries).toMatchObject([{ entry: 'github.com', events: { gained: { true: 1, false: 3 } } }]);
  });

  it('keeps an alert that was merely put together anew', async () => {
    const per = (more: string): string =>
      `DeviceNetworkEvents | where RemoteUrl has "github.com" | summarize count() by DeviceName${more}`;
    const { alerts } = await compareRules(per(''), per(', Timestamp'));
    expect(alerts).toMatchObject({ gained: { true: 0 }, lost: { true: 0, false: 0 }, after: { true: 1, false: 3 } });
    // The git client's event on host a was part of a true alert; now it is a false alert of its own.
    expect(alerts).toMatchObject({ gained: { false: 1 } });
  });

  it('names the columns that changed or vanished', async () => {
    const head = RULE.replace('DeviceName, ', 'Host = DeviceName, ');
    expect((await compareRules(RULE, head)).contract).toEqual([
      { what: 'column', name: 'DeviceName', before: 'string' },
      { what: 'column', name: 'Host', after: 'string' },
    ]);
  });

  it('counts a change of schedule among the causes', async () => {
    const older = detection(RULE, 'shell-lookup', 'schedule: { every: 1d, lookback: 1d }\n');
    const newer = detection(RULE, 'shell-lookup', 'schedule: { every: 1d, lookback: 22h }\n');
    const [found] = (await compare(side(older), side(newer))).detections;
    expect(found?.contract).toMatchObject([{ what: 'schedule', name: 'lookback' }]);
    expect(found?.changes).toMatchObject([{ kind: 'setting', events: { lost: { true: 1 } } }]);
  });

  it('follows detections that were renamed, added and deleted', async () => {
    const base = side(detection(RULE, 'old-name'), detection('DeviceNetworkEvents | where RemotePort == 1', 'gone'));
    const head = side(detection(RULE, 'new-name'), detection('DeviceEvents | take 0', 'fresh'));
    const { detections } = await compare(base, head, 'deleted');
    expect(detections.map(({ id, change, status }) => [id, change, status])).toEqual([
      ['new-name', 'renamed', 'passed'],
      ['fresh', 'added', 'passed'],
      ['gone', 'deleted', 'failed'],
    ]);
    expect(detections[2]?.breaches).toEqual([{ limit: 'deleted', message: '1 detection deleted' }]);
  });

  it('loses everything with a detection that is deleted', async () => {
    const { detections } = await compare(side(detection(RULE)), side(), 'lost-true');
    expect(detections[0]).toMatchObject({
      change: 'deleted',
      status: 'failed',
      alerts: { lost: { true: 2 } },
      recall: { after: { unmeasured: 'there is no newer version' } },
      breaches: [{ limit: 'lost-true', message: '2 true alerts lost' }],
    });
  });

  it('leaves out what is the same', async () => {
    const commented = detection(RULE);
    expect(await compare(side(commented), side(commented))).toMatchObject({ same: ['shell-lookup'], detections: [] });
  });

  it('says which version does not run, and where', async () => {
    const broken = RULE.replace('DeviceName', 'Devicename');
    const gained = await compareRules(broken, RULE);
    expect(gained).toMatchObject({
      status: 'passed',
      base: { refused: [{ code: 'KS142', line: 4, column: 22, suggestion: 'DeviceName' }] },
      alerts: { gained: { true: 2, false: 0 } },
      entries: [{ entry: 'pastebin.com', events: { gained: { true: 2 } } }],
      recall: { difference: { unmeasured: 'the older rule does not run' } },
    });
    expect(await compareRules(RULE, broken)).toMatchObject({ status: 'refused', alerts: { lost: { true: 2 } } });
  });

  it('fails beyond its limits only', async () => {
    const head = RULE.replace('"pastebin.com"', '"github.com"');
    expect(await compareRules(RULE, head, 'gained-false=3', 'recall-drop=34%')).toMatchObject({ status: 'passed' });
    expect((await compareRules(RULE, head, 'gained-false=2', 'recall-drop=33%')).breaches).toEqual([
      { limit: 'gained-false=2', message: '3 false alerts gained, at most 2 allowed' },
      { limit: 'recall-drop=0.33', message: '33.3% of recall lost, at most 0.33 allowed' },
    ]);
  });
});

describe('parseLimit', () => {
  it('names the limits that there are', () => {
    expect(() => parseLimit('lost-ture')).toThrow("Did you mean 'lost-true'?");
    expect(() => parseLimit('gained-false=x')).toThrow(/There is no limit 'gained-false=x'/);
    expect(parseLimit('recall-drop=5%')).toEqual({ name: 'recall-drop', atMost: 0.05 });
  });
});
