import { keptOr } from '../engine/cache.js';
import { type Engine, ruleTime, settle } from '../engine/index.js';
import { type Compiled, type CompileOptions, compile } from '../kql/index.js';
import { identifier } from '../kql/sql/literal.js';
import type { Catalog } from '../tables/catalog.js';

/** Whatever runs SQL of ours and gives each row by column name. */
export interface Database {
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** A world that rules can be run in: tables of events under a clock. */
export interface World extends Database {
  /** @throws KqlError when the text does not parse, bind or translate */
  compile(text: string): Compiled;
  /** The rule with the columns that the events of the world tell. */
  settle(compiled: Compiled): Promise<Compiled>;
  /** Runs a rule into a temporary table with `c0…`, `_row` and `_lineage`; gives the number of rows. */
  materialize(compiled: Compiled, table: string, now: bigint): Promise<number>;
  /** The column that says when an event happened. */
  readonly timeColumn: string;
  /** First and last instant of the played time, in ticks; the last is not part of it. */
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * A rule compiled so that each alert tells the events behind it. Columns that only the data tells are not there until
 * the rule is settled.
 *
 * @throws KqlError for a rule that cannot be compiled
 */
export function compileTraced(text: string, catalog: Catalog): Compiled {
  const identity = ['built-in', catalog.environment, 'traced', [...(catalog.sources ?? [])]];
  return keptOr(text, identity, () => compile(text, { ...traced(catalog), columnsOfData: 'none' }));
}

/** How rules under test are compiled. */
export function traced(catalog: Catalog): CompileOptions {
  return { names: catalog, lineage: true };
}

/** The world that an engine holds. */
export function worldOf(engine: Engine, catalog: Catalog, start: bigint, end: bigint): World {
  return {
    query: async (sql) => (await engine.connection.runAndReadAll(sql)).getRowObjects(),
    compile: (text) => compileTraced(text, catalog),
    settle: (compiled) => settle(engine, compiled, traced(catalog), { now: end, ...ruleTime() }),
    materialize: (compiled, table, now) => engine.materialize(compiled, table, { now, ...ruleTime() }),
    timeColumn: catalog.timeColumn,
    start,
    end,
  };
}

/** Some of a world's events, set apart: the table that holds them, by the name of the table they are of. */
export type Kept = ReadonlyMap<string, string>;

/** What a rule sees of a world. */
export interface View {
  /** The only events that are there; all when absent. */
  readonly kept?: Kept | undefined;
  /** Ticks; events at or after `to` have not happened yet. */
  readonly from?: bigint;
  readonly to?: bigint;
}

/**
 * SQL name of the table that holds the events of a table. A temporary object of the same name goes before the world's
 * own, and DuckDB gives the temporary database a schema `main` as well, so that only the database's name tells them apart.
 */
export async function sourceOf(world: Database, table: string, kept?: Kept): Promise<string> {
  const held = kept?.get(table);
  if (held !== undefined) return `temp.main.${identifier(held)}`;
  const [row] = await world.query('SELECT current_database() AS name');
  return `${identifier(String(row?.['name']))}.main.${identifier(table)}`;
}

/** Sets apart the events of some ids, under a name that nothing else uses. */
export async function keepEvents(world: World, tables: readonly string[], ids: string, name: string): Promise<Kept> {
  const kept = new Map<string, string>();
  for (const table of tables) {
    const held = `_kept_${name}_${table}`;
    const source = await sourceOf(world, table);
    await world.query(
      `CREATE OR REPLACE TEMP TABLE ${identifier(held)} AS SELECT * FROM ${source} WHERE _id IN (${ids})`,
    );
    kept.set(table, held);
  }
  return kept;
}

/** Runs `body` while the given tables show no more than the view lets through. */
export async function seeing<T>(
  world: World,
  tables: readonly string[],
  view: View,
  body: () => Promise<T>,
): Promise<T> {
  const conditions = [
    ...(view.from === undefined ? [] : [`${identifier(world.timeColumn)} >= ${view.from}`]),
    ...(view.to === undefined ? [] : [`${identifier(world.timeColumn)} < ${view.to}`]),
  ];
  if (conditions.length === 0 && view.kept === undefined) return await body();
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  for (const table of tables) {
    const source = await sourceOf(world, table, view.kept);
    await world.query(`CREATE OR REPLACE TEMP VIEW ${identifier(table)} AS SELECT * FROM ${source}${where}`);
  }
  try {
    return await body();
  } finally {
    for (const table of tables) await world.query(`DROP VIEW IF EXISTS temp.${identifier(table)}`);
  }
}
