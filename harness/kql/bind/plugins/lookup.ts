/** What the lookup plugins share: rows of the input beside those rows of a table for which a condition holds. */
import { join, ref } from '../../plan/make.js';
import type { Column, Expr, Item, Join, Plan } from '../../plan/plan.js';
import type { Binder } from '../binder.js';
import { orNone } from '../build.js';
import type { PluginCall } from './plugin.js';

/**
 * The join of a lookup.
 *
 * @param shown the columns of both sides in the order of the output, which names them
 * @param unmatched whether rows without a match stay, with nulls
 */
export function lookupJoin(
  binder: Binder,
  call: PluginCall,
  table: Plan,
  shown: readonly Column[],
  where: Expr,
  unmatched: boolean,
  on: Join['on'] = [],
): Plan {
  const items = shown.map((from, i): Item => {
    const name = call.output[i]?.name ?? from.name;
    const lacks = unmatched && table.columns.includes(from);
    return { column: binder.columns.make(name, from.type), expr: lacks ? orNone(ref(from)) : ref(from) };
  });
  const kind = unmatched ? 'left' : 'inner';
  return join({ join: kind, left: call.input, right: table, on, where, unique: false, items });
}
