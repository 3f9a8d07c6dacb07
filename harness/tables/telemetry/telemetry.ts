import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { didYouMean } from '../../files/nearest.js';
import { EVENT_ID, identifier, physicalNames, quote } from '../../kql/sql/literal.js';
import { DUCKDB_TYPE, type NamedType, type TableSchema } from '../../kql/types.js';
import type { Catalog } from '../catalog.js';
import { type DateOrder, type LoadReport, loadSource, openFile, type RejectedRow, rowsOf } from '../readers/index.js';
import { fileError } from '../readers/text.js';
import { isHousekeeping, knownTables, namesIn } from './columns.js';
import { filesOf, identify, type TelemetryFile } from './identify.js';
import { type LabelFile, OWN_SCENARIO, readLabels } from './labels.js';
import { HOST_COLUMNS, matchedIn, matchLabels, type Staged } from './match.js';

/** Whose events are to be read. */
export interface TelemetryChoice {
  /** `FILE`, `Table=FILE` or a folder. */
  readonly files: readonly string[];
  readonly labels?: string | undefined;
  readonly dates?: DateOrder | undefined;
}

/** A file of events, and what became of it. */
export interface LoadedFile {
  readonly file: string;
  readonly sha256: string;
  readonly table: string;
  readonly rows: number;
  readonly rejectedCount: number;
  /** The first of the rows that were left out. */
  readonly rejected: readonly RejectedRow[];
  /** Columns that the environment's table does not have, and that nobody can ask for. */
  readonly leftOut: readonly string[];
  /** Columns that the environment's table has and the file lacks: they are empty. */
  readonly absent: readonly string[];
}

/** Events of people's own that were read and wait to be put among others. */
export interface ReadTelemetry {
  readonly files: readonly LoadedFile[];
  readonly labels?: {
    readonly file: string;
    readonly sha256: string;
    readonly entries: number;
    /** Lines of the labels that no event has. */
    readonly unmatched: readonly number[];
  };
  /** Ticks of the first event and of the first instant after the last. */
  readonly start: bigint;
  readonly end: bigint;
  /** Hosts that the events are of, by `DeviceId`, or by `Computer` where no event has that; nothing when neither is there. */
  readonly hosts: number | undefined;
  /**
   * Puts them into the tables of the environment, new ones or those of a workload that was played before, with the
   * hidden `_id`, `_activity`, `_scenario` and `_role`, and their activities into `_activities`.
   */
  merge(): Promise<MergedTelemetry>;
}

/** What became of events that were put among others. */
export interface MergedTelemetry {
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  readonly scenarios: readonly OwnScenario[];
  readonly events: Readonly<Record<'malicious' | 'benign', number>>;
}

export interface OwnScenario {
  readonly id: string;
  readonly title: string;
  readonly label: 'malicious' | 'benign';
  readonly activities: number;
}

const STAGE = '_telemetry_stage';
const LABELS = '_telemetry_labels';
const ACTIVITIES = '_telemetry_activities';

/** A file that was read, as it waits. */
interface Waiting {
  readonly loaded: LoadedFile;
  readonly staged: Staged;
  readonly schema: TableSchema;
}

/**
 * Reads events of people's own into a database. Columns of the other environment go under their name in this one.
 * Events are benign unless a label says otherwise.
 *
 * @throws FileError for a file that cannot be used or whose table is not known, for labels that cannot be, and when no
 *   event is left
 */
export async function readTelemetry(
  connection: DuckDBConnection,
  choice: TelemetryChoice,
  catalog: Catalog,
): Promise<ReadTelemetry> {
  const labels = choice.labels === undefined ? undefined : readLabels(choice.labels);
  try {
    return await readAll(connection, choice, catalog, labels);
  } catch (error) {
    await dropAll(connection);
    throw error;
  }
}

async function readAll(
  connection: DuckDBConnection,
  choice: TelemetryChoice,
  catalog: Catalog,
  labels: LabelFile | undefined,
): Promise<ReadTelemetry> {
  await createLabels(connection, labels);
  const waiting: Waiting[] = [];
  for (const [index, file] of choice.files.flatMap(filesOf).entries()) {
    waiting.push(await readOne(connection, file, `${STAGE}_${index}`, choice.dates, catalog, labels));
  }
  const files = waiting.map(({ loaded }) => loaded);
  const unused = await rowsOf(connection, `SELECT i FROM ${LABELS} WHERE NOT used ORDER BY i`);
  return {
    files,
    ...(labels !== undefined && {
      labels: {
        file: labels.file,
        sha256: labels.sha256,
        entries: labels.labels.length,
        unmatched: unused.map(([i]) => labels.lineOf(Number(i))),
      },
    }),
    ...(await timeOf(connection, waiting)),
    hosts: await hostsOf(connection, waiting),
    merge: () => merge(connection, waiting, labels),
  };
}

async function createLabels(connection: DuckDBConnection, labels: LabelFile | undefined): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${LABELS} (i INTEGER, scenario VARCHAR, label VARCHAR, key VARCHAR, procedure VARCHAR, technique VARCHAR, role VARCHAR, used BOOLEAN)`,
  );
  const rows = (labels?.labels ?? []).map((label, i) => {
    const { scenario, activity, procedure, technique, role } = label;
    const texts = [scenario, label.label, activity, procedure, technique, role];
    return `(${[i, ...texts.map((text) => (text === undefined ? 'NULL' : quote(String(text)))), false].join(', ')})`;
  });
  for (let at = 0; at < rows.length; at += 1000) {
    await connection.run(`INSERT INTO ${LABELS} VALUES ${rows.slice(at, at + 1000).join(', ')}`);
  }
}

async function readOne(
  connection: DuckDBConnection,
  file: TelemetryFile,
  stage: string,
  dates: DateOrder | undefined,
  catalog: Catalog,
  labels: LabelFile | undefined,
): Promise<Waiting> {
  const source = await openFile(connection, file.path);
  let table: string;
  try {
    table = await identify(connection, file, source);
  } catch (error) {
    await source.close(connection);
    throw error;
  }
  const schema = schemaOf(file, table, catalog);
  const namesOf = namesIn(table, catalog);
  const taken = new Set(
    schema.flatMap(({ name }) => source.fields.find((field) => namesOf(name).includes(field)) ?? []),
  );
  const spare = source.fields.filter((field) => !taken.has(field));
  refuseMisspelt(file, table, spare, schema, source.fields, namesOf);
  const named = new Set((labels?.labels ?? []).flatMap(({ match }) => Object.keys(match ?? {})));
  const passThrough = spare.filter((field) => named.has(field) && field !== EVENT_ID);
  const time = timeColumnOf(file, schema, catalog, source.fields, namesOf);
  const report = await loadSource(connection, stage, source, {
    schema,
    namesOf,
    passThrough,
    leaveOut: spare,
    required: [time],
    dates,
  });
  const staged = stagedAs(file, table, stage, schema, passThrough, time);
  if (labels === undefined) {
    await connection.run(`CREATE OR REPLACE TABLE ${matchedIn(staged)} (id BIGINT, i INTEGER)`);
  } else {
    await matchLabels(connection, staged, labels);
    await connection.run(`UPDATE ${LABELS} SET used = true WHERE i IN (SELECT i FROM ${matchedIn(staged)})`);
  }
  const absent = schema
    .filter(({ name }) => !isHousekeeping(name) && !namesOf(name).some((field) => source.fields.includes(field)))
    .map(({ name }) => name);
  return { loaded: loadedFile(file, table, report, await sha256Of(file.path), spare, absent), staged, schema };
}

function loadedFile(
  file: TelemetryFile,
  table: string,
  report: LoadReport,
  sha256: string,
  spare: readonly string[],
  absent: readonly string[],
): LoadedFile {
  const { rows, rejected, rejectedCount } = report;
  const leftOut = spare.filter((field) => !isHousekeeping(field));
  return { file: file.path, sha256, table, rows, rejected, rejectedCount, leftOut, absent };
}

function schemaOf(file: TelemetryFile, table: string, catalog: Catalog): TableSchema {
  const schema = catalog.tables.get(table);
  if (schema !== undefined) return schema;
  const [here, there] =
    catalog.environment === 'sentinel' ? ['Sentinel', 'Defender XDR'] : ['Defender XDR', 'Sentinel'];
  throw fileError(file.path, `${table} is a table of ${there} alone: no rule for ${here} can read it.`);
}

/** A column that is nearly one that the file lacks is a mistake; any other is one that the table does not have yet. */
function refuseMisspelt(
  file: TelemetryFile,
  table: string,
  spare: readonly string[],
  schema: TableSchema,
  fields: readonly string[],
  namesOf: (column: string) => readonly string[],
): void {
  const missing = schema.map(({ name }) => name).filter((name) => !namesOf(name).some((each) => fields.includes(each)));
  const known = knownTables().get(table)?.columns;
  for (const field of spare) {
    if (isHousekeeping(field) || known?.has(field)) continue;
    const suggestion = didYouMean(field, missing);
    if (suggestion === undefined) continue;
    throw fileError(file.path, `The table ${table} has no column '${field}'.`, { line: 1, column: 1 }, suggestion);
  }
}

function timeColumnOf(
  file: TelemetryFile,
  schema: TableSchema,
  { timeColumn }: Catalog,
  fields: readonly string[],
  namesOf: (column: string) => readonly string[],
): string {
  const has = schema.some(({ name }) => name === timeColumn);
  if (has && namesOf(timeColumn).some((name) => fields.includes(name))) return timeColumn;
  throw fileError(
    file.path,
    has ? 'No column says when: expected Timestamp or TimeGenerated.' : 'Its table has no time: nothing of it happens.',
  );
}

function stagedAs(
  file: TelemetryFile,
  table: string,
  stage: string,
  schema: TableSchema,
  passThrough: readonly string[],
  time: string,
): Staged {
  const physicals = physicalNames(schema.map(({ name }) => name));
  const columns = new Map<string, NamedType>([
    ...passThrough.map((name) => [name, { name, type: 'string' as const }] as const),
    ...schema.map(({ name, type }, i) => [name, { name: physicals[i] ?? name, type }] as const),
  ]);
  return { table: stage, file: file.path, name: table, columns, time };
}

async function merge(
  connection: DuckDBConnection,
  waiting: readonly Waiting[],
  labels: LabelFile | undefined,
): Promise<MergedTelemetry> {
  await connection.run(
    `CREATE TABLE IF NOT EXISTS _activities (activity BIGINT, scenario VARCHAR, label VARCHAR, host VARCHAR, start BIGINT, procedure VARCHAR, technique VARCHAR)`,
  );
  await createActivities(connection, waiting);
  const rows = new Map<string, number>();
  for (const { staged, schema, loaded } of waiting) {
    await settle(connection, staged, schema);
    rows.set(staged.name, (rows.get(staged.name) ?? 0) + loaded.rows);
  }
  const scenarios = await rowsOf(
    connection,
    `SELECT scenario, label, count(*), sum(events) FROM ${ACTIVITIES} GROUP BY ALL ORDER BY ALL`,
  );
  await dropAll(connection);
  const titles = new Map((labels?.labels ?? []).flatMap(({ scenario, title }) => (title ? [[scenario, title]] : [])));
  const own = scenarios.map(([id, label, activities, events]) => ({
    id: String(id),
    title: titles.get(String(id)) ?? (id === OWN_SCENARIO ? 'Own events' : String(id)),
    label: label === 'malicious' ? ('malicious' as const) : ('benign' as const),
    activities: Number(activities),
    events: Number(events),
  }));
  const eventsOf = (label: OwnScenario['label']): number =>
    own.filter((scenario) => scenario.label === label).reduce((sum, { events }) => sum + events, 0);
  return {
    tables: [...rows].map(([name, count]) => ({ name, rows: count })),
    scenarios: own.map(({ events: _, ...scenario }) => scenario),
    events: { malicious: eventsOf('malicious'), benign: eventsOf('benign') },
  };
}

async function dropAll(connection: DuckDBConnection): Promise<void> {
  const tables = await rowsOf(
    connection,
    `SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, '${STAGE}') OR table_name IN ('${LABELS}', '${ACTIVITIES}')`,
  );
  for (const [table] of tables) await connection.run(`DROP TABLE ${identifier(String(table))}`);
}

/** SQL of a file's events with what they are labelled as; `l_key` tells the activities of a scenario apart. */
function labelled(staged: Staged): string {
  const there = HOST_COLUMNS.filter((name) => staged.columns.has(name));
  const host =
    there.length === 0 ? "''" : `coalesce(${there.map((name) => `nullif(${identifier(name)}, '')`).join(', ')}, '')`;
  return `
    SELECT s.*, coalesce(l.scenario, ${quote(OWN_SCENARIO)}) AS l_scenario, coalesce(l.label, 'benign') AS l_label,
      l.procedure AS l_procedure, l.technique AS l_technique, l.role AS l_role, ${host} AS l_host,
      coalesce('=' || l.key, '@' || ${host}) AS l_key
    FROM ${staged.table} AS s
    LEFT JOIN ${matchedIn(staged)} AS m ON m.id = s.${EVENT_ID} LEFT JOIN ${LABELS} AS l ON l.i = m.i`;
}

async function createActivities(connection: DuckDBConnection, waiting: readonly Waiting[]): Promise<void> {
  const parts = waiting.map(
    ({ staged }) =>
      `SELECT l_scenario AS scenario, l_label AS label, l_key AS key, min({ 't': ${identifier(staged.time)}, 'h': l_host }) AS begun,
         min(l_procedure) AS procedure, min(l_technique) AS technique, count(*) AS events
       FROM (${labelled(staged)}) GROUP BY ALL`,
  );
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${ACTIVITIES} AS
     SELECT (SELECT coalesce(max(activity), 0) FROM _activities) + row_number() OVER (ORDER BY begun.t, scenario, label, key) AS activity,
       scenario, label, key, begun.h AS host, begun.t AS start, procedure, technique, events
     FROM (SELECT scenario, label, key, min(begun) AS begun, min(procedure) AS procedure, min(technique) AS technique, sum(events) AS events
           FROM (${parts.join(' UNION ALL ')}) GROUP BY ALL)`,
  );
  await connection.run(
    `INSERT INTO _activities (activity, scenario, label, host, start, procedure, technique)
     SELECT activity, scenario, label, host, start, procedure, technique FROM ${ACTIVITIES} ORDER BY activity`,
  );
}

/** Moves the events of a file into their table, in their order, each with its activity. */
async function settle(connection: DuckDBConnection, staged: Staged, schema: TableSchema): Promise<void> {
  const names = physicalNames(schema.map(({ name }) => name)).map(identifier);
  const columns = schema.map(({ type }, i) => `${names[i]} ${DUCKDB_TYPE[type]}`);
  const table = identifier(staged.name);
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${table} (${columns.join(', ')}, ${EVENT_ID} BIGINT, _activity BIGINT, _scenario VARCHAR, _role VARCHAR)`,
  );
  await connection.run(
    `INSERT INTO ${table} BY NAME
     SELECT ${names.map((name) => `e.${name}`).join(', ')}, e.${EVENT_ID} + ${await nextId(connection)} AS ${EVENT_ID},
       a.activity AS _activity, l_scenario AS _scenario, l_role AS _role
     FROM (${labelled(staged)}) AS e
     JOIN ${ACTIVITIES} AS a ON a.scenario = l_scenario AND a.label = l_label AND a.key = l_key
     ORDER BY e.${EVENT_ID}`,
  );
  for (const done of [staged.table, matchedIn(staged)]) await connection.run(`DROP TABLE ${done}`);
}

/** The first id that no event of the database has. */
async function nextId(connection: DuckDBConnection): Promise<bigint> {
  const tables = await rowsOf(
    connection,
    `SELECT table_name FROM duckdb_columns() WHERE column_name = '${EVENT_ID}' AND database_name = current_database() AND NOT starts_with(table_name, '${STAGE}')`,
  );
  const most = tables.map(([name]) => `SELECT max(${EVENT_ID}) AS id FROM ${identifier(String(name))}`);
  const [row] = await rowsOf(connection, `SELECT coalesce(max(id), 0) + 1 FROM (${most.join(' UNION ALL ')})`);
  return BigInt(String(row?.[0] ?? 1));
}

async function timeOf(
  connection: DuckDBConnection,
  waiting: readonly Waiting[],
): Promise<Pick<ReadTelemetry, 'start' | 'end'>> {
  const parts = waiting.map(({ staged }) => `SELECT ${identifier(staged.time)} AS t FROM ${staged.table}`);
  const [row] = await rowsOf(connection, `SELECT min(t), max(t) FROM (${parts.join(' UNION ALL ')})`);
  const [start, last] = row ?? [];
  if (typeof start === 'bigint' && typeof last === 'bigint') return { start, end: last + 1n };
  const bad = waiting.flatMap(({ loaded }) => loaded.rejected)[0];
  const column = bad?.column === undefined ? '' : `, column '${bad.column}'`;
  const reason =
    bad === undefined ? '' : ` The first that was left out is at ${bad.file}:${bad.line}${column}: ${bad.reason}`;
  throw fileError(waiting.map(({ loaded }) => loaded.file).join(', '), `There is no event to test with.${reason}`);
}

async function hostsOf(connection: DuckDBConnection, waiting: readonly Waiting[]): Promise<number | undefined> {
  for (const column of ['DeviceId', 'Computer']) {
    const parts = waiting
      .filter(({ staged }) => staged.columns.has(column))
      .map(({ staged }) => `SELECT DISTINCT ${identifier(column)} AS host FROM ${staged.table}`);
    if (parts.length === 0) continue;
    const [row] = await rowsOf(
      connection,
      `SELECT count(DISTINCT host) FROM (${parts.join(' UNION ALL ')}) WHERE host <> ''`,
    );
    if (Number(row?.[0]) > 0) return Number(row?.[0]);
  }
  return undefined;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
