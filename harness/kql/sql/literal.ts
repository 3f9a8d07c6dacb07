import { Refusal } from '../errors.js';
import type { Value } from '../functions/registry.js';
import type { KqlType } from '../types.js';
import { DUCKDB_TYPE } from '../types.js';
import { type Dynamic, printDynamic } from '../values/dynamic.js';

/**
 * SQL of a literal. Every value that comes from a rule or from data enters SQL here and nowhere else.
 *
 * @throws Refusal for a string with a lone surrogate, which has no UTF-8
 */
export function literal(value: Value, type: KqlType): string {
  if (value === null) return type === 'string' ? "''" : `NULL::${DUCKDB_TYPE[type]}`;
  switch (type) {
    case 'bool':
      return value ? 'true' : 'false';
    case 'int':
    case 'long':
    case 'datetime':
    case 'timespan':
      return integer(BigInt(value as bigint), DUCKDB_TYPE[type]);
    case 'real':
      return real(Number(value));
    case 'decimal':
      return `${quote(String(value))}::${DUCKDB_TYPE.decimal}`;
    case 'string':
    case 'guid':
      return quote(String(value));
    case 'dynamic':
      return quote(printDynamic(value as Dynamic));
  }
}

/** A quoted SQL string. */
export function quote(text: string): string {
  if (!text.isWellFormed())
    throw new Refusal('unsupported-expression', 'A text holds half of a surrogate pair, which has no UTF-8.');
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' || chr(0) || ')})`;
}

/** A quoted SQL identifier, for names made by the compiler or taken from a file. */
export function identifier(name: string): string {
  if (name.includes('\0') || !name.isWellFormed())
    throw new RangeError('The name holds a character that SQL cannot hold.');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Name of the engine's table that holds the rows of a source from outside. */
export function sourceTable(key: string): string {
  return `source:${key}`;
}

/** Name of the hidden id column of every table of events; unique over all tables of a connection. */
export const EVENT_ID = '_id';

/**
 * Names of a table's columns inside DuckDB, which does not tell `LogonID` from `LogonId`: of names that differ in case
 * alone the first stays as it is and each later one gets its number. The event id comes before them all.
 */
export function physicalNames(names: readonly string[]): string[] {
  const seen = new Map([[EVENT_ID, 1]]);
  return names.map((name) => {
    const folded = name.toLowerCase();
    const count = (seen.get(folded) ?? 0) + 1;
    seen.set(folded, count);
    return count === 1 ? name : `${name}~${count}`;
  });
}

function integer(value: bigint, type: string): string {
  return value === -(2n ** 63n) ? `(-9223372036854775807 - 1)::${type}` : `(${value})::${type}`;
}

function real(value: number): string {
  if (Number.isNaN(value)) return "'NaN'::DOUBLE";
  if (!Number.isFinite(value)) return `'${value > 0 ? '' : '-'}Infinity'::DOUBLE`;
  return Object.is(value, -0) ? "'-0.0'::DOUBLE" : `(${value.toExponential()})::DOUBLE`;
}
