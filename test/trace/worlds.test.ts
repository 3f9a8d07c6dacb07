import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Events } from '../../harness/detection/tests-schema.js';
import { type Answer, Engine } from '../../harness/engine/index.js';
import { compile, plan } from '../../harness/kql/index.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { answerEvents } from '../../harness/measure/unit-tests.js';
import { sameAnswer } from '../../harness/mutate/same-answer.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { Worlds } from '../../harness/trace/world-engine.js';
import { inWorlds } from '../../harness/trace/worlds.js';

const CATALOG = builtInCatalog('defender-xdr');
const NOW = parseDatetime('2026-03-02T12:00:00Z') ?? 0n;

const net = (DeviceName: string, RemoteUrl: string, at = '11:00'): Record<string, string> => ({
  Timestamp: `2026-03-02T${at}:00Z`,
  DeviceName,
  RemoteUrl,
});

/** Worlds that share devices and addresses, so that a row that met another world's would show. */
const WORLDS: readonly Events[] = [
  { DeviceNetworkEvents: [net('a', 'one.example'), net('a', 'two.example'), net('b', 'one.example')] },
  {
    DeviceNetworkEvents: [net('a', 'one.example', '09:30')],
    DeviceProcessEvents: [{ DeviceName: 'a', FileName: 'x.exe' }],
  },
  {},
  {
    DeviceNetworkEvents: [net('b', 'two.example'), net('b', 'two.example'), net('a', 'three.example')],
    DeviceProcessEvents: [
      { DeviceName: 'b', FileName: 'y.exe' },
      { DeviceName: 'b', FileName: 'z.exe' },
      { DeviceName: 'c', FileName: 'x.exe' },
    ],
  },
];

let worlds: Worlds;
let engine: Engine;
beforeAll(async () => {
  worlds = await Worlds.open(CATALOG, NOW);
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  worlds.close();
  engine.close();
});

/** The answers of each world by itself, in an engine that holds nothing else. */
async function alone(text: string): Promise<Answer[]> {
  const compiled = compile(text, { names: CATALOG });
  const answers: Answer[] = [];
  for (const world of WORLDS) answers.push(await answerEvents(engine, compiled, CATALOG, world, NOW));
  return answers;
}

const QUERIES: Readonly<Record<string, string>> = {
  'a filter': `DeviceNetworkEvents | where RemoteUrl has "one" | project DeviceName, RemoteUrl`,
  'a group': 'DeviceNetworkEvents | summarize n = count(), urls = make_set(RemoteUrl) by DeviceName | where n >= 2',
  'a bin': 'DeviceNetworkEvents | summarize n = dcount(RemoteUrl) by bin(Timestamp, 1h)',
  distinct: 'DeviceNetworkEvents | distinct DeviceName',
  'the latest': 'DeviceNetworkEvents | summarize arg_max(Timestamp, *) by DeviceName | project DeviceName, RemoteUrl',
  'a join':
    'DeviceNetworkEvents | join kind=inner DeviceProcessEvents on DeviceName | project DeviceName, RemoteUrl, FileName',
  'a join without a kind':
    'DeviceNetworkEvents | join DeviceProcessEvents on DeviceName | project DeviceName, FileName',
  'an outer join':
    'DeviceNetworkEvents | join kind=leftouter DeviceProcessEvents on DeviceName | project DeviceName, RemoteUrl, FileName',
  'a full join':
    'DeviceNetworkEvents | join kind=fullouter DeviceProcessEvents on DeviceName | project DeviceName, FileName',
  'an anti join':
    'DeviceNetworkEvents | join kind=leftanti DeviceProcessEvents on DeviceName | project DeviceName, RemoteUrl',
  'a semi join':
    'DeviceNetworkEvents | where DeviceName in (DeviceProcessEvents | project DeviceName) | project RemoteUrl',
  'a union': 'union DeviceNetworkEvents, DeviceProcessEvents | summarize n = count() by DeviceName',
  'a table used twice':
    'let T = DeviceNetworkEvents | summarize n = count() by DeviceName; T | join kind=inner (T | where n > 1) on DeviceName | project DeviceName, n',
  'a table of constants':
    'DeviceNetworkEvents | join kind=inner (datatable(DeviceName:string, why:string)["a", "first"]) on DeviceName | project RemoteUrl, why',
  'the row before':
    'DeviceNetworkEvents | sort by Timestamp asc, RemoteUrl asc, DeviceName asc | extend before = prev(DeviceName) | project DeviceName, before',
  'a split list':
    'DeviceNetworkEvents | extend part = split(RemoteUrl, ".") | mv-expand part to typeof(string) | summarize n = count() by part',
  'a count of all': 'DeviceNetworkEvents | summarize n = count()',
  'the first rows': 'DeviceNetworkEvents | top 1 by RemoteUrl asc | project RemoteUrl',
  'a subquery':
    'DeviceNetworkEvents | where DeviceName == toscalar(DeviceProcessEvents | summarize min(DeviceName)) | project RemoteUrl',
  'a count of all, where there is something':
    'DeviceNetworkEvents | where DeviceName == "b" | summarize n = count(), urls = make_set(RemoteUrl), latest = arg_max(Timestamp, RemoteUrl)',
  'a count, of which another asks':
    'let Most = toscalar(DeviceProcessEvents | summarize max_of(0, count() - 1)); DeviceNetworkEvents | extend most = Most, none = toscalar(DeviceProcessEvents | where FileName == "y.exe" | summarize n = count() | where n > 0 | project FileName = "found") | summarize n = count() by DeviceName, most, none | where n > Most',
  'a number among numbers':
    'DeviceNetworkEvents | summarize n = count() by DeviceName | where n in ((DeviceProcessEvents | summarize n = count() by DeviceName | project n))',
  'a name, in any case, among names':
    'DeviceNetworkEvents | where toupper(DeviceName) in~ ((DeviceProcessEvents | project DeviceName)) | project DeviceName',
  'the first rows of the first rows':
    'DeviceNetworkEvents | top 2 by RemoteUrl desc | top 1 by Timestamp asc | project RemoteUrl',
  'a group by what another plan says':
    'DeviceNetworkEvents | summarize n = countif(DeviceName == toscalar(DeviceProcessEvents | summarize min(DeviceName))) by RemoteUrl',
  'the row beside rows of another kind':
    'range x from 1 to 2 step 1 | extend n = toscalar(DeviceNetworkEvents | count)',
  'a table that a value is not in':
    'DeviceNetworkEvents | where DeviceName !in (DeviceProcessEvents | project DeviceName) | project DeviceName, RemoteUrl',
};

describe('many worlds at once', () => {
  it.each(Object.entries(QUERIES))('%s answers in each world as if it were alone', async (_, text) => {
    const expected = await alone(text);
    await worlds.load(WORLDS);
    const answers = await worlds.answers(plan(text, { names: CATALOG }));
    expect(answers).toHaveLength(WORLDS.length);
    for (const [world, answer] of answers.entries()) {
      expect(answer.columns).toEqual(expected[world]?.columns);
      expect(sameAnswer(answer, expected[world] ?? answer), `world ${world}`).toBe(true);
    }
  });

  it('runs in one go what keeps to its world, and leaves the rest to be run world by world', () => {
    const lifted = (text: string): boolean => inWorlds(plan(text, { names: CATALOG }).plan, 2) !== undefined;
    expect(lifted(QUERIES['a join'] ?? '')).toBe(true);
    expect(lifted(QUERIES['a table used twice'] ?? '')).toBe(true);
    expect(lifted(QUERIES['a count of all'] ?? '')).toBe(true);
    expect(lifted(QUERIES['the first rows'] ?? '')).toBe(true);
    expect(lifted(QUERIES['a subquery'] ?? '')).toBe(true);
    expect(lifted(QUERIES['a count, of which another asks'] ?? '')).toBe(true);
    expect(lifted(QUERIES['a name, in any case, among names'] ?? '')).toBe(true);
    expect(lifted(QUERIES['a group by what another plan says'] ?? '')).toBe(false);
  });
});
