/** Time zones, from the IANA data that Node holds. */
import { Refusal } from '../errors.js';
import { isDatetime, TICKS_PER_MILLISECOND, UNIX_EPOCH } from '../values/datetime.js';
import { type HostFunction, hostFunction, type ScalarFunction } from './registry.js';

const utcToLocal: HostFunction = {
  name: 'datetime_utc_to_local',
  params: ['datetime', 'string'],
  returns: 'datetime',
  run: (utc: bigint, zone: string) => {
    const offset = offsetAt(utc, zone);
    return offset === null ? null : within(utc + offset);
  },
};

const localToUtc: HostFunction = {
  name: 'datetime_local_to_utc',
  params: ['datetime', 'string'],
  returns: 'datetime',
  run: (local: bigint, zone: string) => {
    // The offset that holds at the instant itself: right but for the hours around a change, where a second look settles.
    const first = offsetAt(local, zone);
    if (first === null) return null;
    const second = offsetAt(local - first, zone);
    return second === null ? null : within(local - second);
  },
};

export const hosts: readonly HostFunction[] = [utcToLocal, localToUtc];

export const functions: readonly ScalarFunction[] = hosts.map((host) => {
  const fn = hostFunction('datetime', host);
  return { ...fn, emit: checked(fn.emit) };
});

const formatters = new Map<string, Intl.DateTimeFormat | null>();

/** Refuses a constant time zone that does not exist. */
function checked(emit: ScalarFunction['emit']): ScalarFunction['emit'] {
  return (args, type, context) => {
    const zone = args[1]?.constant;
    if (typeof zone === 'string' && formatter(zone) === null) {
      throw new Refusal(
        'unsupported-argument',
        `There is no time zone '${zone}'.`,
        "Write an IANA name, as 'Europe/Paris'.",
      );
    }
    return emit(args, type, context);
  };
}

/** Local time minus UTC at an instant, in ticks; null when there is no such zone. */
function offsetAt(utc: bigint, zone: string): bigint | null {
  const format = formatter(zone);
  if (!format) return null;
  const milliseconds = Number((utc - UNIX_EPOCH) / TICKS_PER_MILLISECOND);
  const seconds = Math.floor(milliseconds / 1_000);
  const parts = new Map(format.formatToParts(seconds * 1_000).map(({ type, value }) => [type, Number(value)]));
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = new Date(0);
  local.setUTCFullYear(get('year'), get('month') - 1, get('day'));
  local.setUTCHours(get('hour'), get('minute'), get('second'));
  return BigInt(local.getTime() - seconds * 1_000) * TICKS_PER_MILLISECOND;
}

function formatter(zone: string): Intl.DateTimeFormat | null {
  let format = formatters.get(zone);
  if (format === undefined) {
    format = create(zone);
    if (formatters.size < 1_000) formatters.set(zone, format);
  }
  return format;
}

function create(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function within(ticks: bigint): bigint | null {
  return isDatetime(ticks) ? ticks : null;
}
