import { quote } from '../../kql/sql/literal.js';
import { DUCKDB_TYPE, type KqlType } from '../../kql/types.js';
import { MAX_DEPTH } from '../../kql/values/dynamic.js';

/**
 * SQL that turns a value of a file into the representation of a KQL type, and gives NULL for what is not one of that
 * type. A missing value is NULL (`''` for a string) as well: `isMissing` tells the two apart.
 */

/** 1970-01-01T00:00:00Z in ticks of 100 ns since 0001-01-01. */
const UNIX_EPOCH = '621355968000000000';
/** 9999-12-31T23:59:59.9999999Z, the last datetime. */
const LAST_DATETIME = '3155378975999999999';

/** SQL of whether a text holds no value. An empty text is a value for a string alone. */
export function isMissing(text: string): string {
  return `(${text} IS NULL OR ${text} = '')`;
}

/** SQL of a text as a KQL type. Text that is not JSON becomes a string in a dynamic column, as ingestion does it. */
export function fromText(text: string, type: KqlType): string {
  switch (type) {
    case 'string':
      return `coalesce(${text}, '')`;
    case 'bool':
      return `CASE lower(${text}) WHEN 'true' THEN true WHEN '1' THEN true WHEN 'false' THEN false WHEN '0' THEN false END`;
    case 'int':
    case 'long':
      return checked(text, '[+-]?[0-9]+([.]0+)?', `TRY_CAST(${text} AS ${DUCKDB_TYPE[type]})`);
    case 'real':
      return checked(
        text,
        '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|NaN|[+-]?[Ii]nf(inity)?',
        `TRY_CAST(${text} AS DOUBLE)`,
      );
    case 'decimal':
      return checked(text, '[+-]?[0-9]+([.][0-9]+)?', `TRY_CAST(${text} AS ${DUCKDB_TYPE.decimal})`);
    case 'datetime':
      return datetimeFromText(text);
    case 'timespan':
      return timespanFromText(text);
    case 'guid':
      return checked(
        text,
        '[{(]?[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}[)}]?',
        `lower(trim(${text}, '{}()'))`,
      );
    case 'dynamic':
      return `CASE WHEN ${isMissing(text)} THEN NULL WHEN json_valid(${text}) AND ${isStrict(text)} THEN CASE WHEN NOT ${isTooDeep(text)} THEN ${noNull(`json(${text})`)} END ELSE to_json(${text})::VARCHAR END`;
  }
}

/**
 * SQL of a JSON value as dynamic. A string that holds an object or an array is taken for that object or array, and an
 * empty string for no value: this is how exports write a dynamic column.
 */
export function dynamicFromJson(json: string): string {
  const text = `(${json} ->> '$')`;
  return `CASE WHEN ${json}::VARCHAR = '""' THEN NULL WHEN substr(${json}::VARCHAR, 1, 2) IN ('"{', '"[') AND json_valid(${text}) AND ${isStrict(text)} THEN CASE WHEN NOT ${isTooDeep(text)} THEN json(${text})::VARCHAR END WHEN ${isStrict(`${json}::VARCHAR`)} THEN ${noNull(json)} END`;
}

/** SQL of a value of a typed column (Parquet) as a KQL type; nothing when no value of the one is a value of the other. */
export function fromNative(value: string, duckdbType: string, type: KqlType): string | undefined {
  const kind = kindOf(duckdbType);
  switch (kind) {
    case 'text':
      return fromText(value, type);
    case 'json':
      return type === 'dynamic' ? dynamicFromJson(`json(${value})`) : fromText(`(${value} ->> '$')`, type);
    case 'nested':
      // What is a string column in one environment and holds the text of an object is a dynamic one in the other.
      if (type === 'string') return `coalesce(to_json(${value})::VARCHAR, '')`;
      return type === 'dynamic' ? `to_json(${value})::VARCHAR` : undefined;
    case 'other':
      return undefined;
    default:
      return fromScalar(value, kind, type);
  }
}

type Kind =
  | 'text'
  | 'json'
  | 'nested'
  | 'bool'
  | 'integer'
  | 'float'
  | 'decimal'
  | 'instant'
  | 'span'
  | 'uuid'
  | 'other';

const KINDS: Readonly<Record<string, Kind>> = {
  VARCHAR: 'text',
  JSON: 'json',
  BOOLEAN: 'bool',
  FLOAT: 'float',
  DOUBLE: 'float',
  DATE: 'instant',
  TIME: 'span',
  INTERVAL: 'span',
  UUID: 'uuid',
};

/** What a DuckDB type is, by the name that DESCRIBE gives it. */
export function kindOf(duckdbType: string): Kind {
  const known = KINDS[duckdbType];
  if (known !== undefined) return known;
  if (/\[\d*\]$|^(STRUCT|MAP|UNION)\(/.test(duckdbType)) return 'nested';
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(duckdbType)) return 'integer';
  if (duckdbType.startsWith('ENUM(')) return 'text';
  if (duckdbType.startsWith('DECIMAL(')) return 'decimal';
  return duckdbType.startsWith('TIMESTAMP') ? 'instant' : 'other';
}

function fromScalar(value: string, kind: Kind, type: KqlType): string | undefined {
  const cast = `TRY_CAST(${value} AS ${DUCKDB_TYPE[type]})`;
  switch (type) {
    case 'string':
      return kind === 'instant' || kind === 'span' ? undefined : `coalesce(${value}::VARCHAR, '')`;
    case 'bool':
      return kind === 'bool' ? value : undefined;
    case 'int':
    case 'long':
      if (kind === 'integer') return cast;
      // Many a tool has no whole numbers with gaps, and writes 1.0 for 1.
      return kind === 'float' || kind === 'decimal'
        ? `CASE WHEN ${value} = trunc(${value}) THEN ${cast} END`
        : undefined;
    case 'real':
    case 'decimal':
      return kind === 'integer' || kind === 'float' || kind === 'decimal' ? cast : undefined;
    case 'datetime':
      return kind === 'instant' ? inRange(`epoch_ns(${value}::TIMESTAMP_NS) // 100 + ${UNIX_EPOCH}`, value) : undefined;
    case 'timespan':
      return kind === 'span' ? `epoch_us(${value}) * 10` : undefined;
    case 'guid':
      return kind === 'uuid' ? `lower(${value}::VARCHAR)` : undefined;
    case 'dynamic':
      return kind === 'instant' || kind === 'span' ? undefined : `to_json(${value})::VARCHAR`;
  }
}

/** Only nanoseconds hold the digits of a tick, and only microseconds the years before 1678 and after 2261. */
function inRange(ticks: string, value: string): string {
  const wide = `epoch_us(${value}) * 10 + ${UNIX_EPOCH}`;
  const near = `${value}::TIMESTAMP BETWEEN TIMESTAMP '1678-01-01' AND TIMESTAMP '2261-12-31'`;
  const any = `CASE WHEN ${near} THEN ${ticks} ELSE ${wide} END`;
  return `CASE WHEN ${wide} BETWEEN 0 AND ${LAST_DATETIME} THEN ${any} END`;
}

const CALENDAR = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const CLOCK = '[Tt ]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?';
const OFFSET = '[+-]([01][0-9]):?([0-5][0-9])';

/**
 * SQL of whether a text is ISO 8601 with a time. It is much shorter than what reads the time: it is asked of each column
 * of files that may have thousands.
 */
export function looksLikeTime(text: string): string {
  const zone = `([Zz]|${OFFSET})$`;
  const instant = `TRY_CAST(upper(regexp_replace(${text}, '${zone}', '')) AS TIMESTAMP)`;
  return `(regexp_full_match(${text}, '${CALENDAR}${CLOCK}([Zz]|${OFFSET})?') AND NOT starts_with(${text}, '0000') AND ${instant} IS NOT NULL)`;
}

/** ISO 8601: a date, optionally a time with any number of digits, optionally `Z` or an offset. */
function datetimeFromText(text: string): string {
  const part = (group: number): string => `regexp_extract(${text}, '${OFFSET}$', ${group})::BIGINT`;
  const sign = `CASE WHEN regexp_matches(${text}, '-[0-9:]+$') THEN -1 ELSE 1 END`;
  const local = ticksOfText(`regexp_replace(${text}, '${OFFSET}$', '')`);
  const shifted = `${local} - ${sign} * (${part(1)} * 60 + ${part(2)}) * 600000000`;
  // Four digits of a year cannot leave the range, but for the year 0.
  const plain = `WHEN regexp_full_match(${text}, '${CALENDAR}(${CLOCK}[Zz]?)?') THEN CASE WHEN NOT starts_with(${text}, '0000') THEN ${ticksOfText(text)} END`;
  const offset = `WHEN regexp_full_match(${text}, '${CALENDAR}${CLOCK}${OFFSET}') AND ${shifted} BETWEEN 0 AND ${LAST_DATETIME} THEN ${shifted}`;
  return `CASE ${plain} ${offset} END`;
}

/** DuckDB reads the microseconds; the seventh digit, which the eighth rounds (not past the last datetime), is added. */
function ticksOfText(text: string): string {
  const digit = (place: number): string =>
    `coalesce(TRY_CAST(substr(${text}, instr(${text}, '.') + ${place}, 1) AS INTEGER), 0)`;
  const rest = `CASE WHEN instr(${text}, '.') = 0 THEN 0 ELSE ${digit(7)} + (${digit(8)} >= 5 AND NOT starts_with(${text}, '9999'))::INTEGER END`;
  return `epoch_us(TRY_CAST(rtrim(upper(${text}), 'Z') AS TIMESTAMP)) * 10 + ${UNIX_EPOCH} + ${rest}`;
}

/** `[-][days.]hh:mm[:ss[.fffffff]]`, as KQL prints it. */
function timespanFromText(text: string): string {
  const pattern = '(-?)(?:([0-9]{1,8})[.])?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.]([0-9]{1,7}))?)?';
  const part = (group: number): string =>
    `coalesce(TRY_CAST(nullif(regexp_extract(${text}, '^${pattern}$', ${group}), '') AS BIGINT), 0)`;
  const fraction = `rpad(regexp_extract(${text}, '^${pattern}$', 6), 7, '0')::BIGINT`;
  const ticks = `(((${part(2)} * 24 + ${part(3)}) * 60 + ${part(4)}) * 60 + ${part(5)}) * 10000000 + ${fraction}`;
  const signed = `CASE WHEN starts_with(${text}, '-') THEN -1 ELSE 1 END * (${ticks})`;
  return checked(text, pattern, `CASE WHEN ${part(3)} < 24 AND ${part(4)} < 60 AND ${part(5)} < 60 THEN ${signed} END`);
}

function checked(text: string, pattern: string, converted: string): string {
  return `CASE WHEN regexp_full_match(${text}, '${pattern}') THEN ${converted} END`;
}

/** Brackets within brackets, no deeper than a dynamic value may be. */
const SHALLOW = Array.from({ length: MAX_DEPTH }).reduce<string>((inner) => `(?:\\[${inner}\\])*`, '');

/** SQL of whether JSON nests deeper than a dynamic value may. Few texts are long enough to be looked at. */
function isTooDeep(json: string): string {
  const brackets = `translate(regexp_replace(${json}, '${STRINGS}|[^][{}]+', '', 'g'), '{}', '[]')`;
  return `(length(${json}) > ${2 * MAX_DEPTH} AND NOT regexp_full_match(${brackets}, ${quote(SHALLOW)}))`;
}

const STRINGS = '(?s:"(?:[^"\\\\]|\\\\.)*")';

/** DuckDB takes NaN and the infinities for JSON numbers, and passes over a comma before a bracket; JSON has neither. */
function isStrict(text: string): string {
  const comma = ',[ \\t\\r\\n]*[]}]';
  const last = `(regexp_matches(${text}, '${comma}') AND regexp_matches(regexp_replace(${text}, '${STRINGS}', '""', 'g'), '${comma}'))`;
  return `(${isFiniteJson(text)} AND NOT ${last})`;
}

function isFiniteJson(text: string): string {
  const token = '[][{}:,0-9+.eE \\t\\r\\n-]|true|false|null|"([^"\\\\]|\\\\.)*"';
  return `(NOT regexp_matches(${text}, '(?i)nan|inf') OR regexp_full_match(${text}, '(?s:${token})*'))`;
}

function noNull(json: string): string {
  return `nullif(${json}::VARCHAR, 'null')`;
}
