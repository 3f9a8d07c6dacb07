import type { Value } from '../kql/functions/registry.js';
import { type CompileOptions, print } from '../kql/index.js';
import { project } from '../kql/plan/make.js';
import type { Column, Item, Plan } from '../kql/plan/plan.js';
import type { PlacedEvent } from './event.js';

/** A row that came from an event. */
export interface TracedRow {
  readonly cells: readonly Value[];
  /** How many events it came from. */
  readonly events: number;
}

/** Finds the rows of a plan that came from the event that is explained, and what items are in them. */
export type Look = (plan: Plan, items: readonly Item[]) => Promise<readonly TracedRow[]>;

/** Most rows made of one event that are looked at. */
const MOST_ROWS = 1_000;

/**
 * What items are in the rows of a plan that came from an event.
 *
 * @throws KqlError when they cannot be evaluated
 */
export async function rowsWith(
  event: PlacedEvent,
  plan: Plan,
  items: readonly Item[],
  options: CompileOptions,
): Promise<readonly TracedRow[]> {
  return (await rowsWithEach(event, [event.id], plan, items, options)).get(event.id) ?? [];
}

/**
 * As `rowsWith`, of many events at once.
 *
 * @returns by the id of the event; one that no row came from is left out
 */
export async function rowsWithEach(
  { engine, run }: Pick<PlacedEvent, 'engine' | 'run'>,
  ids: readonly bigint[],
  plan: Plan,
  items: readonly Item[],
  options: CompileOptions,
): Promise<ReadonlyMap<bigint, readonly TracedRow[]>> {
  const asked = { ...project(plan, items), order: [] };
  const compiled = print({ plan: asked, diagnostics: [] }, { ...options, lineage: true });
  const found = new Map<bigint, TracedRow[]>();
  if (compiled.lineage === 'none' || ids.length === 0) return found;
  const cells = compiled.columns.map((_, i) => `c${i}`);
  const all = [...cells, 'events', 'id'].join(', ');
  const sql = `SELECT ${all} FROM (
      SELECT ${[...cells, 'len(ids) AS events', 'unnest(ids) AS id'].join(', ')}
      FROM (SELECT *, list_distinct(_lineage) AS ids FROM (${compiled.sql})))
    WHERE id IN (${ids.join(', ')}) QUALIFY row_number() OVER (PARTITION BY id) <= ${MOST_ROWS}`;
  const columns = [...compiled.columns, ...['events', 'id'].map((name) => ({ name, type: 'long' as const }))];
  const { rows } = await engine.run({ ...compiled, sql, columns, lineage: 'none' }, run);
  for (const row of rows) {
    const [events, id] = [Number(row.at(-2)), BigInt(String(row.at(-1)))];
    const traced = { cells: row.slice(0, -2), events };
    const own = found.get(id);
    if (own === undefined) found.set(id, [traced]);
    else own.push(traced);
  }
  return found;
}

/** Finds how many rows of a plan hold given values. */
export type Count = (plan: Plan, items: readonly Item[], wanted: readonly Value[]) => Promise<number>;

/** How many rows of a plan hold given values. */
export async function countWith(
  { engine, run }: PlacedEvent,
  plan: Plan,
  items: readonly Item[],
  wanted: readonly Value[],
  options: CompileOptions,
): Promise<number> {
  const literals: Item[] = items.map(({ column }, i) => ({
    column: { ...column, id: column.id + WANTED },
    expr: { kind: 'literal', value: wanted[i] ?? null, type: column.type },
  }));
  const asked = { ...project(plan, [...items, ...literals]), order: [] };
  const compiled = print({ plan: asked, diagnostics: [] }, { ...options, lineage: false });
  const same = items.map((_, i) => `c${i} IS NOT DISTINCT FROM c${items.length + i}`).join(' AND ');
  const sql = `SELECT count(*) AS c0 FROM (${compiled.sql}) WHERE ${same === '' ? 'true' : same}`;
  const columns = [{ name: 'count', type: 'long' as const }];
  const [row] = (await engine.run({ ...compiled, sql, columns }, run)).rows;
  return Number(row?.[0] ?? 0);
}

/** How many rows of a plan hold each combination of values that there is, by `valuesKey`. */
export async function countEach(
  { engine, run }: Pick<PlacedEvent, 'engine' | 'run'>,
  plan: Plan,
  items: readonly Item[],
  options: CompileOptions,
): Promise<ReadonlyMap<string, number>> {
  const asked = { ...project(plan, items), order: [] };
  const compiled = print({ plan: asked, diagnostics: [] }, { ...options, lineage: false });
  const cells = compiled.columns.map((_, i) => `c${i}`).join(', ');
  const sql = `SELECT ${cells}, count(*) AS n FROM (${compiled.sql}) GROUP BY ${cells}`;
  const columns = [...compiled.columns, { name: 'n', type: 'long' as const }];
  const { rows } = await engine.run({ ...compiled, sql, columns }, run);
  return new Map(rows.map((row) => [valuesKey(row.slice(0, -1)), Number(row.at(-1))]));
}

/** Values as a text that only the same values give. */
export function valuesKey(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => (typeof value === 'object' ? value : [typeof value, String(value)])));
}

/** What keeps the ids of wanted values from those of the columns that they are held against. */
const WANTED = 10_000_000;

/** An item that passes a column on under an id of its own. */
export function shown(column: Column): Item {
  return { column: { ...column, id: column.id + WANTED }, expr: { kind: 'column', column, type: column.type } };
}
