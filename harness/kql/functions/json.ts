/** Between text and dynamic: parsing, printing, and what kind a value is. */

import { type Dynamic, isArray, isBag, parseDynamic, printDynamic } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import { embed } from './conversion.js';
import { type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

/**
 * What DuckDB takes for JSON though it is not: NaN and infinities, and a comma before a closing bracket. The pattern
 * also finds them inside strings; the host function then decides.
 */
const LENIENT = '(?i:(?:^|[\\[:,\\s-])(?:nan|inf))|,\\s*[\\]}]';

/**
 * SQL of a text parsed as JSON: NULL for empty text and for a JSON null, a JSON string for text that is not JSON.
 *
 * @param text SQL of type string
 */
export function parseJson(text: string, context: EmitContext): string {
  return (
    `CASE WHEN NOT json_valid(${text}) THEN to_json(nullif(${text}, ''))::VARCHAR ` +
    `WHEN regexp_matches(${text}, '${LENIENT}') THEN ${context.host(strictJson, [text])} ` +
    `ELSE nullif(json(${text})::VARCHAR, 'null') END`
  );
}

const strictJson: HostFunction = {
  name: 'strict_json',
  params: ['string'],
  returns: 'dynamic',
  run: (text: string) => parseDynamic(text) ?? (text === 'null' ? null : text),
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

/** The kind of a dynamic value, told by the first character of its JSON. */
function kindOf(json: string): string {
  return (
    `CASE left(${json}, 1) WHEN '{' THEN 'dictionary' WHEN '[' THEN 'array' WHEN '"' THEN 'string' ` +
    `WHEN 't' THEN 'bool' WHEN 'f' THEN 'bool' ` +
    `ELSE CASE WHEN ${json} IS NULL THEN 'null' WHEN TRY_CAST(${json} AS BIGINT) IS NULL OR ` +
    `regexp_matches(${json}, '[.eE]') THEN 'double' ELSE 'long' END END`
  );
}

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
    return value.type === 'dynamic' ? kindOf(value.sql) : context.literal(value.type, 'string');
  }),
  hostCall('dynamic', dynamicToJson),
  hostCall('dynamic', treepath),
];

export const hosts: readonly HostFunction[] = [strictJson, dynamicToJson, treepath];
