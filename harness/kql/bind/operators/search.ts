/// <reference types="@kusto/language-service-next" />
/** `search` and `find`: rows of several tables by terms that may stand in any column. */
import { embed } from '../../functions/conversion.js';
import { scalarOperators } from '../../functions/index.js';
import { bagOf } from '../../functions/pack.js';
import { escapeRegex } from '../../functions/parse-text.js';
import type { Arg } from '../../functions/registry.js';
import { filter, keep, literal, native, project, ref, union } from '../../plan/make.js';
import type { Column, Expr, Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, present } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import { columnNamed, converted, NOTHING, operation, operatorName } from '../build.js';
import { callArguments } from '../declared.js';
import { parameter, rawParameter } from '../parameters.js';
import { type Scope, withRow } from '../scope.js';
import { namedTable } from '../tables.js';
import { type Operator, operator } from './operator.js';
import { type Member, members, valueFor } from './union.js';

/** The column that tells the table of a row: `search` always gives it. */
const TABLE = '$table';

export const searchOperators: readonly Operator[] = [
  operator('search', 'SearchOperator', (binder, node, input, scope) => {
    const sensitive = parameter(node.Parameters, 'kind') === 'case_sensitive';
    const searched = found(binder, node, input, scope, 'search_arg', sensitive);
    const columns = columnsOf(node.ResultType).map((column) => binder.column(column));
    const inputs = searched.map(({ name, plan }) => ({
      plan,
      exprs: columns.map((column) => valueFor(column, plan, TABLE, name)),
    }));
    return union(columns, inputs);
  }),
  operator('find', 'FindOperator', (binder, node, input, scope) => {
    if (input !== NOTHING)
      return binder.refuse(node, 'unsupported-operator', 'find cannot take the rows of a query; write search.');
    if (node.ProjectAway)
      binder.refuse(node.ProjectAway, 'unsupported-argument', 'project-away of find is not supported; write project.');
    const searched = found(binder, node, input, scope, 'find_arg', false);
    const source = rawParameter(node.Parameters, 'withsource') ?? 'source_';
    const columns = columnsOf(node.ResultType).map((column) => binder.column(column));
    const inputs = searched.map(({ name, plan, own }) => {
      const rest = own.filter((column) => !columnNamed(columns, column.name));
      return { plan, exprs: columns.map((column) => foundValue(column, own, rest, source, name)) };
    });
    return union(columns, inputs);
  }),
];

interface Searched {
  readonly name: string;
  /** Rows of the table that the condition holds for. */
  readonly plan: Plan;
  /** Columns that the table has. */
  readonly own: readonly Column[];
}

type Searching = Kusto.Language.Syntax.SearchOperator | Kusto.Language.Syntax.FindOperator;

function found(
  binder: Binder,
  node: Searching,
  input: Plan,
  scope: Scope,
  prefix: string,
  sensitive: boolean,
): Searched[] {
  const tables = searchedTables(binder, node, input, scope).map(({ name, plan }, i) => ({
    name: name ?? `${prefix}${i}`,
    plan,
  }));
  const known = new Map<string, NamedType>();
  for (const { plan } of tables)
    for (const column of plan.columns) if (!known.has(column.name)) known.set(column.name, column);
  return tables.map(({ name, plan }) => {
    const own = plan.columns;
    const missing = [...known.values()]
      .filter((column) => !columnNamed(own, column.name))
      .map((column) => binder.column(column));
    const wide =
      missing.length === 0
        ? plan
        : project(plan, [...own.map(keep), ...missing.map((column) => ({ column, expr: literal(null, column.type) }))]);
    const condition = new Condition(binder, own, withRow(scope, wide.columns), sensitive).bind(present(node.Condition));
    return { name, own, plan: { ...filter(wide, condition), columns: own } };
  });
}

function searchedTables(binder: Binder, node: Searching, input: Plan, scope: Scope): readonly Member[] {
  if (input !== NOTHING) {
    const before = isNode(node.Parent, 'PipeExpression') ? node.Parent.Expression : null;
    const named = isNode(before, 'NameReference') ? members(binder, before, scope)[0]?.name : undefined;
    return [{ ...(named ? { name: named } : {}), plan: input }];
  }
  if (node.InClause)
    return elements(node.InClause.Expressions).flatMap((expression) => members(binder, expression, scope));
  const tables = [...binder.sources.names.tables.keys()];
  const views = scope.names.views();
  if (tables.length > 0 && views.length > 0)
    binder.refuse(
      node,
      'unsupported-argument',
      'Which columns a search gives over all tables and the views of the query is not documented: name what is searched.',
      `in (${views.join(', ')})`,
    );
  return [...tables, ...views].map((name) => ({ name, plan: namedTable(binder, node, scope, name) }));
}

/** String operators that a case-sensitive search tightens. */
const LOOSE: ReadonlySet<string> = new Set(['has', 'contains', 'startswith', 'endswith', 'hasprefix', 'hassuffix']);

/** A condition in which a text stands for the search for it. */
class Condition {
  constructor(
    private readonly binder: Binder,
    private readonly columns: readonly Column[],
    private readonly scope: Scope,
    private readonly sensitive: boolean,
  ) {}

  bind(node: Expression): Expr {
    if (isNode(node, 'ParenthesizedExpression')) return this.bind(present(node.Expression));
    if (isNode(node, 'StarExpression')) return literal(true, 'bool');
    if (isNode(node, 'LiteralExpression') || isNode(node, 'CompoundStringLiteralExpression'))
      return this.term(
        node,
        this.columns.map((column) => ref(column)),
      );
    if (isNode(node, 'FunctionCallExpression') && node.Name?.SimpleName === 'not') {
      const of = this.bind(present(callArguments(node)[0]));
      return native('bool', [of], ([x]) => `NOT ${x?.sql}`);
    }
    if (!isNode(node, 'BinaryExpression')) return this.binder.expression(node, this.scope);
    const name = operatorName(node.Operator);
    const left = present(node.Left);
    const right = present(node.Right);
    if (name === 'and' || name === 'or') {
      return native(
        'bool',
        [this.bind(left), this.bind(right)],
        ([a, b]) => `(${a?.sql} ${name.toUpperCase()} ${b?.sql})`,
      );
    }
    const places = isNode(left, 'StarExpression')
      ? this.columns.map((column) => ref(column))
      : [this.binder.expression(left, this.scope)];
    if (name === ':') return this.term(right, places);
    const strict = this.sensitive && LOOSE.has(name) ? `${name}_cs` : name;
    if (!isNode(left, 'StarExpression'))
      return strict === name
        ? this.binder.expression(node, this.scope)
        : operation(this.binder, node, strict, [...places, this.binder.expression(right, this.scope)]);
    const value = this.binder.expression(right, this.scope);
    return anyOf(places.map((place) => applied(strict, text(place), value)));
  }

  /** A term with its wildcards: `web`, `web*`, `*web`, `*web*`, `w*b`. Other values than strings are looked for as text. */
  private term(node: Expression, places: readonly Expr[]): Expr {
    const value: unknown = node.ConstantValue ?? node.LiteralValue;
    if (value === null || value === undefined)
      this.binder.refuse(node, 'unsupported-argument', 'What is searched for must be a constant.');
    const word = String(value);
    const inside = word.replace(/^\*|\*$/g, '');
    if (inside === '') return literal(true, 'bool');
    if (inside.includes('*')) {
      const pattern = `${this.sensitive ? '' : '(?i)'}\\b${word.split('*').map(escapeRegex).join('.*')}\\b`;
      return anyOf(places.map((place) => applied('matches regex', text(place), literal(pattern, 'string'))));
    }
    const open = word.startsWith('*') && word.length > 1;
    const close = word.endsWith('*') && word.length > 1;
    const name = open ? (close ? 'contains' : 'hassuffix') : close ? 'hasprefix' : 'has';
    return anyOf(
      places.map((place) => applied(this.sensitive ? `${name}_cs` : name, text(place), literal(inside, 'string'))),
    );
  }
}

function text(expr: Expr): Expr {
  return converted(expr, 'string');
}

function applied(name: string, ...args: readonly Expr[]): Expr {
  return { kind: 'call', fn: present(scalarOperators.get(name)), args, type: 'bool' };
}

function anyOf(exprs: readonly Expr[]): Expr {
  return native('bool', exprs, (args) =>
    args.length === 0 ? 'false' : `(${args.map((arg) => arg.sql).join(' OR ')})`,
  );
}

/** What `find` gives for a column: the table's own, converted where the output asks for another type; `pack_` holds the rest. */
function foundValue(
  column: Column,
  own: readonly Column[],
  rest: readonly Column[],
  source: string,
  name: string,
): Expr {
  if (column.name === source) return literal(name, 'string');
  const same = columnNamed(own, column.name);
  if (same) {
    if (column.type !== 'dynamic' || same.type === 'dynamic') return converted(ref(same), column.type);
    return native('dynamic', [ref(same)], ([of], context) => embed(of as Arg, context));
  }
  if (column.name !== 'pack_') return literal(null, column.type);
  return native(
    'dynamic',
    rest.map((item) => ref(item)),
    (args, context) =>
      bagOf(
        rest.map((item, i) => ({ key: item.name, value: args[i] as Arg })),
        context,
        true,
      ),
  );
}
