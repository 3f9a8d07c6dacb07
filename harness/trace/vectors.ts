import type { Engine, RunOptions } from '../engine/index.js';
import { type CompileOptions, print } from '../kql/index.js';
import { keep, project } from '../kql/plan/make.js';
import type { Expr, Plan } from '../kql/plan/plan.js';
import { bits, setBit, type Truth } from './bits.js';
import { type Dictionary, dictionaryOf } from './dictionary.js';
import { columnsIn } from './row-rule.js';
import { leafIn, wordsOf } from './words.js';

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

/** From so many leaves over the same columns on, each different value of those columns is looked at once. */
const MANY = 8;

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
  const groups = groupsOf(leaves);
  const dictionaries: Dictionary[] = [];
  for (const group of groups.filter(({ length }) => length >= MANY))
    dictionaries.push(await dictionaryOf(engine, plan, group, leaves, dictionaries.length, options, run));
  const direct = groups.filter(({ length }) => length < MANY).flat();

  const words = wordsOf(direct.map((leaf) => leaves[leaf] as Expr));
  const keys = [
    ...new Map(dictionaries.flatMap(({ columns }) => columns).map((column) => [column.id, column])).values(),
  ];
  const scanned = { ...project(plan, [...words, ...keys.map(keep)]), order: [] };
  const compiled = print({ plan: scanned, diagnostics: [] }, { ...options, lineage: true });
  const key = (id: number): string => `event.c${words.length + keys.findIndex((column) => column.id === id)}`;
  const joins = dictionaries.map(({ table, columns }) => {
    const on = columns.map(({ id }, i) => `${key(id)} IS NOT DISTINCT FROM ${table}.c${i}`).join(' AND ');
    return `JOIN ${table} ON ${on}`;
  });
  const event = compiled.lineage === 'none' ? '0::BIGINT' : '_lineage[1]';
  const labelled = labels !== undefined && compiled.lineage !== 'none';
  const shown = [...words.map((_, i) => `event.c${i}`), ...dictionaries.map(({ table }) => `${table}.class`)];
  const parts = shown.map((_, i) => `v${i}`);
  const label = labelled ? `coalesce(truth.label, '')` : "''";
  const truth = labelled ? `LEFT JOIN (${labels}) AS truth ON truth.id = event.id` : '';
  const sql = `SELECT ${[...parts, 'label', 'count(*) AS n', 'coalesce(min(id), 0) AS id'].join(', ')} FROM (
      SELECT ${[...shown.map((part, i) => `${part} AS v${i}`), `${label} AS label`, 'event.id'].join(', ')}
      FROM (SELECT *, ${event} AS id FROM (${compiled.sql})) AS event ${joins.join(' ')} ${truth})
    GROUP BY ${[...parts, 'label'].join(', ')} ORDER BY ${[...parts, 'label'].join(', ')}`;
  const long = (name: string) => ({ name, type: 'long' as const });
  const { rows } = await engine.run(
    {
      ...compiled,
      sql,
      lineage: 'none',
      columns: [...parts.map(long), { name: 'label', type: 'string' }, long('n'), long('id')],
    },
    run,
  );

  const size = rows.length;
  const width = parts.length;
  const truths: Truth[] = leaves.map(() => ({ yes: bits(size), no: bits(size) }));
  const set = (leaf: number, index: number, value: boolean | null): void => {
    const of = truths[leaf];
    if (of !== undefined && value !== null) setBit(value ? of.yes : of.no, index);
  };
  for (const [index, row] of rows.entries()) {
    for (const [place, leaf] of direct.entries()) set(leaf, index, leafIn(row, place));
    for (const [i, { leaves: own, classes }] of dictionaries.entries()) {
      const found = classes.get(Number(row[words.length + i])) ?? [];
      for (const [place, leaf] of own.entries()) set(leaf, index, leafIn(found, place));
    }
  }
  return {
    size,
    counts: rows.map((row) => Number(row[width + 1])),
    samples: rows.map((row) => row[width + 2] as bigint),
    labels: rows.map((row) => (row[width] === '' ? undefined : String(row[width]))),
    leaves: truths,
  };
}

/** Leaves, by their places, that read the same columns. */
function groupsOf(leaves: readonly Expr[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [leaf, expr] of leaves.entries()) {
    const ids = columnsIn([expr]).map(({ id }) => id);
    const key = ids.sort((a, b) => a - b).join();
    groups.set(key, [...(groups.get(key) ?? []), leaf]);
  }
  return [...groups.values()];
}
