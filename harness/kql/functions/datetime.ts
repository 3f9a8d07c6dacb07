/** Functions of datetime and timespan, but for text and time zones (datetime-format.ts, timezone.ts). */
import { closest } from '../closest.js';
import { Refusal } from '../errors.js';
import type { KqlType } from '../types.js';
import { DUCKDB_TYPE } from '../types.js';
import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  ticksOf,
  UNIX_EPOCH,
} from '../values/datetime.js';
import { moved, whole, withinDatetime } from './arithmetic.js';
import { addMonths, endOf, LENGTHS, MONTHS, ORDINALS, PARTS, type Period, part, startOf, weekday } from './calendar.js';
import { convert } from './conversion.js';
import { combine, LONG_MAX, LONG_MIN, type Whole } from './integers.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

type Emit = (args: readonly Arg[], type: KqlType, context: EmitContext) => string;

/** 9999-12-31: the day that has no day of the week, as the real engine has it. */
const LAST_DAY = 3_155_378_112_000_000_000n;

const makeDatetime: HostFunction = {
  name: 'make_datetime',
  params: ['long', 'long', 'long', 'long', 'long', 'real'],
  returns: 'datetime',
  run: (year: bigint, month: bigint, day: bigint, hour: bigint, minute: bigint, second: number) => {
    const ofDay = clock(hour, minute, second);
    return ofDay === null ? null : ticksOf(Number(year), Number(month), Number(day), ofDay);
  },
};

const makeTimespan: HostFunction = {
  name: 'make_timespan',
  params: ['long', 'long', 'long', 'real'],
  returns: 'timespan',
  run: (days: bigint, hour: bigint, minute: bigint, second: number) => {
    const ofDay = clock(hour, minute, second);
    if (ofDay === null) return null;
    const ticks = days * TICKS_PER_DAY + ofDay;
    return ticks >= LONG_MIN && ticks <= LONG_MAX ? ticks : null;
  },
};

export const hosts: readonly HostFunction[] = [makeDatetime, makeTimespan];

export const functions: readonly ScalarFunction[] = [
  define('now', ([offset], _type, context) =>
    offset === undefined ? context.now : moved(clockOf(context), '+', whole(offset, 'timespan', context)),
  ),
  define('ago', ([span], _type, context) => moved(clockOf(context), '-', whole(present(span), 'timespan', context))),

  define('datetime_add', datetimeAdd),
  define('datetime_diff', datetimeDiff),
  define('datetime_part', ([name, time], type, context) => part(unit(name, PARTS), ticks(time, context), type), [
    'datepart',
  ]),

  partOf('getyear', 'year'),
  partOf('monthofyear', 'month', ['getmonth']),
  partOf('week_of_year', 'weekofyear', ['weekofyear']),
  partOf('dayofmonth', 'day'),
  partOf('dayofyear', 'dayofyear'),
  partOf('hourofday', 'hour'),
  define('dayofweek', ([time], _type, context) => {
    return once(
      [ticks(time, context)],
      (value) => `CASE WHEN (${value}) < ${LAST_DAY} THEN ${weekday(value)} * ${TICKS_PER_DAY} END`,
    );
  }),

  ...(['day', 'week', 'month', 'year'] as const).flatMap((period) => [
    boundOf(`startof${period}`, startOf, period),
    boundOf(`endof${period}`, endOf, period),
  ]),

  define('make_datetime', (args, _type, context) => {
    const [first, ...rest] = args;
    if (first !== undefined && rest.length === 0) return convert(first, 'datetime', context);
    return context.host(makeDatetime, padded(args, makeDatetime.params, context));
  }),
  define('make_timespan', (args, _type, context) => {
    const withDays = args.length === 4 ? args : [{ sql: '0::BIGINT', type: 'long', constant: 0n } as const, ...args];
    return context.host(makeTimespan, padded(withDays, makeTimespan.params, context));
  }),

  unixTime('unixtime_seconds_todatetime', TICKS_PER_SECOND),
  unixTime('unixtime_milliseconds_todatetime', TICKS_PER_SECOND / 1_000n),
  unixTime('unixtime_microseconds_todatetime', TICKS_PER_SECOND / 1_000_000n),
  define('unixtime_nanoseconds_todatetime', ([value], _type, context) =>
    withinDatetime(`(${convert(present(value), 'long', context)})::HUGEINT // 100 + ${UNIX_EPOCH}`),
  ),
];

function define(name: string, emit: Emit, aliases?: readonly string[]): ScalarFunction {
  return sqlFunction('datetime', name, emit, aliases);
}

function partOf(name: string, which: string, aliases?: readonly string[]): ScalarFunction {
  return define(name, ([time], type, context) => part(which, ticks(time, context), type), aliases);
}

function boundOf(name: string, bound: typeof startOf, period: Period): ScalarFunction {
  return define(name, ([time, offset], _type, context) =>
    bound(period, ticks(time, context), offset === undefined ? undefined : convert(offset, 'long', context)),
  );
}

function unixTime(name: string, unitTicks: bigint): ScalarFunction {
  return define(name, ([value], _type, context) => {
    const count = present(value);
    if (count.type === 'real' || count.type === 'decimal') {
      const scaled = {
        sql: `(${convert(count, 'real', context)}) * ${unitTicks}`,
        type: 'real',
        constant: undefined,
      } as const;
      return withinDatetime(`(${convert(scaled, 'long', context)})::HUGEINT + ${UNIX_EPOCH}`);
    }
    return withinDatetime(`(${convert(count, 'long', context)})::HUGEINT * ${unitTicks} + ${UNIX_EPOCH}`);
  });
}

/** `datetime_add(unit, count, time)`. */
function datetimeAdd([name, count, time]: readonly Arg[], _type: KqlType, context: EmitContext): string {
  const chosen = unit(name, { ...MONTHS, ...LENGTHS, nanosecond: 1n });
  const steps = convert(present(count), 'long', context);
  const value = ticks(time, context);
  const months = MONTHS[chosen];
  if (months !== undefined) return addMonths(value, `(${steps})::HUGEINT * ${months}`);
  const move = chosen === 'nanosecond' ? `(${steps})::HUGEINT // 100` : `(${steps})::HUGEINT * ${LENGTHS[chosen]}`;
  return withinDatetime(`(${value})::HUGEINT + ${move}`);
}

/** `datetime_diff(unit, later, earlier)`: how many boundaries of the unit lie between; of nanoseconds, how many pass. */
function datetimeDiff([name, later, earlier]: readonly Arg[], type: KqlType, context: EmitContext): string {
  const chosen = unit(name, { ...ORDINALS, nanosecond: undefined });
  const [left, right] = [ticks(later, context), ticks(earlier, context)];
  const ordinal = ORDINALS[chosen];
  if (ordinal) return `(${ordinal(left)} - ${ordinal(right)})::${DUCKDB_TYPE[type]}`;
  const hundreds = { sql: '100::BIGINT', constant: 100n, low: 100n, high: 100n };
  return `${combine('*', unbounded(`((${left}) - (${right}))`), hundreds)}::${DUCKDB_TYPE[type]}`;
}

/** The name of a unit, which must be known when the query is compiled: case and underscores are ignored. */
function unit(arg: Arg | undefined, known: Readonly<Record<string, unknown>>): string {
  const text = present(arg).constant;
  if (typeof text !== 'string')
    throw new Refusal('unsupported-argument', 'The unit of time must be a constant string.');
  const name = text.toLowerCase().replaceAll('_', '');
  if (name in known) return name;
  const nearest = closest(name, Object.keys(known));
  throw new Refusal(
    'unsupported-argument',
    `There is no unit of time '${text}' here; the units are ${Object.keys(known).join(', ')}.`,
    nearest,
  );
}

/** Arguments in the types of a host function's parameters, the missing ones zero. */
function padded(args: readonly Arg[], params: readonly KqlType[], context: EmitContext): string[] {
  return params.map((type, i) => {
    const arg = args[i];
    return arg === undefined ? context.literal(type === 'real' ? 0 : 0n, type) : convert(arg, type, context);
  });
}

/** Ticks since midnight; null for an hour that a day does not have, and the like. */
function clock(hour: bigint, minute: bigint, second: number): bigint | null {
  if (hour < 0n || hour > 23n || minute < 0n || minute > 59n || !(second >= 0 && second < 60)) return null;
  const ofMinute = BigInt(Math.round(second * Number(TICKS_PER_SECOND)));
  return hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + ofMinute;
}

function clockOf(context: EmitContext): Whole {
  return unbounded(context.now);
}

function unbounded(sql: string): Whole {
  return { sql, constant: undefined, low: LONG_MIN, high: LONG_MAX };
}

function ticks(arg: Arg | undefined, context: EmitContext): string {
  return convert(present(arg), 'datetime', context);
}

function present(arg: Arg | undefined): Arg {
  if (arg === undefined) throw new Refusal('unsupported-argument', 'The function lacks an argument.');
  return arg;
}
