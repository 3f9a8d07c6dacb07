import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../harness/check/check.js';
import { type Detection, readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import type { PlayedWorld } from '../../harness/measure/play.js';
import { applyTuning } from '../../harness/tune/apply.js';
import { neverFired } from '../../harness/tune/fired.js';
import { runRule } from '../../harness/tune/ground.js';
import { type Tuning, tuningSchema } from '../../harness/tune/result.js';
import { choose, gainOf, greedy, lossOf, type Problem } from '../../harness/tune/solve.js';
import { type TuneOptions, tune } from '../../harness/tune/tune.js';
import { renderTuning } from '../../reports/tuning/render.js';
import { Sandbox } from '../detections/folder.js';
import { CATALOG, type SmallActivity, type SmallEvent, smallWorld } from '../measure/world.js';

const HOSTS = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay', 'gus', 'hal'];
const sandbox = new Sandbox();
let engine: Engine;
let played: PlayedWorld;
let detection: Detection;

const RULE = `DeviceNetworkEvents
| where RemoteUrl has_any ("github.com", "sharepoint.com", "pastebin.com")
| project Timestamp, DeviceName, RemoteUrl, InitiatingProcessFileName
`;

/** An everyday program on each host, one that a single host has, and attacks under two names. */
function activities(): { all: SmallActivity[]; events: SmallEvent[] } {
  const all: SmallActivity[] = [];
  const events: SmallEvent[] = [];
  const add = (scenario: string, label: 'malicious' | 'benign', host: string, process: string, ...urls: string[]) => {
    const id = all.length + 1;
    all.push([id, scenario, label, host]);
    for (const url of urls) events.push([id / 10, id, label === 'benign' ? 'background' : 'lookup', url, process]);
  };
  for (const host of HOSTS) {
    add('editor', 'benign', host, 'devenv.exe', 'github.com', 'api.github.com', 'https://github.com/');
    add('office', 'benign', host, 'winword.exe', 'contoso.sharepoint.com', 'contoso-my.sharepoint.com');
    add('sync', 'benign', host, 'onedrive.exe', 'contoso.sharepoint.com');
  }
  add('rarity', 'benign', 'ada', 'rare.exe', 'github.com', 'github.com', 'github.com');
  add('injector', 'malicious', 'bob', 'winword.exe', 'pastebin.com');
  add('loader', 'malicious', 'cyd', 'updsvc.exe', 'github.com');
  add('stealer', 'malicious', 'dan', 'server.exe', 'pastebin.com');
  return { all, events };
}

const OPTIONS: TuneOptions = { budget: 5, maxTrueLost: 0, worstGrade: 'D' };

beforeAll(async () => {
  engine = await Engine.open();
  const { all, events } = activities();
  played = await smallWorld(engine, all, events);
  await engine.query(
    `UPDATE DeviceNetworkEvents SET InitiatingProcessFolderPath = CASE InitiatingProcessFileName
       WHEN 'updsvc.exe' THEN 'c:\\users\\' || DeviceName || '\\appdata\\roaming\\updsvc.exe'
       WHEN 'server.exe' THEN 'c:\\users\\' || DeviceName || '\\appdata\\local\\temp\\server.exe'
       WHEN 'onedrive.exe' THEN 'c:\\users\\' || DeviceName || '\\appdata\\local\\onedrive\\25.' || length(DeviceName) || '.1\\onedrive.exe'
       ELSE 'c:\\program files\\' || InitiatingProcessFileName || '\\' || InitiatingProcessFileName END`,
  );
  detection = readDetection(sandbox.detection({ 'rule.kql': RULE, 'tests.yaml': undefined }));
});
afterAll(() => {
  engine.close();
  sandbox.remove();
});

describe('tuning a rule', () => {
  let result: Tuning;
  beforeAll(async () => {
    result = await tune(detection, CATALOG, played, OPTIONS);
  });

  it('proposes anchored conditions of programs and owned destinations, and what each is worth', () => {
    expect(tuningSchema.parse(result)).toEqual(result);
    expect(
      result.exceptions.map(({ condition, grade, removed, lost }) => [grade, removed, lost, condition]),
    ).toMatchInlineSnapshot(`
      [
        [
          "C",
          24,
          0,
          "InitiatingProcessFolderPath =~ @'c:\\program files\\devenv.exe\\devenv.exe' and RemoteUrl matches regex @'(?i)^(?:https?://)?(?:api\\.github\\.com|github\\.com)(?::[0-9]+)?(?:/.*)?$'",
        ],
        [
          "A",
          16,
          0,
          "InitiatingProcessFolderPath =~ @'c:\\program files\\winword.exe\\winword.exe' and RemoteUrl matches regex @'(?i)^(?:https?://)?(?:contoso-my\\.sharepoint\\.com|contoso\\.sharepoint\\.com)(?::[0-9]+)?(?:/.*)?$'",
        ],
        [
          "A",
          16,
          0,
          "RemoteUrl matches regex @'(?i)^(?:https?://)?contoso\\.sharepoint\\.com(?::[0-9]+)?(?:/.*)?$'",
        ],
      ]
    `);
    expect(result.search.method).toBe('exact');
  });

  it('says what the rule is worth with them by running it again', () => {
    expect(result.before).toMatchObject({ alerts: { true: 3, false: 51 }, detected: 3 });
    expect(result.after).toMatchObject({ alerts: { true: 3, false: 3 }, detected: 3 });
    const last = result.curve.at(-1);
    expect(last).toMatchObject({ entries: result.exceptions.length, removed: 48, remaining: 3, trueLost: 0 });
    expect(result.curve[0]).toMatchObject({ entries: 0, removed: 0, events: 0, hosts: 0 });
  });

  it('refuses what fits one host alone, and says so', () => {
    expect(result.exceptions.every(({ condition }) => !condition.includes('rare.exe'))).toBe(true);
    const [chosen] = result.rejected;
    if (chosen !== undefined) expect(chosen).toMatchObject({ judgedOn: 0, why: /fits its sample only/ });
  });

  it('gives the same document again', async () => {
    expect(await tune(detection, CATALOG, played, OPTIONS)).toEqual(result);
  });

  it('loses no attack unless it may, and proposes nothing of a worse grade', async () => {
    const better = await tune(detection, CATALOG, played, { ...OPTIONS, worstGrade: 'A' });
    expect(better.exceptions.every(({ grade }) => grade === 'A')).toBe(true);
    const loose = await tune(detection, CATALOG, played, { ...OPTIONS, worstGrade: 'E', maxTrueLost: 3 });
    expect(loose.before.detected - loose.after.detected).toBeLessThanOrEqual(3);
  });

  it('reads well', () => {
    const text = renderTuning('terminal', [result], { color: false, width: 100 });
    expect(text).toContain('3 of 3 attacks still caught');
    expect(renderTuning('markdown', [result], { color: false, width: 100 })).toContain('| Entries | Removed a day |');
    expect(JSON.parse(renderTuning('json', [result], { color: false, width: 100 }))).toEqual({ detections: [result] });
  });

  it('applied, is what was measured; the file says who answers for it', async () => {
    const added = applyTuning(detection, CATALOG, result, { owner: 'secops', expiry: '2030-01-01' });
    expect(added).toBe(result.exceptions.length);
    const after = readDetection(detection.folder);
    expect(after.allowlist.exceptions[0]).toMatchObject({ owner: 'secops', expiry: '2030-01-01' });
    const figures = await runRule(after, played.world.compile(after.deployed.text), played);
    expect(figures.alerts).toEqual({ total: 6, ...result.after.alerts });
    const { findings } = check({ folder: after.folder }, { today: '2026-03-02' });
    expect(findings.filter(({ code }) => code.startsWith('exception'))).toEqual([]);
    const rule = readFileSync(join(after.folder, 'rule.kql'), 'utf8');
    expect(rule.startsWith(RULE.slice(0, RULE.indexOf('| project')))).toBe(true);
    expect(rule.endsWith(RULE.slice(RULE.indexOf('| project')))).toBe(true);
    expect(applyTuning(after, CATALOG, result, { owner: 'x', expiry: '2030-01-01' })).toBe(0);
    expect(await neverFired(after, CATALOG, played)).toEqual([]);
  });
});

describe('choosing a set', () => {
  const need = (entries: number) => fc.uniqueArray(fc.nat(entries - 1), { minLength: 1, maxLength: 3 });
  const problem: fc.Arbitrary<Problem> = fc.integer({ min: 1, max: 6 }).chain((entries) =>
    fc.record({
      entries: fc.constant(entries),
      gains: fc.array(
        fc.record({
          weight: fc.integer({ min: 1, max: 9 }),
          needs: fc.array(need(entries), { minLength: 1, maxLength: 2 }),
        }),
        { maxLength: 6 },
      ),
      attacks: fc.array(
        fc.record({
          alerts: fc.array(fc.array(need(entries), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
        }),
        { maxLength: 3 },
      ),
      penalty: fc.array(fc.nat(5), { minLength: entries, maxLength: entries }),
    }),
  );

  it('is exact: no other set within the budget takes more away and loses no more', async () => {
    await fc.assert(
      fc.asyncProperty(problem, fc.integer({ min: 1, max: 3 }), fc.nat(1), async (given, budget, lost) => {
        const { chosen, method } = await choose(given, budget, lost);
        let best = 0;
        for (let set = 0; set < 2 ** given.entries; set++) {
          const entries = Array.from({ length: given.entries }, (_, i) => i).filter((i) => (set >> i) % 2 === 1);
          if (entries.length <= budget && lossOf(given, entries) <= lost) best = Math.max(best, gainOf(given, entries));
        }
        expect(method).toBe('exact');
        expect(chosen.length).toBeLessThanOrEqual(budget);
        expect(lossOf(given, chosen)).toBeLessThanOrEqual(lost);
        expect(gainOf(given, chosen)).toBeGreaterThanOrEqual(best * 0.99);
        const quick = greedy(given, budget, lost);
        expect(lossOf(given, quick)).toBeLessThanOrEqual(lost);
        expect(gainOf(given, quick)).toBeLessThanOrEqual(best);
      }),
      { numRuns: 60 },
    );
  });
});
