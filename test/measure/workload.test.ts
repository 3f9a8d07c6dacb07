import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Detection } from '../../harness/detection/detection.js';
import { parseDuration } from '../../harness/detection/duration.js';
import type { Grouping, Schedule, Trigger } from '../../harness/detection/rule.js';
import { Engine } from '../../harness/engine/index.js';
import { measureWorkload, type WorkloadMeasurement } from '../../harness/measure/workload.js';
import { CATALOG, type SmallActivity, type SmallEvent, smallWorld } from './world.js';

let engine: Engine;
beforeEach(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterEach(() => engine.close());

const ACTIVITIES: SmallActivity[] = [
  [1, 'implant', 'malicious', 'h1'],
  [2, 'implant', 'malicious', 'h2'],
  [3, 'git', 'benign', 'h1'],
  [4, 'git', 'benign', 'h3'],
  [5, 'browser', 'benign', 'h3'],
];
const EVENTS: SmallEvent[] = [
  [1, 1, 'lookup', 'pastebin.com', 'powershell.exe'],
  [2, 1, 'callback', 'c2.example', 'powershell.exe'],
  [3, 2, 'lookup', 'nothing.example', 'rundll32.exe'],
  [4, 3, 'background', 'github.com', 'git.exe'],
  [5, 3, 'background', 'api.github.com', 'git.exe'],
  [6, 4, 'background', 'github.com', 'git.exe'],
  [7, 5, 'background', 'github.com', 'chrome.exe'],
  [23, 5, 'background', 'pastebin.com', 'chrome.exe'],
];

const RULE = `let Sites = dynamic(["pastebin.com", "github.com", "api.github.com", "never.example"]);
DeviceNetworkEvents
| where RemoteUrl has_any (Sites)
| where InitiatingProcessFileName !in~ ("chrome.exe", "firefox.exe")
| extend IsPaste = RemoteUrl has_any ("pastebin.com")`;

interface Setting {
  readonly grouping?: Grouping;
  readonly runs?: Schedule;
  readonly trigger?: Trigger;
  readonly days?: number;
}

async function measure(text: string, setting: Setting = {}): Promise<WorkloadMeasurement> {
  const played = await smallWorld(engine, ACTIVITIES, EVENTS, setting.days);
  const detection = {
    claims: { techniques: ['T1102.001'], roles: ['lookup'] },
    runs: setting.runs ?? { every: parseDuration('1d') },
    grouping: setting.grouping ?? 'per-row',
    deployed: { text, placeInFile: (place: unknown) => place, ...(setting.trigger && { trigger: setting.trigger }) },
  } as unknown as Detection;
  return await measureWorkload(detection, played.world.compile(text), CATALOG, played, 0.01);
}

describe('measureWorkload', () => {
  it('traces alerts to events, and events to the truth', async () => {
    const found = await measure(RULE);
    expect(found.alerts).toEqual({ total: 4, true: 1, false: 3 });
    expect(found.recall).toMatchObject({ estimate: 0.5, n: 2 });
    expect(found.precision).toMatchObject({ estimate: 0.25, n: 4, clusters: 3 });
    expect(found.events).toEqual({ tp: 1, fp: 3, fn: 1, tn: 2 });
    expect(found.alertsPerDayPer1000Hosts).toEqual({ low: 150, mid: 300, high: 600 });
    expect(found.scenarios.map(({ id, activities, detected, alerts }) => [id, activities, detected, alerts])).toEqual([
      ['browser', 1, 0, 0],
      ['git', 2, 2, 3],
      ['implant', 2, 1, 1],
    ]);
  });

  it('tells what each list entry brings, in all and alone, and what an exclusion holds back', async () => {
    const { literals } = await measure(RULE);
    const table = Array.isArray(literals)
      ? literals.map(({ list, entry, all, only }) => [list, entry, all.true, all.false, only.true, only.false])
      : [];
    expect(table).toEqual([
      ['Sites', 'pastebin.com', 1, 0, 1, 0],
      ['Sites', 'github.com', 0, 3, 0, 2],
      ['Sites', 'api.github.com', 0, 1, 0, 0],
      ['Sites', 'never.example', 0, 0, 0, 0],
      ['InitiatingProcessFileName !in~', 'chrome.exe', 0, -2, 0, -2],
      ['InitiatingProcessFileName !in~', 'firefox.exe', 0, 0, 0, 0],
      ['RemoteUrl has_any', 'pastebin.com', 0, 0, 0, 0],
    ]);
    expect(Array.isArray(literals) && literals[1]).toMatchObject({ line: 1, column: 38 });
  });

  it('measures rules that aggregate through the lineage of their groups', async () => {
    const rule = `${RULE} | summarize Hits = count() by DeviceName | where Hits > 1`;
    const found = await measure(rule);
    expect(found.alerts).toEqual({ total: 1, true: 1, false: 0 });
    expect(found.recall).toMatchObject({ estimate: 0.5 });
    expect(found.events).toHaveProperty('unmeasured');
    expect(found.scenarios.find(({ id }) => id === 'git')).toMatchObject({ detected: 1, alerts: 1 });
    // Without the paste the group of h1 still has two hits; without the sites of git it has one.
    const literals = Array.isArray(found.literals) ? found.literals : [];
    expect(literals.find(({ entry }) => entry === 'github.com')?.only).toEqual({ true: 0, false: 0 });
  });

  it('groups rows into alerts as the grouping says', async () => {
    expect((await measure(RULE, { grouping: 'per-run' })).alerts).toEqual({ total: 1, true: 1, false: 0 });
  });

  it('groups rows by entity', async () => {
    expect((await measure(RULE, { grouping: { perEntity: ['DeviceName'] } })).alerts).toEqual({
      total: 2,
      true: 1,
      false: 1,
    });
  });

  it('runs as often as the schedule says, over no more than its lookback', async () => {
    const hourly = { every: parseDuration('1h') ?? 0n, lookback: parseDuration('2h') ?? 0n };
    const found = await measure('DeviceNetworkEvents | where RemoteUrl == "c2.example"', { runs: hourly });
    // The event of 02:00 is seen by the runs of 03:00 and 04:00.
    expect(found.alerts).toMatchObject({ total: 2 });
    expect(found.workload).toMatchObject({ every: 'PT1H', lookback: 'PT2H', runs: 24 });
  });

  it('does not let an earlier run see what has not happened yet', async () => {
    const twice = { every: parseDuration('12h') ?? 0n };
    const found = await measure('DeviceNetworkEvents | where RemoteUrl == "pastebin.com"', { runs: twice });
    expect(found.alerts).toMatchObject({ total: 3 });
  });

  it('raises nothing in runs that do not trigger', async () => {
    const found = await measure(RULE, { trigger: { operator: 'gt', threshold: 10 } });
    expect(found.alerts).toMatchObject({ total: 0 });
    expect(found.precision).toEqual({ unmeasured: 'the rule raised no alert' });
    expect(found.recall).toMatchObject({ estimate: 0 });
  });

  it('does not measure a rule whose rows come from no event', async () => {
    expect((await measure('print Answer = 1')).recall).toEqual({
      unmeasured: 'the rows of the rule come from no event',
    });
  });
});
