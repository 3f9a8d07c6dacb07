/** Values of type `timespan`: a signed 64-bit count of 100-ns ticks. */
import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from './datetime.js';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** Ticks of every unit that a timespan literal may end in. */
const UNITS: ReadonlyMap<string, bigint> = new Map(
  (
    [
      [TICKS_PER_DAY, 'd', 'day', 'days'],
      [TICKS_PER_HOUR, 'h', 'hr', 'hrs', 'hour', 'hours'],
      [TICKS_PER_MINUTE, 'm', 'min', 'mins', 'minute', 'minutes'],
      [TICKS_PER_SECOND, 's', 'sec', 'secs', 'second', 'seconds'],
      [TICKS_PER_MILLISECOND, 'ms', 'milli', 'millis', 'millisec', 'millisecond', 'milliseconds'],
      [10n, 'micro', 'micros', 'microsec', 'microsecond', 'microseconds'],
      [1n, 'tick', 'ticks'],
    ] as const
  ).flatMap(([ticks, ...names]) => names.map((name) => [name, ticks] as const)),
);

const WITH_UNIT = /^([+-])?(\d+)?(?:\.(\d+))?\s*([a-z]+)$/i;
const CLOCK = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;
const DAYS = /^(-)?(\d+)$/;

/**
 * Ticks of a timespan's text: a number with a unit (`1d`, `1.5m`, `10ms`, `1tick`, `1microsecond`), or
 * `[-][d.]hh:mm[:ss[.fffffff]]`, or whole days (`5`).
 *
 * @returns null when the text is no timespan, or one beyond 64 bits of ticks
 */
export function parseTimespan(text: string): bigint | null {
  const trimmed = text.trim();
  const ticks = withUnit(trimmed) ?? clock(trimmed) ?? days(trimmed);
  return ticks !== null && ticks >= MIN && ticks <= MAX ? ticks : null;
}

/** Text as KQL prints a timespan: `[-][d.]hh:mm:ss[.fffffff]`. */
export function formatTimespan(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const dayCount = size / TICKS_PER_DAY;
  const hours = digits((size / TICKS_PER_HOUR) % 24n, 2);
  const minutes = digits((size / TICKS_PER_MINUTE) % 60n, 2);
  const seconds = digits((size / TICKS_PER_SECOND) % 60n, 2);
  const fraction = size % TICKS_PER_SECOND;
  return `${ticks < 0n ? '-' : ''}${dayCount > 0n ? `${dayCount}.` : ''}${hours}:${minutes}:${seconds}${
    fraction > 0n ? `.${digits(fraction, 7)}` : ''
  }`;
}

function withUnit(text: string): bigint | null {
  const match = WITH_UNIT.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = '', unit = ''] = match;
  const ticks = UNITS.get(unit.toLowerCase());
  if (ticks === undefined || whole + fraction === '') return null;
  const size = (BigInt(`${whole}${fraction}`) * ticks) / 10n ** BigInt(fraction.length);
  return sign === '-' ? -size : size;
}

function clock(text: string): bigint | null {
  const match = CLOCK.exec(text);
  if (!match) return null;
  const [, sign, dayCount = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const size =
    BigInt(dayCount) * TICKS_PER_DAY +
    BigInt(hours) * TICKS_PER_HOUR +
    BigInt(minutes) * TICKS_PER_MINUTE +
    BigInt(seconds) * TICKS_PER_SECOND +
    BigInt(fraction.padEnd(7, '0'));
  return sign === '-' ? -size : size;
}

function days(text: string): bigint | null {
  const match = DAYS.exec(text);
  if (!match) return null;
  const size = BigInt(match[2] ?? '') * TICKS_PER_DAY;
  return match[1] === '-' ? -size : size;
}

function digits(value: bigint, width: number): string {
  return String(value).padStart(width, '0');
}
