/**
 * `format_datetime()` and `format_timespan()`.
 *
 * A format is a row of specifiers and of the delimiters space and `/ - : , . _ [ ]`. A specifier is the longest run
 * that means something, so `dddd` is `dd` twice in a datetime, while in a timespan it is the days with four digits.
 */
import { Refusal } from '../errors.js';
import { TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND } from '../values/datetime.js';
import { timestamp } from './calendar.js';
import { convert } from './conversion.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

const DATETIME = /yyyy|yy?|MM?|dd?|HH?|hh?|mm?|ss?|f{1,7}|F{1,7}|tt|[ /\-:,._[\]]/y;
const TIMESPAN = /d{1,8}|HH?|hh?|mm?|ss?|f{1,7}|F{1,7}|[ /\-:,._[\]]/y;

/** DuckDB's specifier for each of KQL's that it has; fractions but for milli- and microseconds are not among them. */
const STRFTIME: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  yy: '%y',
  y: '%-y',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  fff: '%g',
  ffffff: '%f',
  tt: '%p',
};

const formatTimespan: HostFunction = {
  name: 'format_timespan',
  params: ['timespan', 'string'],
  returns: 'string',
  run: (ticks: bigint, format: string) => {
    const size = ticks < 0n ? -ticks : ticks;
    const text = tokens(format, TIMESPAN, 'format_timespan').map((token) => timespanPart(token, size));
    return `${ticks < 0n ? '-' : ''}${text.join('')}`;
  },
};

export const hosts: readonly HostFunction[] = [formatTimespan];

export const functions: readonly ScalarFunction[] = [
  sqlFunction('datetime', 'format_datetime', ([time, format], _type, context) => {
    const parts = tokens(constantFormat(format, 'format_datetime'), DATETIME, 'format_datetime');
    return once([convert(present(time), 'datetime', context)], (ticks) => formatDatetime(ticks, parts, context));
  }),
  sqlFunction('datetime', 'format_timespan', ([span, format], _type, context) => {
    const text = constantFormat(format, 'format_timespan');
    tokens(text, TIMESPAN, 'format_timespan');
    return context.host(formatTimespan, [convert(present(span), 'timespan', context), context.literal(text, 'string')]);
  }),
];

/** SQL of a datetime's text: runs that `strftime` knows in one call each, fractions of a second beside them. */
function formatDatetime(ticks: string, parts: readonly string[], context: EmitContext): string {
  const pieces: string[] = [];
  let pattern = '';
  const flush = () => {
    if (pattern !== '') pieces.push(`strftime(${timestamp(ticks)}, ${context.literal(pattern, 'string')})`);
    pattern = '';
  };
  for (const token of parts) {
    if (/^[fF]/.test(token) && STRFTIME[token] === undefined) {
      flush();
      const digits = `left(lpad(((${ticks}) % ${TICKS_PER_SECOND})::VARCHAR, 7, '0'), ${token.length})`;
      pieces.push(token.startsWith('F') ? `rtrim(${digits}, '0')` : digits);
    } else {
      pattern += STRFTIME[token] ?? token;
    }
  }
  flush();
  return pieces.length === 0 ? "''" : `coalesce(${pieces.join(' || ')}, '')`;
}

function timespanPart(token: string, size: bigint): string {
  const of = (unit: bigint, modulo: bigint) => String((size / unit) % modulo).padStart(token.length, '0');
  switch (token.charAt(0)) {
    case 'd':
      return String(size / TICKS_PER_DAY).padStart(token.length, '0');
    case 'H':
    case 'h':
      return of(TICKS_PER_HOUR, 24n);
    case 'm':
      return of(TICKS_PER_MINUTE, 60n);
    case 's':
      return of(TICKS_PER_SECOND, 60n);
    case 'f':
      return fraction(size, token.length);
    case 'F':
      return fraction(size, token.length).replace(/0+$/, '');
    default:
      return token;
  }
}

function fraction(size: bigint, digits: number): string {
  return String(size % TICKS_PER_SECOND)
    .padStart(7, '0')
    .slice(0, digits);
}

function tokens(format: string, known: RegExp, name: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < format.length; ) {
    known.lastIndex = at;
    const token = known.exec(format)?.[0];
    if (token === undefined) {
      throw new Refusal(
        'unsupported-argument',
        `${name}() does not know '${format.charAt(at)}' in the format '${format}'.`,
        'Use its specifiers and the delimiters space and / - : , . _ [ ].',
      );
    }
    found.push(token);
    at += token.length;
  }
  return found;
}

function constantFormat(arg: Arg | undefined, name: string): string {
  const text = present(arg).constant;
  if (typeof text !== 'string')
    throw new Refusal('unsupported-argument', `The format of ${name}() must be a constant string.`);
  return text;
}

function present(arg: Arg | undefined): Arg {
  if (arg === undefined) throw new Refusal('unsupported-argument', 'The function lacks an argument.');
  return arg;
}
