/** The calendar in SQL: parts of a datetime, the bounds of its day, week, month and year, steps by months. */
import type { KqlType } from '../types.js';
import { DUCKDB_TYPE } from '../types.js';
import { TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND } from '../values/datetime.js';
import { withinDatetime } from './arithmetic.js';
import { once } from './once.js';

/** Microseconds from the year 1 to 1970, where DuckDB's timestamps begin to count. */
const EPOCH_MICROSECONDS = 62_135_596_800_000_000n;
const TICKS_PER_WEEK = 7n * TICKS_PER_DAY;
/** Steps of a period beyond which any datetime leaves the calendar. */
const MOST_STEPS: Readonly<Record<Period, bigint>> = {
  day: 4_000_000n,
  week: 4_000_000n,
  month: 120_000n,
  year: 10_000n,
};

export type Period = 'day' | 'week' | 'month' | 'year';

/** SQL of a datetime's TIMESTAMP; the tenths of a microsecond are cut. */
export function timestamp(ticks: string): string {
  return `make_timestamp((${ticks}) // 10 - ${EPOCH_MICROSECONDS})`;
}

/** SQL of the day of the week, Sunday being 0. */
export function weekday(ticks: string): string {
  return `(((${ticks}) // ${TICKS_PER_DAY} + 1) % 7)`;
}

/** SQL of a part of a datetime as a number, by the part's name in lower case without underscores. */
export const PARTS: Readonly<Record<string, (ticks: string) => string>> = {
  year: (t) => `year(${timestamp(t)})`,
  quarter: (t) => `quarter(${timestamp(t)})`,
  month: (t) => `month(${timestamp(t)})`,
  // ISO 8601: weeks begin on Monday, the first holds the year's first Thursday.
  weekofyear: (t) => `week(${timestamp(t)})`,
  day: (t) => `day(${timestamp(t)})`,
  dayofyear: (t) => `dayofyear(${timestamp(t)})`,
  hour: (t) => `((${t}) // ${TICKS_PER_HOUR} % 24)`,
  minute: (t) => `((${t}) // ${TICKS_PER_MINUTE} % 60)`,
  second: (t) => `((${t}) // ${TICKS_PER_SECOND} % 60)`,
  millisecond: (t) => `((${t}) % ${TICKS_PER_SECOND} // 10000)`,
  microsecond: (t) => `((${t}) % ${TICKS_PER_SECOND} // 10)`,
  nanosecond: (t) => `((${t}) % ${TICKS_PER_SECOND} * 100)`,
};

/** SQL of a part, cast to the type that the call has. */
export function part(name: keyof typeof PARTS, ticks: string, type: KqlType): string {
  const emit = PARTS[name];
  if (!emit) throw new Error(`no part ${name}`);
  return `${emit(ticks)}::${DUCKDB_TYPE[type]}`;
}

/** SQL of the number of a period since the year 1, of which the difference counts the boundaries between two datetimes. */
export const ORDINALS: Readonly<Record<string, (ticks: string) => string>> = {
  year: (t) => `year(${timestamp(t)})`,
  quarter: (t) => `(date_part('year', ${timestamp(t)}) * 4 + quarter(${timestamp(t)}))`,
  month: (t) => `datediff('month', TIMESTAMP '0001-01-01', ${timestamp(t)})`,
  week: (t) => `(((${t}) + ${TICKS_PER_DAY}) // ${TICKS_PER_WEEK})`,
  day: (t) => `((${t}) // ${TICKS_PER_DAY})`,
  hour: (t) => `((${t}) // ${TICKS_PER_HOUR})`,
  minute: (t) => `((${t}) // ${TICKS_PER_MINUTE})`,
  second: (t) => `((${t}) // ${TICKS_PER_SECOND})`,
  millisecond: (t) => `((${t}) // 10000)`,
  microsecond: (t) => `((${t}) // 10)`,
};

/** Ticks of the units that `datetime_add()` takes and that have one length. */
export const LENGTHS: Readonly<Record<string, bigint>> = {
  week: TICKS_PER_WEEK,
  day: TICKS_PER_DAY,
  hour: TICKS_PER_HOUR,
  minute: TICKS_PER_MINUTE,
  second: TICKS_PER_SECOND,
  millisecond: 10_000n,
  microsecond: 10n,
};

/** Months of the units that `datetime_add()` takes and that have several lengths. */
export const MONTHS: Readonly<Record<string, bigint>> = { year: 12n, quarter: 3n, month: 1n };

/**
 * SQL of the first tick of the period that holds a datetime, or of one some periods away. Weeks begin on Sunday.
 *
 * @param offset SQL of a BIGINT, or undefined for none
 */
export function startOf(period: Period, ticks: string, offset: string | undefined): string {
  if (period === 'day' && offset === undefined) return wholeDays(ticks);
  return withinDatetime(start(period, ticks, offset, 0));
}

/** SQL of the last tick of the period that holds a datetime, or of one some periods away. */
export function endOf(period: Period, ticks: string, offset: string | undefined): string {
  if (period === 'day' && offset === undefined) return `(${wholeDays(ticks)} + ${TICKS_PER_DAY - 1n})`;
  return withinDatetime(`${start(period, ticks, offset, 1)} - 1`);
}

/** SQL of a datetime moved by months; the day is held to the length of the month that it comes to. */
export function addMonths(ticks: string, months: string): string {
  return once([ticks], (time) => {
    const moved = `epoch_us(${timestamp(time)} + to_months(${bounded(months, 'month')}::INTEGER))`;
    return withinDatetime(`(${moved} + ${EPOCH_MICROSECONDS})::HUGEINT * 10 + (${time}) % 10`);
  });
}

/** SQL of a number of steps, held to what can still matter. */
function bounded(count: string, period: Period): string {
  return `least(greatest((${count}), -${MOST_STEPS[period]}), ${MOST_STEPS[period]})`;
}

/** SQL of a HUGEINT: the start of the period, `offset` and `more` periods on. */
function start(period: Period, ticks: string, offset: string | undefined, more: 0 | 1): string {
  const steps = offset === undefined ? String(more) : `(${bounded(offset, period)} + ${more})`;
  switch (period) {
    case 'day':
      return `${wholeDays(ticks)} + ${steps}::HUGEINT * ${TICKS_PER_DAY}`;
    case 'week':
      return `${wholeWeeks(ticks)} + ${steps}::HUGEINT * ${TICKS_PER_WEEK}`;
    default: {
      const months = period === 'year' ? `(${steps} * 12)` : steps;
      const moved = `epoch_us(date_trunc('${period}', ${timestamp(ticks)}) + to_months(${months}::INTEGER))`;
      return `(${moved} + ${EPOCH_MICROSECONDS})::HUGEINT * 10`;
    }
  }
}

function wholeDays(ticks: string): string {
  return `((${ticks}) // ${TICKS_PER_DAY} * ${TICKS_PER_DAY})`;
}

/** The year 1 began on a Monday. */
function wholeWeeks(ticks: string): string {
  return `(((${ticks}) + ${TICKS_PER_DAY}) // ${TICKS_PER_WEEK} * ${TICKS_PER_WEEK} - ${TICKS_PER_DAY})`;
}
