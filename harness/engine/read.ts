import { DuckDBDecimalValue, type DuckDBListValue, type DuckDBResult, type DuckDBValue } from '@duckdb/node-api';
import { Refusal } from '../kql/errors.js';
import type { Value } from '../kql/functions/registry.js';
import type { Compiled } from '../kql/index.js';
import type { Bound, KqlType } from '../kql/types.js';
import { parseDynamic } from '../kql/values/dynamic.js';
import type { Answer } from './answer.js';
import type { Watch } from './watch.js';

/** Bytes of a place in a row, of a value beside its text, and by how much a dynamic value is larger as a tree; roughly. */
const PLACE = 8;
const CELL = 24;
const TREE = 8;

/** The first character that is no control character, and how many a control character becomes: `\u0001`. */
const FIRST_PRINTED = 0x20;
const CONTROL = 6;

/**
 * Reads the rows of a query as they come, so that no more is held than the answer.
 *
 * @throws Error with a refusal where the answer is larger than the bound
 */
export async function readAnswer(
  compiled: Compiled,
  result: DuckDBResult,
  bound: Bound,
  watch: Watch,
): Promise<Answer> {
  const { columns } = compiled;
  const rows: Value[][] = [];
  const lineage: bigint[][] | undefined = compiled.lineage === 'none' ? undefined : [];
  let size = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (let i = 0; i < chunk.rowCount; i++) {
      watch.check();
      const row = chunk.getRowValues(i);
      const ids = lineage && (row[columns.length] as DuckDBListValue).items;
      size += PLACE * row.length + CELL * (2 + (ids?.length ?? 0));
      rows.push(
        columns.map(({ type }, c) => {
          const raw = row[c] ?? null;
          size += sizeOf(raw, type);
          if (size > bound.most) throw tooLarge(rows.length, bound);
          return cell(raw, type);
        }),
      );
      if (ids) lineage.push(ids.map((id) => id as bigint));
    }
  }
  return { columns, rows, ...(lineage && { lineage }) };
}

/** Nothing, the empty text and the truth values are the same ones everywhere. */
function sizeOf(raw: DuckDBValue, type: KqlType): number {
  if (raw === null || raw === '' || typeof raw === 'boolean') return 0;
  if (typeof raw !== 'string') return CELL;
  return CELL + (type === 'dynamic' ? raw.length * TREE : writtenLength(raw));
}

/** Characters of a text as JSON writes it, which is how an answer leaves: six for a control character. */
function writtenLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < FIRST_PRINTED) length += CONTROL - 1;
  return length;
}

function tooLarge(rows: number, { raise }: Bound): Refusal {
  const message = `The answer is too large to be held: ${rows.toLocaleString('en-US')} of its rows fill what there is for it.`;
  return new Refusal(
    'resource-limit',
    `${message} Ask for fewer rows, as by | take 1000, or for less of each. ${raise}`,
  );
}

function cell(value: DuckDBValue, type: KqlType): Value {
  if (value === null || value === undefined) return type === 'string' ? '' : null;
  switch (type) {
    case 'int':
      return BigInt(value as number);
    case 'decimal':
      return value instanceof DuckDBDecimalValue ? value.toString() : String(value);
    case 'dynamic': {
      const parsed = parseDynamic(value as string, true);
      if (parsed === undefined) throw new Error(`A dynamic value is not JSON: ${(value as string).slice(0, 80)}`);
      return parsed;
    }
    default:
      return value as Value;
  }
}
