/** Arrays made of a rule rather than of data: `range` and `repeat`. Both are bounded, whatever a rule asks for. */
import { formatDatetime } from '../values/datetime.js';
import type { Dynamic } from '../values/dynamic.js';
import { formatTimespan } from '../values/timespan.js';
import { coerce } from './calls.js';
import { embed } from './conversion.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

/** KQL cuts a range off after this many values. */
const MOST_VALUES = 1_048_576;

/** Characters of the JSON text that `repeat` may give; a longer result is null. */
export const MOST_REPEATED = 16_777_216;

/** The step of a range of datetimes or timespans where none is given: an hour. */
const HOUR = 36_000_000_000n;

/** TypeScript rather than SQL, so that a query that makes many long ranges can be stopped between two of them. */
const wholeRange: HostFunction = {
  name: 'range_whole',
  params: ['long', 'long', 'long', 'string'],
  returns: 'dynamic',
  run: (start: bigint, stop: bigint, step: bigint, type: string): Dynamic => {
    if (step === 0n) return null;
    const print =
      type === 'datetime' ? formatDatetime : type === 'timespan' ? formatTimespan : (value: bigint) => value;
    const last = stop === start ? 0n : stop > start === step > 0n ? (stop - start) / step : -1n;
    const count = last < MOST_VALUES ? Number(last) + 1 : MOST_VALUES;
    return Array.from({ length: count }, (_, i) => print(start + BigInt(i) * step));
  },
};

const realRange: HostFunction = {
  name: 'range_real',
  params: ['real', 'real', 'real'],
  returns: 'dynamic',
  run: (start: number, stop: number, step: number): Dynamic => {
    const span = stop - start;
    if (!Number.isFinite(span) || Number.isNaN(step) || step === 0) return null;
    const last = span === 0 ? 0 : span > 0 === step > 0 ? Math.floor(span / step) : -1;
    return Array.from({ length: Math.min(last + 1, MOST_VALUES) }, (_, i) => start + i * step);
  },
};

/**
 * `range(start, stop, step)`: whole numbers, reals, datetimes or timespans from start up to and including stop; empty
 * when the step leads away from stop, null when it is zero.
 */
function range(args: readonly Arg[], _type: unknown, context: EmitContext): string {
  const [start, stop, step] = args;
  if (start === undefined || stop === undefined) throw new Error('range takes two or three arguments');
  const timed = start.type === 'datetime' || start.type === 'timespan';
  if (args.some((arg) => arg.type === 'real' || arg.type === 'decimal') && !timed) {
    const by = step ? coerce(step, 'real', context) : context.literal(1, 'real');
    return context.host(realRange, [coerce(start, 'real', context), coerce(stop, 'real', context), by]);
  }
  const whole = timed ? start.type : 'long';
  const by = step ? coerce(step, timed ? 'timespan' : 'long', context) : context.literal(timed ? HOUR : 1n, 'long');
  const ends = [coerce(start, whole, context), coerce(stop, whole, context), by].map((sql) => `(${sql})::BIGINT`);
  return context.host(wholeRange, [...ends, context.literal(whole, 'string')]);
}

/** `repeat(value, count)`: an empty array for a count of 0, null for a negative one. */
function repeat([value, count]: readonly Arg[], _type: unknown, context: EmitContext): string {
  if (value === undefined || count === undefined) throw new Error('repeat takes two arguments');
  const args = [`coalesce(${embed(value, context)}, 'null')`, coerce(count, 'long', context)];
  return once(args, (item = '', times = '') => {
    const fits = `${times} BETWEEN 1 AND ${MOST_VALUES} AND (length(${item}) + 1)::HUGEINT * ${times} <= ${MOST_REPEATED}`;
    const before = `CASE WHEN ${fits} THEN ${times} - 1 ELSE 0 END`;
    return `CASE WHEN ${times} = 0 THEN '[]' WHEN ${fits} THEN '[' || repeat(${item} || ',', ${before}) || ${item} || ']' END`;
  });
}

export const functions: readonly ScalarFunction[] = [
  sqlFunction('dynamic', 'range', range),
  sqlFunction('dynamic', 'repeat', repeat),
];

export const hosts: readonly HostFunction[] = [wholeRange, realRange];
