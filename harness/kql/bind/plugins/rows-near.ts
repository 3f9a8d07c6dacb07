import { filter, keep, project, ref } from '../../plan/make.js';
import type { Item } from '../../plan/plan.js';
import { converted } from '../build.js';
import { serialized } from '../windows.js';
import type { Plugin } from './plugin.js';

/** The rows for which a condition holds, with so many rows before and after each. */
export const rowsNear: Plugin = {
  name: 'rows_near',
  bind(binder, call) {
    const condition = binder.expression(call.positional[0] ?? null, call.scope);
    const before = binder.expression(call.positional[1] ?? null, call.scope);
    const after = call.positional[2] ? binder.expression(call.positional[2], call.scope) : before;
    const distances = [before, after].map((expr) => {
      if (expr.kind !== 'literal' || typeof expr.value !== 'bigint')
        return binder.refuse(call.node, 'unsupported-argument', 'rows_near() takes constant numbers of rows.');
      return expr.value;
    });
    const near = binder.columns.make('near', 'bool');
    const item: Item = {
      column: near,
      expr: {
        kind: 'window',
        type: 'bool',
        args: [converted(condition, 'bool')],
        partition: [],
        running: false,
        emit: ([holds], over) =>
          `bool_or(coalesce(${holds?.sql}, false)) ${over.slice(0, -1)} ROWS BETWEEN ${distances[1]} PRECEDING AND ${distances[0]} FOLLOWING)`,
      },
    };
    const input = serialized(binder, call.input);
    const marked = project(input, [...call.input.columns.map(keep), item]);
    return project(filter(marked, ref(near)), call.input.columns.map(keep));
  },
};
