import { type Place, placesIn } from '../files/places.js';
import { bindText, elements, isNode, kindOf, type Names } from '../kql/syntax.js';

/** One string of a list, at its place in the KQL text (1-based). */
export interface ListEntry {
  readonly value: string;
  readonly line: number;
  readonly column: number;
}

/** A list of string literals in a rule. */
export interface LiteralList {
  /** The variable that holds it, or how it is used where it has no name: `RemoteUrl has_any`. */
  readonly name: string;
  readonly entries: readonly ListEntry[];
  /** The rule's text with only the given entries left in this list. */
  keeping(entries: readonly ListEntry[]): string;
  /** As `keeping`, with further texts behind them. */
  holding(entries: readonly ListEntry[], added: readonly string[]): string;
}

export interface RuleLists {
  readonly lists: readonly LiteralList[];
  /**
   * Whether every operator looks at one row at a time, so that what the rule does with an event does not depend on
   * which other events there are.
   */
  readonly rowByRow: boolean;
}

type Element = Kusto.Language.Syntax.SyntaxElement;
type Expression = Kusto.Language.Syntax.Expression;

const ROW_BY_ROW: ReadonlySet<string> = new Set([
  'FilterOperator',
  'ExtendOperator',
  'ProjectOperator',
  'ProjectAwayOperator',
  'ProjectKeepOperator',
  'ProjectRenameOperator',
  'ProjectReorderOperator',
  'ParseOperator',
  'ParseWhereOperator',
  'ParseKvOperator',
  'SortOperator',
]);

/** Functions that look at the rows around one. */
const OF_SEVERAL_ROWS = /^(prev|next|row_.*|toscalar|materialize)$/;

/**
 * The lists of string literals in a rule: `dynamic([…])` in a `let`, and the parenthesised lists of `in`, `has_any`
 * and their kin.
 *
 * @param names what the rule may name in its environment
 */
export function literalLists(text: string, names: Names): RuleLists {
  const nodes = [...descendants(bindText(text, names).block)];
  const source: Source = { text, placeAt: placesIn(text) };
  return {
    lists: toldApart(nodes.map((node) => listAt(node, source)).filter((list) => list !== undefined)),
    rowByRow: nodes.every(looksAtOneRow) && namesTablesOnce(nodes),
  };
}

function* descendants(element: Element): Generator<Element> {
  yield element;
  for (let i = 0; i < element.ChildCount; i++) {
    const child = element.GetChild(i);
    if (child !== null) yield* descendants(child);
  }
}

function looksAtOneRow(node: Element): boolean {
  if (isNode(node, 'FunctionCallExpression')) {
    return !OF_SEVERAL_ROWS.test(node.Name?.SimpleName ?? '') && !isTable(node.ResultType);
  }
  const kind = kindOf(node);
  return !(kind.endsWith('Operator') || kind === 'DataTableExpression') || ROW_BY_ROW.has(kind);
}

/** One table, and every variable that stands for rows, used once: nothing is held against other rows of the rule. */
function namesTablesOnce(nodes: readonly Element[]): boolean {
  const tables = nodes.filter((node) => isNode(node, 'NameReference') && isTable(node.ResultType));
  const names = tables.map((node) => (isNode(node, 'NameReference') ? node.SimpleName : ''));
  const own = tables.filter((node) => isNode(node, 'NameReference') && isTable(node.ReferencedSymbol));
  return own.length <= 1 && new Set(names).size === names.length;
}

function isTable(symbol: object | null): boolean {
  return symbol !== null && kindOf(symbol) === 'TableSymbol';
}

interface Source {
  readonly text: string;
  readonly placeAt: (offset: number) => Place;
}

function listAt(node: Element, source: Source): LiteralList | undefined {
  const { text } = source;
  if (isNode(node, 'LetStatement')) {
    const { Expression: value } = node;
    if (!isNode(value, 'DynamicExpression') || !isNode(value.Expression, 'JsonArrayExpression')) return undefined;
    return listOf(node.Name?.SimpleName ?? '', elements(value.Expression.Values), source, '');
  }
  if (isNode(node, 'InExpression') || isNode(node, 'HasAnyExpression') || isNode(node, 'HasAllExpression')) {
    const { Left: left, Operator: operator, Right: right } = node;
    if (left === null || operator === null || !isNode(right, 'ExpressionList')) return undefined;
    const name = `${text.slice(left.TextStart, left.End)} ${operator.Text}`;
    // The language has no empty list between parentheses, but an empty array there means the same.
    return listOf(name, elements(right.Expressions), source, 'dynamic([])');
  }
  return undefined;
}

function listOf(name: string, items: readonly Expression[], from: Source, empty: string): LiteralList | undefined {
  const { text } = from;
  const first = items[0];
  const last = items.at(-1);
  const placed = items.map((item) => placedEntry(item, from));
  if (first === undefined || last === undefined) return undefined;
  if (!placed.every((entry) => entry !== undefined)) return undefined;
  const source = new Map<ListEntry, string>(placed.map(({ entry, written }) => [entry, written]));
  const written = (all: readonly string[]): string => {
    const kept = all.join(', ');
    return `${text.slice(0, first.TextStart)}${kept === '' ? empty : kept}${text.slice(last.End)}`;
  };
  return {
    name,
    entries: [...source.keys()],
    keeping: (entries) => written(entries.map((entry) => source.get(entry) ?? '')),
    holding: (entries, added) =>
      written([...entries.map((entry) => source.get(entry) ?? ''), ...added.map((each) => JSON.stringify(each))]),
  };
}

function placedEntry(item: Expression, { text, placeAt }: Source): { entry: ListEntry; written: string } | undefined {
  if (!isNode(item, 'LiteralExpression') && !isNode(item, 'CompoundStringLiteralExpression')) return undefined;
  const value: unknown = item.LiteralValue;
  if (typeof value !== 'string') return undefined;
  return { entry: { value, ...placeAt(item.TextStart) }, written: text.slice(item.TextStart, item.End) };
}

/** Lists that are used alike get the line of their first entry into their names. */
function toldApart(lists: readonly LiteralList[]): LiteralList[] {
  const count = new Map<string, number>();
  for (const { name } of lists) count.set(name, (count.get(name) ?? 0) + 1);
  return lists.map((list) => {
    if (count.get(list.name) === 1) return list;
    return { ...list, name: `${list.name} (line ${list.entries[0]?.line ?? 0})` };
  });
}
