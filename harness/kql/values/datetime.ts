/**
 * Values of type `datetime`: 100-ns ticks since 0001-01-01T00:00:00Z, always UTC, up to the end of the year 9999.
 */

export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_MINUTE = 60n * TICKS_PER_SECOND;
export const TICKS_PER_HOUR = 60n * TICKS_PER_MINUTE;
export const TICKS_PER_DAY = 24n * TICKS_PER_HOUR;

/** 1970-01-01T00:00:00Z in ticks. */
export const UNIX_EPOCH = 621_355_968_000_000_000n;
/** 9999-12-31T23:59:59.9999999Z in ticks: the last datetime. */
export const MAX_DATETIME = 3_155_378_975_999_999_999n;

/** A datetime taken apart; `ofDay` are the ticks since midnight. */
export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly ofDay: bigint;
}

export function isDatetime(ticks: bigint): boolean {
  return ticks >= 0n && ticks <= MAX_DATETIME;
}

/** Year, month, day and time of day of a datetime. */
export function civil(ticks: bigint): Civil {
  const date = new Date(Number((ticks - UNIX_EPOCH - modulo(ticks, TICKS_PER_DAY)) / TICKS_PER_MILLISECOND));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    ofDay: modulo(ticks, TICKS_PER_DAY),
  };
}

/** Ticks of a day's midnight plus `ofDay`, or null unless it is a day of the calendar in the years 1 to 9999. */
export function ticksOf(year: number, month: number, day: number, ofDay = 0n): bigint | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const ticks = BigInt(date.getTime()) * TICKS_PER_MILLISECOND + UNIX_EPOCH + ofDay;
  return isDatetime(ticks) ? ticks : null;
}

/** Text as KQL prints a datetime: `2015-12-31T23:59:59.9000000Z`. */
export function formatDatetime(ticks: bigint): string {
  const { year, month, day, ofDay } = civil(ticks);
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const hours = digits(ofDay / TICKS_PER_HOUR, 2);
  const minutes = digits((ofDay / TICKS_PER_MINUTE) % 60n, 2);
  const seconds = digits((ofDay / TICKS_PER_SECOND) % 60n, 2);
  return `${date}T${hours}:${minutes}:${seconds}.${digits(ofDay % TICKS_PER_SECOND, 7)}Z`;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
  '(?<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const WEEKDAY = '(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\\s+)?';
const TIME =
  '(?<hour>\\d{1,2}):(?<minute>\\d{1,2})(?::(?<second>\\d{1,2})(?:[.,](?<fraction>\\d{1,30}))?)?(?:\\s*(?<half>am|pm))?';
const BASIC_TIME = '(?<hour>\\d{2})(?<minute>\\d{2})(?:(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,30}))?)?';
const ZONE = '(?:\\s*(?<zone>z|gmt|utc|[+-]\\d{1,2}(?::?\\d{2})?))?';

/** Month before day where only numbers say which is which; ISO 8601, RFC 822 and RFC 850 forms. */
const FORMS: readonly RegExp[] = [
  form(
    `(?<year>\\d{4})\\s*(?<sep>[-/.,])\\s*(?<month>\\d{1,2})(?:\\s*\\k<sep>\\s*(?<day>\\d{1,2}))?` +
      `(?:(?:\\s*t\\s*|\\s+)${TIME}${ZONE}|z)?`,
  ),
  form(
    `(?<month>\\d{1,2})\\s*(?<sep>[-/.,])\\s*(?<day>\\d{1,2})\\s*\\k<sep>\\s*(?<year>\\d{4}|\\d{2})` +
      `(?:(?:t|\\s+)${TIME}${ZONE})?`,
  ),
  form(`${WEEKDAY}(?<day>\\d{1,2})(?:\\s+|-)${MONTH}(?:,?\\s+|-)(?<year>\\d{4}|\\d{2})(?:,?\\s+${TIME}${ZONE})?`),
  form(`${WEEKDAY}${MONTH}\\s+(?<day>\\d{1,2})(?:,\\s*|\\s+)(?<year>\\d{4})(?:,?\\s+${TIME}${ZONE})?`),
  form(`(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})(?:t${BASIC_TIME}${ZONE})?`),
  form(`(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})\\s+${TIME}${ZONE}`),
  form('(?<year>\\d{4})'),
];

/**
 * Ticks of a datetime's text in any form that KQL reads: ISO 8601 (`2014-05-25T08:20:03.123456Z`, the time or its
 * parts optional, an offset accepted), RFC 822 (`Sat, 8 Nov 14 15:05:02 GMT`), RFC 850 (`Saturday, 08-Nov-14 15:05`),
 * month first with any separator (`12/31/2022`), names (`Dec 2, 2022`), and without separators (`20221202`).
 *
 * @returns null when the text is no datetime, or one outside the years 1 to 9999
 */
export function parseDatetime(text: string): bigint | null {
  const trimmed = text.trim();
  for (const pattern of FORMS) {
    const groups = pattern.exec(trimmed)?.groups;
    if (groups) return fromGroups(groups);
  }
  return null;
}

function form(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'i');
}

function fromGroups(groups: Readonly<Record<string, string | undefined>>): bigint | null {
  const { year = '', month = '1', day = '1', name, zone } = groups;
  const time = timeOfDay(groups);
  const offset = zone === undefined ? 0n : offsetTicks(zone);
  if (time === null || offset === null) return null;
  const monthNumber = name === undefined ? Number(month) : MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  const ticks = ticksOf(fullYear(year), monthNumber, Number(day), time);
  if (ticks === null) return null;
  const utc = ticks - offset;
  return isDatetime(utc) ? utc : null;
}

/** Two digits mean 1950 to 2049, as .NET reads them. */
function fullYear(year: string): number {
  const value = Number(year);
  if (year.length > 2) return value;
  return value < 50 ? 2000 + value : 1900 + value;
}

function timeOfDay(groups: Readonly<Record<string, string | undefined>>): bigint | null {
  const { minute = '0', second = '0', fraction = '', half } = groups;
  let hour = Number(groups['hour'] ?? 0);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  if (hour > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return (
    BigInt(hour) * TICKS_PER_HOUR +
    BigInt(minute) * TICKS_PER_MINUTE +
    BigInt(second) * TICKS_PER_SECOND +
    fractionTicks(fraction)
  );
}

/** Digits after the second's point as ticks; the eighth digit rounds. */
function fractionTicks(fraction: string): bigint {
  const padded = fraction.padEnd(8, '0');
  return BigInt(padded.slice(0, 7)) + (padded.charAt(7) >= '5' ? 1n : 0n);
}

function offsetTicks(zone: string): bigint | null {
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
  if (!match) return 0n;
  const [, sign, hours = '0', minutes = '0'] = match;
  if (Number(hours) > 14 || Number(minutes) > 59) return null;
  const ticks = BigInt(hours) * TICKS_PER_HOUR + BigInt(minutes) * TICKS_PER_MINUTE;
  return sign === '-' ? -ticks : ticks;
}

function digits(value: number | bigint, width: number): string {
  return String(value).padStart(width, '0');
}

function modulo(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}
