import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functions as datetimeFunctions } from '../../../harness/kql/functions/datetime.js';
import { functions as formatFunctions } from '../../../harness/kql/functions/datetime-format.js';
import { functions as zoneFunctions } from '../../../harness/kql/functions/timezone.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { civil, formatDatetime, MAX_DATETIME, parseDatetime, ticksOf } from '../../../harness/kql/values/datetime.js';
import { formatTimespan, parseTimespan } from '../../../harness/kql/values/timespan.js';
import { arg, evaluate, fixed, type Given } from '../support.js';

const DAY = 864_000_000_000n;

function run(name: string, given: readonly Given[], type: KqlType): Promise<unknown> {
  const found = [...datetimeFunctions, ...formatFunctions, ...zoneFunctions].find(
    (fn) => fn.name === name || fn.aliases?.includes(name),
  );
  if (!found) throw new Error(`no function ${name}`);
  return evaluate(found, given, type);
}

const time = (text: string): Given => arg(parseDatetime(text), 'datetime');
const span = (text: string): Given => arg(parseTimespan(text), 'timespan');
const datetimes = fc.bigInt(0n, MAX_DATETIME);

/** Runs a function that gives a datetime, and prints that. */
async function moment(name: string, ...given: readonly Given[]): Promise<string | null> {
  const ticks = await run(name, given, 'datetime');
  return ticks === null ? null : formatDatetime(ticks as bigint);
}

describe('the bounds of a period', () => {
  it.each([
    ['startofday', 0n, '2024-02-29T00:00:00.0000000Z'],
    ['startofweek', 0n, '2024-02-25T00:00:00.0000000Z'],
    ['startofmonth', 0n, '2024-02-01T00:00:00.0000000Z'],
    ['startofyear', 0n, '2024-01-01T00:00:00.0000000Z'],
    ['endofday', 0n, '2024-02-29T23:59:59.9999999Z'],
    ['endofweek', 0n, '2024-03-02T23:59:59.9999999Z'],
    ['endofmonth', 0n, '2024-02-29T23:59:59.9999999Z'],
    ['endofyear', 0n, '2024-12-31T23:59:59.9999999Z'],
    ['startofday', 1n, '2024-03-01T00:00:00.0000000Z'],
    ['startofweek', -1n, '2024-02-18T00:00:00.0000000Z'],
    ['startofmonth', -2n, '2023-12-01T00:00:00.0000000Z'],
    ['endofmonth', -1n, '2024-01-31T23:59:59.9999999Z'],
    ['endofyear', -24n, '2000-12-31T23:59:59.9999999Z'],
    ['startofyear', 8000n, null],
    ['endofday', 2n ** 63n - 1n, null],
  ])('%s with offset %d', async (name, offset, expected) => {
    const given = time('2024-02-29 13:45:30.1234567');
    expect(await moment(name, given, arg(offset))).toBe(expected);
    if (offset === 0n) expect(await moment(name, given)).toBe(expected);
  });

  it('reaches the ends of the calendar', async () => {
    const last = arg(MAX_DATETIME, 'datetime');
    expect(await moment('endofmonth', last)).toBe('9999-12-31T23:59:59.9999999Z');
    expect(await moment('endofyear', last)).toBe('9999-12-31T23:59:59.9999999Z');
    expect(await moment('startofmonth', arg(1n, 'datetime'))).toBe('0001-01-01T00:00:00.0000000Z');
    expect(await moment('startofmonth', arg(null, 'datetime'))).toBeNull();
  });

  it('holds the datetime, and the next begins one tick after', async () => {
    await fc.assert(
      fc.asyncProperty(datetimes, fc.constantFrom('day', 'month', 'year'), async (ticks, period) => {
        const start = (await run(`startof${period}`, [arg(ticks, 'datetime')], 'datetime')) as bigint;
        const end = (await run(`endof${period}`, [arg(ticks, 'datetime')], 'datetime')) as bigint;
        expect(start <= ticks && ticks <= end).toBe(true);
        const next = await run(`startof${period}`, [arg(ticks, 'datetime'), arg(1n)], 'datetime');
        expect(next).toBe(end === MAX_DATETIME ? null : end + 1n);
      }),
      { numRuns: 40 },
    );
  });
});

describe('parts of a datetime', () => {
  const given = time('2024-12-30 13:45:30.1234567');

  it.each([
    ['getyear', 2024],
    ['getmonth', 12],
    ['dayofmonth', 30],
    ['dayofyear', 365],
    ['hourofday', 13],
    ['week_of_year', 1],
    ['weekofyear', 1],
  ])('%s', async (name, expected) => {
    expect(await run(name, [given], 'int')).toBe(expected);
    expect(await run(name, [arg(null, 'datetime')], 'int')).toBeNull();
  });

  it.each([
    ['Year', 2024],
    ['quarter', 4],
    ['week_of_year', 1],
    ['weekOfYear', 1],
    ['DayOfYear', 365],
    ['minute', 45],
    ['second', 30],
    ['millisecond', 123],
    ['microsecond', 123456],
    ['nanosecond', 123456700],
  ])('datetime_part of %s', async (unit, expected) => {
    expect(await run('datetime_part', [fixed(unit), given], 'int')).toBe(expected);
  });

  it('has the day of the week as a timespan from Sunday', async () => {
    expect(await run('dayofweek', [time('2024-02-25')], 'timespan')).toBe(0n);
    expect(await run('dayofweek', [time('2024-03-02 23:59')], 'timespan')).toBe(6n * DAY);
    expect(await run('dayofweek', [time('0001-01-01')], 'timespan')).toBe(DAY);
  });

  it('names the nearest unit when there is none', async () => {
    await expect(run('datetime_part', [fixed('minutes'), given], 'int')).rejects.toMatchObject({
      message: expect.stringContaining("There is no unit of time 'minutes' here"),
      suggestion: 'minute',
    });
  });
});

describe('datetime_diff', () => {
  it.each([
    ['year', '2025-01-01', '2024-12-31 23:59', 1n],
    ['quarter', '2024-07-01', '2024-03-30', 2n],
    ['month', '2024-01-01', '2022-12-30', 13n],
    ['week', '2024-03-03', '2024-03-02 23:59', 1n],
    ['day', '2024-03-01', '2024-02-28', 2n],
    ['hour', '2024-03-01 01:00', '2024-03-01 03:59', -2n],
    ['second', '2024-03-01 00:00:10.1', '2024-03-01 00:00:00.9', 10n],
    ['millisecond', '2024-03-01 00:00:00.2001', '2024-03-01 00:00:00.1009', 100n],
    ['microsecond', '2024-03-01 00:00:00.0000020', '2024-03-01 00:00:00.0000005', 2n],
    ['nanosecond', '2024-03-01 00:00:00', '2024-03-01 00:00:00.0000007', -700n],
  ])('counts each %s that begins between', async (unit, later, earlier, expected) => {
    expect(await run('datetime_diff', [fixed(unit), time(later), time(earlier)], 'long')).toBe(expected);
  });
});

describe('datetime_add', () => {
  it.each([
    ['year', 1n, '2024-02-29 12:00:00.1234567', '2025-02-28T12:00:00.1234567Z'],
    ['quarter', -5n, '2020-05-31', '2019-02-28T00:00:00.0000000Z'],
    ['month', 1n, '2024-01-31', '2024-02-29T00:00:00.0000000Z'],
    ['week', 2n, '2024-02-20', '2024-03-05T00:00:00.0000000Z'],
    ['day', -1n, '0001-01-01 12:00', null],
    ['hour', 100_000n, '2020-01-01', '2031-05-29T16:00:00.0000000Z'],
    ['microsecond', 1n, '2020-01-01', '2020-01-01T00:00:00.0000010Z'],
    ['nanosecond', 250n, '2020-01-01', '2020-01-01T00:00:00.0000002Z'],
    ['month', 2n ** 63n - 1n, '2020-01-01', null],
    ['day', -(2n ** 63n), '2020-01-01', null],
  ])('%s by %d', async (unit, count, from, expected) => {
    expect(await moment('datetime_add', fixed(unit), arg(count), time(from))).toBe(expected);
  });

  it('by months keeps the day where the month has it', async () => {
    await fc.assert(
      fc.asyncProperty(datetimes, fc.bigInt(-2000n, 2000n), async (ticks, months) => {
        const { year, month, day, ofDay } = civil(ticks);
        const at = year * 12 + month - 1 + Number(months);
        const [toYear, toMonth] = [Math.floor(at / 12), (((at % 12) + 12) % 12) + 1];
        const expected = [day, 30, 29, 28]
          .filter((candidate) => candidate <= day)
          .map((candidate) => ticksOf(toYear, toMonth, candidate, ofDay))
          .find((candidate) => candidate !== null);
        expect(await run('datetime_add', [fixed('month'), arg(months), arg(ticks, 'datetime')], 'datetime')).toBe(
          expected ?? null,
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('made from numbers', () => {
  const longs = (...values: readonly bigint[]): Given[] => values.map((value) => arg(value));

  it('a datetime', async () => {
    expect(await moment('make_datetime', ...longs(2024n, 2n, 29n))).toBe('2024-02-29T00:00:00.0000000Z');
    expect(await moment('make_datetime', ...longs(2024n, 2n, 29n, 12n, 10n), arg(59.9999999))).toBe(
      '2024-02-29T12:10:59.9999999Z',
    );
    expect(await moment('make_datetime', ...longs(2023n, 2n, 29n))).toBeNull();
    expect(await moment('make_datetime', ...longs(2023n, 2n, 28n, 24n, 0n))).toBeNull();
  });

  it('a timespan', async () => {
    expect(await run('make_timespan', longs(1n, 30n), 'timespan')).toBe(parseTimespan('01:30:00'));
    expect(await run('make_timespan', [...longs(1n, 30n), arg(5.5)], 'timespan')).toBe(parseTimespan('01:30:05.5'));
    expect(await run('make_timespan', longs(2n, 1n, 30n, 5n), 'timespan')).toBe(parseTimespan('2.01:30:05'));
    expect(await run('make_timespan', longs(24n, 0n), 'timespan')).toBeNull();
  });

  it('a datetime of Unix time', async () => {
    expect(await moment('unixtime_seconds_todatetime', arg(1_700_000_000n))).toBe('2023-11-14T22:13:20.0000000Z');
    expect(await moment('unixtime_seconds_todatetime', arg(-0.5))).toBe('1969-12-31T23:59:59.5000000Z');
    expect(await moment('unixtime_milliseconds_todatetime', arg(1n))).toBe('1970-01-01T00:00:00.0010000Z');
    expect(await moment('unixtime_microseconds_todatetime', arg(1n))).toBe('1970-01-01T00:00:00.0000010Z');
    expect(await moment('unixtime_nanoseconds_todatetime', arg(199n))).toBe('1970-01-01T00:00:00.0000001Z');
    expect(await moment('unixtime_seconds_todatetime', arg(2n ** 62n))).toBeNull();
  });
});

describe('format_datetime', () => {
  it.each([
    ['yyyy-MM-dd HH:mm:ss.fffffff', '2024-03-09 05:04:03.0120000'],
    ['yy/M/d h:m:s tt', '24/3/9 5:4:3 AM'],
    ['[HH_mm]', '[05_04]'],
    ['s.f', '3.0'],
    ['s.FF', '3.01'],
    ['s.FFFFFFF', '3.012'],
    ['dddd, MMM', '0909, 033'],
    ['', ''],
  ])('%s', async (format, expected) => {
    expect(await run('format_datetime', [time('2024-03-09 05:04:03.012'), fixed(format)], 'string')).toBe(expected);
    expect(await run('format_datetime', [arg(null, 'datetime'), fixed(format)], 'string')).toBe('');
  });

  it('refuses what is no specifier', async () => {
    await expect(run('format_datetime', [time('2024-03-09'), fixed('yyyy-MM-ddTHH')], 'string')).rejects.toThrow(
      "format_datetime() does not know 'T' in the format 'yyyy-MM-ddTHH'.",
    );
  });
});

describe('format_timespan', () => {
  it.each([
    ['1.02:03:04.5', 'd.hh:mm:ss.fff', '1.02:03:04.500'],
    ['1.02:03:04.5', 'dddd', '0001'],
    ['29.09:00:05.12345', 'ddd.h:mm:ss [fffffff]', '029.9:00:05 [1234500]'],
    ['-00:01:30', 'mm:ss', '-01:30'],
    ['00:00:00.0500000', 's.FFF', '0.05'],
  ])('%s as %s', async (text, format, expected) => {
    expect(await run('format_timespan', [span(text), fixed(format)], 'string')).toBe(expected);
  });
});

describe('time zones', () => {
  it('move between UTC and local time, with daylight saving', async () => {
    const paris = arg('Europe/Paris');
    expect(await moment('datetime_utc_to_local', time('2024-07-01 12:00:00.1234567'), paris)).toBe(
      '2024-07-01T14:00:00.1234567Z',
    );
    expect(await moment('datetime_local_to_utc', time('2024-01-01 12:00'), paris)).toBe('2024-01-01T11:00:00.0000000Z');
    expect(await moment('datetime_local_to_utc', time('2024-02-02 20:02:20'), arg('US/Pacific'))).toBe(
      '2024-02-03T04:02:20.0000000Z',
    );
  });

  it('refuse a name that is none', async () => {
    await expect(run('datetime_utc_to_local', [time('2024-01-01'), arg('Europe/Pari')], 'datetime')).rejects.toThrow(
      "There is no time zone 'Europe/Pari'.",
    );
  });

  it('lead back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt(parseDatetime('1980-01-01') ?? 0n, parseDatetime('2035-01-01') ?? 0n),
        fc.constantFrom('Asia/Tokyo', 'Etc/UTC', 'Asia/Kolkata'),
        async (ticks, zone) => {
          const local = (await run('datetime_utc_to_local', [arg(ticks, 'datetime'), arg(zone)], 'datetime')) as bigint;
          expect(await run('datetime_local_to_utc', [arg(local, 'datetime'), arg(zone)], 'datetime')).toBe(ticks);
        },
      ),
      { numRuns: 25 },
    );
  });
});

it('prints and reads every timespan and datetime', () => {
  fc.assert(fc.property(datetimes, (ticks) => parseDatetime(formatDatetime(ticks)) === ticks));
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (ticks) => parseTimespan(formatTimespan(ticks)) === ticks),
  );
});
