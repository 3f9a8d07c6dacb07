/// <reference types="@kusto/language-service-next" />
import { descendants } from '../check/tree.js';
import { bindText, columnsOf, isNode, kindOf, type Names } from '../kql/syntax.js';
import type { TableSchema } from '../kql/types.js';
import { splitBlock } from './block.js';

/** A place in a rule's text where rows can be left out. */
export interface Place {
  /** The variable whose rows these are, or the table; with a line where that is not enough: `Lookups`, `DeviceEvents:12`. */
  readonly name: string;
  /** Where the block goes in the text without it. */
  readonly offset: number;
  /** A query that gives the rows as they come to this place. */
  readonly rows: string;
  /** The columns that those rows have. */
  readonly columns: TableSchema;
  /** The table that they are of; absent where they come from a variable, or are put together. */
  readonly table?: string;
}

type Element = Kusto.Language.Syntax.SyntaxElement;
type Expression = Kusto.Language.Syntax.Expression;

/**
 * The places of a rule where exceptions can stand: behind each table that it names and the filters that follow it
 * directly. A rule that has a block already has one place, that of the block.
 *
 * @param text the rule, with its block or without
 * @throws BlockError for a block that is none
 */
export function placesIn(text: string, names: Names): Place[] {
  const { before, block, after } = splitBlock(text);
  const bare = before + after;
  const nodes = [...descendants(bindText(bare, names).block)];
  if (block !== undefined) {
    const found = endingAt(nodes, bare, before.length);
    return found === undefined ? [] : [placeAfter(found, before.length, bare, 'the block')];
  }
  const found = nodes.flatMap((node): Place[] => {
    if (!isNode(node, 'NameReference') || !names.tables.has(node.SimpleName ?? '')) return [];
    if (node.ReferencedSymbol === null || kindOf(node.ReferencedSymbol) !== 'TableSymbol') return [];
    const end = pastFilters(node);
    if (end === undefined || isInFunction(end)) return [];
    return [placeAfter(end, endOfLine(bare, end.End), bare, variableOf(end) ?? node.SimpleName ?? '')];
  });
  return toldApart(found, bare);
}

/** Behind the filters that directly follow a table; nothing where no operator can follow. */
function pastFilters(table: Expression): Expression | undefined {
  let end = table;
  for (;;) {
    const { Parent: parent }: { Parent: Element | null } = end;
    if (isNode(parent, 'PipeExpression') && parent.Expression === end) {
      if (kindOf(parent.Operator ?? parent) !== 'FilterOperator') return end;
      end = parent;
      continue;
    }
    const holds = ['LetStatement', 'ExpressionStatement', 'ParenthesizedExpression'];
    return parent !== null && holds.includes(kindOf(parent)) ? end : undefined;
  }
}

function isInFunction(node: Element): boolean {
  for (let parent = node.Parent; parent !== null; parent = parent.Parent) {
    if (isNode(parent, 'FunctionDeclaration')) return true;
  }
  return false;
}

/** The variable whose pipeline begins with this expression. */
function variableOf(node: Expression): string | undefined {
  let top: Element = node;
  while (isNode(top.Parent, 'PipeExpression') && top.Parent.Expression === top) top = top.Parent;
  return isNode(top.Parent, 'LetStatement') ? (top.Parent.Name?.SimpleName ?? undefined) : undefined;
}

/** The rows of the longest pipeline that ends where only blanks and comments part it from a place. */
function endingAt(nodes: readonly Element[], text: string, offset: number): Expression | undefined {
  const ending = nodes.filter((node): node is Expression => {
    const type = (node as Expression).ResultType ?? null;
    if (type === null || kindOf(type) !== 'TableSymbol' || node.End > offset || isInFunction(node)) return false;
    const beside = isNode(node.Parent, 'PipeExpression') && node.Parent.Operator === node;
    return !beside && /^(\s|\/\/.*)*$/.test(text.slice(node.End, offset));
  });
  return ending.sort((a, b) => a.TextStart - b.TextStart)[0];
}

function placeAfter(end: Expression, offset: number, text: string, name: string): Place {
  let statement: Element = end;
  while (statement.Parent !== null && !kindOf(statement).endsWith('Statement')) statement = statement.Parent;
  const declared = text.slice(0, statement.TextStart);
  const table = tableOf(end);
  return {
    name,
    offset,
    rows: `${declared}${text.slice(end.TextStart, end.End)}`,
    columns: columnsOf(end.ResultType),
    ...(table !== undefined && { table }),
  };
}

/** The table at the head of a pipeline of filters. */
function tableOf(end: Expression): string | undefined {
  let head = end;
  while (isNode(head, 'PipeExpression')) {
    if (kindOf(head.Operator ?? head) !== 'FilterOperator' || head.Expression === null) return undefined;
    head = head.Expression;
  }
  const symbol = isNode(head, 'NameReference') ? head.ReferencedSymbol : null;
  return symbol !== null && kindOf(symbol) === 'TableSymbol' && isNode(head, 'NameReference')
    ? (head.SimpleName ?? undefined)
    : undefined;
}

/** Past a comment that ends the line, and past the line's break. */
function endOfLine(text: string, end: number): number {
  return end + (/^[ \t]*(\/\/.*)?(\r?\n|$)/.exec(text.slice(end))?.[0].length ?? 0);
}

function toldApart(places: readonly Place[], text: string): Place[] {
  return places.map((place) => {
    if (places.filter(({ name }) => name === place.name).length === 1) return place;
    return { ...place, name: `${place.name}:${text.slice(0, place.offset).trimEnd().split('\n').length}` };
  });
}
