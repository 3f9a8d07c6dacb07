import { countWhere } from '../../aggregates/count.js';
import { aggregates } from '../../aggregates/index.js';
import type { AggregateFunction } from '../../functions/registry.js';
import { aggregate, aggregateCall, keep, project, ref } from '../../plan/make.js';
import type { AggregateItem, Item } from '../../plan/plan.js';
import { isNode, present, typeOf } from '../../syntax.js';
import { converted } from '../build.js';
import { callArguments } from '../declared.js';
import { NeedsSchema } from '../schemas.js';
import type { Plugin } from './plugin.js';

/** Turns the values of a column into columns, each holding an aggregate of the rows with that value. */
export const pivot: Plugin = {
  name: 'pivot',
  bind(binder, call) {
    const [pivotNode, aggregateNode, ...groupNodes] = call.positional;
    const by = binder.expression(pivotNode ?? null, call.scope);
    if (by.kind !== 'column') return binder.refuse(call.node, 'unsupported-argument', 'pivot() takes a column first.');
    const aggregateCallNode = isNode(aggregateNode ?? null, 'FunctionCallExpression')
      ? (aggregateNode as Kusto.Language.Syntax.FunctionCallExpression)
      : null;
    const name = aggregateCallNode ? (present(aggregateCallNode.Name).SimpleName ?? '') : 'count';
    const fn = aggregates.get(name);
    if (!fn)
      return binder.refuse(
        aggregateNode ?? call.node,
        'unsupported-aggregate',
        `The aggregate '${name}()' is not supported in pivot().`,
      );
    const args = aggregateCallNode
      ? callArguments(aggregateCallNode).map((arg) => binder.expression(arg, call.scope))
      : [];
    const type = (aggregateCallNode ? typeOf(aggregateCallNode.ResultType) : null) ?? args[0]?.type ?? 'long';
    const used = new Set([by.column.id, ...args.flatMap((arg) => (arg.kind === 'column' ? [arg.column.id] : []))]);
    const groups = groupNodes.map((node) => {
      const expr = binder.expression(node, call.scope);
      return expr.kind === 'column'
        ? expr.column
        : binder.refuse(node, 'unsupported-argument', 'pivot() groups by columns only.');
    });
    const kept = groups.length > 0 ? groups : call.input.columns.filter((column) => !used.has(column.id));
    const value = converted(ref(by.column), 'string');
    if (call.schema === null) {
      const column = binder.columns.make('value', 'string');
      const probe = aggregate(call.input, [{ column, expr: value }], []);
      const { start, length } = binder.span(call.node);
      throw new NeedsSchema(start + length, probe, (found) => [
        ...kept.map((column) => ({ name: column.name, type: column.type })),
        ...[...found].sort().map((found) => ({ name: found, type })),
      ]);
    }
    const keys = kept.map((column): Item => ({ column: binder.columns.like(column), expr: ref(column) }));
    const rest = call.schema.filter((column) => !kept.some((own) => own.name === column.name));
    const cells = rest.map(
      (column): AggregateItem =>
        aggregateCall(binder.columns.make(column.name, type), where(fn, column.name, args.length), [...args, value]),
    );
    const grouped = aggregate(call.input, keys, cells);
    const items = call.schema.map((column): Item => {
      const made = present(grouped.columns.find((candidate) => candidate.name === column.name));
      return made.type === column.type
        ? keep(made)
        : { column: binder.column(column), expr: converted(ref(made), column.type) };
    });
    return project(grouped, items);
  },
};

/** An aggregate over the rows of a group whose last argument is a given text. */
function where(fn: AggregateFunction, text: string, count: number): AggregateFunction {
  return {
    name: fn.name,
    emit: (args, type, order, context) => {
      const condition = `${args[count]?.sql} = ${context.literal(text, 'string')}`;
      if (fn.name === 'count') return countWhere([condition]);
      const guarded = args
        .slice(0, count)
        .map((arg) => ({ ...arg, constant: undefined, sql: `CASE WHEN ${condition} THEN ${arg.sql} END` }));
      return fn.emit(guarded, type, order, context);
    },
  };
}
