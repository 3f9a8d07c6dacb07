import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { makeFolder, sizeOf, writeWholeBy } from '../files/output.js';
import { scratchFolder } from '../files/scratch.js';
import { EVENT_ID, identifier, physicalNames, quote } from '../kql/sql/literal.js';
import type { KqlType, TableSchema } from '../kql/types.js';
import { HITS } from '../measure/counts.js';
import type { Claims } from '../measure/figures.js';
import type { Witnessed } from '../measure/workload.js';
import { sourceOf, type World } from '../measure/world.js';
import type { EventFormat } from './formats.js';

/** A file that was written. */
export interface EventFile {
  readonly table: string;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes the events that a rule could have seen, one file a table, each event with its truth and the rule's verdict:
 * `_scenario`, `_label`, `_technique`, `_procedure`, `_activity`, `_role`, `_event` (its id), `_alerts` (how many came
 * from it) and `_verdict` (`tp`, `fp`, `fn`, `tn`; nothing for events of an attack that the detection does not claim).
 * They stream from the sealed engine through a database of their own, so that any number fits.
 *
 * In CSV a text that a spreadsheet would take for a formula has an apostrophe before it. In Parquet every text is as it
 * is, and a datetime is a timestamp of nanoseconds: one before 1678 or after 2261 has none and is null.
 */
export async function writeEvents(
  { detection, catalog, played: { world, engine }, made }: Witnessed,
  folder: string,
  formats: readonly EventFormat[],
): Promise<EventFile[]> {
  makeFolder(folder);
  const scratch = scratchFolder();
  const instance = await DuckDBInstance.create(join(scratch.path, 'events.duckdb'));
  const files: EventFile[] = [];
  try {
    const connection = await instance.connect();
    for (const table of made.tables) {
      const schema = distinctNames(catalog.tables.get(table) ?? []);
      await copyRows(
        engine.connection,
        `SELECT ${judgedColumns(schema).map(identifier).join(', ')} FROM (${await judged(world, table, schema, detection.claims)})`,
        connection,
        table,
      );
      for (const format of formats) files.push(await write(connection, table, schema, format, folder));
    }
  } finally {
    instance.closeSync();
    scratch.remove();
  }
  return files;
}

const TRUTH: TableSchema = [
  { name: '_event', type: 'long' },
  { name: '_activity', type: 'long' },
  { name: '_scenario', type: 'string' },
  { name: '_label', type: 'string' },
  { name: '_technique', type: 'string' },
  { name: '_procedure', type: 'string' },
  { name: '_role', type: 'string' },
  { name: '_alerts', type: 'long' },
  { name: '_verdict', type: 'string' },
];

function judgedColumns(schema: TableSchema): string[] {
  return [...schema, ...TRUTH].map(({ name }) => name);
}

/** SQL of a table's events with truth and verdict, as `figures.ts` counts them. */
async function judged(world: World, table: string, schema: TableSchema, claims: Claims): Promise<string> {
  const claimed = claims.techniques
    .map((claim) => `technique = ${quote(claim)} OR starts_with(technique, ${quote(`${claim}.`)})`)
    .join(' OR ');
  const targeted = `(${claimed}) AND event._role IN (${claims.roles.map(quote).join(', ')})`;
  return `
    SELECT ${schema.map(({ name }) => `event.${identifier(name)}`).join(', ')},
           event.${EVENT_ID} AS _event, event._activity, scenario AS _scenario, label AS _label, technique AS _technique,
           procedure AS _procedure, event._role, coalesce(hit.alerts, 0) AS _alerts,
           CASE WHEN label = 'benign' THEN if(hit.alerts > 0, 'fp', 'tn')
                WHEN label = 'malicious' AND ${targeted} THEN if(hit.alerts > 0, 'tp', 'fn') END AS _verdict
    FROM ${await sourceOf(world, table)} AS event
    LEFT JOIN _activities AS activity ON activity.activity = event._activity
    LEFT JOIN (SELECT id, count(DISTINCT alert) AS alerts FROM ${HITS} GROUP BY id) AS hit ON hit.id = event.${EVENT_ID}
    ORDER BY event.${EVENT_ID}`;
}

/** Moves rows from one database to another, a chunk at a time. */
async function copyRows(from: DuckDBConnection, sql: string, to: DuckDBConnection, table: string): Promise<void> {
  const result = await from.stream(sql);
  const columns = result.columnNames().map((name, i) => `${identifier(name)} ${result.columnType(i)}`);
  await to.run(`CREATE TABLE ${identifier(table)} (${columns.join(', ')})`);
  const appender = await to.createAppender(table);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

async function write(
  connection: DuckDBConnection,
  table: string,
  schema: TableSchema,
  format: EventFormat,
  folder: string,
): Promise<EventFile> {
  const path = join(folder, `${table}.${format}`);
  const columns = [...schema, ...TRUTH].map(
    ({ name, type }) => `${cell(identifier(name), type, format)} AS ${identifier(name)}`,
  );
  const as = format === 'csv' ? 'FORMAT csv, HEADER true' : 'FORMAT parquet';
  const rows = `SELECT ${columns.join(', ')} FROM ${identifier(table)}`;
  const result = await writeWholeBy(path, (draft) =>
    connection.run(`COPY (${rows}) TO ${quote(draft.path)} (${as}, USE_TMP_FILE false)`),
  );
  return { table, path, rows: Number(result.rowsChanged), bytes: sizeOf(path) };
}

/** Ticks at 1970-01-01T00:00:00Z. */
const EPOCH = '621355968000000000';
/** How far from it, in ticks, a timestamp of nanoseconds reaches. */
const REACH = '92233720368547758';

/** What a spreadsheet takes for the beginning of a formula, in half and full width. */
const FORMULA = '^[=+\\-@\\t\\r\\x{FF1D}\\x{FF0B}\\x{FF0D}\\x{FF20}]';

function cell(column: string, type: KqlType, format: EventFormat): string {
  switch (type) {
    case 'datetime':
      return format === 'parquet'
        ? `make_timestamp_ns(if(abs(${column} - ${EPOCH}) < ${REACH}, ${column} - ${EPOCH}, NULL) * 100)`
        : `strftime(make_timestamp((${column} - ${EPOCH}) // 10), '%Y-%m-%dT%H:%M:%S.%f') || (${column} % 10) || 'Z'`;
    case 'string':
    case 'dynamic':
    case 'guid':
      return format === 'csv'
        ? `if(regexp_matches(${column}, ${quote(FORMULA)}), '''' || ${column}, ${column})`
        : column;
    default:
      return column;
  }
}

/** The columns that DuckDB can tell apart: of names that differ in case alone the first. */
function distinctNames(schema: TableSchema): TableSchema {
  const physical = physicalNames(schema.map(({ name }) => name));
  return schema.filter(({ name }, i) => physical[i] === name);
}
