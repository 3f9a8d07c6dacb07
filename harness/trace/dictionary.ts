import type { Engine, RunOptions } from '../engine/index.js';
import { type CompileOptions, print } from '../kql/index.js';
import { aggregate, keep, project } from '../kql/plan/make.js';
import type { Column, Expr, Plan } from '../kql/plan/plan.js';
import { columnsIn } from './row-rule.js';
import { wordsOf } from './words.js';

/** What leaves that read the same columns say of each different value of those columns. */
export interface Dictionary {
  /** A temporary table: the values as `c0`, `c1`, …, and as `class` what the leaves make of them. */
  readonly table: string;
  readonly columns: readonly Column[];
  /** The leaves, by their places among all. */
  readonly leaves: readonly number[];
  /** What the leaves say, in words, by class. */
  readonly classes: ReadonlyMap<number, readonly unknown[]>;
}

/**
 * Asks leaves about each different value of their columns in the rows of a plan: a million events hold few names.
 *
 * @param place tells the dictionaries of one scan apart
 */
export async function dictionaryOf(
  engine: Engine,
  plan: Plan,
  own: readonly number[],
  leaves: readonly Expr[],
  place: number,
  options: CompileOptions,
  run: RunOptions,
): Promise<Dictionary> {
  const exprs = own.map((leaf) => leaves[leaf] as Expr);
  const columns = columnsIn(exprs);
  const values = aggregate(project(plan, columns.map(keep)), columns.map(keep), []);
  const words = wordsOf(exprs);
  const compiled = print(
    { plan: project(values, [...columns.map(keep), ...words]), diagnostics: [] },
    { ...options, lineage: false },
  );
  const [asked, table] = [`_asked_${place}`, `_dictionary_${place}`];
  await engine.materialize(compiled, asked, run);
  const said = words.map((_, i) => `c${columns.length + i}`).join(', ');
  const named = columns.map((_, i) => `c${i}`).join(', ');
  await engine.query(
    `CREATE OR REPLACE TEMP TABLE ${table} AS
     SELECT ${named}, dense_rank() OVER (ORDER BY ${said}) AS class, ${said} FROM ${asked}`,
  );
  const classes = await engine.query(`SELECT DISTINCT class, ${said} FROM ${table}`);
  await engine.query(`DROP TABLE ${asked}`);
  return { table, columns, leaves: own, classes: new Map(classes.map(([id, ...of]) => [Number(id), of])) };
}
