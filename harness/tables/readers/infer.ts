import type { DuckDBConnection } from '@duckdb/node-api';
import type { KqlType } from '../../kql/types.js';
import { kindOf, looksLikeTime } from './convert.js';
import { rowsOf } from './source.js';

/** What a value looks like, each kind a bit, so that what a column holds is one number. */
const TEXT = 1;
const NESTED = 2;
const BOOL = 4;
const LONG = 8;
const REAL = 16;
const TIME = 32;

/** SQL of the kinds of value in a text column. Digits after a leading zero are text: they name, and count nothing. */
export function kindsOfText(text: string): string {
  const kinds = [
    `WHEN lower(${text}) IN ('true', 'false') THEN ${BOOL}`,
    numberKind(text),
    `WHEN substr(${text}, 1, 1) IN ('{', '[') AND json_valid(${text}) THEN ${NESTED}`,
    `WHEN ${isTime(text)} THEN ${TIME}`,
  ];
  return `bit_or(CASE ${kinds.join(' ')} ELSE ${TEXT} END) FILTER (${text} <> '')`;
}

/** The same for a column of JSON values. */
export function kindsOfJson(json: string): string {
  const text = `${json}::VARCHAR`;
  const content = `substr(${text}, 2, length(${text}) - 2)`;
  const string = `CASE WHEN ${isTime(content)} THEN ${TIME} ELSE ${TEXT} END`;
  const first = `substr(${text}, 1, 1)`;
  const kinds = [
    `WHEN ${first} = '"' THEN ${string}`,
    `WHEN ${first} IN ('{', '[') THEN ${NESTED}`,
    `WHEN ${first} IN ('t', 'f') THEN ${BOOL}`,
    numberKind(text),
  ];
  return `bit_or(CASE ${kinds.join(' ')} ELSE ${REAL} END) FILTER (${text} NOT IN ('""', 'null'))`;
}

/** So many columns are asked one by one, each with an expression of its own, which takes DuckDB longer than the rows do. */
const FEW = 200;
/** So many are asked at once: DuckDB makes lists of their values, of thousands of rows. */
const AT_ONCE = 500;

/**
 * The kinds of value in each of some columns.
 *
 * @param kinds SQL of them in one column
 * @param from SQL of the rows
 */
export async function kindsIn(
  connection: DuckDBConnection,
  columns: readonly string[],
  kinds: (column: string) => string,
  from: string,
): Promise<number[]> {
  if (columns.length <= FEW) {
    const [row = []] = await rowsOf(connection, `SELECT ${columns.map(kinds).join(', ')} FROM ${from}`);
    return columns.map((_, i) => Number(row[i] ?? 0));
  }
  if (columns.length > AT_ONCE) {
    const first = await kindsIn(connection, columns.slice(0, AT_ONCE), kinds, from);
    return [...first, ...(await kindsIn(connection, columns.slice(AT_ONCE), kinds, from))];
  }
  const values = `SELECT unnest([${columns.join(', ')}]) AS value, unnest(range(${columns.length})) AS i FROM ${from}`;
  const found = await rowsOf(connection, `SELECT i, ${kinds('value')} FROM (${values}) GROUP BY i`);
  const of = new Map(found.map(([i, seen]) => [Number(i), Number(seen ?? 0)]));
  return columns.map((_, i) => of.get(i) ?? 0);
}

export function typeOfText(kinds: number): KqlType {
  return kinds === NESTED ? 'dynamic' : scalarType(kinds);
}

/** One object or array makes a column of JSON values dynamic. */
export function typeOfJson(kinds: number): KqlType {
  return (kinds & NESTED) === 0 ? scalarType(kinds) : 'dynamic';
}

/** A column of several kinds, or without any value, is text. */
function scalarType(kinds: number): KqlType {
  switch (kinds) {
    case BOOL:
      return 'bool';
    case LONG:
      return 'long';
    case REAL:
    case LONG | REAL:
      return 'real';
    case TIME:
      return 'datetime';
    default:
      return 'string';
  }
}

function numberKind(text: string): string {
  const whole = `regexp_full_match(${text}, '-?(0|[1-9][0-9]*)') AND TRY_CAST(${text} AS BIGINT) IS NOT NULL`;
  const real = `regexp_full_match(${text}, '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?')`;
  return `WHEN ${whole} THEN ${LONG} WHEN ${real} THEN ${REAL}`;
}

/** A date alone may be anything; one with a time is a time. */
function isTime(text: string): string {
  return `length(${text}) > 10 AND substr(${text}, 5, 1) = '-' AND ${looksLikeTime(text)}`;
}

/** The KQL type nearest to a DuckDB type; nothing when it has none. */
export function nativeType(duckdbType: string): KqlType | undefined {
  switch (kindOf(duckdbType)) {
    case 'text':
      return 'string';
    case 'json':
    case 'nested':
      return 'dynamic';
    case 'bool':
      return 'bool';
    case 'integer':
      return /^(U?(TINY|SMALL)INT|INTEGER)$/.test(duckdbType) ? 'int' : 'long';
    case 'float':
      return 'real';
    case 'decimal':
      return 'decimal';
    case 'instant':
      return 'datetime';
    case 'span':
      return 'timespan';
    case 'uuid':
      return 'guid';
    case 'other':
      return undefined;
  }
}
