/** The arrays that `make-series` builds. */

import { Refusal } from '../errors.js';
import type { KqlType } from '../types.js';
import { formatDatetime } from '../values/datetime.js';
import { type Dynamic, isArray } from '../values/dynamic.js';
import { formatTimespan } from '../values/timespan.js';
import type { EmitContext, HostFunction } from './registry.js';

/** Most elements of an array. */
const MOST = 1_048_576n;

const fill: HostFunction = {
  name: 'series_of_bins',
  params: ['long', 'long', 'dynamic', 'dynamic'],
  returns: 'dynamic',
  handlesNull: true,
  run: (first: bigint, count: bigint, pairs: Dynamic, otherwise: Dynamic) => {
    const values: Dynamic[] = Array.from({ length: size(count) }, () => otherwise);
    for (const pair of isArray(pairs) ? pairs : []) {
      if (!isArray(pair)) continue;
      const place = Number((pair[0] as bigint) - first);
      if (place >= 0 && place < values.length) values[place] = pair[1] ?? null;
    }
    return values;
  },
};

const wholeAxis: HostFunction = {
  name: 'series_axis',
  params: ['long', 'long', 'long', 'string'],
  returns: 'dynamic',
  run: (start: bigint, step: bigint, count: bigint, type: string) =>
    Array.from({ length: size(count) }, (_, i) => asDynamic(start + BigInt(i) * step, type)),
};

const realAxis: HostFunction = {
  name: 'series_axis_real',
  params: ['real', 'real', 'long'],
  returns: 'dynamic',
  run: (start: number, step: number, count: bigint) => Array.from({ length: size(count) }, (_, i) => start + i * step),
};

export const hosts: readonly HostFunction[] = [fill, wholeAxis, realAxis];

function size(count: bigint | null): number {
  if (count === null || count < 0n) return 0;
  if (count > MOST)
    throw new Refusal('resource-limit', `A series has at most ${MOST} elements; this one would have ${count}.`);
  return Number(count);
}

function asDynamic(value: bigint, type: string): Dynamic {
  if (type === 'datetime') return formatDatetime(value);
  return type === 'timespan' ? formatTimespan(value) : value;
}

/**
 * SQL of an array with a value for each of `count` bins from bin `first` on.
 *
 * @param pairs SQL of a JSON array of bin and value
 * @param otherwise SQL of the dynamic value of bins without one
 */
export function binsSql(first: string, count: string, pairs: string, otherwise: string, context: EmitContext): string {
  return context.host(fill, [first, count, pairs, otherwise]);
}

/** SQL of the array of the starts of the bins, `start` being the first one's. */
export function axisSql(start: string, step: string, count: string, type: KqlType, context: EmitContext): string {
  if (type === 'real') return context.host(realAxis, [start, step, count]);
  return context.host(wholeAxis, [`(${start})::BIGINT`, `(${step})::BIGINT`, count, context.literal(type, 'string')]);
}
