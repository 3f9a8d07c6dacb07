import type { Detection } from '../detection/detection.js';
import { Destinations } from '../exceptions/destinations.js';
import { FileError } from '../files/errors.js';
import type { Compiled } from '../kql/index.js';
import { gatherAlerts, numberedRows, takeCounts } from '../measure/counts.js';
import { type Figures, figuresOf } from '../measure/figures.js';
import { isUnmeasured } from '../measure/measurement.js';
import type { PlayedWorld } from '../measure/play.js';
import { runScheduled } from '../measure/runs.js';
import { inAnswer, playedTables } from '../measure/workload.js';
import type { World } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { playedOver } from '../tune/played-over.js';
import { lookAlikes } from './look-alikes.js';
import { GUIDE_VERSION, type Guide, type GuideScenario, type GuideSign, type Values } from './result.js';
import { type FactColumns, factColumns, type SeenAlert, seenAlerts } from './seen.js';
import { type SeenEvent, SIGNS } from './signs.js';

/** Values that are shown of each thing. */
const SHOWN = 3;
/** A column of the answer that holds more values than this names things; one with fewer says what was seen. */
const MOST_ANSWERS = 12;
/** A longer value is cut: it is shown to people. */
const LONGEST = 120;

/**
 * What alerts of a rule look like over a world, by the scenario that they come from, and by what people can tell those of
 * attacks from others.
 *
 * @throws FileError for a rule of which no row comes from an event, or that raises no alert
 * @throws KqlError when the rule cannot be evaluated
 */
export async function guideTo(
  detection: Detection,
  catalog: Catalog,
  played: PlayedWorld,
  onStage?: (stage: string) => void,
): Promise<Guide> {
  const { world, exposure } = played;
  onStage?.(`${detection.id}: running the rule`);
  const compiled = await world.settle(world.compile(detection.deployed.text));
  if (compiled.lineage === 'none') throw unfit(detection, 'its rows come from no event');
  const tables = playedTables(compiled, played);
  const grouping = inAnswer(detection.grouping, compiled.columns);
  const runs = await runScheduled(world, { compiled, tables }, detection.runs, detection.deployed.trigger);
  await gatherAlerts(world, runs, grouping, tables);
  const figures = figuresOf(await takeCounts(world), exposure, detection.claims, compiled.lineage === 'one', 0);
  if (isUnmeasured(figures.alerts) || figures.alerts.total === 0) throw unfit(detection, 'it raises no alert here');

  onStage?.(`${detection.id}: looking at its alerts`);
  const alerts = await seenAlerts(world, catalog, tables);
  const stored = tables.map((table) => factColumns(catalog.tables.get(table) ?? []));
  const answers = await answersOf(world, compiled, numberedRows(runs, grouping), catalog);
  const had = signsOf(alerts);
  const signs = weighed(alerts, had);
  const scenarios = [...grouped(alerts)].map(([id, own]) => scenarioOf(id, own, figures, had, answers, stored, played));
  const order = (a: GuideScenario, b: GuideScenario): number =>
    (a.label === b.label ? 0 : a.label === 'malicious' ? -1 : 1) || b.alerts - a.alerts || (a.id < b.id ? -1 : 1);
  return {
    version: GUIDE_VERSION,
    detection: detection.id,
    title: detection.title,
    rule: { sha256: detection.deployed.sha256 },
    workload: playedOver(played),
    alerts: { true: figures.alerts.true, false: figures.alerts.false },
    signs,
    scenarios: lookAlikes(scenarios.sort(order), signs),
    silent: figures.scenarios
      .filter(({ claimed, detected, activities }) => claimed && detected === 0 && activities > 0)
      .map(({ id, title, activities }) => ({ id, title, activities })),
  };
}

function unfit({ deployed }: Detection, message: string): FileError {
  return new FileError([{ file: deployed.file, line: 0, column: 0, message: `No guide can be made: ${message}.` }]);
}

function grouped(alerts: readonly SeenAlert[]): Map<string, SeenAlert[]> {
  const found = new Map<string, SeenAlert[]>();
  for (const alert of alerts) found.set(alert.scenario, [...(found.get(alert.scenario) ?? []), alert]);
  return found;
}

/** Which alerts have each sign, by its id; of those whose events tell. */
type Had = ReadonlyMap<string, ReadonlyMap<number, boolean>>;

function signsOf(alerts: readonly SeenAlert[]): Had {
  const destinations = Destinations.shipped();
  return new Map(
    SIGNS.map(({ id, of }) => [
      id,
      new Map(
        alerts.flatMap(({ alert, events }): [number, boolean][] => {
          const is = of(events, destinations);
          return is === undefined ? [] : [[alert, is]];
        }),
      ),
    ]),
  );
}

/** Signs that any alert has, with how much each tells; that which tells most first. */
function weighed(alerts: readonly SeenAlert[], had: Had): GuideSign[] {
  const shareOf = (id: string, label: SeenAlert['label']): number | undefined => {
    const told = alerts.flatMap((alert) => (alert.label === label ? (had.get(id)?.get(alert.alert) ?? []) : []));
    return told.length === 0 ? undefined : told.filter(Boolean).length / told.length;
  };
  return SIGNS.flatMap(({ id, says, look }): GuideSign[] => {
    const ofAttacks = shareOf(id, 'malicious');
    const ofEveryday = shareOf(id, 'benign');
    if ((ofAttacks ?? 0) + (ofEveryday ?? 0) === 0) return [];
    return [
      {
        ...{ id, says, look },
        ...(ofAttacks !== undefined && { ofAttacks }),
        ...(ofEveryday !== undefined && { ofEveryday }),
        ...(ofAttacks !== undefined && ofEveryday !== undefined && { tells: information(ofAttacks, ofEveryday) }),
      },
    ];
  }).sort((a, b) => (b.tells ?? 0) - (a.tells ?? 0) || (a.id < b.id ? -1 : 1));
}

/** Bits that a sign tells of which of two equally likely kinds something is, given the share of each that has it. */
function information(first: number, second: number): number {
  return Math.max(0, entropy((first + second) / 2) - (entropy(first) + entropy(second)) / 2);
}

function entropy(share: number): number {
  return share <= 0 || share >= 1 ? 0 : -share * Math.log2(share) - (1 - share) * Math.log2(1 - share);
}

function scenarioOf(
  id: string,
  alerts: readonly SeenAlert[],
  { scenarios }: Figures,
  had: Had,
  answers: Answers,
  stored: readonly FactColumns[],
  { exposure }: PlayedWorld,
): GuideScenario {
  const result = scenarios.find((scenario) => scenario.id === id);
  const roles = [...new Set(alerts.flatMap(({ events }) => events.map(({ role }) => role)))].sort();
  const label = alerts[0]?.label ?? 'benign';
  return {
    id,
    title: exposure.scenarios.find((scenario) => scenario.id === id)?.title ?? id,
    label,
    ...(result?.technique !== undefined && { technique: result.technique }),
    ...(result?.procedure !== undefined && { procedure: result.procedure }),
    activities: result?.activities ?? 0,
    detected: result?.detected ?? 0,
    alerts: alerts.length,
    answers: [...answers].flatMap(([column, values]) => {
      const told = valuesOf(alerts.map(({ alert }) => values.get(alert) ?? []));
      return told === undefined ? [] : [{ column, values: told }];
    }),
    facts: FACTS.flatMap(([fact, of]) => {
      const column = stored.map((columns) => columns.get(fact)?.name).find((name) => name !== undefined);
      const told = valuesOf(alerts.map(({ events }) => events.flatMap((event) => of(event) ?? [])));
      return column === undefined || told === undefined ? [] : [{ fact, column, values: told }];
    }),
    places: roles.flatMap((role) => {
      const told = valuesOf(
        alerts.map(({ events }) => events.flatMap((event) => (event.role === role ? (event.place ?? []) : []))),
      );
      return told === undefined ? [] : [{ role, values: told }];
    }),
    signs: SIGNS.filter(({ id: sign }) => {
      const told = alerts.flatMap(({ alert }) => had.get(sign)?.get(alert) ?? []);
      return told.filter(Boolean).length * 2 >= Math.max(1, told.length);
    }).map(({ id: sign }) => sign),
  };
}

/** What is shown of the process, and how. */
const FACTS: readonly (readonly [
  'file' | 'path' | 'company' | 'parent' | 'command',
  (event: SeenEvent) => string | undefined,
])[] = [
  ['file', ({ file }) => file],
  ['path', ({ path }) => path && anyUser(path.replace(/\\[^\\]*\.[a-z0-9]{2,4}$/i, ''))],
  ['company', ({ company }) => company],
  ['parent', ({ parent }) => parent],
  ['command', ({ command }) => command && anyUser(command)],
];

/** Whose profile it is says nothing. */
function anyUser(text: string): string {
  return text.replace(/(\\users\\)[^\\"]+/gi, '$1…');
}

/** How many alerts hold each value, in whatever case, the most frequent first; nothing where none holds any. */
function valuesOf(ofAlerts: readonly (readonly string[])[]): Values | undefined {
  const counts = new Map<string, { value: string; alerts: number }>();
  for (const own of ofAlerts) {
    const shown = own.map((value) => (value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`));
    for (const [key, value] of new Map(shown.map((value) => [value.toLowerCase(), value]))) {
      const known = counts.get(key) ?? { value, alerts: 0 };
      known.alerts += 1;
      counts.set(key, known);
    }
  }
  counts.delete('');
  const sorted = [...counts].sort(([a, m], [b, n]) => n.alerts - m.alerts || (a < b ? -1 : 1)).map(([, each]) => each);
  if (sorted.length === 0) return undefined;
  return { first: sorted.slice(0, SHOWN), others: Math.max(0, sorted.length - SHOWN) };
}

/** By column, what each alert's rows hold there. */
type Answers = ReadonlyMap<string, ReadonlyMap<number, readonly string[]>>;

/** The columns that the rule works out itself and by which it says what it saw: no table has them, and their values are few. */
async function answersOf(world: World, compiled: Compiled, rows: string, catalog: Catalog): Promise<Answers> {
  const stored = new Set(compiled.tables.flatMap(({ name }) => (catalog.tables.get(name) ?? []).map((c) => c.name)));
  const own = compiled.columns
    .map(({ name, type }, place) => ({ name, type, place }))
    .filter(({ name, type }) => !stored.has(name) && ['string', 'dynamic', 'bool'].includes(type));
  const found = new Map(own.map(({ name }) => [name, new Map<number, string[]>()]));
  if (own.length === 0) return found;
  const columns = own.map(({ place }) => `c${place}`).join(', ');
  for (const row of await world.query(`SELECT alert, ${columns} FROM (${rows}) ORDER BY alert, _run, _row`)) {
    const alert = Number(row['alert']);
    for (const { name, type, place } of own) {
      const values = found.get(name);
      values?.set(alert, [...(values.get(alert) ?? []), ...elementsOf(row[`c${place}`], type)]);
    }
  }
  for (const [name, values] of found) if (new Set([...values.values()].flat()).size > MOST_ANSWERS) found.delete(name);
  return found;
}

/** The elements of a list; the value itself where it is none. */
function elementsOf(value: unknown, type: string): string[] {
  if (value === null || value === undefined) return [];
  const text = String(value);
  if (type !== 'dynamic' || !text.startsWith('[')) return [text];
  const elements: unknown = JSON.parse(text);
  return Array.isArray(elements)
    ? elements.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
    : [text];
}
