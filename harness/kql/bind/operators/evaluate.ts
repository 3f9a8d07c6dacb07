/// <reference types="@kusto/language-service-next" />
import { closest } from '../../closest.js';
import { andWhy } from '../../reasons.js';
import { columnsOf, type Expression, elements, isNode, present, typeOf } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import { callArguments } from '../declared.js';
import { plugins } from '../plugins/index.js';
import { withRow } from '../scope.js';
import { type Operator, operator } from './operator.js';

export const evaluateOperators: readonly Operator[] = [
  operator('evaluate', 'EvaluateOperator', (binder, node, input, scope) => {
    const call = present(node.FunctionCall);
    const name = present(call.Name).SimpleName ?? '';
    const plugin = plugins.get(name);
    if (!plugin) {
      const near = closest(name, plugins.keys());
      return binder.refuse(call, 'unsupported-plugin', `The plugin '${name}()' is not supported${andWhy(name)}.`, near);
    }
    const positional: Expression[] = [];
    const named = new Map<string, Expression>();
    for (const argument of callArguments(call)) {
      if (isNode(argument, 'SimpleNamedExpression'))
        named.set(present(argument.Name).SimpleName ?? '', present(argument.Expression));
      else positional.push(argument);
    }
    return plugin.bind(binder, {
      node: call,
      input,
      scope: withRow(scope, input.columns),
      positional,
      named,
      schema: writtenSchema(node.Schema, input.columns),
      output: columnsOf(node.ResultType),
    });
  }),
];

/** The schema behind a call; its star stands for the columns of the input. */
function writtenSchema(
  clause: Kusto.Language.Syntax.EvaluateSchemaClause | null,
  input: readonly NamedType[],
): NamedType[] | null {
  if (!clause?.Schema) return null;
  const written = elements(clause.Schema.Columns).map((declaration) => {
    const symbol = declaration.Name?.ReferencedSymbol as Kusto.Language.Symbols.ColumnSymbol | null;
    return { name: declaration.Name?.SimpleName ?? '', type: typeOf(symbol?.Type ?? null) ?? ('dynamic' as const) };
  });
  const star = clause.Schema.AsteriskToken?.Text === '*';
  return star ? [...input.map(({ name, type }) => ({ name, type })), ...written] : written;
}
