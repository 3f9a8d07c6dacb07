import type { DuckDBConnection } from '@duckdb/node-api';
import { howToRaise, limit } from '../harness/files/limits.js';
import { didYouMean } from '../harness/files/nearest.js';
import { fault } from '../harness/files/system.js';
import { FileError } from '../harness/files/yaml.js';
import type { TableSchema } from '../harness/kql/types.js';
import { builtInCatalog } from '../harness/tables/catalog.js';
import type { Environment } from '../harness/tables/schema.js';
import { loadCatalogue } from './catalogue.js';
import { makeHosts } from './hosts.js';
import { loadScenarios } from './load.js';
import { loadOrganisation, type Organisation } from './organisation.js';
import { RATES, type Rates, type Scenario } from './scenario.js';
import { selectScenarios } from './select.js';
import { REFERENCE_SENSOR } from './sensor.js';
import { TICKS_PER_DAY, ticksOfDate } from './ticks.js';
import { type Workload, workloadSchema } from './workload.js';
import type { Attack } from './world/attack.js';
import { sharePpm, type World } from './world/compile.js';
import { Destinations } from './world/destinations.js';
import { ACTIVITIES, BIRTHS, dropWorkTables, generate, type Progress, ROWS } from './world/generate.js';
import { LIVES_TABLE } from './world/lives.js';
import { Processes } from './world/processes.js';
import { ACTIVITIES_SQL, numberOf, sortsRows, TELEMETRY_TABLES, tableSql } from './world/spell.js';

/** What of a workload is asked for on the command line or by a caller; what is absent is as the workload says. */
export interface PlayOptions {
  readonly hosts?: number | undefined;
  readonly days?: number | undefined;
  readonly seed?: number | undefined;
  readonly rates?: Rates | undefined;
  readonly runs?: number | undefined;
  /** `2026-03-02` */
  readonly start?: string | undefined;
  readonly environment?: Environment | undefined;
  /** The `_id` of the first row; 1 when absent. */
  readonly nextId?: number | undefined;
  /** Instead of the scenarios that ship with the project. */
  readonly scenarios?: readonly Scenario[] | undefined;
  /** Instead of the one that the workload names. */
  readonly organisation?: Organisation | undefined;
  /** In place of the runs of malicious scenarios; each names its scenario by its place in `scenarios`. */
  readonly attacks?: readonly Attack[] | undefined;
  /** The only telemetry tables to make; all when absent. */
  readonly tables?: ReadonlySet<string> | undefined;
  readonly progress?: Progress | undefined;
}

/** A scenario as it was played. */
export interface PlayedScenario {
  readonly id: string;
  readonly label: Scenario['label'];
  readonly title: string;
  /** Of a benign scenario. */
  readonly category?: string;
  /** Of a malicious scenario. */
  readonly procedure?: string;
  readonly technique?: string;
  readonly hiding?: string;
  readonly sources: readonly { readonly name: string; readonly url?: string | undefined; readonly checked: string }[];
  readonly activities: number;
  /** Rows in all tables. */
  readonly rows: number;
  /**
   * Percent of the hosts that could have it which do, and rows a day of each that does, at each estimate; of benign
   * scenarios.
   */
  readonly estimate?: Readonly<Record<'share' | 'rows', Readonly<Record<Rates, number>>>>;
  /** Rows a day per 1,000 hosts that shares and rates come to at each estimate; of benign scenarios. */
  readonly expectedRows?: Readonly<Record<Rates, number>>;
  /**
   * Volume at each estimate against the one that was played, by which its alerts scale; 1 throughout for a malicious
   * scenario, and for a benign one that the played estimate has nothing of.
   */
  readonly rateFactor: Readonly<Record<Rates, number>>;
}

/** What was played. */
export interface Played {
  readonly workload: string;
  readonly organisation: string;
  readonly environment: Environment;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  readonly activities: number;
  readonly scenarios: readonly PlayedScenario[];
  /** Ticks of the first instant, and of the first instant after the end: the run's clock. */
  readonly start: bigint;
  readonly end: bigint;
  readonly hosts: number;
  readonly days: number;
  readonly seed: number;
  readonly rates: Rates;
  readonly runs: number;
  /** The first `_id` that is free. */
  readonly nextId: number;
}

/** A workload made ready: everything that its options decide. */
export interface Prepared {
  readonly workload: Workload;
  readonly world: World;
  readonly runs: number;
  readonly environment: Environment;
  readonly schemas: ReadonlyMap<string, TableSchema>;
}

/**
 * Plays a workload: creates in the connection's database one table for each telemetry table, with the columns of the
 * environment and the hidden `_id`, `_activity`, `_scenario` and `_role`, and the table `_activities`, which carries the
 * truth. Values are as `harness/kql/types.ts` represents them. The same workload, options and seed give the same rows.
 *
 * @throws FileError when a scenario, organisation or selection is at fault
 */
export async function playWorkload(
  connection: DuckDBConnection,
  workload: Workload,
  options: PlayOptions = {},
): Promise<Played> {
  const prepared = prepare(workload, options);
  try {
    await generate(connection, prepared.world, workload.sensor, prepared.runs, options.progress);
    return await spellOut(connection, prepared, options);
  } finally {
    await dropWorkTables(connection);
  }
}

/**
 * Plays one scenario by itself on an organisation of a hundred hosts, for a test that names it: `runs` activities of a
 * malicious one (1 when absent), a day of a benign one.
 *
 * @throws FileError when there is no such scenario
 */
export function playScenario(connection: DuckDBConnection, id: string, options: PlayOptions = {}): Promise<Played> {
  const scenarios = options.scenarios ?? loadScenarios();
  const scenario = scenarios.find((each) => each.id === id);
  if (scenario === undefined) {
    const suggestion = didYouMean(
      id,
      scenarios.map((each) => each.id),
    );
    const message = `There is no scenario '${id}'.`;
    throw new FileError([{ file: 'scenarios', line: 0, column: 0, message, ...(suggestion && { suggestion }) }]);
  }
  const workload = workloadSchema.parse({ id, title: scenario.title, organisation: 'enterprise', hosts: 100, runs: 1 });
  return playWorkload(connection, workload, { ...options, scenarios: [scenario] });
}

/** Resolves a workload and options to hosts, scenarios and schemas. */
export function prepare(workload: Workload, options: PlayOptions): Prepared {
  const organisation =
    options.organisation ??
    loadOrganisation(
      workload.organisation,
      options.scenarios?.map(({ id }) => id),
    );
  const catalogue = loadCatalogue();
  const scenarios = options.scenarios ?? selectScenarios(loadScenarios(undefined, catalogue), workload);
  const seed = options.seed ?? workload.seed;
  const environment = options.environment ?? 'defender-xdr';
  const known = builtInCatalog(environment).tables;
  const hosts = options.hosts ?? workload.hosts ?? organisation.hosts;
  const days = options.days ?? workload.days;
  refuseLarge(workload, { hosts, days });
  const prepared: Prepared = {
    workload,
    runs: options.runs ?? workload.runs,
    environment,
    schemas: new Map(TELEMETRY_TABLES.map((name) => [name, schemaOf(known, name)])),
    world: {
      organisation,
      hosts: makeHosts(organisation, hosts, seed),
      scenarios,
      catalogue,
      processes: new Processes(catalogue),
      destinations: new Destinations(catalogue, workload.sensor),
      seed,
      rates: options.rates ?? workload.rates,
      emptyUrl: Math.round(REFERENCE_SENSOR.emptyUrl * 10),
      startTicks: ticksOfDate(options.start ?? workload.start),
      days,
      ...(options.attacks !== undefined && { attacks: options.attacks }),
    },
  };
  refuseMuch(prepared);
  return prepared;
}

function refuseLarge({ id }: Workload, asked: { readonly hosts: number; readonly days: number }): void {
  for (const name of ['hosts', 'days'] as const) {
    if (asked[name] <= limit(name)) continue;
    throw fault(`workload '${id}'`, `${asked[name].toLocaleString('en-US')} ${name} are too many. ${howToRaise(name)}`);
  }
}

/** Refuses a world by the events that its shares, rates and runs come to, before any is made. */
function refuseMuch({ world, workload, runs }: Prepared): void {
  const planned = world.scenarios.reduce((sum, scenario) => {
    // Attacks go by runs, not by hosts.
    if (scenario.label === 'malicious') return sum + runs * scenario.cadence.times * scenario.steps.length;
    const reached = world.hosts.filter((host) => scenario.on.includes(host.role)).length;
    const share = sharePpm(scenario, world.organisation, world.rates) / 1_000_000;
    return sum + reached * share * scenario.rows[world.rates] * world.days;
  }, 0);
  const events = Math.round(planned);
  if (events <= limit('simulated-events')) return;
  const message = `It would make about ${events.toLocaleString('en-US')} events. ${howToRaise('simulated-events')}`;
  throw fault(`workload '${workload.id}'`, message);
}

function schemaOf(known: ReadonlyMap<string, TableSchema>, name: string): TableSchema {
  const schema = known.get(name);
  if (schema === undefined) throw new Error(`There is no schema for '${name}'.`);
  return schema;
}

async function spellOut(connection: DuckDBConnection, prepared: Prepared, options: PlayOptions): Promise<Played> {
  const tables: { name: string; rows: number }[] = [];
  const { environment, schemas } = prepared;
  const sorted = await sortsRows(connection);
  let nextId = options.nextId ?? 1;
  for (const name of TELEMETRY_TABLES.filter((table) => options.tables?.has(table) ?? true)) {
    const sql = tableSql(name, { environment, schemas, firstId: nextId, label: false, sorted });
    await connection.run(`CREATE OR REPLACE TABLE "${name}" AS ${sql}`);
    const rows = await numberOf(connection, `SELECT count(*) FROM "${name}"`);
    tables.push({ name, rows });
    nextId += rows;
  }
  await connection.run(`CREATE OR REPLACE TABLE _activities AS ${ACTIVITIES_SQL}`);
  return describePlay(connection, prepared, tables, nextId);
}

/** Sums up a play from its tables. */
export async function describePlay(
  connection: DuckDBConnection,
  prepared: Prepared,
  tables: readonly { name: string; rows: number }[],
  nextId: number,
): Promise<Played> {
  const { world, workload } = prepared;
  const activities = await countsByScenario(connection, `SELECT scen, count(*) FROM ${ACTIVITIES} GROUP BY scen`);
  const rows = await countsByScenario(
    connection,
    `SELECT scen, count(*) FROM (SELECT scen FROM ${ROWS} JOIN ${LIVES_TABLE} USING (life) UNION ALL SELECT scen FROM ${BIRTHS}) GROUP BY scen`,
  );
  return {
    workload: workload.id,
    organisation: world.organisation.id,
    environment: prepared.environment,
    tables,
    activities: [...activities.values()].reduce((sum, count) => sum + count, 0),
    scenarios: world.scenarios.map((scenario, index) =>
      playedScenario(scenario, world, activities.get(index) ?? 0, rows.get(index) ?? 0),
    ),
    start: world.startTicks,
    end: world.startTicks + BigInt(world.days) * TICKS_PER_DAY,
    hosts: world.hosts.length,
    days: world.days,
    seed: world.seed,
    rates: world.rates,
    runs: prepared.runs,
    nextId,
  };
}

function playedScenario(scenario: Scenario, world: World, activities: number, rows: number): PlayedScenario {
  const common = { id: scenario.id, title: scenario.title, sources: scenario.sources, activities, rows };
  if (scenario.label === 'malicious') {
    const { label, procedure, technique, hiding } = scenario;
    return { ...common, label, procedure, technique, hiding, rateFactor: { low: 1, mid: 1, high: 1 } };
  }
  const reach = world.hosts.filter((host) => scenario.on.includes(host.role)).length / Math.max(1, world.hosts.length);
  // Rows a day of a thousand hosts that could have it.
  const share = perRate((rates) => sharePpm(scenario, world.organisation, rates) / 10_000);
  const volume = perRate((rates) => share[rates] * 10 * scenario.rows[rates]);
  const played = volume[world.rates];
  return {
    ...common,
    label: scenario.label,
    category: scenario.category,
    estimate: { share, rows: scenario.rows },
    expectedRows: perRate((rates) => volume[rates] * reach),
    rateFactor: perRate((rates) => (played === 0 ? 1 : volume[rates] / played)),
  };
}

function perRate(of: (rates: Rates) => number): Record<Rates, number> {
  return Object.fromEntries(RATES.map((rates) => [rates, of(rates)])) as Record<Rates, number>;
}

async function countsByScenario(connection: DuckDBConnection, sql: string): Promise<Map<number, number>> {
  const reader = await connection.runAndReadAll(sql);
  return new Map(reader.getRows().map(([scenario, count]) => [Number(scenario), Number(count)]));
}
