import type { Events, Row } from '../detection/tests-schema.js';
import { type CompileOptions, print } from '../kql/index.js';
import type { Plan } from '../kql/plan/plan.js';
import type { Database } from '../measure/world.js';
import { eventRows } from '../mutate/event-rows.js';
import type { Catalog } from '../tables/catalog.js';
import { plansIn } from '../trace/expressions.js';
import type { PlacedEvent } from './event.js';

/** Most events that are set apart with one. */
export const MOST_RELATED = 200;
/** How many of them where there are more: every change is tried among all of them. */
const SOME_RELATED = 12;

/** Events that are set apart, and whether there are more that belong to them. */
export interface Related {
  readonly events: Events;
  readonly some: boolean;
}

/**
 * An event of a workload and those that belong to it: the events of the groups that it fell into, and those that it met
 * at joins. It is the first of its table. Where they are more than can be set apart, it is some of them, from each join
 * and group.
 *
 * @throws KqlError when they cannot be found
 */
export async function relatedEvents(event: PlacedEvent, plan: Plan, catalog: Catalog): Promise<Related> {
  const lists: bigint[][] = [];
  for (const node of plansIn(plan))
    if (node.kind === 'aggregate' || node.kind === 'join') lists.push(await idsWith(event, node, { names: catalog }));
  const all = new Set(lists.flat());
  const some = all.size > MOST_RELATED;
  const ids = some ? inTurn(lists, SOME_RELATED) : all;
  ids.delete(event.id);
  const { connection } = event.engine;
  const database: Database = { query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjects() };
  const events: Record<string, Row[]> = { [event.table]: [event.fields] };
  if (ids.size === 0) return { events, some };
  for (const table of new Set(plansIn(plan).flatMap((node) => (node.kind === 'table' ? [node.table] : [])))) {
    const all = new Set((catalog.tables.get(table) ?? []).map(({ name }) => name));
    const rows = await eventRows(database, table, [...ids], all, catalog);
    if (rows.length > 0) events[table] = [...(events[table] ?? []), ...rows];
  }
  return { events, some };
}

/** So many ids, one of each list after the other. */
function inTurn(lists: readonly (readonly bigint[])[], most: number): Set<bigint> {
  const ids = new Set<bigint>();
  const longest = Math.max(...lists.map(({ length }) => length));
  for (let place = 0; place < longest; place++) {
    for (const list of lists) {
      const id = list[place];
      if (id !== undefined && ids.size < most) ids.add(id);
    }
  }
  return ids;
}

/** Ids of the events that rows of a plan came from which came from the event too; some more than are wanted at most. */
async function idsWith({ engine, run, id }: PlacedEvent, plan: Plan, options: CompileOptions): Promise<bigint[]> {
  const compiled = print({ plan, diagnostics: [] }, { ...options, lineage: true });
  if (compiled.lineage === 'none') return [];
  const sql = `SELECT DISTINCT unnest(_lineage) AS c0 FROM (${compiled.sql})
    WHERE list_contains(_lineage, ${id}) LIMIT ${MOST_RELATED + 2}`;
  const { rows } = await engine.run(
    { ...compiled, sql, columns: [{ name: 'id', type: 'long' }], lineage: 'none' },
    run,
  );
  return rows.map(([found]) => BigInt(String(found)));
}
