import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { Value } from '../kql/functions/registry.js';
import type { KqlType } from '../kql/types.js';
import { formatDatetime, parseDatetime } from '../kql/values/datetime.js';
import { parseDecimal } from '../kql/values/decimal.js';
import { type Dynamic, isArray, isBag } from '../kql/values/dynamic.js';
import { formatTimespan, parseTimespan } from '../kql/values/timespan.js';

/** A value as a YAML or JSON file writes it. */
export type Json = z.core.util.JSONType;

/** Whether a value of a row is the one that a person wrote down, which its type gives a meaning. */
export function cellMatches(expected: Json, actual: Value, type: KqlType): boolean {
  // Through JSON text, since files may give objects of another prototype.
  if (type === 'dynamic') return isDeepStrictEqual(JSON.parse(JSON.stringify(expected)), plain(actual as Dynamic));
  if (expected === null || actual === null) return expected === actual;
  switch (type) {
    case 'string':
    case 'bool':
      return expected === actual;
    case 'guid':
      return String(expected).toLowerCase() === actual;
    case 'int':
    case 'long':
      return typeof expected === 'number' && Number.isInteger(expected) && BigInt(expected) === actual;
    case 'real':
      return typeof expected === 'number' && isNear(expected, Number(actual));
    case 'decimal':
      return parseDecimal(String(expected)) === parseDecimal(String(actual));
    case 'datetime':
      return parseDatetime(String(expected)) === actual;
    case 'timespan':
      return parseTimespan(String(expected)) === actual;
  }
}

/** A value as a person would write it down. */
export function showCell(value: Value, type: KqlType): string {
  if (value === null) return 'null';
  if (type === 'datetime') return formatDatetime(value as bigint);
  if (type === 'timespan') return formatTimespan(value as bigint);
  return JSON.stringify(plain(value as Dynamic));
}

/** A value as a test writes it down, so that it is read back as it is. */
export function writtenCell(value: Value, type: KqlType): Json {
  if (value === null) return null;
  if (type === 'datetime') return formatDatetime(value as bigint);
  if (type === 'timespan') return formatTimespan(value as bigint);
  return plain(value as Dynamic);
}

/** A dynamic value as JSON has it: its whole numbers are numbers, its bags objects. */
function plain(value: Dynamic): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (isBag(value)) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return isArray(value) ? value.map(plain) : null;
}

/** Reals are computed: the last digits are not what a person means. */
function isNear(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
