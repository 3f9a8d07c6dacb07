import type { Events, Row } from '../detection/tests-schema.js';
import { didYouMean } from '../files/nearest.js';
import { own } from '../files/own.js';
import { excerpt, Refusal } from '../kql/errors.js';
import type { Value } from '../kql/functions/registry.js';
import { EVENT_ID, identifier, literal, physicalNames } from '../kql/sql/literal.js';
import type { KqlType, TableSchema } from '../kql/types.js';
import { parseDatetime } from '../kql/values/datetime.js';
import { parseDecimal } from '../kql/values/decimal.js';
import { type Dynamic, parseDynamic } from '../kql/values/dynamic.js';
import { parseTimespan } from '../kql/values/timespan.js';
import type { Catalog } from '../tables/catalog.js';
import type { Json } from './cells.js';

/** An event that does not fit its table; `path` leads to it (`DeviceEvents`, 0, `Timestamp`). */
export class EventError extends Error {
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.name = 'EventError';
    this.path = path;
  }
}

/** SQL that adds events to a table. */
export interface Insertion {
  readonly table: string;
  readonly schema: TableSchema;
  /** Nothing where the table gets no event. */
  readonly sql: string | undefined;
}

const MINUTE = 600_000_000n;

/**
 * The SQL that puts inline events into their tables, numbered from 1 over all of them. An event that says no time
 * happened a minute before `now`; every other column that it does not name holds nothing.
 *
 * @throws EventError for an unknown table or column, or a value that is not of its column's type
 */
export function insertions(events: Events, catalog: Catalog, now: bigint): Insertion[] {
  let id = 0;
  return Object.entries(events).map(([table, rows]) => {
    const schema = catalog.tables.get(table);
    if (schema === undefined) throw unknown([table], 'table', table, catalog.tables.keys());
    const values = rows.map((row, index) => {
      id += 1;
      return `(${[...rowSql(row, schema, catalog.timeColumn, now, [table, index]), id].join(', ')})`;
    });
    const columns = [...physicalNames(schema.map(({ name }) => name)), EVENT_ID].map(identifier);
    const sql = `INSERT INTO ${identifier(table)} (${columns.join(', ')}) VALUES ${values.join(', ')}`;
    return { table, schema, sql: values.length === 0 ? undefined : sql };
  });
}

function rowSql(row: Row, schema: TableSchema, timeColumn: string, now: bigint, path: (string | number)[]): string[] {
  const names = schema.map(({ name }) => name);
  for (const name of Object.keys(row)) {
    if (!names.includes(name)) throw unknown([...path, name], 'column', name, names);
  }
  return schema.map(({ name, type }) => {
    const given = own(row, name);
    if (given === undefined) return literal(name === timeColumn ? now - MINUTE : null, type);
    const value = typedValue(given, type);
    if (value === undefined)
      throw new EventError(
        [...path, name],
        `'${name}' is of type ${type}: ${excerpt(JSON.stringify(given))} is ${HINTS[type]}.`,
      );
    return literal(value, type);
  });
}

/** What is wrong with a value that is none of its column's type. */
export const HINTS: Readonly<Record<KqlType, string>> = {
  bool: 'neither true nor false',
  int: 'no whole number of 32 bits',
  long: 'no whole number that a file can hold exactly',
  real: 'no number',
  decimal: 'no number',
  string: 'no text (quote it)',
  datetime: 'no time such as 2026-03-02T12:00:00Z',
  timespan: 'no time span such as 1h or 00:05:00',
  guid: 'no GUID',
  dynamic: 'no JSON',
};

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The KQL value that a person wrote down, or nothing when the type has no such value. */
export function typedValue(given: Json, type: KqlType): Value | undefined {
  if (given === null) return null;
  switch (type) {
    case 'string':
      return typeof given === 'string' ? given : undefined;
    case 'bool':
      return typeof given === 'boolean' ? given : undefined;
    case 'int':
    case 'long': {
      const fits = type === 'int' ? Math.abs(Number(given)) < 2 ** 31 : Number.isSafeInteger(given);
      return typeof given === 'number' && Number.isInteger(given) && fits ? BigInt(given) : undefined;
    }
    case 'real':
      return typeof given === 'number' ? given : undefined;
    case 'decimal':
      return typeof given === 'number' || (typeof given === 'string' && parseDecimal(given) !== null)
        ? String(given)
        : undefined;
    case 'datetime':
      return typeof given === 'string' ? (parseDatetime(given) ?? undefined) : undefined;
    case 'timespan':
      return typeof given === 'string' ? (parseTimespan(given) ?? undefined) : undefined;
    case 'guid':
      return typeof given === 'string' && GUID.test(given) ? given.toLowerCase() : undefined;
    case 'dynamic':
      return dynamicOf(given);
  }
}

/** A value that nests too deeply is none. */
function dynamicOf(given: Json): Dynamic | undefined {
  try {
    return parseDynamic(JSON.stringify(given));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function unknown(path: (string | number)[], what: string, name: string, known: Iterable<string>): EventError {
  const hint = didYouMean(name, known);
  return new EventError(
    path,
    `There is no ${what} '${name}' in this environment.${hint === undefined ? '' : ` ${hint}`}`,
  );
}
