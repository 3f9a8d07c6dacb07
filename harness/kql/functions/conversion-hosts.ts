/** Conversions from text and from dynamic in TypeScript; what does not convert is null. */
import type { KqlType } from '../types.js';
import { MAX_DATETIME, parseDatetime } from '../values/datetime.js';
import { decimalOfReal, formatDecimal, parseDecimal } from '../values/decimal.js';
import { type Dynamic, parseDynamic } from '../values/dynamic.js';
import { formatReal, parseReal } from '../values/real.js';
import { withEngineDigits } from '../values/real-digits.js';
import { parseTimespan } from '../values/timespan.js';
import type { HostFunction, Value } from './registry.js';

const INT = { low: -(2n ** 31n), high: 2n ** 31n - 1n, bits: 32 };
const LONG = { low: -(2n ** 63n), high: 2n ** 63n - 1n, bits: 64 };
type Whole = typeof INT;

/** `tobool('…')`: true and false in any case, or a whole number; no blanks. */
export function boolOfText(text: string): boolean | null {
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (text.trim() !== text) return null;
  const whole = wholeOfText(text, LONG);
  return whole === null ? null : whole !== 0n;
}

/** `tolong('…')`: decimal digits with a sign, or `0x` and the digits of the bit pattern; blanks around are ignored. */
export function longOfText(text: string): bigint | null {
  return wholeOfText(text, LONG);
}

/** `toguid('…')`: 32 hexadecimal digits, dashes anywhere or nowhere, braces or parentheses around them allowed. */
export function guidOfText(text: string): string | null {
  const trimmed = text.trim();
  const bare = /^\{.*\}$|^\(.*\)$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
  const hex = bare.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) return null;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** `todynamic('…')`: JSON, or the text itself where it is none; empty text is null. */
export function dynamicOfText(text: string): Dynamic {
  if (text === '') return null;
  const value = parseDynamic(text);
  return value === undefined ? text : value;
}

function wholeOfText(text: string, { low, high, bits }: Whole): bigint | null {
  const trimmed = text.trim();
  const hex = /^0x([0-9a-f]{1,16})$/i.exec(trimmed)?.[1];
  if (hex !== undefined) return hex.length * 4 > bits ? null : BigInt.asIntN(bits, BigInt(`0x${hex}`));
  if (!/^[+-]?\d{1,40}$/.test(trimmed)) return null;
  const whole = BigInt(trimmed.replace(/^\+/, ''));
  return whole >= low && whole <= high ? whole : null;
}

function decimalOfText(text: string): string | null {
  const units = parseDecimal(text);
  return units === null ? null : formatDecimal(units);
}

function wholeOfDynamic(value: Dynamic, type: Whole): bigint | null {
  switch (typeof value) {
    case 'boolean':
      return value ? 1n : 0n;
    case 'bigint':
      return BigInt.asIntN(type.bits, value);
    case 'number':
      return wholeOfReal(value, type);
    case 'string':
      return wholeOfText(value, type);
    default:
      return null;
  }
}

function wholeOfReal(value: number, { low, high }: Whole): bigint | null {
  if (Number.isNaN(value)) return null;
  if (value >= Number(high)) return high;
  return value <= Number(low) ? low : BigInt(Math.trunc(value));
}

function boolOfDynamic(value: Dynamic): boolean | null {
  if (typeof value === 'string') return boolOfText(value);
  if (typeof value === 'number') return value !== 0;
  const whole = wholeOfDynamic(value, LONG);
  return whole === null ? null : whole !== 0n;
}

function realOfDynamic(value: Dynamic): number | null {
  if (typeof value === 'string') return parseReal(value);
  return typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number' ? Number(value) : null;
}

function decimalOfDynamic(value: Dynamic): string | null {
  if (typeof value === 'string') return decimalOfText(value);
  if (typeof value === 'number') {
    const units = decimalOfReal(value);
    return units === null ? null : formatDecimal(units);
  }
  return typeof value === 'boolean' || typeof value === 'bigint' ? String(Number(value)) : null;
}

function datetimeOfDynamic(value: Dynamic): bigint | null {
  if (typeof value === 'string') return parseDatetime(value);
  const ticks = typeof value === 'boolean' ? null : wholeOfDynamic(value, LONG);
  return ticks !== null && ticks >= 0n && ticks <= MAX_DATETIME ? ticks : null;
}

function timespanOfDynamic(value: Dynamic): bigint | null {
  if (typeof value === 'string') return parseTimespan(value);
  return typeof value === 'boolean' ? null : wholeOfDynamic(value, LONG);
}

type Conversions = Readonly<Partial<Record<KqlType, HostFunction>>>;

/** Host functions that convert from string, by the type they give. */
export const fromText = {
  bool: host('string', 'bool', boolOfText),
  int: host('string', 'int', (text: string) => wholeOfText(text, INT)),
  long: host('string', 'long', longOfText),
  real: host('string', 'real', parseReal),
  decimal: host('string', 'decimal', decimalOfText),
  datetime: host('string', 'datetime', parseDatetime),
  timespan: host('string', 'timespan', parseTimespan),
  guid: host('string', 'guid', guidOfText),
  dynamic: host('string', 'dynamic', dynamicOfText),
} as const satisfies Conversions;

/** Host functions that convert from dynamic, by the type they give. */
export const fromDynamic = {
  bool: host('dynamic', 'bool', boolOfDynamic),
  int: host('dynamic', 'int', (value: Dynamic) => wholeOfDynamic(value, INT)),
  long: host('dynamic', 'long', (value: Dynamic) => wholeOfDynamic(value, LONG)),
  real: host('dynamic', 'real', realOfDynamic),
  decimal: host('dynamic', 'decimal', decimalOfDynamic),
  datetime: host('dynamic', 'datetime', datetimeOfDynamic),
  timespan: host('dynamic', 'timespan', timespanOfDynamic),
  guid: host('dynamic', 'guid', (value: Dynamic) => (typeof value === 'string' ? guidOfText(value) : null)),
} as const satisfies Conversions;

/** `tostring()` of a real. */
export const textOfReal = host('real', 'string', formatReal);

/** `tostring()` of a dynamic value, given as its text, that holds reals of many digits. */
export const textOfReals: HostFunction = {
  name: 'text_of_reals',
  params: ['string'],
  returns: 'string',
  run: withEngineDigits,
};

export const hosts: readonly HostFunction[] = [
  ...Object.values(fromText),
  ...Object.values(fromDynamic),
  textOfReal,
  textOfReals,
];

function host(from: KqlType, to: KqlType, run: (value: never) => Value): HostFunction {
  return { name: `${to}_of_${from}`, params: [from], returns: to, run };
}
