import type { Value } from '../kql/functions/registry.js';
import type { KqlType, NamedType } from '../kql/types.js';
import { formatDatetime } from '../kql/values/datetime.js';
import { type Dynamic, printDynamic } from '../kql/values/dynamic.js';
import { formatTimespan } from '../kql/values/timespan.js';

/** What a query gives. Cells are KQL values: ticks for datetime and timespan, trees for dynamic. */
export interface Answer {
  readonly columns: readonly NamedType[];
  readonly rows: readonly (readonly Value[])[];
  /** For each row the ids of the events that it came from, where lineage was asked for. */
  readonly lineage?: readonly (readonly bigint[])[];
}

/**
 * A cell as JSON text: integers exact to 64 bits, reals as numbers or `"NaN"`, `"Infinity"`, `"-Infinity"`, decimals as
 * strings, datetimes as `YYYY-MM-DDTHH:MM:SS.fffffffZ`, timespans as `[-][d.]hh:mm:ss[.fffffff]`.
 */
export function cellJson(value: Value, type: KqlType): string {
  if (value === null) return type === 'string' ? '""' : 'null';
  switch (type) {
    case 'int':
    case 'long':
      return String(value);
    case 'real':
      return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
    case 'datetime':
      return JSON.stringify(formatDatetime(value as bigint));
    case 'timespan':
      return JSON.stringify(formatTimespan(value as bigint));
    case 'dynamic':
      return printDynamic(value as Dynamic);
    default:
      return JSON.stringify(value);
  }
}

/** An answer as one line of JSON: `{"columns":[{"name","type"}],"rows":[[…]]}`, with further members in front. */
export function answerJson(answer: Answer, members: Readonly<Record<string, unknown>> = {}): string {
  const head = Object.entries(members).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`);
  const rows = answer.rows.map(
    (row) => `[${row.map((cell, i) => cellJson(cell, answer.columns[i]?.type ?? 'dynamic')).join(',')}]`,
  );
  return `{${head.join('')}"columns":${JSON.stringify(answer.columns)},"rows":[${rows.join(',')}]}`;
}

/** A cell as a person reads it in a table. */
export function cellText(value: Value, type: KqlType): string {
  if (value === null) return '';
  const json = cellJson(value, type);
  return json.startsWith('"') && type !== 'dynamic' ? (JSON.parse(json) as string) : json;
}
