import type { Engine, RunOptions } from '../engine/index.js';
import { type CompileOptions, print } from '../kql/index.js';
import { native, project } from '../kql/plan/make.js';
import type { Expr, Item, Plan } from '../kql/plan/plan.js';
import { bits, setBit, type Truth } from './bits.js';
import { traceColumn } from './columns.js';

/** Rows that all leaves treat alike are one. */
export interface Vectors {
  readonly size: number;
  /** How many rows each stands for. */
  readonly counts: readonly number[];
  /** An event of each; 0 where the rows come from none. */
  readonly samples: readonly bigint[];
  /** The label that its rows share, where labels were asked for. */
  readonly labels: readonly (string | undefined)[];
  /** What each leaf says of each. */
  readonly leaves: readonly Truth[];
}

/** Leaves of one word: two bits each in a number that JavaScript shifts exactly. */
const PER_WORD = 15;

/**
 * What tests say of the rows of a plan, in one scan: each row becomes a vector of truth values, and equal vectors are
 * counted. However many events there are, conditions over these tests are then decided on a few vectors.
 *
 * @param labels SQL with the columns `id` and `label` that labels events; a row has the label of its first event
 * @throws KqlError when a test cannot be evaluated
 */
export async function vectorsOf(
  engine: Engine,
  plan: Plan,
  leaves: readonly Expr[],
  options: CompileOptions,
  run: RunOptions,
  labels?: string,
): Promise<Vectors> {
  const words = wordsOf(leaves);
  const compiled = print(
    { plan: { ...project(plan, words), order: [] }, diagnostics: [] },
    { ...options, lineage: true },
  );
  const columns = words.map((_, i) => `c${i}`);
  const event = compiled.lineage === 'none' ? '0::BIGINT' : '_lineage[1]';
  const labelled = labels !== undefined && compiled.lineage !== 'none';
  const rows = `SELECT ${[...columns, `${event} AS id`].join(', ')} FROM (${compiled.sql})`;
  const source = labelled ? `(${rows}) AS row LEFT JOIN (${labels}) AS truth USING (id)` : `(${rows})`;
  const label = labelled ? `coalesce(label, '')` : "''";
  const sql = `SELECT ${[...columns, `${label} AS label`, 'count(*) AS n', 'coalesce(min(id), 0) AS id'].join(', ')}
    FROM ${source} GROUP BY ${[...columns, 'label'].join(', ')} ORDER BY ${[...columns, 'label'].join(', ')}`;
  const long = (name: string) => ({ name, type: 'long' as const });
  const answer = await engine.run(
    {
      ...compiled,
      sql,
      lineage: 'none',
      columns: [...columns.map(long), { name: 'label', type: 'string' }, long('n'), long('id')],
    },
    run,
  );
  const size = answer.rows.length;
  const width = columns.length;
  return {
    size,
    counts: answer.rows.map((row) => Number(row[width + 1])),
    samples: answer.rows.map((row) => row[width + 2] as bigint),
    labels: answer.rows.map((row) => (row[width] === '' ? undefined : String(row[width]))),
    leaves: leaves.map((_, leaf) => {
      const truth: Truth = { yes: bits(size), no: bits(size) };
      const shift = 2 * (leaf % PER_WORD);
      for (const [index, row] of answer.rows.entries()) {
        const value = (Number(row[Math.floor(leaf / PER_WORD)]) >>> shift) & 3;
        if (value < 2) setBit(value === 1 ? truth.yes : truth.no, index);
      }
      return truth;
    }),
  };
}

/** Leaves packed into whole numbers: of each 0 for false, 1 for true, 2 for null. */
function wordsOf(leaves: readonly Expr[]): Item[] {
  const words: Item[] = [];
  for (let from = 0; from < leaves.length; from += PER_WORD) {
    const args = leaves.slice(from, from + PER_WORD);
    const expr = native(
      'long',
      args,
      (parts) => `(${parts.map(({ sql }, i) => `(coalesce(${sql}::BIGINT, 2) << ${2 * i})`).join(' + ')})`,
    );
    words.push({ column: traceColumn(words.length, 'word', 'long'), expr });
  }
  return words;
}
