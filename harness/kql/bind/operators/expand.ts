/// <reference types="@kusto/language-service-next" />
/** `mv-expand`: a row for each item of an array or bag. */
import { itemsOfMember } from '../../functions/json.js';
import { expand, keep, literal, native, project, ref } from '../../plan/make.js';
import type { Column, Expr, Item, Native, Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, present, resultName } from '../../syntax.js';
import type { KqlType } from '../../types.js';
import type { Binder } from '../binder.js';
import { converted, typeNamed } from '../build.js';
import { parameter, rawParameter } from '../parameters.js';
import { type Scope, withRow } from '../scope.js';
import { type Operator, operator } from './operator.js';

/** How many rows the old spelling `mvexpand` makes of one, unless told. */
const OLD_LIMIT = 128;

export const expandOperators: readonly Operator[] = [
  operator('mv-expand', 'MvExpandOperator', (binder, node, input, scope) => {
    const old = present(node.MvExpandKeyword).Text === 'mvexpand';
    const most = rowLimit(binder, node.RowLimitClause, scope) ?? (old ? OLD_LIMIT : undefined);
    const kind = parameter(node.Parameters, 'kind') ?? parameter(node.Parameters, 'bagexpansion') ?? 'bag';
    const source = expansion(binder, elements(node.Expressions), input, scope, kind === 'array', most);
    const index = rawParameter(node.Parameters, 'with_itemindex');
    const byName = new Map(source.items.map((item) => [item.column.name, item]));
    const output = columnsOf(node.ResultType);
    const kept = input.columns.filter((column) => !byName.has(column.name));
    const place = binder.columns.make(index ?? 'place', 'long');
    const rows = expand(source.input, kept, source.lists, place, index !== undefined);
    const items = output.map(({ name }): Item => {
      const made = byName.get(name);
      if (made) return made;
      const column = kept.find((candidate) => candidate.name === name);
      return column ? keep(column) : { column: binder.columns.make(name, 'long'), expr: ref(place) };
    });
    return project(rows, items);
  }),
];

type Clause = Kusto.Language.Syntax.MvExpandExpression | Kusto.Language.Syntax.MvApplyExpression;

/** What is needed to expand rows: the rows with what is to be expanded, the lists, and the columns made of their items. */
export interface Expansion {
  readonly input: Plan;
  readonly lists: readonly { readonly column: Column; readonly list: Native }[];
  readonly items: readonly Item[];
}

/** @param most most rows that one row becomes */
export function expansion(
  binder: Binder,
  clauses: readonly Clause[],
  input: Plan,
  scope: Scope,
  bagsAsPairs: boolean,
  most: Expr | number | undefined,
): Expansion {
  const row = withRow(scope, input.columns);
  const staged: Item[] = [];
  const rests: Item[] = [];
  const stage = (items: Item[], expr: Expr): Expr => {
    const column = binder.columns.make('expanded', 'dynamic');
    items.push({ column, expr });
    return ref(column);
  };
  const parts = clauses.map((clause, i) => {
    const written = present(clause.Expression);
    const expr = binder.expression(isNode(written, 'SimpleNamedExpression') ? written.Expression : written, row);
    const value = converted(expr, 'dynamic');
    const type = clause.ToTypeOf ? typeNamed(binder, present(clause.ToTypeOf.TypeOf)) : 'dynamic';
    const raw = binder.columns.make('item', 'dynamic');
    const column = binder.columns.make(nameOf(written) ?? `Column${i + 1}`, type);
    const member = memberOfColumn(value, input);
    const plain = member && plainItems(member, type === 'string');
    if (plain) {
      const items = stage(staged, plain);
      const rest = stage(rests, unlessPlain(items, member));
      const list = limited(itemsOrRest(items, rest, bagsAsPairs, type === 'string'), most);
      return {
        list: { column: raw, list },
        item: { column, expr: type === 'string' ? textOf(raw) : itemAs(ref(raw), type) },
      };
    }
    const list = limited(itemsOf(value.kind === 'column' ? value : stage(staged, value), bagsAsPairs), most);
    return { list: { column: raw, list }, item: { column, expr: itemAs(ref(raw), type) } };
  });
  const stages = [staged, rests].filter((items) => items.length > 0);
  return {
    input: stages.reduce((plan, items) => project(plan, [...plan.columns.map(keep), ...items]), input),
    lists: parts.map((part) => part.list),
    items: parts.map((part) => part.item),
  };
}

export function rowLimit(
  binder: Binder,
  clause: { readonly RowLimit: Expression | null } | null,
  scope: Scope,
): Expr | undefined {
  return clause === null ? undefined : converted(binder.expression(clause.RowLimit, scope), 'long');
}

function nameOf(written: Expression): string | undefined {
  return isNode(written, 'SimpleNamedExpression') ? (written.Name?.SimpleName ?? undefined) : resultName(written);
}

function limited(list: Native, most: Expr | number | undefined): Native {
  if (most === undefined) return list;
  const args = typeof most === 'object' ? [list, most] : [list];
  return native('dynamic', args, ([of, count]) => `(${of?.sql})[1:greatest(${count ? count.sql : most}, 0)]`);
}

/**
 * SQL of the list of what a dynamic value holds: the items of an array, a bag for each entry of a bag, else itself. A null
 * is one item; an empty array or bag has none.
 */
function itemsOf(value: Expr, bagsAsPairs: boolean): Native {
  return native('dynamic', [value], ([of]) => itemsSql(of?.sql ?? '', bagsAsPairs));
}

function itemsSql(x: string, bagsAsPairs: boolean): string {
  return (
    `CASE WHEN starts_with(${x}, '[') THEN json_extract(${x}, '$[*]')::VARCHAR[] ` +
    `WHEN starts_with(${x}, '{') THEN ${entries(x, bagsAsPairs)} ELSE [${x}] END`
  );
}

/**
 * What a value was defined as, where that is a member of a column of text, parsed as JSON, and the column is still there:
 * the items of an array can then be taken from the text without making the array first.
 */
function memberOfColumn(value: Expr, input: Plan): Native | undefined {
  let expr = value;
  let plan = input;
  while (expr.kind === 'column') {
    const { id } = expr.column;
    if (plan.kind === 'project') expr = plan.items.find((item) => item.column.id === id)?.expr ?? NOWHERE;
    else if (plan.kind !== 'filter' && plan.kind !== 'sort' && plan.kind !== 'limit') return undefined;
    plan = plan.input;
  }
  if (expr.kind !== 'native' || expr.memberOfText === undefined) return undefined;
  const [text] = expr.args;
  const there = text?.kind === 'column' && input.columns.some(({ id }) => id === text.column.id);
  return there ? expr : undefined;
}

const NOWHERE = literal(null, 'dynamic');

/** The items of an array, where the text plainly holds one; else none or NULL. */
function plainItems({ args, memberOfText = '' }: Native, asText: boolean): Native | undefined {
  if (itemsOfMember('', memberOfText, asText) === undefined) return undefined;
  return native('dynamic', args, ([text]) => itemsOfMember(text?.sql ?? '', memberOfText, asText) ?? '');
}

function unlessPlain(items: Expr, member: Native): Native {
  return native(
    'dynamic',
    [items, member],
    ([list, value]) => `CASE WHEN len(${list?.sql}) > 0 THEN NULL ELSE ${value?.sql} END`,
  );
}

/** The items that were plain to see, else those of the member itself. */
function itemsOrRest(items: Expr, rest: Expr, bagsAsPairs: boolean, asText: boolean): Native {
  return native('dynamic', [items, rest], ([list, value], context) => {
    const others = itemsSql(value?.sql ?? '', bagsAsPairs);
    const text = context.convert({ sql: "nullif(item, 'null')", type: 'dynamic', constant: undefined }, 'string');
    const shown = asText ? `list_transform(${others}, lambda item: ${text})` : others;
    return `CASE WHEN len(${list?.sql}) > 0 THEN ${list?.sql} WHEN ${value?.sql} IS NULL THEN [NULL] ELSE ${shown} END`;
  });
}

/** An item that is text already. */
function textOf(raw: Column): Native {
  return native('string', [ref(raw)], ([item]) => `coalesce(${item?.sql}, '')`);
}

function entries(x: string, asPairs: boolean): string {
  const member = `json_extract(${x}, '/' || replace(replace(key, '~', '~0'), '/', '~1'))::VARCHAR`;
  const parts = ['to_json(key)::VARCHAR', member].join(asPairs ? ` || ',' || ` : ` || ':' || `);
  return `list_transform(json_keys(${x}), lambda key: ${asPairs ? `'[' || ${parts} || ']'` : `'{' || ${parts} || '}'`})`;
}

/** Types that a JSON string cannot be: what is written as text in a value is no number. */
const NOT_TEXT: ReadonlySet<KqlType> = new Set(['bool', 'int', 'long']);

/** An item as `to typeof()` gives it: what is of another type becomes null instead of being converted. */
function itemAs(raw: Expr, type: KqlType): Expr {
  const value = native('dynamic', [raw], ([x]) => `nullif(${x?.sql}, 'null')`);
  if (type === 'dynamic') return value;
  const ofType = native('dynamic', [raw], ([x]) => `CASE WHEN ${matching(x?.sql ?? '', type)} THEN ${x?.sql} END`);
  return converted(ofType, type);
}

function matching(x: string, type: KqlType): string {
  if (NOT_TEXT.has(type)) {
    const bool = `${x} IN ('true', 'false')`;
    return type === 'bool' ? bool : `left(${x}, 1) NOT IN ('"', '[', '{', 'n') AND NOT ${bool}`;
  }
  if (type === 'real')
    return `(left(${x}, 1) NOT IN ('"', '[', '{', 'n', 't', 'f') OR ${x} IN ('"NaN"', '"Infinity"', '"-Infinity"'))`;
  return `${x} <> 'null'`;
}
