/**
 * Functions of numbers: rounding and bins, powers, logarithms, angles, bits.
 *
 * DuckDB raises where a function has no value; KQL gives NaN, or null for logarithms of negative numbers.
 */
import { Refusal } from '../errors.js';
import type { KqlType } from '../types.js';
import { computeDecimal, formatDecimal, parseDecimal } from '../values/decimal.js';
import { moved, whole } from './arithmetic.js';
import { convert } from './conversion.js';
import { combine, floorTo, LONG_MAX, LONG_MIN, negated, type Whole, wrap } from './integers.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

/** Most digits that `round()` keeps; a double has no more. */
const MAX_DIGITS = 300n;

export const functions: readonly ScalarFunction[] = [
  define('abs', absolute),
  define('sign', ([x], _type, context) => `sign(${asReal(x, context)})::DOUBLE`),
  define('round', round),
  define('bin', bin, ['floor']),
  define('bin_at', binAt),
  define('ceiling', ceiling),
  define('around', around),

  ofReal('sqrt', (x) => `CASE WHEN ${x} < 0 THEN 'NaN'::DOUBLE ELSE sqrt(${x}) END`),
  define('pow', ([x, y], _type, context) => `pow(${asReal(x, context)}, ${asReal(y, context)})`),
  ofReal('exp', (x) => `exp(${x})`),
  ofReal('exp2', (x) => `pow(2::DOUBLE, ${x})`),
  ofReal('exp10', (x) => `pow(10::DOUBLE, ${x})`),
  ofReal('log', (x) => logarithm('ln', x)),
  ofReal('log2', (x) => logarithm('log2', x)),
  ofReal('log10', (x) => logarithm('log10', x)),

  define('pi', () => 'pi()'),
  ofReal('degrees', (x) => `degrees(${x})`),
  ofReal('radians', (x) => `radians(${x})`),
  ofReal('sin', (x) => where(`isfinite(${x})`, `sin(${x})`, x)),
  ofReal('cos', (x) => where(`isfinite(${x})`, `cos(${x})`, x)),
  ofReal('tan', (x) => where(`isfinite(${x})`, `tan(${x})`, x)),
  ofReal('cot', (x) => where(`isfinite(${x})`, `1 / tan(${x})`, x)),
  ofReal('asin', (x) => where(`${x} BETWEEN -1 AND 1`, `asin(${x})`, x)),
  ofReal('acos', (x) => where(`${x} BETWEEN -1 AND 1`, `acos(${x})`, x)),
  ofReal('atan', (x) => `atan(${x})`),
  define('atan2', ([y, x], _type, context) => `atan2(${asReal(y, context)}, ${asReal(x, context)})`),

  ofReal('isnan', (x) => `isnan(${x})`),
  ofReal('isinf', (x) => `isinf(${x})`),
  ofReal('isfinite', (x) => `isfinite(${x})`),

  ofLongs('binary_and', (x, y) => `((${x.sql}) & (${y.sql}))`),
  ofLongs('binary_or', (x, y) => `((${x.sql}) | (${y.sql}))`),
  ofLongs('binary_xor', (x, y) => `xor(${x.sql}, ${y.sql})`),
  ofLongs('binary_not', (x) => `(~(${x.sql}))`),
  ofLongs('binary_shift_left', (x, n) =>
    shifted(n, (count) => wrap(`(${x.sql})::HUGEINT * (1::HUGEINT << (${count})::HUGEINT)`)),
  ),
  ofLongs('binary_shift_right', (x, n) => shifted(n, (count) => `((${x.sql}) >> (${count}))`)),
  ofLongs('bitset_count_ones', (x) => `bit_count(${x.sql})::BIGINT`),
];

const decimalBin: HostFunction = {
  name: 'decimal_bin',
  params: ['decimal', 'decimal'],
  returns: 'decimal',
  run: (value: string, size: string) => {
    const [x, step] = [parseDecimal(value), parseDecimal(size)];
    if (x === null || step === null || step <= 0n) return null;
    const rest = computeDecimal('%', x, step);
    return rest === null ? null : formatDecimal(x - rest);
  },
};

export const hosts: readonly HostFunction[] = [decimalBin];

type Emit = (args: readonly Arg[], type: KqlType, context: EmitContext) => string;

function define(name: string, emit: Emit, aliases?: readonly string[]): ScalarFunction {
  return sqlFunction('number', name, emit, aliases);
}

/** A function of one real. */
function ofReal(name: string, template: (x: string) => string): ScalarFunction {
  return define(name, ([x], _type, context) => once([asReal(x, context)], (value) => template(`(${value})`)));
}

/** A function of one or two longs. */
function ofLongs(name: string, template: (x: Whole, y: Whole) => string): ScalarFunction {
  return define(name, ([x, y], _type, context) => {
    const first = asWhole(x, context);
    return template(first, y === undefined ? first : asWhole(y, context));
  });
}

function absolute([x]: readonly Arg[], type: KqlType, context: EmitContext): string {
  const value = present(x);
  if (type === 'real' || type === 'decimal') return `abs(${convert(value, type, context)})`;
  const number = whole(value, type, context);
  if (number.low >= 0n) return number.sql;
  if (number.low > LONG_MIN) return `abs(${number.sql})`;
  return `CASE WHEN (${number.sql}) >= 0 THEN (${number.sql}) ELSE ${negated(number)} END`;
}

/** Half away from zero, to digits after the point, or before it when negative. */
function round([x, digits]: readonly Arg[], type: KqlType, context: EmitContext): string {
  const value = present(x);
  const count = digits === undefined ? 0n : digits.constant;
  if (count === null) return context.literal(null, type);
  if (type === 'int' || type === 'long') {
    if (typeof count === 'bigint' && count >= 0n) return convert(value, type, context);
    const rounded = `round(${asReal(value, context)}, ${digitCount(digits, context)})`;
    return convert({ sql: rounded, type: 'real', constant: undefined }, type, context);
  }
  if (type === 'real') return `round(${asReal(value, context)}, ${digitCount(digits, context)})`;
  if (type === 'decimal' && typeof count === 'bigint') {
    const kept = count > 18n ? 18n : count < -19n ? -19n : count;
    return `TRY_CAST(round(${convert(value, 'decimal', context)}, ${kept}) AS DECIMAL(38,18))`;
  }
  throw new Refusal('unsupported-argument', `round() of a ${type} needs a constant number of digits.`);
}

function digitCount(digits: Arg | undefined, context: EmitContext): string {
  if (digits === undefined) return '0';
  return once(
    [asWhole(digits, context).sql],
    (count) =>
      `CASE WHEN ${count} IS NOT NULL THEN least(greatest(${count}, -${MAX_DIGITS}), ${MAX_DIGITS})::INTEGER END`,
  );
}

/** The largest multiple of the size that is not above the value; null unless the size is positive. */
function bin([x, size]: readonly Arg[], type: KqlType, context: EmitContext): string {
  const [value, step] = [present(x), present(size)];
  switch (type) {
    case 'real':
      return realBin(asReal(value, context), asReal(step, context));
    case 'decimal':
      return context.host(decimalBin, [convert(value, 'decimal', context), convert(step, 'decimal', context)]);
    case 'datetime':
      return floorTo(whole(value, 'datetime', context), whole(step, 'timespan', context));
    case 'int':
    case 'long':
    case 'timespan':
      return floorTo(whole(value, 'long', context), whole(step, 'long', context));
    default:
      throw new Refusal('unsupported-argument', `A value of type ${type} has no bins.`);
  }
}

/** Bins of which one starts at a fixed point. */
function binAt([x, size, point]: readonly Arg[], type: KqlType, context: EmitContext): string {
  const [value, step, start] = [present(x), present(size), present(point)];
  if (type === 'real') {
    const from = asReal(start, context);
    return `(${realBin(`(${asReal(value, context)}) - (${from})`, asReal(step, context))} + (${from}))`;
  }
  if (type === 'decimal') throw new Refusal('unsupported-argument', 'bin_at() of a decimal is not supported.');
  const from = whole(start, type === 'datetime' ? 'datetime' : 'long', context);
  const distance = combine('-', whole(value, type === 'datetime' ? 'datetime' : 'long', context), from);
  const steps = floorTo(unbounded(distance), whole(step, type === 'datetime' ? 'timespan' : 'long', context));
  if (type === 'datetime') return moved(from, '+', unbounded(steps));
  return combine('+', unbounded(steps), from);
}

function realBin(value: string, size: string): string {
  return once([size], (step) => `CASE WHEN (${step}) > 0 THEN floor((${value}) / (${step})) * (${step}) END`);
}

/** Whether a value is within `delta` of a center, both ends included. */
function around(args: readonly Arg[], _type: KqlType, context: EmitContext): string {
  const [value, center, delta] = args.map((arg) => {
    if (arg.type === 'dynamic') {
      throw new Refusal(
        'unsupported-argument',
        'around() of a dynamic value is not supported.',
        'Convert it, as with tolong().',
      );
    }
    return arg;
  });
  const fractional = args.some((arg) => arg.type === 'real' || arg.type === 'decimal');
  const number = (arg: Arg | undefined) =>
    fractional ? asReal(arg, context) : `(${whole(present(arg), 'long', context).sql})::HUGEINT`;
  return once(
    [number(center), number(delta)],
    (middle, distance) => `((${number(value)}) BETWEEN (${middle}) - (${distance}) AND (${middle}) + (${distance}))`,
  );
}

function ceiling([x]: readonly Arg[], type: KqlType, context: EmitContext): string {
  const value = present(x);
  if (type === 'decimal') return `TRY_CAST(ceil(${convert(value, 'decimal', context)}) AS DECIMAL(38,18))`;
  if (type === 'real') return `ceil(${asReal(value, context)})`;
  return convert(value, type, context);
}

/** Null below zero, minus infinity at zero. */
function logarithm(fn: string, x: string): string {
  return `CASE WHEN ${x} > 0 THEN ${fn}(${x}) WHEN ${x} = 0 THEN '-Infinity'::DOUBLE END`;
}

/** NaN where the condition fails; null stays null. */
function where(condition: string, value: string, x: string): string {
  return `CASE WHEN ${condition} THEN ${value} WHEN ${x} IS NOT NULL THEN 'NaN'::DOUBLE END`;
}

/** The count of a shift is taken modulo 64, and null when negative. */
function shifted(count: Whole, shift: (count: string) => string): string {
  if (count.constant !== undefined) return count.constant < 0n ? 'NULL::BIGINT' : shift(String(count.constant % 64n));
  return `CASE WHEN (${count.sql}) >= 0 THEN ${shift(`(${count.sql}) % 64`)} END`;
}

function unbounded(sql: string): Whole {
  return { sql, constant: undefined, low: LONG_MIN, high: LONG_MAX };
}

function asReal(arg: Arg | undefined, context: EmitContext): string {
  return convert(present(arg), 'real', context);
}

function asWhole(arg: Arg | undefined, context: EmitContext): Whole {
  return whole(present(arg), 'long', context);
}

function present(arg: Arg | undefined): Arg {
  if (arg === undefined) throw new Refusal('unsupported-argument', 'The function lacks an argument.');
  return arg;
}
