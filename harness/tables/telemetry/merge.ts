import type { DuckDBConnection } from '@duckdb/node-api';
import { EVENT_ID, identifier, physicalNames, quote } from '../../kql/sql/literal.js';
import { DUCKDB_TYPE, type TableSchema } from '../../kql/types.js';
import { rowsOf } from '../readers/index.js';
import { fileError } from '../readers/text.js';
import { type LabelFile, OWN_SCENARIO } from './labels.js';
import { HOST_COLUMNS, matchedIn, type Staged } from './match.js';
import { originOf } from './own-labels.js';
import type { Waiting } from './read.js';
import { ACTIVITIES, dropAll, LABELS, STAGE, TRUTH } from './stage.js';

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

/**
 * Puts events that wait into the tables of the environment, and their activities into `_activities`.
 *
 * @throws FileError for a scenario of which some events are malicious and some benign
 */
export async function merge(
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
  refuseBoth(waiting, scenarios);
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

/** Events of a scenario are counted together, so that it cannot be both. */
function refuseBoth(waiting: readonly Waiting[], scenarios: readonly (readonly unknown[])[]): void {
  const seen = new Set<unknown>();
  for (const [id] of scenarios) {
    if (!seen.has(id)) {
      seen.add(id);
      continue;
    }
    const files = waiting.filter(({ loaded }) => loaded.labelled).map(({ loaded }) => loaded.file);
    const message = `Events of the scenario '${String(id)}' are malicious and benign. Give those of one label another name.`;
    throw fileError(files.join(', ') || 'labels', message);
  }
}

/** SQL of a file's events with what they are labelled as; `l_key` tells the activities of a scenario apart. */
function labelled(staged: Staged): string {
  const there = HOST_COLUMNS.filter((name) => staged.columns.has(name));
  const host =
    there.length === 0 ? "''" : `coalesce(${there.map((name) => `nullif(${identifier(name)}, '')`).join(', ')}, '')`;
  const label = `${staged.table} AS s LEFT JOIN ${matchedIn(staged)} AS m ON m.id = s.${EVENT_ID} LEFT JOIN ${LABELS} AS l ON l.i = m.i`;
  if (!staged.labelled) {
    return `
    SELECT s.*, coalesce(l.scenario, ${quote(OWN_SCENARIO)}) AS l_scenario, coalesce(l.label, 'benign') AS l_label,
      l.procedure AS l_procedure, l.technique AS l_technique, l.role AS l_role, ${host} AS l_host,
      coalesce('=' || l.key, '@' || ${host}) AS l_key
    FROM ${label}`;
  }
  // A label of the label file comes before what the event says of itself.
  const own = (said: string, itself: string): string => `CASE WHEN l.i IS NULL THEN ${itself} ELSE ${said} END`;
  const origin = originOf(staged.file);
  return `
    SELECT s.*, ${own('l.scenario', `coalesce(nullif(s._scenario, ''), ${quote(OWN_SCENARIO)})`)} AS l_scenario,
      ${own('l.label', `coalesce(nullif(s._label, ''), 'benign')`)} AS l_label,
      ${own('l.procedure', 't.procedure')} AS l_procedure, ${own('l.technique', 't.technique')} AS l_technique,
      coalesce(l.role, nullif(s._role, '')) AS l_role, ${host} AS l_host,
      ${own(`coalesce('=' || l.key, '@' || ${host})`, `coalesce(${quote(`=${origin}#`)} || nullif(s._activity, ''), '@' || ${host})`)} AS l_key
    FROM ${label} LEFT JOIN ${TRUTH} AS t ON t.origin = ${quote(origin)} AND t.activity = s._activity`;
}

/** The activities of all events, and those that happened and of which no event tells. */
async function createActivities(connection: DuckDBConnection, waiting: readonly Waiting[]): Promise<void> {
  const parts = waiting.map(
    ({ staged }) =>
      `SELECT l_scenario AS scenario, l_label AS label, l_key AS key, min({ 't': ${identifier(staged.time)}, 'h': l_host }) AS begun,
         min(l_procedure) AS procedure, min(l_technique) AS technique, count(*) AS events
       FROM (${labelled(staged)}) GROUP BY ALL`,
  );
  const unseen = `SELECT scenario, label, '=' || origin || '#' || activity AS key, { 't': start, 'h': host } AS begun, procedure, technique, 0 AS events FROM ${TRUTH}`;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${ACTIVITIES} AS
     SELECT (SELECT coalesce(max(activity), 0) FROM _activities) + row_number() OVER (ORDER BY begun.t, scenario, label, key) AS activity,
       scenario, label, key, begun.h AS host, begun.t AS start, procedure, technique, events
     FROM (SELECT scenario, label, key, min(begun) AS begun, min(procedure) AS procedure, min(technique) AS technique, sum(events) AS events
           FROM (${[...parts, unseen].join(' UNION ALL ')}) GROUP BY ALL)`,
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
