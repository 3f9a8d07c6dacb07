import { loadScenarios } from '../../simulators/load.js';
import { type Played, playWorkload } from '../../simulators/play.js';
import type { Scenario } from '../../simulators/scenario.js';
import { selectScenarios } from '../../simulators/select.js';
import { isOff, sensorSchema, without } from '../../simulators/sensor.js';
import { SENSOR_PARTS, type SensorPart } from '../../simulators/sensor-parts.js';
import { isoOfTicks, TICKS_PER_DAY } from '../../simulators/ticks.js';
import { loadWorkload, type Workload } from '../../simulators/workload.js';
import type { Detection } from '../detection/detection.js';
import { type Answer, Engine } from '../engine/index.js';
import { FileError } from '../files/errors.js';
import { pathNamed } from '../files/inside.js';
import { didYouMean } from '../files/nearest.js';
import type { Compiled } from '../kql/index.js';
import { identifier } from '../kql/sql/literal.js';
import { formatDatetime } from '../kql/values/datetime.js';
import type { Catalog } from '../tables/catalog.js';
import type { Exposure } from './figures.js';
import type { WorkloadResult } from './measurement.js';
import { hostDaysWith, type OwnEvents, type ReadOwnEvents, readOwnEvents, telemetryResult } from './own-events.js';
import { type World, worldOf } from './world.js';

/** Overrides of what a workload says. */
export interface WorkloadChoice {
  readonly hosts?: number;
  readonly days?: number;
  readonly seed?: number;
  /** Events of people's own that are measured over. */
  readonly own?: OwnEvents;
  /** Parts of the sensor that are switched off. */
  readonly sensorOff?: readonly SensorPart[];
}

/** A workload that was played into an engine. */
export interface PlayedWorld {
  readonly world: World;
  /** Holds the world. */
  readonly engine: Engine;
  readonly exposure: Exposure;
  /** The tables that hold its events. */
  readonly tables: ReadonlySet<string>;
  readonly described: Omit<WorkloadResult, 'every' | 'lookback' | 'runs'>;
}

/** Enough hosts to see what is rare, few enough to wait for. */
const DEFAULT_WORKLOAD = { name: 'enterprise', hosts: 1000 } as const;

/**
 * The workload of a detection. The caller's choice goes before the detection's, which goes before the workload's own.
 *
 * @throws FileError when there is none of its name, or its file is at fault
 */
export function workloadOf(detection: Detection, choice: WorkloadChoice): Workload {
  const stated = detection.workload ?? {};
  const name = stated.name ?? DEFAULT_WORKLOAD.name;
  const workload = loadWorkload(
    /\.ya?ml$/.test(name) ? pathNamed(name, detection.folder, detection.placeOf(['workload', 'name'])) : name,
  );
  const hosts = choice.hosts ?? stated.hosts ?? (stated.name === undefined ? DEFAULT_WORKLOAD.hosts : workload.hosts);
  return {
    ...workload,
    ...(hosts !== undefined && { hosts }),
    days: choice.days ?? stated.days ?? workload.days,
    seed: choice.seed ?? stated.seed ?? workload.seed,
    sensor: without(workload.sensor, choice.sensorOff ?? []),
  };
}

/**
 * Plays a workload into an engine, and seals it. Own events go among the simulated ones, whose first day is then the
 * first of theirs, or stand in for them.
 *
 * @param progress told which share of the events is made
 * @throws FileError when a scenario, organisation or selection is at fault, or own events cannot be used
 */
export async function playWorld(
  engine: Engine,
  workload: Workload,
  catalog: Catalog,
  ownEvents?: OwnEvents,
  progress?: (done: number) => void,
): Promise<PlayedWorld> {
  const own = ownEvents && (await readOwnEvents(engine.connection, ownEvents, catalog));
  if (own !== undefined) return await playAmong(engine, workload, catalog, own);
  const played = await playWorkload(engine.connection, workload, {
    environment: catalog.environment,
    scenarios: selectScenarios(scenarios(), workload),
    progress,
  });
  await engine.seal();
  const world = worldOf(engine, catalog, played.start, played.end);
  return {
    world,
    engine,
    exposure: played,
    tables: new Set(played.tables.map(({ name }) => name)),
    described: {
      ...ground(played),
      activities: { malicious: activitiesOf(played, 'malicious'), benign: activitiesOf(played, 'benign') },
      digest: await digestOf(world, played.tables),
      ...switchedOff(workload),
    },
  };
}

/** What was played and when, as a measurement tells it. */
function ground({ workload, hosts, days, seed, rates, start, end, tables }: Simulated) {
  return {
    name: workload,
    hosts,
    days,
    seed,
    rates,
    start: formatDatetime(start),
    end: formatDatetime(end),
    events: tables.reduce((sum, { rows }) => sum + rows, 0),
  };
}

function switchedOff({ sensor }: Workload): Pick<WorkloadResult, 'sensorOff'> {
  const off = SENSOR_PARTS.filter((part) => part !== 'aggregatedReports' && isOff(sensor, part));
  return off.length === 0 ? {} : { sensorOff: off };
}

/** What a workload makes that is not played at all. */
function nothingPlayed(workload: Workload, own: ReadOwnEvents): Simulated {
  const { seed, rates } = workload;
  const days = Number((own.endDay - own.firstDay) / TICKS_PER_DAY);
  return {
    workload: workload.id,
    tables: [],
    scenarios: [],
    hosts: 0,
    days,
    seed,
    rates,
    start: own.firstDay,
    end: own.endDay,
  };
}

type Simulated = Pick<
  Played,
  'workload' | 'tables' | 'scenarios' | 'hosts' | 'days' | 'seed' | 'rates' | 'start' | 'end'
>;

async function playAmong(
  engine: Engine,
  workload: Workload,
  catalog: Catalog,
  own: ReadOwnEvents,
): Promise<PlayedWorld> {
  const wanted = selectScenarios(scenarios(), workload).filter(
    ({ label }) => own.simulated === 'all' || label === 'malicious',
  );
  const played: Simulated =
    own.simulated === 'nothing'
      ? nothingPlayed(workload, own)
      : await playWorkload(engine.connection, workload, {
          environment: catalog.environment,
          scenarios: wanted,
          start: isoOfTicks(own.firstDay).slice(0, 10),
        });
  const merged = await own.merge();
  for (const { id, label } of merged.scenarios) {
    const other = played.scenarios.find((scenario) => scenario.id === id && scenario.label !== label);
    if (other === undefined) continue;
    const message = `The scenario '${id}' is ${other.label} in the workload and ${label} here. Give it another name.`;
    throw new FileError([{ file: own.labels?.file ?? 'labels', line: 0, column: 0, message }]);
  }
  await engine.seal();
  let { end } = played;
  if (own.endDay > end) end = own.endDay;
  const world = worldOf(engine, catalog, played.start, end);
  const rows = new Map(played.tables.map(({ name, rows }) => [name, rows]));
  for (const { name, rows: more } of merged.tables) rows.set(name, (rows.get(name) ?? 0) + more);
  const tables = [...rows].map(([name, count]) => ({ name, rows: count }));
  const all = own.simulated === 'all';
  const always = { low: 1, mid: 1, high: 1 };
  const known = new Set(played.scenarios.map(({ id }) => id));
  const ownHosts = own.hosts ?? 0;
  const activities = (label: 'malicious' | 'benign'): number =>
    activitiesOf(played, label) + activitiesOf(merged, label);
  return {
    world,
    engine,
    exposure: {
      hosts: all ? played.hosts + ownHosts : ownHosts,
      days: played.days,
      hostDays: hostDaysWith(own, all ? played.hosts * played.days : 0),
      seed: played.seed,
      scenarios: [
        ...played.scenarios,
        ...merged.scenarios.filter(({ id }) => !known.has(id)).map((scenario) => ({ ...scenario, rateFactor: always })),
      ],
    },
    tables: new Set(tables.map(({ name }) => name)),
    described: {
      ...ground({ ...played, end, tables }),
      activities: { malicious: activities('malicious'), benign: activities('benign') },
      digest: await digestOf(world, tables),
      ...(own.simulated !== 'nothing' && switchedOff(workload)),
      telemetry: telemetryResult(own, merged),
    },
  };
}

function activitiesOf(
  { scenarios }: { readonly scenarios: readonly { readonly label: string; readonly activities: number }[] },
  label: 'malicious' | 'benign',
): number {
  return scenarios.filter((scenario) => scenario.label === label).reduce((sum, { activities }) => sum + activities, 0);
}

let loaded: readonly Scenario[] | undefined;

/** The scenarios that ship with the project, read once: there are hundreds of files. */
function scenarios(): readonly Scenario[] {
  loaded ??= loadScenarios();
  return loaded;
}

/** Has the scenarios read anew, for whoever saw that one of their files changed. */
export function forgetScenarios(): void {
  loaded = undefined;
}

/** A digest of every cell of every event, whatever their order: two workloads with the same one are the same. */
async function digestOf(world: World, tables: readonly { readonly name: string }[]): Promise<string> {
  const digests: string[] = [];
  for (const { name } of [...tables, { name: '_activities' }]) {
    const [row] = await world.query(
      `SELECT format('{:016x}', bit_xor(hash(event))) AS digest FROM ${identifier(name)} AS event`,
    );
    digests.push(String(row?.['digest'] ?? ''));
  }
  return digests.join('');
}

/** What the sensor does to a scenario when it sees all of it: a test is of the rule, not of the sensor's luck. */
const CLEAR_SENSOR = sensorSchema.parse({
  emptyUrl: 0,
  fullUrl: { tls: 0, clear: 0 },
  inspected: { tls: 0, clear: 0, dns: 0 },
  duplicates: 0,
  late: 0,
});

const SMALL_HOSTS = 50;

/** The id that a person meant, where there is no scenario of the one they wrote; nothing when there is. */
export function missingScenario(id: string): { readonly message: string; readonly suggestion?: string } | undefined {
  const ids = scenarios().map((scenario) => scenario.id);
  if (ids.includes(id)) return undefined;
  const suggestion = didYouMean(id, ids);
  return { message: `There is no scenario '${id}'.`, ...(suggestion !== undefined && { suggestion }) };
}

/** One scenario played by itself, ready for rules. Whoever opens it closes its engine. */
export interface PlayedScenario {
  readonly engine: Engine;
  /** The clock of a rule that sees all of it. */
  readonly now: bigint;
}

/**
 * The answer of a rule over one scenario: a single activity of a malicious one, a day on a few hosts of a benign one,
 * as a sensor sees it that misses nothing.
 *
 * @throws FileError when there is no such scenario
 * @throws KqlError when the rule cannot be evaluated
 */
export async function playScenario(id: string, compiled: Compiled, catalog: Catalog): Promise<Answer> {
  const { engine, now } = await openScenario(id, catalog);
  try {
    return await engine.run(compiled, { now });
  } finally {
    engine.close();
  }
}

/** Plays a scenario as `playScenario` does, and keeps it for several rules. */
export async function openScenario(id: string, catalog: Catalog): Promise<PlayedScenario> {
  const workload: Workload = {
    ...loadWorkload(DEFAULT_WORKLOAD.name),
    hosts: SMALL_HOSTS,
    days: 1,
    runs: 1,
    sensor: CLEAR_SENSOR,
  };
  const only = scenarios().filter((scenario) => scenario.id === id);
  const engine = await Engine.open();
  try {
    const played = await playWorkload(engine.connection, workload, {
      environment: catalog.environment,
      scenarios: only,
    });
    await engine.seal();
    return { engine, now: played.end };
  } catch (error) {
    engine.close();
    throw error;
  }
}
