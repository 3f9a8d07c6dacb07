/// <reference types="@kusto/language-service-next" />
/** `parse`, `parse-where` and `parse-kv`: columns out of a text. */
import { escapeRegex, groupsSql, keyValuesSql } from '../../functions/parse-text.js';
import { planRegex } from '../../functions/regex.js';
import { matchesRegex } from '../../functions/regex-sql.js';
import type { Arg } from '../../functions/registry.js';
import { filter, keep, native, project, ref } from '../../plan/make.js';
import type { Column, Expr, Item, Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, items, type Node, present, typeOf } from '../../syntax.js';
import type { KqlType, NamedType } from '../../types.js';
import type { Dynamic } from '../../values/dynamic.js';
import type { Binder } from '../binder.js';
import { converted } from '../build.js';
import { schemaColumns } from '../literals.js';
import { parameter, rawParameter } from '../parameters.js';
import { type Scope, withRow } from '../scope.js';
import { type Operator, operator } from './operator.js';

export const parseOperators: readonly Operator[] = [
  operator('parse', 'ParseOperator', (binder, node, input, scope) => parsed(binder, node, input, scope, false)),
  operator('parse-where', 'ParseWhereOperator', (binder, node, input, scope) =>
    parsed(binder, node, input, scope, true),
  ),
  operator('parse-kv', 'ParseKvOperator', keyValues),
];

type Parse = Kusto.Language.Syntax.ParseOperator | Kusto.Language.Syntax.ParseWhereOperator;
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'skip' }
  | { readonly kind: 'column'; readonly column: NamedType };

/** @param only whether rows that do not match are dropped */
function parsed(binder: Binder, node: Parse, input: Plan, scope: Scope, only: boolean): Plan {
  const kind = parameter(node.Parameters, 'kind') ?? 'simple';
  const parts = items(node.Patterns).map((part) => partOf(binder, part));
  const pattern =
    kind === 'regex'
      ? regexPattern(parts, rawParameter(node.Parameters, 'flags') ?? '')
      : plainPattern(parts, kind === 'relaxed');
  const text = converted(binder.expression(node.Expression, withRow(scope, input.columns)), 'string');
  const output = columnsOf(node.ResultType);
  return taken(binder, input, text, pattern, { strict: kind !== 'relaxed', only }, output);
}

function partOf(binder: Binder, node: Node): Part {
  if (isNode(node, 'StarExpression')) return { kind: 'skip' };
  if (isNode(node, 'NameDeclaration'))
    return { kind: 'column', column: { name: node.SimpleName ?? '', type: 'string' } };
  if (isNode(node, 'NameAndTypeDeclaration')) {
    const symbol = present(node.Name).ReferencedSymbol as Kusto.Language.Symbols.ColumnSymbol | null;
    return {
      kind: 'column',
      column: { name: present(node.Name).SimpleName ?? '', type: typeOf(symbol?.Type ?? null) ?? 'string' },
    };
  }
  const text = (node as Expression).ConstantValue ?? (node as Expression).LiteralValue;
  if (typeof text !== 'string')
    return binder.refuse(node, 'unsupported-argument', 'A pattern consists of strings, columns and *.');
  return { kind: 'text', text };
}

/** A regular expression, and the number of the group that holds each column. */
interface Pattern {
  readonly regex: string;
  readonly columns: readonly { readonly column: NamedType; readonly group: number }[];
}

/** How values of a type are written, where nothing but `*` tells where one ends. */
const TOKENS: Readonly<Partial<Record<KqlType, string>>> = {
  bool: '(?i:true|false)|[01]',
  int: '-?[0-9]+',
  long: '-?[0-9]+',
  real: '-?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?',
  decimal: '-?[0-9]+(?:\\.[0-9]+)?',
  guid: '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}',
};

/**
 * Texts stand for themselves; a column ends where the next text first stands; the whole text must be used up. `*` at
 * either end means no more than that the match need not reach it.
 */
function plainPattern(parts: readonly Part[], relaxed: boolean): Pattern {
  const columns: { column: NamedType; group: number }[] = [];
  const open = parts.at(0)?.kind === 'skip';
  const rest = parts.at(-1)?.kind === 'skip';
  const regex = parts.slice(open ? 1 : 0, rest ? -1 : undefined).map((part, i, inner) => {
    if (part.kind === 'skip') return '.*?';
    if (part.kind === 'text') return escapeRegex(part.text);
    columns.push({ column: part.column, group: columns.length + 1 });
    const next = inner[i + 1];
    if (next === undefined && !rest) return '(.*)';
    const token = next === undefined || next.kind === 'skip' ? TOKENS[part.column.type] : undefined;
    return token === undefined ? '(.*?)' : relaxed ? `((?:${token})?)` : `(${token})`;
  });
  return { regex: `(?s)${open ? '' : '^'}${regex.join('')}${rest ? '' : '$'}`, columns };
}

/** Texts are regular expressions, and a column takes as much as it can. The match starts with the text and may end before it. */
function regexPattern(parts: readonly Part[], flags: string): Pattern {
  const columns: { column: NamedType; group: number }[] = [];
  let groups = 0;
  const regex = parts.map((part) => {
    if (part.kind === 'skip') return '.*';
    if (part.kind === 'text') {
      groups += planRegex(part.text).groups;
      return part.text;
    }
    columns.push({ column: part.column, group: ++groups });
    const { type } = part.column;
    return type === 'int' || type === 'long' ? `(-?${flags.includes('U') ? '[0-9]+?' : '[0-9]+'})` : '(.*)';
  });
  return { regex: `${flags === '' ? '' : `(?${flags})`}^${regex.join('')}`, columns };
}

/** The input with a column for each of the pattern's: from one match a row. */
function taken(
  binder: Binder,
  input: Plan,
  text: Expr,
  pattern: Pattern,
  options: { readonly strict: boolean; readonly only: boolean },
  output: readonly NamedType[],
): Plan {
  const subject = binder.columns.make('text', 'string');
  const read = project(input, [...input.columns.map(keep), { column: subject, expr: text }]);
  const matching = native('bool', [ref(subject)], ([of], context) => {
    const regex: Arg = { sql: context.literal(pattern.regex, 'string'), type: 'string', constant: pattern.regex };
    return matchesRegex(of as Arg, regex, context);
  });
  const rows = options.only ? filter(read, matching) : read;
  if (pattern.columns.length === 0) return project(rows, input.columns.map(keep));
  const groups = binder.columns.make('groups', 'dynamic');
  const found = native('dynamic', [ref(subject)], ([of], context) => groupsSql(of?.sql ?? '', pattern.regex, context));
  const values = pattern.columns.map(({ column, group }): Item => {
    const inGroup = native('string', [ref(groups)], ([of]) => `${of?.sql}.g${group}`);
    return { column: binder.column(column), expr: converted(inGroup, column.type) };
  });
  const matched = project(rows, [...input.columns.map(keep), { column: groups, expr: found }]);
  const extracted = project(matched, [...input.columns.map(keep), ...values]);
  const typed = values.filter((item) => item.column.type !== 'string').map((item) => ref(item.column));
  const whole = native('bool', typed, (args) => args.map((arg) => `${arg.sql} IS NOT NULL`).join(' AND '));
  if (!options.strict || typed.length === 0)
    return project(
      extracted,
      placed(
        input,
        values.map((item) => keep(item.column)),
        output,
      ),
    );
  if (options.only)
    return project(
      filter(extracted, whole),
      placed(
        input,
        values.map((item) => keep(item.column)),
        output,
      ),
    );
  const checked = values.map(
    (item): Item => ({ column: binder.columns.like(item.column), expr: whenWhole(whole, item.column) }),
  );
  return project(extracted, placed(input, checked, output));
}

/** A value of a row in which every column has the type that it must have. */
function whenWhole(whole: Expr, column: Column): Expr {
  return native(
    column.type,
    [whole, ref(column)],
    ([ok, value], context) => `CASE WHEN ${ok?.sql} THEN ${value?.sql} ELSE ${context.literal(null, column.type)} END`,
  );
}

/** The output's columns in their order: those made, else the input's of the name. */
function placed(input: Plan, made: readonly Item[], output: readonly NamedType[]): Item[] {
  const byName = new Map([...input.columns.map(keep), ...made].map((item) => [item.column.name, item]));
  return output.map(({ name }) => present(byName.get(name)));
}

const KV_OPTIONS: ReadonlySet<string> = new Set([
  'pair_delimiter',
  'kv_delimiter',
  'quote',
  'escape',
  'greedy',
  'regex',
]);

function keyValues(binder: Binder, node: Kusto.Language.Syntax.ParseKvOperator, input: Plan, scope: Scope): Plan {
  const keys = schemaColumns(node.Keys);
  const options = kvOptions(binder, node.WithClause, scope);
  const text = converted(binder.expression(node.Expression, withRow(scope, input.columns)), 'string');
  const found = binder.columns.make('values', 'dynamic');
  const expr = native('dynamic', [text], ([of], context) =>
    keyValuesSql(
      of?.sql ?? '',
      keys.map((key) => key.name),
      options,
      context,
    ),
  );
  const read = project(input, [...input.columns.map(keep), { column: found, expr }]);
  const made = keys.map((key, i): Item => {
    const value = native('string', [ref(found)], ([of]) => `coalesce(json_extract_string(${of?.sql}, '$[${i}]'), '')`);
    return { column: binder.column(key), expr: converted(value, key.type) };
  });
  return project(read, placed(input, made, columnsOf(node.ResultType)));
}

function kvOptions(binder: Binder, clause: Kusto.Language.Syntax.ParseKvWithClause | null, scope: Scope): Dynamic {
  const options = new Map<string, Dynamic>();
  const lists: Record<string, string[]> = { quote: [], escape: [] };
  for (const property of elements(clause?.Properties ?? null)) {
    const name = property.Name?.SimpleName ?? '';
    if (!KV_OPTIONS.has(name)) binder.refuse(property, 'unsupported-argument', `parse-kv has no option '${name}'.`);
    const value = binder.expression(property.Expression, scope);
    if (value.kind !== 'literal' || value.value === null) {
      return binder.refuse(property, 'unsupported-argument', `The option '${name}' of parse-kv must be a constant.`);
    }
    if (name === 'greedy') options.set(name, value.value === true);
    else if (lists[name]) lists[name].push(String(value.value));
    else options.set(name.replace('_delimiter', ''), String(value.value));
  }
  const regex = options.get('regex');
  if (typeof regex === 'string' && planRegex(regex).groups !== 2) {
    binder.refuse(
      present(clause),
      'unsupported-argument',
      'The regex of parse-kv must have two groups: the key and the value.',
    );
  }
  return options.set('quotes', lists['quote'] ?? []).set('escapes', lists['escape'] ?? []);
}
