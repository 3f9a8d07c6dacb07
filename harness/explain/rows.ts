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
): Promise<TracedRow[]> {
  const asked = { ...project(plan, items), order: [] };
  const compiled = print({ plan: asked, diagnostics: [] }, { ...options, lineage: true });
  if (compiled.lineage === 'none') return [];
  const cells = compiled.columns.map((_, i) => `c${i}`);
  const sql = `SELECT ${[...cells, 'len(_lineage)'].join(', ')} FROM (${compiled.sql})
    WHERE list_contains(_lineage, ${event.id}) LIMIT ${MOST_ROWS}`;
  const columns = [...compiled.columns, { name: 'events', type: 'long' as const }];
  const { rows } = await event.engine.run({ ...compiled, sql, columns, lineage: 'none' }, event.run);
  return rows.map((row) => ({ cells: row.slice(0, -1), events: Number(row.at(-1)) }));
}

/** How many rows of a plan hold given values. */
export async function countWith(
  event: PlacedEvent,
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
  const [row] = (await event.engine.run({ ...compiled, sql, columns }, event.run)).rows;
  return Number(row?.[0] ?? 0);
}

/** What keeps the ids of wanted values from those of the columns that they are held against. */
const WANTED = 10_000_000;

/** An item that passes a column on under an id of its own. */
export function shown(column: Column): Item {
  return { column: { ...column, id: column.id + WANTED }, expr: { kind: 'column', column, type: column.type } };
}
