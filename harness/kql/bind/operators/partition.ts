/// <reference types="@kusto/language-service-next" />
/** `partition`: a query over each part of the rows. */
import { aggregate, apply, filter, keep, native, project, ref, sort } from '../../plan/make.js';
import type { Column, Expr, Plan } from '../../plan/plan.js';
import { type Expression, isNode, kindOf, present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { type Scope, withRow } from '../scope.js';
import { type Operator, operator } from './operator.js';

export const partitionOperators: readonly Operator[] = [
  operator('partition', 'PartitionOperator', (binder, node, input, scope) => {
    if (node.Scope) binder.refuse(node.Scope, 'unsupported-argument', "The clause 'in' of partition is not supported.");
    const operand = present(node.Operand);
    if (!isNode(operand, 'PartitionSubquery')) {
      return binder.refuse(
        operand,
        'unsupported-argument',
        'partition takes a query in parentheses.',
        'partition by key ( … )',
      );
    }
    const body = present(operand.Subquery);
    const key = binder.columns.make('key', 'string');
    const expr = binder.expression(node.ByExpression, withRow(scope, input.columns));
    const keyed = { ...key, type: expr.type };
    const rows = project(input, [...input.columns.map(keep), { column: keyed, expr }]);
    const visible: Plan = { ...rows, columns: input.columns };
    return scans(body) ? together(binder, body, visible, keyed, scope) : apart(binder, body, rows, scope);
  }),
];

/** Operators that treat each row by itself, so that parts of the rows need no telling apart. */
const BY_ROW: ReadonlySet<string> = new Set([
  'SortOperator',
  'FilterOperator',
  'ExtendOperator',
  'ProjectOperator',
  'ProjectAwayOperator',
  'ProjectKeepOperator',
  'ProjectRenameOperator',
  'ProjectReorderOperator',
]);

/** Whether the body is a `scan` among operators that treat each row by itself: a scan keeps its parts apart on its own. */
function scans(body: Expression): boolean {
  const steps = stepsOf(body);
  return (
    steps.some((step) => isNode(step, 'ScanOperator')) &&
    steps.every((step) => isNode(step, 'ScanOperator') || BY_ROW.has(kindOf(step)))
  );
}

function stepsOf(body: Expression): Expression[] {
  if (isNode(body, 'ParenthesizedExpression')) return stepsOf(present(body.Expression));
  return isNode(body, 'PipeExpression') ? [...stepsOf(present(body.Expression)), present(body.Operator)] : [body];
}

/** One pass over all the rows, ordered by their part first. */
function together(binder: Binder, body: Expression, rows: Plan, key: Column, scope: Scope): Plan {
  const ordered = sort(rows, [{ column: key, descending: false, nullsFirst: true }]);
  return binder.body(body, ordered, { ...scope, partition: [key] });
}

/** The body for each key, over the rows that have it. */
function apart(binder: Binder, body: Expression, rows: Plan, scope: Scope): Plan {
  const shared = binder.share(rows);
  const all = binder.reuse(shared);
  const found = present(all.columns.at(-1));
  const key = binder.columns.like(found);
  const keys = aggregate(all, [{ column: key, expr: ref(found) }], []);
  const part = binder.reuse(shared);
  const own = present(part.columns.at(-1));
  const same: Expr = native('bool', [ref(own), ref(key)], ([a, b]) => `${a?.sql} IS NOT DISTINCT FROM ${b?.sql}`);
  const members = filter(part, same);
  const result = binder.body(
    body,
    { ...members, columns: members.columns.slice(0, -1) },
    { ...scope, row: [], inRow: true },
  );
  return project(apply(keys, result, false, true), result.columns.map(keep));
}
