/** Runs KQL text over tables written in a test, through the whole pipeline and a sealed engine. */
import { begun, cellJson, compileOver, Engine } from '../../harness/engine/index.js';
import { BOUNDS } from '../../harness/kql/bounds.js';
import type { Value } from '../../harness/kql/functions/registry.js';
import { type Diagnostic, type FunctionSignature, KqlError } from '../../harness/kql/index.js';
import { EVENT_ID, identifier, literal, physicalNames } from '../../harness/kql/sql/literal.js';
import type { Bounds } from '../../harness/kql/types.js';
import { isKqlType, type KqlType, type NamedType, type TableSchema } from '../../harness/kql/types.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { parseDynamic } from '../../harness/kql/values/dynamic.js';
import { parseTimespan } from '../../harness/kql/values/timespan.js';

/** A table: its schema as `a:long b:string`, its rows in plain JavaScript, dates and timespans as text. */
export interface Given {
  readonly schema: string;
  readonly rows?: readonly (readonly unknown[])[];
}

export interface Setting {
  /** Tables of events. Their rows are events 1, 2, … over all tables, in the order written. */
  readonly tables?: Readonly<Record<string, Given>>;
  /** Rows of outside sources, by key. */
  readonly sources?: Readonly<Record<string, Given>>;
  readonly functions?: readonly FunctionSignature[];
  readonly missingSources?: 'refuse' | 'empty';
  readonly now?: string;
  /** How long a query may take, compiling included. */
  readonly seconds?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly bounds?: Partial<Bounds>;
}

export interface Result {
  /** `name:type` of each column. */
  readonly columns: readonly string[];
  /** Cells as their JSON reads; integers beyond 2^53 lose digits. */
  readonly rows: readonly (readonly unknown[])[];
  /** The events behind each row, sorted. */
  readonly lineage: readonly (readonly number[])[];
}

const NOTHING: Setting = {};
const engines = new WeakMap<Setting, Promise<Engine>>();

/** What a query gives, with lineage where it reads events. */
export async function query(text: string, setting: Setting = NOTHING): Promise<Result> {
  const engine = await engineOf(setting);
  const now = parseDatetime(setting.now ?? '2026-03-01T12:00:00Z') ?? 0n;
  const run = begun({ now, ...(setting.seconds ? { time: { most: setting.seconds, raise: '' } } : {}) });
  const options = {
    names: {
      tables: schemasOf(setting.tables),
      functions: new Map((setting.functions ?? []).map((signature) => [signature.name, signature])),
      sources: new Map([...schemasOf(setting.sources)].map(([key, schema]) => [key, { schema }])),
      bounds: { ...BOUNDS, ...setting.bounds },
    },
    ...(setting.missingSources ? { missingSources: setting.missingSources } : {}),
    lineage: true,
  };
  const answer = await engine.run(await compileOver(engine, text, options, run), run);
  return {
    columns: answer.columns.map(({ name, type }) => `${name}:${type}`),
    rows: answer.rows.map((row) =>
      row.map((cell, i): unknown => JSON.parse(cellJson(cell, answer.columns[i]?.type ?? 'dynamic'))),
    ),
    lineage: (answer.lineage ?? []).map((ids) => [...new Set(ids.map(Number))].sort((a, b) => a - b)),
  };
}

/** The rows that a query gives. */
export async function rows(text: string, setting: Setting = NOTHING): Promise<Result['rows']> {
  return (await query(text, setting)).rows;
}

/** The first diagnostic of a query that does not compile or run. */
export async function refusal(text: string, setting: Setting = NOTHING): Promise<Diagnostic> {
  try {
    await query(text, setting);
  } catch (error) {
    if (error instanceof KqlError && error.diagnostics[0]) return error.diagnostics[0];
    throw error;
  }
  throw new Error(`The query runs: ${text.slice(0, 200)}`);
}

/** A schema written as `a:long b:string`. */
export function schema(text: string): TableSchema {
  return text
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((part): NamedType => {
      const [name = '', type = ''] = part.split(':');
      if (!isKqlType(type)) throw new Error(`'${type}' is no type`);
      return { name, type };
    });
}

/** Puts a table of events into an engine; ids count from `firstId`. */
export async function fill(engine: Engine, name: string, given: Given, firstId = 1): Promise<void> {
  const columns = schema(given.schema);
  await engine.declare(name, columns);
  if (!given.rows || given.rows.length === 0) return;
  const names = [...physicalNames(columns.map((column) => column.name)), EVENT_ID].map(identifier);
  const tuples = given.rows.map((row, n) => {
    const cells = columns.map((column, i) => literal(cellOf(row[i], column.type), column.type));
    return `(${[...cells, firstId + n].join(', ')})`;
  });
  await engine.query(`INSERT INTO ${identifier(name)} (${names.join(', ')}) VALUES ${tuples.join(', ')}`);
}

function schemasOf(tables: Setting['tables']): ReadonlyMap<string, TableSchema> {
  return new Map(Object.entries(tables ?? {}).map(([name, given]) => [name, schema(given.schema)]));
}

function engineOf(setting: Setting): Promise<Engine> {
  const known = engines.get(setting);
  if (known) return known;
  const opening = open(setting);
  engines.set(setting, opening);
  return opening;
}

async function open(setting: Setting): Promise<Engine> {
  const engine = await Engine.open({ threads: 1, memory: setting.memory ?? 1024 ** 3 });
  let next = 1;
  for (const [name, given] of Object.entries(setting.tables ?? {})) {
    await fill(engine, name, given, next);
    next += given.rows?.length ?? 0;
  }
  for (const [key, given] of Object.entries(setting.sources ?? {}))
    await fill(engine, `source:${key}`, given, -1_000_000);
  await engine.seal();
  return engine;
}

function cellOf(cell: unknown, type: KqlType): Value {
  if (cell === null || cell === undefined) return type === 'string' ? '' : null;
  switch (type) {
    case 'int':
    case 'long':
      return BigInt(cell as number);
    case 'datetime':
      return parseDatetime(String(cell));
    case 'timespan':
      return parseTimespan(String(cell));
    case 'dynamic':
      return parseDynamic(JSON.stringify(cell)) ?? null;
    default:
      return cell as Value;
  }
}

// The parser takes seconds to load; let no test pay for it.
await query('print 1');
