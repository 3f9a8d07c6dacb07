import type { DuckDBConnection } from '@duckdb/node-api';
import { sha256OfFile } from '../../files/digest.js';
import { didYouMean } from '../../files/nearest.js';
import { EVENT_ID, physicalNames } from '../../kql/sql/literal.js';
import type { NamedType, TableSchema } from '../../kql/types.js';
import type { Catalog } from '../catalog.js';
import {
  type DateOrder,
  type LoadReport,
  loadSource,
  openExport,
  type RejectedRow,
  rowsOf,
  type Source,
} from '../readers/index.js';
import { NAMED_REJECTS } from '../readers/report.js';
import { fileError } from '../readers/text.js';
import { isHousekeeping, knownTables, namesIn, tableNamed } from './columns.js';
import { type Content, identify, type Rows, type TelemetryFile } from './identify.js';
import type { LabelFile } from './labels.js';
import { matchedIn, matchLabels, type Staged } from './match.js';
import { hasOwnLabels, OWN_LABELS, refuseOtherLabels } from './own-labels.js';
import { PartSource, straysOf } from './part.js';
import { LABELS } from './stage.js';

/** Events of one table in a file, and what became of them. */
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
  /** Rows of the file that are of tables which the environment does not have; said with its first table. */
  readonly elsewhere: readonly { readonly table: string; readonly rows: number }[];
  /** Whether its rows say themselves what they are: `_scenario` and `_label`. */
  readonly labelled: boolean;
}

/** Events that were read, as they wait. */
export interface Waiting {
  readonly loaded: LoadedFile;
  readonly staged: Staged;
  readonly schema: TableSchema;
}

export interface ReadOptions {
  readonly catalog: Catalog;
  readonly dates: DateOrder | undefined;
  readonly labels: LabelFile | undefined;
  /** Gives a name for a table that no other has. */
  readonly nextStage: () => string;
}

/**
 * Reads a file of events, of one table or of several.
 *
 * @throws FileError for a file that cannot be used or whose table is not known
 */
export async function readFile(
  connection: DuckDBConnection,
  file: TelemetryFile,
  options: ReadOptions,
): Promise<Waiting[]> {
  const source = await openExport(connection, file.path, (name) => tableNamed(name) !== undefined);
  try {
    const content = await identify(connection, file, source);
    const sha256 = await sha256OfFile(file.path);
    if ('table' in content) return [await readTable(connection, file, sha256, content.table, source, options)];
    return await readParts(connection, file, sha256, content, source, options);
  } finally {
    await source.close(connection);
  }
}

async function readParts(
  connection: DuckDBConnection,
  file: TelemetryFile,
  sha256: string,
  { field, parts, strays }: Exclude<Content, { readonly table: string }>,
  source: Source,
  options: ReadOptions,
): Promise<Waiting[]> {
  const { tables } = options.catalog;
  const here = parts.filter(({ table }) => tables.has(table));
  const elsewhere = parts.filter(({ table }) => !tables.has(table)).map(({ table, rows }) => ({ table, rows }));
  const [first] = here;
  if (first === undefined) throw otherProduct(file, elsewhere.map(({ table }) => table).join(', '), options.catalog);
  const read: Waiting[] = [];
  for (const part of here) {
    const fields = await fieldsOf(connection, source, field, part);
    const own = new PartSource(source, field, part.values, fields, part === first);
    read.push(await readTable(connection, file, sha256, part.table, own, options));
  }
  const values = parts.flatMap((part) => part.values);
  const astray = strays === 0 ? [] : await straysOf(connection, source, field, values);
  return read.map((each, i) => {
    if (i > 0) return each;
    const rejected = [...each.loaded.rejected, ...astray].sort((a, b) => a.line - b.line).slice(0, NAMED_REJECTS);
    const rejectedCount = each.loaded.rejectedCount + strays;
    return { ...each, loaded: { ...each.loaded, rejected, rejectedCount, elsewhere } };
  });
}

/** The columns of a file that are of use to one of its tables: those that it fills, and those that are the table's. */
async function fieldsOf(
  connection: DuckDBConnection,
  source: Source,
  field: string,
  { table, values }: Rows,
): Promise<string[]> {
  const part = new PartSource(source, field, values, source.fields, false);
  const { from } = part.reading(
    source.fields.map((name) => ({ name, type: 'string' })),
    [],
    'take',
  );
  const filled = source.fields.map((_, i) => `coalesce(bool_or(f${i} IS NOT NULL AND f${i}::VARCHAR <> ''), false)`);
  const [row = []] = await rowsOf(connection, `SELECT ${filled.join(', ')} FROM ${from}`);
  const own = knownTables().get(table)?.columns;
  return source.fields.filter((name, i) => row[i] === true || (own?.has(name) === true && !TIMES.has(name)));
}

const TIMES: ReadonlySet<string> = new Set(['Timestamp', 'TimeGenerated']);

async function readTable(
  connection: DuckDBConnection,
  file: TelemetryFile,
  sha256: string,
  table: string,
  source: Source,
  { catalog, dates, labels, nextStage }: ReadOptions,
): Promise<Waiting> {
  const stage = nextStage();
  const schema = catalog.tables.get(table);
  if (schema === undefined) throw otherProduct(file, table, catalog);
  const namesOf = namesIn(table, catalog);
  const taken = new Set(
    schema.flatMap(({ name }) => source.fields.find((field) => namesOf(name).includes(field)) ?? []),
  );
  const spare = source.fields.filter((field) => !taken.has(field));
  refuseMisspelt(file, table, spare, schema, source.fields, namesOf);
  const labelled = hasOwnLabels(source.fields);
  const named = new Set((labels?.labels ?? []).flatMap(({ match }) => Object.keys(match ?? {})));
  const passThrough = [
    ...spare.filter((field) => named.has(field) && field !== EVENT_ID && !(labelled && OWN_LABELS.includes(field))),
    ...(labelled ? OWN_LABELS : []),
  ];
  const time = timeColumnOf(file, schema, catalog, source.fields, namesOf);
  const report = await loadSource(connection, stage, source, {
    schema,
    namesOf,
    passThrough,
    leaveOut: spare,
    required: [time],
    dates,
  });
  if (labelled) await refuseOtherLabels(connection, file.path, stage);
  const staged = stagedAs(file, table, stage, schema, passThrough, time, labelled);
  if (labels === undefined) {
    await connection.run(`CREATE OR REPLACE TABLE ${matchedIn(staged)} (id BIGINT, i INTEGER)`);
  } else {
    await matchLabels(connection, staged, labels);
    await connection.run(`UPDATE ${LABELS} SET used = true WHERE i IN (SELECT i FROM ${matchedIn(staged)})`);
  }
  const lacks = source.fields.length === 0 ? [] : schema;
  const absent = lacks
    .filter(({ name }) => !isHousekeeping(name) && !namesOf(name).some((field) => source.fields.includes(field)))
    .map(({ name }) => name);
  return { loaded: { ...loadedFile(file, table, report, spare, absent), sha256, labelled }, staged, schema };
}

function loadedFile(
  file: TelemetryFile,
  table: string,
  report: LoadReport,
  spare: readonly string[],
  absent: readonly string[],
): Omit<LoadedFile, 'sha256' | 'labelled'> {
  const { rows, rejected, rejectedCount } = report;
  const leftOut = spare.filter((field) => !isHousekeeping(field));
  return { file: file.path, table, rows, rejected, rejectedCount, leftOut, absent, elsewhere: [] };
}

function otherProduct(file: TelemetryFile, tables: string, { environment }: Catalog): Error {
  const [here, there] = environment === 'sentinel' ? ['Sentinel', 'Defender XDR'] : ['Defender XDR', 'Sentinel'];
  const are = tables.includes(',') ? `${tables} are tables` : `${tables} is a table`;
  return fileError(file.path, `${are} of ${there} alone: no rule for ${here} can read it.`);
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
  // A file without a single event has no columns.
  if (has && (fields.length === 0 || namesOf(timeColumn).some((name) => fields.includes(name)))) return timeColumn;
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
  labelled: boolean,
): Staged {
  const physicals = physicalNames(schema.map(({ name }) => name));
  const columns = new Map<string, NamedType>([
    ...passThrough.map((name) => [name, { name, type: 'string' as const }] as const),
    ...schema.map(({ name, type }, i) => [name, { name: physicals[i] ?? name, type }] as const),
  ]);
  return { table: stage, file: file.path, name: table, columns, time, labelled };
}
