/**
 * Conversion between types: `tolong()` and its kin, and the implicit conversions of arguments.
 *
 * A conversion never raises. What does not convert is null, or `''` for string.
 *
 * - Text to a whole number: decimal digits or `0x` digits, blanks around them ignored; `1.5` is not one.
 * - A real to a whole number: towards zero, held at the limits of `long`; of constants alone, which the engine computes
 *   elsewhere, what is beyond a limit becomes the least `long`. A `long` to `int`: the lower 32 bits.
 * - `bool` prints as `True`, but `true` inside dynamic.
 */
import { Refusal, refusalText } from '../errors.js';
import { quote } from '../sql/literal.js';
import { DUCKDB_TYPE, type KqlType } from '../types.js';
import { MAX_DATETIME } from '../values/datetime.js';
import { fromDynamic, fromText, textOfReal, textOfReals } from './conversion-hosts.js';
import { once } from './once.js';
import {
  type Arg,
  type EmitContext,
  type HostFunction,
  type ScalarFunction,
  sqlFunction,
  type Value,
} from './registry.js';

export { hosts } from './conversion-hosts.js';

type Conversion = (sql: string, context: EmitContext) => string;

/** Longer SQL is converted by the host, where there is one, rather than repeated. */
const SHORT = 120;

/** SQL of an argument converted to a type as KQL's `to<type>()` converts it; the argument itself when it has the type. */
export function convert(arg: Arg, to: KqlType, context: EmitContext): string {
  if (arg.type === to) return arg.sql;
  if (arg.constant === null) return context.literal(null, to);
  const host = hostFor(arg.type, to);
  if (host && arg.constant !== undefined)
    return context.literal((host.run as (value: Value) => Value)(arg.constant), to);
  const native = NATIVE[arg.type][to];
  if (native && (arg.sql.length <= SHORT || !host)) return once([arg.sql], (sql) => native(sql, context));
  if (host) return context.host(host, [arg.sql]);
  throw new Refusal('unsupported-argument', `A value of type ${arg.type} does not convert to ${to}.`);
}

/**
 * SQL of an argument as a dynamic value that holds it: text becomes a JSON string even where it reads like JSON, which
 * is where this differs from {@link convert} to `dynamic` (that is `todynamic()`, which parses).
 */
export function embed(arg: Arg, context: EmitContext): string {
  if (arg.type !== 'string') return convert(arg, 'dynamic', context);
  return typeof arg.constant === 'string' ? context.literal(arg.constant, 'dynamic') : quoted(arg.sql);
}

function hostFor(from: KqlType, to: KqlType): HostFunction | undefined {
  const hosts: Partial<Record<KqlType, HostFunction>> =
    from === 'string' ? fromText : from === 'dynamic' ? fromDynamic : {};
  return hosts[to];
}

/** Conversions in SQL. Where a host function converts too, the SQL may repeat its argument. */
const NATIVE: Readonly<Record<KqlType, Readonly<Partial<Record<KqlType, Conversion>>>>> = {
  bool: {
    int: (x) => `(${x})::INTEGER`,
    long: (x) => `(${x})::BIGINT`,
    real: (x) => `(${x})::DOUBLE`,
    decimal: (x) => `(${x})::INTEGER::DECIMAL(38,18)`,
    string: (x) => `CASE ${x} WHEN true THEN 'True' WHEN false THEN 'False' ELSE '' END`,
    dynamic: (x) => `(${x})::VARCHAR`,
  },
  int: {
    bool: (x) => `((${x}) <> 0)`,
    long: (x) => `(${x})::BIGINT`,
    real: (x) => `(${x})::DOUBLE`,
    decimal: (x) => `(${x})::DECIMAL(38,18)`,
    string: (x) => `coalesce((${x})::VARCHAR, '')`,
    datetime: (x) => `CASE WHEN (${x}) >= 0 THEN (${x})::BIGINT END`,
    timespan: (x) => `(${x})::BIGINT`,
    dynamic: (x) => `(${x})::VARCHAR`,
  },
  long: {
    bool: (x) => `((${x}) <> 0)`,
    int: (x) => `(xor((${x}) & 4294967295, 2147483648) - 2147483648)::INTEGER`,
    real: (x) => `(${x})::DOUBLE`,
    decimal: (x) => `(${x})::DECIMAL(38,18)`,
    string: (x) => `coalesce((${x})::VARCHAR, '')`,
    datetime: (x) => `CASE WHEN (${x}) BETWEEN 0 AND ${MAX_DATETIME} THEN (${x}) END`,
    timespan: (x) => x,
    dynamic: (x) => `(${x})::VARCHAR`,
  },
  real: {
    bool: (x) => `((${x}) <> 0)`,
    int: (x) => truncated(x, 'INTEGER'),
    long: (x) => truncated(x, 'BIGINT'),
    decimal: (x) => `TRY_CAST((${x})::VARCHAR AS DECIMAL(38,18))`,
    string: (x, context) => `coalesce(${realText(x, context)}, '')`,
    datetime: (x) => `CASE WHEN (${x}) >= 0 AND (${x}) < ${MAX_DATETIME}::DOUBLE THEN trunc(${x})::BIGINT END`,
    timespan: (x) => truncated(x, 'BIGINT'),
    dynamic: (x, context) =>
      `CASE WHEN isfinite(${x}) THEN ${realText(x, context)} ELSE ${quoted(realText(x, context))} END`,
  },
  decimal: {
    bool: (x) => `((${x}) <> 0)`,
    int: (x) => `TRY_CAST(trunc(${x}) AS INTEGER)`,
    long: (x) => `TRY_CAST(trunc(${x}) AS BIGINT)`,
    real: (x) => `(${x})::DOUBLE`,
    string: (x) => `coalesce(${decimalText(x)}, '')`,
    dynamic: (x) => quoted(decimalText(x)),
  },
  string: {
    bool: (x, context) =>
      `CASE lower(${x}) WHEN 'true' THEN true WHEN 'false' THEN false ELSE ${context.host(fromText.bool, [x])} END`,
    int: (x, context) => wholeOfText(x, 'INTEGER', context.host(fromText.int, [x])),
    long: (x, context) => wholeOfText(x, 'BIGINT', context.host(fromText.long, [x])),
    real: (x, context) =>
      `CASE WHEN regexp_full_match(${x}, '-?[0-9]{1,15}(\\.[0-9]{1,15})?') THEN TRY_CAST(${x} AS DOUBLE) ` +
      `ELSE ${context.host(fromText.real, [x])} END`,
    datetime: (x, context) => datetimeOfText(x, 0, context.host(fromText.datetime, [x])),
  },
  datetime: {
    long: (x) => x,
    real: (x) => `(${x})::DOUBLE`,
    string: (x) => `coalesce(${datetimeText(x)}, '')`,
    dynamic: (x) => `('"' || ${datetimeText(x)} || '"')`,
  },
  timespan: {
    long: (x) => x,
    real: (x) => `(${x})::DOUBLE`,
    string: (x) => `coalesce(${timespanText(x)}, '')`,
    dynamic: (x) => `('"' || ${timespanText(x)} || '"')`,
  },
  guid: {
    string: (x) => `coalesce(${x}, '')`,
    dynamic: (x) => `('"' || (${x}) || '"')`,
  },
  dynamic: {
    int: (x, context) => wholeOfJson(x, 'INTEGER', 9, context.host(fromDynamic.int, [x])),
    long: (x, context) => wholeOfJson(x, 'BIGINT', 18, context.host(fromDynamic.long, [x])),
    string: textOfJson,
    datetime: (x, context) => datetimeOfText(x, 1, context.host(fromDynamic.datetime, [x])),
  },
};

/** A double as a whole number, towards zero, held at the type's limits; NaN is null. */
function truncated(sql: string, type: 'INTEGER' | 'BIGINT'): string {
  const limit = type === 'INTEGER' ? 2n ** 31n : 2n ** 63n;
  return once(
    [sql],
    (x) =>
      `CASE WHEN abs(trunc(${x})) < ${limit}::DOUBLE THEN trunc(${x})::${type} WHEN isnan(${x}) THEN NULL ` +
      `WHEN (${x}) > 0 THEN ${limit - 1n}::${type} WHEN (${x}) < 0 THEN (${1n - limit} - 1)::${type} END`,
  );
}

/** A real made of constants alone as a whole number. What has not been seen of the engine is refused. */
function computedBefore({ sql, constant }: Arg, to: 'int' | 'long'): string {
  const limit = to === 'int' ? 2n ** 31n : 2n ** 63n;
  const message = `What a constant beyond the limits of ${to} converts to is not known.`;
  const refusal = { code: 'unsupported-argument', message } as const;
  const known = typeof constant !== 'number' || Math.abs(Math.trunc(constant)) < limit;
  if (!known && !(to === 'long' && Number.isFinite(constant))) throw new Refusal(refusal.code, message);
  const type = DUCKDB_TYPE[to];
  return once(
    [sql],
    (x) =>
      `CASE WHEN (${x}) IS NULL OR abs(trunc(${x})) < ${limit}::DOUBLE THEN trunc(${x})::${type} ` +
      `${to === 'long' ? `WHEN isfinite(${x}) THEN (${1n - limit} - 1)::${type} ` : ''}ELSE error(${quote(refusalText(refusal))}) END`,
  );
}

function wholeOfText(x: string, type: string, host: string): string {
  return `CASE WHEN regexp_full_match(${x}, '-?[0-9]{1,19}') THEN TRY_CAST(${x} AS ${type}) ELSE ${host} END`;
}

function wholeOfJson(x: string, type: string, digits: number, host: string): string {
  const isWhole = `regexp_full_match(${x}, '"?-?[0-9]{1,${digits}}"?')`;
  return `CASE WHEN ${isWhole} THEN trim(${x}, '"')::${type} ELSE ${host} END`;
}

/** The text of a JSON string, and any other JSON as it stands. */
function textOfJson(json: string, context: EmitContext): string {
  return once([json], (x) => {
    const inner = `substring(${x}, 2, length(${x}) - 2)`;
    const text = `CASE WHEN contains(${x}, '\\') THEN json_extract_string(${x}, '$') ELSE ${inner} END`;
    // Looking for a pattern takes six times as long as all the rest: few texts get there.
    const many = `contains(${x}, 'e+') OR (length(${x}) > 16 AND regexp_matches(${x}, '[0-9.]{17}'))`;
    const reals = `WHEN ${many} THEN ${context.host(textOfReals, [x])}`;
    return `CASE WHEN starts_with(${x}, '"') THEN ${text} ${reals} ELSE coalesce(${x}, '') END`;
  });
}

/** ISO 8601 with a whole time and no offset, which telemetry mostly has, in SQL; any other text by the host. */
function datetimeOfText(x: string, quotes: 0 | 1, host: string): string {
  const quote = '"'.repeat(quotes);
  const date = '(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-[0-9]{2}-[0-9]{2}';
  const time = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,7})?';
  const seconds = `TRY_CAST(substring(${x}, ${1 + quotes}, 19) AS TIMESTAMP)`;
  const fraction = `rpad(rtrim(substring(${x}, ${21 + quotes}), 'Z"'), 7, '0')::BIGINT`;
  return (
    `CASE WHEN regexp_full_match(${x}, '${quote}${date}[T ]${time}Z?${quote}') ` +
    `THEN (epoch_us(${seconds}) + 62135596800000000) * 10 + ${fraction} ELSE ${host} END`
  );
}

/** DuckDB's text of a double is KQL's in this range; NULL stays NULL. */
function realText(x: string, context: EmitContext): string {
  return `CASE WHEN abs(${x}) BETWEEN 1e-4 AND 1e15 THEN (${x})::VARCHAR ELSE ${context.host(textOfReal, [x])} END`;
}

function decimalText(x: string): string {
  return `rtrim(rtrim((${x})::VARCHAR, '0'), '.')`;
}

function datetimeText(x: string): string {
  const time = `make_timestamp((${x}) // 10 - 62135596800000000)`;
  return `strftime(${time}, '%Y-%m-%dT%H:%M:%S.%f') || ((${x}) % 10) || 'Z'`;
}

/** Whole days, clock and fraction; the sign stands in front. */
function timespanText(x: string): string {
  const size = `abs((${x})::HUGEINT)`;
  return (
    `CASE WHEN (${x}) < 0 THEN '-' ELSE '' END || ` +
    `CASE WHEN ${size} >= 864000000000 THEN (${size} // 864000000000) || '.' ELSE '' END || ` +
    `strftime(make_timestamp((${size} % 864000000000 // 10)::BIGINT), '%H:%M:%S') || ` +
    `CASE WHEN ${size} % 10000000 > 0 THEN '.' || lpad((${size} % 10000000)::VARCHAR, 7, '0') ELSE '' END`
  );
}

/** A JSON string. DuckDB escapes as `printDynamic` does, but for the case of hexadecimal digits. */
function quoted(x: string): string {
  return `to_json(${x})::VARCHAR`;
}

/** `tohex(number[, length])`: lower-case digits of the bit pattern, with zeros in front up to 16 digits. */
function hex(args: readonly Arg[], context: EmitContext): string {
  const [value, length] = args;
  if (value === undefined) throw new Refusal('unsupported-argument', 'tohex() takes a number.');
  const bits = value.type === 'int' ? `(${value.sql})::BIGINT & 4294967295` : convert(value, 'long', context);
  const digits = `lower(to_hex(${bits}))`;
  if (length === undefined) return `coalesce(${digits}, '')`;
  const width = `least(greatest(coalesce(${convert(length, 'long', context)}, 0), 0), 16)::INTEGER`;
  return `coalesce(lpad(${digits}, greatest(length(${digits}), ${width})::INTEGER, '0'), '')`;
}

function conversion(to: KqlType, name: string, aliases?: readonly string[]): ScalarFunction {
  return sqlFunction(
    'conversion',
    name,
    ([arg], _type, context) => {
      if (arg === undefined) throw new Refusal('unsupported-argument', `${name}() takes a value.`);
      if (arg.fixed && arg.type === 'real' && arg.constant !== null && (to === 'int' || to === 'long'))
        return computedBefore(arg, to);
      return convert(arg, to, context);
    },
    aliases,
  );
}

export const functions: readonly ScalarFunction[] = [
  conversion('bool', 'tobool', ['toboolean']),
  conversion('int', 'toint'),
  conversion('long', 'tolong'),
  conversion('real', 'todouble', ['toreal']),
  conversion('decimal', 'todecimal'),
  conversion('string', 'tostring'),
  conversion('datetime', 'todatetime'),
  conversion('timespan', 'totimespan', ['totime']),
  conversion('guid', 'toguid'),
  sqlFunction('conversion', 'tohex', (args, _type, context) => hex(args, context)),
];
