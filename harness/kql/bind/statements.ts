/// <reference types="@kusto/language-service-next" />
import type { Expr, Plan } from '../plan/plan.js';
import { type Expression, elements, isNode, kindOf, type Nodes, present } from '../syntax.js';
import type { Binder } from './binder.js';
import { isTabular } from './build.js';
import { bindGraph, isGraph } from './graph/graph.js';
import type { Graph } from './graph/shape.js';
import { declarePattern } from './patterns.js';
import { Names, optionName, outside, type Scope } from './scope.js';

type Statements = Kusto.Language.Syntax.SyntaxList$1<
  Kusto.Language.Syntax.SeparatedElement$1<Kusto.Language.Syntax.Statement>
> | null;

/** Binds statements and gives the plan of the last expression among them. */
export function bindStatements(binder: Binder, list: Statements, scope: Scope): Plan {
  const last = declare(binder, list, scope);
  if (last === null) {
    throw binder.refuse(
      present(list),
      'unsupported-statement',
      'The text declares names but asks for nothing: end it with a query.',
    );
  }
  return binder.tabular(last, scope);
}

type DeclareStatement = (binder: Binder, statement: Kusto.Language.Syntax.Statement, scope: Scope) => void;

/** Every statement that Assay runs besides the query itself, by the parser's class for it. What is not here is refused. */
export const statements: ReadonlyMap<string, { readonly name: string; readonly declare: DeclareStatement }> = new Map([
  statement('let', 'LetStatement', (binder, node, scope) =>
    scope.names.add(present(node.Name).SimpleName ?? '', bindLet(binder, present(node.Expression), scope)),
  ),
  statement('declare query_parameters', 'QueryParametersStatement', (binder, node, scope) => {
    for (const parameter of elements(node.Parameters)) {
      const name = present(present(parameter.NameAndType).Name).SimpleName ?? '';
      const value = parameter.DefaultValue?.Value ?? null;
      if (value === null) binder.refuse(parameter, 'missing-source', `The query parameter '${name}' has no value.`);
      const expr = binder.expression(value, scope);
      scope.names.add(name, { kind: 'scalar', expr: () => expr });
    }
  }),
  statement('declare pattern', 'PatternStatement', (binder, node, scope) =>
    declarePattern(binder, node, scope, (body) =>
      tabularUses(binder, () => {
        const { scope: inner, result } = bodyScope(binder, body, new Names(scope.names), scope);
        return binder.tabular(result, inner);
      }),
    ),
  ),
  statement('set', 'SetOptionStatement', setOption),
]);

function statement<K extends 'LetStatement' | 'QueryParametersStatement' | 'PatternStatement' | 'SetOptionStatement'>(
  name: string,
  kind: K,
  declare: (binder: Binder, node: Nodes[K], scope: Scope) => void,
): readonly [string, { readonly name: string; readonly declare: DeclareStatement }] {
  return [kind, { name, declare: (binder, node, scope) => declare(binder, node as Nodes[K], scope) }];
}

/** Options tell the cloud how to run a query, not what it means, but for a few. */
function setOption(binder: Binder, node: Nodes['SetOptionStatement'], scope: Scope): void {
  const name = node.Name?.SimpleName ?? '';
  if (name === 'query_take_max_records')
    binder.refuse(node, 'unsupported-statement', `The option '${name}' is not supported: write take.`);
  const value = node.ValueClause?.Expression ?? null;
  if (!MEANINGFUL.has(name) || value === null) return;
  const expr = binder.expression(value, scope);
  scope.names.add(optionName(name), { kind: 'scalar', expr: () => expr });
}

const MEANINGFUL: ReadonlySet<string> = new Set(['query_bin_auto_at', 'query_bin_auto_size', 'query_now']);

/** Adds what statements declare to the scope; gives the last expression statement, if there is one. */
export function declare(binder: Binder, list: Statements, scope: Scope): Expression | null {
  let last: Expression | null = null;
  for (const node of elements(list)) {
    if (isNode(node, 'ExpressionStatement')) {
      last = node.Expression;
      continue;
    }
    const found = statements.get(kindOf(node));
    if (!found && kindOf(node) !== 'EmptyStatement') {
      const word = node.GetFirstToken()?.Text ?? kindOf(node);
      binder.refuse(node, 'unsupported-statement', `The statement '${word}' is not supported.`);
    }
    found?.declare(binder, node, scope);
  }
  return last;
}

function bindLet(binder: Binder, expression: Expression, scope: Scope): ReturnType<Names['find']> & object {
  if (isNode(expression, 'FunctionDeclaration')) {
    const plain = elements(expression.Parameters?.Parameters ?? null).length === 0;
    const view = expression.ViewKeyword?.Text && plain ? expression.Body : null;
    return { kind: 'function', names: scope.names, ...(view ? { view } : {}) };
  }
  if (isGraph(expression)) {
    let made: Graph | undefined;
    return {
      kind: 'graph',
      graph: () => {
        made ??= bindGraph(binder, expression, scope);
        return made;
      },
    };
  }
  if (isTabular(expression)) {
    return { kind: 'table', plan: tabularUses(binder, () => binder.tabular(expression, scope)) };
  }
  let bound: Expr | undefined;
  return {
    kind: 'scalar',
    expr: () => {
      bound ??= binder.expression(expression, scope);
      return bound;
    },
  };
}

/**
 * Uses of a named table: what is cheap to run again (rows read and filtered) is planned for each use, so that each can
 * narrow it; anything else is run once and shared.
 */
export function tabularUses(binder: Binder, bind: () => Plan): () => Plan {
  let shared: ReturnType<Binder['share']> | undefined;
  return () => {
    if (shared) return binder.reuse(shared);
    const plan = bind();
    if (plan.kind !== 'reference' && isCheap(plan)) return plan;
    shared = plan.kind === 'reference' ? plan.shared : binder.share(plan);
    return binder.reuse(shared);
  };
}

function isCheap(plan: Plan): boolean {
  switch (plan.kind) {
    case 'table':
    case 'outside':
    case 'reference':
      return true;
    case 'values':
      return plan.rows.length * plan.columns.length <= 64;
    case 'filter':
    case 'project':
      return isCheap(plan.input);
    default:
      return false;
  }
}

/**
 * The body of a called function. The parser has bound it anew for this call, so its types are those of the arguments.
 *
 * @param names what the function sees besides its own: its arguments, then the names where it was declared
 */
export function bodyScope(
  binder: Binder,
  body: Kusto.Language.Syntax.FunctionBody,
  names: Names,
  row: Scope,
): { readonly scope: Scope; readonly result: Expression } {
  const scope: Scope = row.inRow ? { ...row, names } : outside(names);
  declare(binder, body.Statements, scope);
  return { scope, result: present(body.Expression) };
}
