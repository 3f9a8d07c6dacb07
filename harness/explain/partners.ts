import type { Value } from '../kql/functions/registry.js';
import type { Item, Plan, Span } from '../kql/plan/plan.js';
import { mapExpr } from '../kql/plan/rewrite.js';
import { plansIn } from '../trace/expressions.js';
import type { Count } from './rows.js';

/** What the other side of a join holds, of which an event met no row. */
export interface Other {
  /** The tables that it reads. */
  readonly tables: readonly string[];
  /** All its rows. */
  readonly rows: number;
  /** For each key how many of them have it. */
  readonly keys: readonly { readonly name: string; readonly rows: number }[];
  /** The condition that kept rows with all keys out of it, and how many. */
  readonly keptOut?: { readonly span: Span | undefined; readonly rows: number };
}

/**
 * Why no row of the other side of a join has the keys of an event: how many rows there are, how many have each key, and
 * where on their way those dropped out that have them all.
 */
export async function otherSide(
  side: Plan,
  keys: readonly Item[],
  wanted: readonly Value[],
  count: Count,
): Promise<Other> {
  const rows = await count(side, [], []);
  const each: Other['keys'][number][] = [];
  for (const [i, key] of keys.entries()) {
    each.push({ name: key.column.name, rows: await count(side, [key], [wanted[i] ?? null]) });
  }
  const keptOut = await whereKeptOut(side, keys, wanted, count);
  const tables = plansIn(side).flatMap((plan) => (plan.kind === 'table' ? [plan.table] : []));
  return { tables: [...new Set(tables)], rows, keys: each, ...(keptOut !== undefined && { keptOut }) };
}

/** Goes down the conditions of a side to the first that rows with the keys reach and do not pass. */
async function whereKeptOut(
  side: Plan,
  keys: readonly Item[],
  wanted: readonly Value[],
  count: Count,
): Promise<Other['keptOut']> {
  let node = side;
  let sought = keys;
  for (;;) {
    if (node.kind === 'project') {
      const { items } = node;
      const below = sought.map(({ column, expr }): Item => {
        const meant = mapExpr(expr, (part) => {
          if (part.kind !== 'column') return part;
          return items.find((item) => item.column.id === part.column.id)?.expr ?? part;
        });
        return { column, expr: meant };
      });
      sought = below;
    } else if (node.kind === 'filter') {
      const found = await count(node.input, sought, wanted);
      if (found > 0) return { span: node.predicate.span, rows: found };
    } else if (node.kind !== 'sort') {
      return undefined;
    }
    node = node.input;
  }
}
