import { fromText } from './convert.js';

/** Which comes first where a file writes a date in digits. */
export const DATE_ORDERS = ['month-first', 'day-first'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** 1970-01-01T00:00:00Z in ticks of 100 ns since 0001-01-01. */
const UNIX_EPOCH = '621355968000000000';

const CLOCK = '([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,7}))?)?(?: ?([AaPp])[.]? ?[Mm][.]?)?';
const CLOCK_PARTS = ['hour', 'minute', 'second', 'fraction', 'half'];

const DIGITS = `([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}),? ${CLOCK}`;
const YEAR_FIRST = `([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2}),? ${CLOCK}`;
const MONTH_NAME = `([A-Za-z]{3})[a-z]*[.]? ([0-9]{1,2}), ([0-9]{4}),?(?: at)? ${CLOCK}`;
const DAY_MONTH_NAME = `([0-9]{1,2}) ([A-Za-z]{3})[a-z]*[.]? ([0-9]{4}),?(?: at)? ${CLOCK}`;

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/**
 * SQL of a time as portals and spreadsheets write it for people, as ticks: ISO 8601, the year or the name of the month
 * first, or digits in the given order; 12 hours with AM or PM, or 24. NULL for anything else.
 */
export function localTimeFromText(text: string, order: DateOrder | undefined): string {
  const plain = plainSpaces(text);
  const digits = order === 'day-first' ? ['day', 'month', 'year'] : ['month', 'day', 'year'];
  const forms = [
    ...(order === undefined ? [] : [ticks(plain, DIGITS, digits, false)]),
    ticks(plain, YEAR_FIRST, ['year', 'month', 'day'], false),
    ticks(plain, MONTH_NAME, ['month', 'day', 'year'], true),
    ticks(plain, DAY_MONTH_NAME, ['day', 'month', 'year'], true),
  ];
  return `coalesce(${[fromText(text, 'datetime'), ...forms].join(', ')})`;
}

/** SQL of whether a text is a time, yet not as ISO 8601 has it. */
export function isLocalTime(text: string): string {
  const plain = plainSpaces(text);
  const forms = [DIGITS, YEAR_FIRST, MONTH_NAME, DAY_MONTH_NAME].join('|');
  return `(regexp_full_match(${plain}, '(?:${forms})') AND ${fromText(text, 'datetime')} IS NULL)`;
}

/** SQL aggregates that tell the order of one column's digits; `orderFrom` reads them. */
export function orderEvidence(text: string): string[] {
  const plain = plainSpaces(text);
  const isDigits = `regexp_full_match(${plain}, '${DIGITS}')`;
  const part = (group: number): string => `TRY_CAST(regexp_extract(${plain}, '^${DIGITS}$', ${group}) AS INTEGER)`;
  const only = `FILTER (${isDigits})`;
  return [
    `max(${part(1)}) ${only}`,
    `max(${part(2)}) ${only}`,
    // English puts the month first in the United States alone, and only there it writes AM and PM in capitals.
    `coalesce(bool_and(regexp_matches(${text}, '/') AND regexp_matches(${text}, '[AP]M$')) ${only}, false)`,
    `any_value(${text}) ${only}`,
  ];
}

export type Order = DateOrder | 'none' | 'either' | 'both';

/** The order that the values of a column show: of one without such values `none`, of contradicting ones `both`. */
export function orderFrom([first, second, capitals]: readonly unknown[]): Order {
  if (first === null || first === undefined) return 'none';
  const dayFirst = Number(first) > 12;
  const monthFirst = Number(second) > 12;
  if (dayFirst && monthFirst) return 'both';
  if (dayFirst) return 'day-first';
  return monthFirst || capitals === true ? 'month-first' : 'either';
}

/** Narrow and no-break spaces, which newer formatters put before AM and PM, as plain ones. */
function plainSpaces(text: string): string {
  return `translate(${text}, '\u202f\u00a0', '  ')`;
}

function ticks(text: string, pattern: string, names: readonly string[], named: boolean): string {
  const list = [...names, ...CLOCK_PARTS].map((name) => `'${name}'`).join(', ');
  const parts = `regexp_extract(${text}, '^${pattern}$', [${list}])`;
  const of = (name: string): string => `(${parts}).${name}`;
  const number = (name: string): string => `TRY_CAST(${of(name)} AS INTEGER)`;
  const place = `instr('${MONTHS}', lower(${of('month')}))`;
  const month = named ? `CASE WHEN ${place} % 3 = 1 THEN (${place} + 2) // 3 END` : number('month');
  const half = `lower(${of('half')})`;
  const hour = `CASE WHEN ${half} = '' THEN ${number('hour')} WHEN ${number('hour')} BETWEEN 1 AND 12 THEN ${number('hour')} % 12 + CASE ${half} WHEN 'p' THEN 12 ELSE 0 END END`;
  const second = `coalesce(${number('second')}, 0)`;
  const instant = `TRY_CAST(printf('%04d-%02d-%02d %02d:%02d:%02d', ${number('year')}, ${month}, ${number('day')}, ${hour}, ${number('minute')}, ${second}) AS TIMESTAMP)`;
  const fraction = `TRY_CAST(rpad(${of('fraction')}, 7, '0') AS BIGINT)`;
  return `CASE WHEN regexp_full_match(${text}, '${pattern}') THEN epoch_us(${instant}) * 10 + ${UNIX_EPOCH} + ${fraction} END`;
}
