/**
 * The operators `+ - * / %` and the signs, for every pair of types that KQL allows.
 *
 * - Whole numbers wrap and give long; a real on either side makes it real; a decimal makes it decimal.
 * - `/` of whole numbers drops the fraction, by zero is null; of reals by zero is infinite or NaN.
 * - `%` is never negative, whatever the signs.
 * - A datetime that leaves the years 1 to 9999 is null. `timespan / timespan` is real; a timespan times or by a number
 *   is a timespan.
 */
import { Refusal } from '../errors.js';
import type { KqlType } from '../types.js';
import { MAX_DATETIME } from '../values/datetime.js';
import { computeDecimal, formatDecimal, parseDecimal } from '../values/decimal.js';
import { convert } from './conversion.js';
import { combine, LONG_MAX, LONG_MIN, negated, quotient, rest, type Whole } from './integers.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

type Operator = '+' | '-' | '*' | '/' | '%';

/** Smallest and largest value of the types that are whole numbers in the engine. */
const RANGES: Readonly<Partial<Record<KqlType, readonly [bigint, bigint]>>> = {
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  datetime: [0n, MAX_DATETIME],
};

/** An argument as a whole number; `type` is long, timespan or datetime, which dynamic arguments convert to. */
export function whole(arg: Arg, type: KqlType, context: EmitContext): Whole {
  const converted =
    arg.type === 'dynamic' ? { ...arg, sql: convert(arg, type, context), type, constant: undefined } : arg;
  const constant = typeof converted.constant === 'bigint' ? converted.constant : undefined;
  const [low, high] = constant === undefined ? (RANGES[converted.type] ?? [LONG_MIN, LONG_MAX]) : [constant, constant];
  return { sql: converted.type === 'int' ? `(${converted.sql})::BIGINT` : converted.sql, constant, low, high };
}

/** SQL of a datetime moved by ticks; null outside the years 1 to 9999. */
export function moved(time: Whole, operator: '+' | '-', by: Whole): string {
  if (by.constant !== undefined) {
    const ticks = operator === '+' ? by.constant : -by.constant;
    const first = ticks < 0n ? -ticks : 0n;
    const last = ticks > 0n ? MAX_DATETIME - ticks : MAX_DATETIME;
    if (first > MAX_DATETIME || last < 0n) return 'NULL::BIGINT';
    if (time.sql.length <= 120) {
      return `CASE WHEN (${time.sql}) BETWEEN ${first} AND ${last} THEN (${time.sql}) ${operator} (${by.sql}) END`;
    }
  }
  return withinDatetime(`(${time.sql})::HUGEINT ${operator} (${by.sql})`);
}

/** SQL of a HUGEINT of ticks as a datetime; null outside the years 1 to 9999. */
export function withinDatetime(huge: string): string {
  const held = `least(greatest((${huge}), -1), ${MAX_DATETIME + 1n})::BIGINT`;
  return `nullif(nullif(${held}, -1), ${MAX_DATETIME + 1n})`;
}

const decimalHosts: Readonly<Record<Operator, HostFunction>> = {
  '+': decimalHost('decimal_add', '+'),
  '-': decimalHost('decimal_subtract', '-'),
  '*': decimalHost('decimal_multiply', '*'),
  '/': decimalHost('decimal_divide', '/'),
  '%': decimalHost('decimal_modulo', '%'),
};

export const hosts: readonly HostFunction[] = Object.values(decimalHosts);

/** The operators under the names that the binder uses. */
export const operators: readonly ScalarFunction[] = [
  ...(['+', '-', '*', '/', '%'] as const).map((operator) =>
    sqlFunction('number', operator, (args, type, context) => binary(operator, args, type, context)),
  ),
  sqlFunction('number', 'unary-', ([arg], type, context) => negative(present(arg, '-'), type, context)),
  sqlFunction('number', 'unary+', ([arg], type, context) => convert(present(arg, '+'), type, context)),
];

function binary(operator: Operator, args: readonly Arg[], type: KqlType, context: EmitContext): string {
  const left = present(args[0], operator);
  const right = present(args[1], operator);
  switch (type) {
    case 'int':
    case 'long':
      return long(operator, whole(left, 'long', context), whole(right, 'long', context));
    case 'real':
      return real(operator, number(left, context), number(right, context));
    case 'decimal':
      return context.host(decimalHosts[operator], [
        convert(left, 'decimal', context),
        convert(right, 'decimal', context),
      ]);
    case 'datetime':
      return datetime(operator, left, right, context);
    case 'timespan':
      return timespan(operator, left, right, context);
    default:
      throw undefinedFor(operator, left, right);
  }
}

function long(operator: Operator, left: Whole, right: Whole): string {
  switch (operator) {
    case '/':
      return quotient(left, right);
    case '%':
      return rest(left, right);
    default:
      return combine(operator, left, right);
  }
}

function real(operator: Operator, left: string, right: string): string {
  if (operator !== '%') return `((${left}) ${operator} (${right}))`;
  return once([left, right], (x, y) => {
    const remainder = `((${x}) % (${y}))`;
    return `CASE WHEN ${remainder} < 0 THEN ${remainder} + abs(${y}) ELSE ${remainder} END`;
  });
}

function datetime(operator: Operator, left: Arg, right: Arg, context: EmitContext): string {
  if (operator === '+' || operator === '-') {
    if (left.type === 'datetime' && right.type !== 'datetime') {
      return moved(whole(left, 'datetime', context), operator, whole(right, 'timespan', context));
    }
    if (right.type === 'datetime' && left.type !== 'datetime' && operator === '+') {
      return moved(whole(right, 'datetime', context), operator, whole(left, 'timespan', context));
    }
  }
  throw undefinedFor(operator, left, right);
}

function timespan(operator: Operator, left: Arg, right: Arg, context: EmitContext): string {
  const isTime = (arg: Arg) => arg.type === 'timespan' || arg.type === 'datetime';
  if (operator === '+' || operator === '-' || operator === '%') {
    return long(operator, whole(left, 'timespan', context), whole(right, 'timespan', context));
  }
  const [time, factor] = operator === '*' && !isTime(left) ? [right, left] : [left, right];
  if (!isTime(time) || isTime(factor)) throw undefinedFor(operator, left, right);
  if (factor.type === 'int' || factor.type === 'long') {
    return long(operator, whole(time, 'timespan', context), whole(factor, 'long', context));
  }
  const product = real(operator, number(time, context), number(factor, context));
  return convert({ sql: product, type: 'real', constant: undefined }, 'long', context);
}

/** SQL of an argument as a DOUBLE; of datetime and timespan, the ticks. */
function number(arg: Arg, context: EmitContext): string {
  return convert(arg, 'real', context);
}

function negative(arg: Arg, type: KqlType, context: EmitContext): string {
  switch (type) {
    case 'int':
      return convert({ sql: negated(whole(arg, 'long', context)), type: 'long', constant: undefined }, 'int', context);
    case 'long':
    case 'timespan':
      return negated(whole(arg, type, context));
    case 'real':
    case 'decimal':
      return `(-(${convert(arg, type, context)}))`;
    default:
      throw new Refusal('unsupported-expression', `A value of type ${arg.type} has no negative.`);
  }
}

function decimalHost(name: string, operator: Operator): HostFunction {
  return {
    name,
    params: ['decimal', 'decimal'],
    returns: 'decimal',
    run: (left: string, right: string) => {
      const [x, y] = [parseDecimal(left), parseDecimal(right)];
      const units = x === null || y === null ? null : computeDecimal(operator, x, y);
      return units === null ? null : formatDecimal(units);
    },
  };
}

function present(arg: Arg | undefined, operator: string): Arg {
  if (arg === undefined) throw new Error(`The operator ${operator} lacks an operand.`);
  return arg;
}

function undefinedFor(operator: string, left: Arg, right: Arg): Refusal {
  return new Refusal(
    'unsupported-expression',
    `The operator ${operator} is not supported for ${left.type} and ${right.type}.`,
    left.type === 'dynamic' || right.type === 'dynamic'
      ? 'Convert the dynamic values first, as with tolong().'
      : undefined,
  );
}
