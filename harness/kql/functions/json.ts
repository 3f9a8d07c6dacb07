/** Between text and dynamic: parsing, printing, and what kind a value is. */
import { quote } from '../sql/literal.js';
import { type Dynamic, isArray, isBag, parseDynamic, printDynamic } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import { embed } from './conversion.js';
import { once } from './once.js';
import { member } from './path.js';
import { type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

/** What DuckDB takes for a number though JSON knows none of it (`nan`, `inf`); `null` is found as well. */
const WORD = '^\\s*-?[nNiI]';
/** A comma before a closing bracket, which DuckDB passes over. It may also stand inside a string. */
const LAST_COMMA = ',\\s*[\\]}]';

/** Whether a text has what DuckDB passes over; a test that is evaluated once for each distinct value of a column. */
function hasLastComma(json: string): string {
  return `regexp_extract(${json}, '${LAST_COMMA}') <> ''`;
}

/** Whether a text is plainly a bag, for DuckDB as for KQL. */
function isBagText(json: string): string {
  return `starts_with(${json}, '{') AND json_valid(${json}) AND NOT ${hasLastComma(json)}`;
}

/**
 * SQL of a text parsed as JSON: NULL for empty text and for a JSON null, a JSON string for text that is not JSON.
 * NaN and the infinities inside of arrays and bags are taken as numbers.
 *
 * @param text SQL of type string
 */
export function parseJson(text: string, context: EmitContext): string {
  return once(
    [text],
    (json) =>
      `CASE WHEN NOT json_valid(${json}) THEN to_json(CASE WHEN ${json} <> '' THEN ${json} END)::VARCHAR ` +
      `WHEN regexp_extract(${json}, '${WORD}') <> '' OR ${hasLastComma(json)} ` +
      `THEN ${context.host(strictJson, [json])} ELSE json(${json})::VARCHAR END`,
  );
}

/**
 * SQL of a member of a text parsed as JSON: what `member` gives of `parseJson`, with the text read once where it plainly
 * is a bag.
 */
export function memberOfText(text: string, key: string, context: EmitContext): string {
  return once([text], (json) => {
    const parsed = { sql: parseJson(json, context), type: 'dynamic', constant: undefined } as const;
    if (key.includes('\0')) return member(parsed, key, context);
    return `CASE WHEN ${isBagText(json)} THEN ${member({ ...parsed, sql: json }, key, context)} ELSE ${member(parsed, key, context)} END`;
  });
}

/** Numbers that `tostring()` writes in its own way: of many digits, or with a sign in the exponent. */
const ENGINE_REALS = '[0-9.]{17}|[0-9][eE][+]';

/** Keys that stand in a path of DuckDB as they are. */
const PATH_KEY = /^[^"\\*\0]+$/;

/**
 * SQL of the list of items of an array that is a member of a text parsed as JSON, where that is plain to see: without
 * items or NULL wherever the member has to be looked at itself. `undefined` for a key that takes more than a path.
 *
 * @param asText whether the items are texts, a JSON null being NULL, instead of JSON
 */
export function itemsOfMember(text: string, key: string, asText: boolean): string | undefined {
  if (!PATH_KEY.test(key) || !key.isWellFormed()) return undefined;
  const path = quote(`$."${key}"[*]`);
  if (!asText) return `CASE WHEN ${isBagText(text)} THEN json_extract(${text}, ${path})::VARCHAR[] END`;
  const plain = `${isBagText(text)} AND NOT regexp_full_match(${text}, ${quote(`(?s:.*)(?:${ENGINE_REALS})(?s:.*)`)})`;
  return `CASE WHEN ${plain} THEN json_extract_string(${text}, ${path}) END`;
}

const strictJson: HostFunction = {
  name: 'strict_json',
  params: ['string'],
  returns: 'dynamic',
  run: (text: string) => {
    const value = parseDynamic(text);
    return value === undefined ? text : value;
  },
};

const dynamicToJson: HostFunction = {
  name: 'dynamic_to_json',
  params: ['dynamic'],
  returns: 'string',
  run: (value: Dynamic) => (typeof value === 'string' ? value : printDynamic(sorted(value))),
};

const treepath: HostFunction = {
  name: 'treepath',
  params: ['dynamic'],
  returns: 'dynamic',
  run: (value: Dynamic) => (isBag(value) || isArray(value) ? [...new Set(paths(value, ''))] : null),
};

/** Bags print with their keys in order, at every depth, so that equal bags have equal text. */
function sorted(value: Dynamic): Dynamic {
  if (isArray(value)) return value.map(sorted);
  if (!isBag(value)) return value;
  return new Map([...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

/** Every place under a value; all positions of an array are one place, `[0]`. */
function* paths(value: Dynamic, at: string): Generator<string> {
  if (at !== '') yield at;
  if (isArray(value)) for (const item of value) yield* paths(item, `${at}[0]`);
  if (isBag(value)) for (const [key, item] of value) yield* paths(item, `${at}['${key}']`);
}

/** The kind of a dynamic value, by DuckDB's name of its JSON type. */
const KINDS =
  "MAP {'OBJECT': 'dictionary', 'ARRAY': 'array', 'VARCHAR': 'string', 'BOOLEAN': 'bool', 'BIGINT': 'long', " +
  "'UBIGINT': 'long', 'DOUBLE': 'double'}";

export const functions: readonly ScalarFunction[] = [
  sqlFunction(
    'dynamic',
    'parse_json',
    ([text], _type, context) => {
      if (text === undefined) throw new Error('parse_json takes one argument');
      return text.type === 'string' ? parseJson(text.sql, context) : embed(text, context);
    },
    ['parsejson', 'todynamic', 'toobject'],
  ),
  sqlFunction('dynamic', 'gettype', ([value], _type, context) => {
    if (value === undefined) throw new Error('gettype takes one argument');
    return value.type === 'dynamic'
      ? `coalesce(${KINDS}[json_type(${value.sql})], 'null')`
      : context.literal(value.type, 'string');
  }),
  hostCall('dynamic', dynamicToJson),
  hostCall('dynamic', treepath),
];

export const hosts: readonly HostFunction[] = [strictJson, dynamicToJson, treepath];
