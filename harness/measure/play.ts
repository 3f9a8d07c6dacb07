import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadScenarios } from '../../simulators/load.js';
import { type Played, playWorkload } from '../../simulators/play.js';
import type { Scenario } from '../../simulators/scenario.js';
import { selectScenarios } from '../../simulators/select.js';
import { sensorSchema } from '../../simulators/sensor.js';
import { loadWorkload, type Workload } from '../../simulators/workload.js';
import type { Detection } from '../detection/detection.js';
import { type Answer, Engine } from '../engine/index.js';
import { didYouMean } from '../files/nearest.js';
import type { Compiled } from '../kql/index.js';
import { identifier } from '../kql/sql/literal.js';
import { formatDatetime } from '../kql/values/datetime.js';
import type { Catalog } from '../tables/catalog.js';
import type { Exposure } from './figures.js';
import type { WorkloadResult } from './measurement.js';
import { type World, worldOf } from './world.js';

/** Overrides of what a workload says. */
export interface WorkloadChoice {
  readonly hosts?: number;
  readonly days?: number;
  readonly seed?: number;
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
  const file = resolve(detection.folder, name);
  const workload = loadWorkload(/\.ya?ml$/.test(name) && existsSync(file) ? file : name);
  const hosts = choice.hosts ?? stated.hosts ?? (stated.name === undefined ? DEFAULT_WORKLOAD.hosts : workload.hosts);
  return {
    ...workload,
    ...(hosts !== undefined && { hosts }),
    days: choice.days ?? stated.days ?? workload.days,
    seed: choice.seed ?? stated.seed ?? workload.seed,
  };
}

/**
 * Plays a workload into an engine, and seals it.
 *
 * @throws FileError when a scenario, organisation or selection is at fault
 */
export async function playWorld(engine: Engine, workload: Workload, catalog: Catalog): Promise<PlayedWorld> {
  const played = await playWorkload(engine.connection, workload, {
    environment: catalog.environment,
    scenarios: selectScenarios(scenarios(), workload),
  });
  await engine.seal();
  const world = worldOf(engine, catalog, played.start, played.end);
  return {
    world,
    engine,
    exposure: played,
    tables: new Set(played.tables.map(({ name }) => name)),
    described: {
      name: played.workload,
      hosts: played.hosts,
      days: played.days,
      seed: played.seed,
      rates: played.rates,
      start: formatDatetime(played.start),
      end: formatDatetime(played.end),
      events: played.tables.reduce((sum, { rows }) => sum + rows, 0),
      activities: { malicious: activitiesOf(played, 'malicious'), benign: activitiesOf(played, 'benign') },
      digest: await digestOf(world, played),
    },
  };
}

function activitiesOf({ scenarios }: Played, label: 'malicious' | 'benign'): number {
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
async function digestOf(world: World, { tables }: Played): Promise<string> {
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
