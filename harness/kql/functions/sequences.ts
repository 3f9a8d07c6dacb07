/** Arrays made of a rule rather than of data: `range` and `repeat`. Both are bounded, whatever a rule asks for. */
import { coerce } from './calls.js';
import { embed } from './conversion.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

/** KQL cuts a range off after this many values. */
const MOST_VALUES = 1_048_576;

/** Characters of the JSON text that `repeat` may give; a longer result is null. */
const MOST_TEXT = 16_777_216;

/** The step of a range of datetimes or timespans where none is given: an hour. */
const HOUR = 36_000_000_000n;

/**
 * `range(start, stop, step)`: whole numbers, reals, datetimes or timespans from start up to and including stop; empty
 * when the step leads away from stop, null when it is zero.
 */
function range(args: readonly Arg[], _type: unknown, context: EmitContext): string {
  const [start, stop, step] = args;
  if (start === undefined || stop === undefined) throw new Error('range takes two or three arguments');
  const timed = start.type === 'datetime' || start.type === 'timespan';
  if (args.some((arg) => arg.type === 'real' || arg.type === 'decimal') && !timed) {
    const [from, to, by] = [start, stop, step].map((arg) => (arg ? coerce(arg, 'real', context) : '1.0::DOUBLE'));
    return steps([from ?? '', to ?? '', by ?? ''], 'real', context);
  }
  const whole = timed ? start.type : 'long';
  const by = step ? coerce(step, timed ? 'timespan' : 'long', context) : context.literal(timed ? HOUR : 1n, 'long');
  return steps([coerce(start, whole, context), coerce(stop, whole, context), by], whole, context);
}

/**
 * Counts steps in floating point or in 128 bits, so that nothing overflows, then places each value. DuckDB runs every
 * branch of a CASE over constants, so the count itself is 0 where the range is empty or null.
 */
function steps(
  ends: readonly [from: string, to: string, by: string],
  type: 'long' | 'real' | 'datetime' | 'timespan',
  context: EmitContext,
): string {
  const real = type === 'real';
  const wide = (sql: string): string => (real ? `(${sql})` : `(${sql})::HUGEINT`);
  return once(ends, (from = '', to = '', by = '') => {
    const span = `(${wide(to)} - ${wide(from)})`;
    const whole = real ? `floor(${span} / nullif(${by}, 0))` : `(${span} // nullif(${wide(by)}, 0))`;
    const led = `(sign(${span}) = 0 OR sign(${span}) = sign(${wide(by)}))`;
    const valid = real ? `(${by} <> 0 AND isfinite(${span}))` : `(${by} <> 0)`;
    const count = `CASE WHEN ${valid} AND ${led} THEN least(${whole}, ${MOST_VALUES - 1})::BIGINT + 1 ELSE 0 END`;
    const place = real ? `(${from}) + "#i" * (${by})` : `(${wide(from)} + "#i" * ${wide(by)})::BIGINT`;
    const text = embed({ sql: '"#v"', type, constant: undefined }, context);
    const items = `list_transform(list_transform(range(0, ${count}), lambda "#i": ${place}), lambda "#v": ${text})`;
    return (
      `CASE WHEN ${span} IS NOT NULL AND ${valid} THEN ` +
      `'[' || coalesce(list_aggregate(${items}, 'string_agg', ','), '') || ']' END`
    );
  });
}

/** `repeat(value, count)`: an empty array for a count of 0, null for a negative one. */
function repeat([value, count]: readonly Arg[], _type: unknown, context: EmitContext): string {
  if (value === undefined || count === undefined) throw new Error('repeat takes two arguments');
  const args = [`coalesce(${embed(value, context)}, 'null')`, coerce(count, 'long', context)];
  return once(args, (item = '', times = '') => {
    const fits = `${times} BETWEEN 1 AND ${MOST_VALUES} AND (length(${item}) + 1)::HUGEINT * ${times} <= ${MOST_TEXT}`;
    const before = `CASE WHEN ${fits} THEN ${times} - 1 ELSE 0 END`;
    return `CASE WHEN ${times} = 0 THEN '[]' WHEN ${fits} THEN '[' || repeat(${item} || ',', ${before}) || ${item} || ']' END`;
  });
}

export const functions: readonly ScalarFunction[] = [
  sqlFunction('dynamic', 'range', range),
  sqlFunction('dynamic', 'repeat', repeat),
];

export const hosts: readonly HostFunction[] = [];
