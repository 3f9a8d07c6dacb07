/// <reference types="@kusto/language-service-next" />
import { KqlError } from '../../errors.js';
import { literal, ref, union } from '../../plan/make.js';
import type { Column, Expr, Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, items, kindOf, type Node, present } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import { columnNamed, NOTHING } from '../build.js';
import { parameter, rawParameter } from '../parameters.js';
import type { Scope } from '../scope.js';
import { namedTable } from '../tables.js';
import { type Operator, operator } from './operator.js';

export const unionOperators: readonly Operator[] = [
  operator('union', 'UnionOperator', (binder, node, input, scope) => {
    const fuzzy = parameter(node.Parameters, 'isfuzzy') === 'true';
    const written = elements(node.Expressions).flatMap((expression) =>
      fuzzy ? knownMembers(binder, expression, scope) : members(binder, expression, scope),
    );
    const inputs =
      input === NOTHING
        ? written
        : [
            {
              name: namedByAs(isNode(node.Parent, 'PipeExpression') ? node.Parent.Expression : null) ?? 'union_arg0',
              plan: input,
            },
            ...written,
          ];
    const named = inputs.map(({ name, plan }, i) => ({ name: name ?? `union_arg${i}`, plan }));
    const source = rawParameter(node.Parameters, 'withsource') ?? rawParameter(node.Parameters, 'with_source');
    const columns = columnsOf(node.ResultType).map((column) => binder.column(column));
    refuseClash(
      binder,
      node,
      columns.filter((column) => column.name !== source),
      named,
    );
    return union(
      columns,
      named.map(({ name, plan }) => ({ plan, exprs: columns.map((column) => valueFor(column, plan, source, name)) })),
    );
  }),
];

export interface Member {
  readonly name?: string;
  readonly plan: Plan;
}

/**
 * The tables that one expression of a union names: a pattern names all that match it. What `withsource` calls them are
 * the names of tables and views and those given by `as`; anything else, a `let` of rows too, goes by its place.
 */
export function members(binder: Binder, node: Expression, scope: Scope): Member[] {
  if (isNode(node, 'ParenthesizedExpression')) return members(binder, present(node.Expression), scope);
  if (!isNode(node, 'NameReference')) {
    const name = namedByAs(node);
    return [{ ...(name ? { name } : {}), plan: binder.tabular(node, scope) }];
  }
  const symbol = node.ReferencedSymbol;
  if (symbol !== null && kindOf(symbol) === 'GroupSymbol') {
    return items((symbol as Kusto.Language.Symbols.GroupSymbol).Members).map((member) => {
      const name = present(member).Name ?? '';
      return { name, plan: namedTable(binder, node, scope, name) };
    });
  }
  const name = node.SimpleName ?? '';
  const declared = scope.names.find(name);
  const goesByName = declared === undefined || declared.kind === 'function';
  return [{ ...(goesByName ? { name } : {}), plan: binder.tabular(node, scope) }];
}

/** With `isfuzzy` a member whose table does not exist is left out. */
function knownMembers(binder: Binder, node: Expression, scope: Scope): Member[] {
  try {
    return members(binder, node, scope);
  } catch (error) {
    if (error instanceof KqlError && error.diagnostics[0]?.code === 'unknown-table') return [];
    throw error;
  }
}

function namedByAs(node: Expression | null): string | undefined {
  if (!isNode(node, 'PipeExpression') || !isNode(node.Operator, 'AsOperator')) return undefined;
  return node.Operator.Name?.SimpleName ?? undefined;
}

/** What a member of the union gives for an output column; a name that two types share has the type behind it. */
export function valueFor(column: Column, plan: Plan, source: string | undefined, name: string): Expr {
  if (column.name === source) return literal(name, 'string');
  const same = sameColumn(column, plan);
  return same ? ref(same) : literal(null, column.type);
}

/** A column that gets a name of its own because its name has two types may meet one that has that name already. */
function refuseClash(binder: Binder, node: Node, columns: readonly Column[], inputs: readonly Member[]): void {
  const clashes = ({ name, type }: Column): boolean => {
    const taken = inputs.flatMap(({ plan }) => sameColumn({ name, type }, plan)?.name ?? []);
    if (taken.length > 0) return taken.includes(name) && taken.some((other) => other !== name);
    // One that nobody gives and that ends in a number stands for a column whose name was taken.
    const base = name.replace(/\d+$/, '');
    return base !== name && inputs.some(({ plan }) => columnNamed(plan.columns, base)?.type === type);
  };
  const clash = columns.find(clashes);
  if (clash === undefined) return;
  const message = `The union renames columns, for their types differ, and one then has the name of another ('${clash.name}').`;
  binder.refuse(node, 'unsupported-argument', message, 'Rename one of them before the union.');
}

/** The column of a member of the union that an output column stands for. */
function sameColumn(column: NamedType, plan: Plan): Column | undefined {
  const same = columnNamed(plan.columns, column.name);
  if (same && same.type === column.type) return same;
  const suffix = `_${column.type}`;
  if (!column.name.endsWith(suffix)) return undefined;
  const base = columnNamed(plan.columns, column.name.slice(0, -suffix.length));
  return base && base.type === column.type ? base : undefined;
}
