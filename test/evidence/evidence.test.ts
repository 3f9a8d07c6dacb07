import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Detection } from '../../harness/detection/detection.js';
import type { Grouping } from '../../harness/detection/rule.js';
import { Engine } from '../../harness/engine/index.js';
import { takeEvidence } from '../../harness/evidence/evidence.js';
import type { Evidence } from '../../harness/evidence/result.js';
import { measureWorkload } from '../../harness/measure/workload.js';
import { CATALOG, smallWorld } from '../measure/world.js';

let engine: Engine;
beforeEach(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterEach(() => engine.close());

const RULE = 'DeviceNetworkEvents | where RemoteUrl == "pastebin.com" | project RemoteUrl, InitiatingProcessFileName';

async function evidence(text: string, grouping: Grouping = 'per-row'): Promise<Evidence> {
  const played = await smallWorld(
    engine,
    [
      [1, 'implant', 'malicious', 'h1'],
      [2, 'implant', 'malicious', 'h2'],
      [3, 'reader', 'benign', 'h3'],
    ],
    [
      [1, 1, 'lookup', 'pastebin.com', 'powershell.exe'],
      [2, 2, 'lookup', 'forum.example', 'updater.exe'],
      [3, 3, 'background', 'pastebin.com', 'reader.exe'],
      [4, 3, 'background', 'pastebin.com', 'reader.exe'],
    ],
  );
  const compiled = played.world.compile(text);
  const detection = {
    claims: { techniques: ['T1102.001'], roles: ['lookup'] },
    runs: { every: 864_000_000_000n },
    grouping,
    deployed: { text, placeInFile: (place: unknown) => place },
  } as unknown as Detection;
  let found: Evidence | undefined;
  await measureWorkload(detection, compiled, CATALOG, played, 0.01, async (seen) => {
    found = await takeEvidence(seen);
  });
  if (found === undefined) throw new Error('Nobody was told.');
  return found;
}

describe('takeEvidence', () => {
  it('gives every alert with its row, its truth and its first event', async () => {
    const { alerts } = await evidence(RULE);
    expect(alerts.columns).toEqual(['RemoteUrl', 'InitiatingProcessFileName']);
    expect(alerts.rows).toEqual([
      {
        verdict: 'true',
        scenario: 'implant',
        host: 'h1',
        events: 1,
        event: '1',
        row: ['pastebin.com', 'powershell.exe'],
      },
      { verdict: 'false', scenario: 'reader', host: 'h3', events: 1, event: '3', row: ['pastebin.com', 'reader.exe'] },
      { verdict: 'false', scenario: 'reader', host: 'h3', events: 1, event: '4', row: ['pastebin.com', 'reader.exe'] },
    ]);
  });

  it('gives an alert of several rows once', async () => {
    const { alerts } = await evidence(RULE, 'per-run');
    expect(alerts.rows).toMatchObject([{ verdict: 'true', scenario: 'implant', events: 3, event: '1' }]);
  });

  it('gives attacks that were missed too and what raised false alerts, with what their events hold in the columns that the rule names', async () => {
    const { activities } = await evidence(RULE);
    expect(activities.map(({ activity, detected }) => [activity, detected])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(activities[1]?.events).toMatchObject([
      {
        id: '2',
        table: 'DeviceNetworkEvents',
        role: 'lookup',
        returned: false,
        facts: { RemoteUrl: 'forum.example', InitiatingProcessFileName: 'updater.exe' },
      },
    ]);
  });

  it('says of each event what the rule did with it, once for those with which it did the same', async () => {
    const { activities, explanations } = await evidence(RULE);
    const [caught, missed, everyday] = activities.map(({ events }) => events.map(({ explanation }) => explanation));
    expect(everyday).toEqual([...(caught ?? []), ...(caught ?? [])]);
    const [why] = missed ?? [];
    expect(explanations).toHaveLength(2);
    expect(explanations[why ?? -1]).toMatchObject({
      returned: false,
      droppedAt: 0,
      steps: [{ kind: 'where', rows: 1, value: false, values: { RemoteUrl: 'forum.example' } }],
    });
  });

  it('counts the partners that each event met in a join', async () => {
    const { activities, explanations } = await evidence(
      `DeviceNetworkEvents | where RemoteUrl == "pastebin.com"
       | join kind=inner (DeviceNetworkEvents | project DeviceName, Other = RemoteUrl) on DeviceName`,
    );
    const stepsOf = (activity: number): unknown[] =>
      explanations[activities[activity]?.events[0]?.explanation ?? -1]?.steps.flatMap((step) =>
        step.kind === 'join' ? [[step.side, step.partners]] : [],
      ) ?? [];
    expect(stepsOf(0)).toEqual([
      ['left', 1],
      ['right', 1],
    ]);
    expect(stepsOf(2)).toEqual([
      ['left', 2],
      ['right', 2],
    ]);
  });

  it('explains the events of a rule whose columns the data makes', async () => {
    const { explanations } = await evidence(`DeviceNetworkEvents
| extend Bag = bag_pack("Site", RemoteUrl)
| evaluate bag_unpack(Bag)
| where Site == "pastebin.com"`);
    expect(explanations.map(({ returned }) => returned).sort()).toEqual([false, true]);
  });
});
