/** Ways through a bound syntax tree. */
import { type BoundText, columnsOf, isNode, items, kindOf, type Node } from '../kql/syntax.js';
import type { TableSchema } from '../kql/types.js';
import type { Stretch } from './finding.js';

export type Element = Kusto.Language.Syntax.SyntaxElement;
export type Expression = Kusto.Language.Syntax.Expression;

/** The element and all that it holds, in the order of the text. */
export function* descendants(element: Element): Generator<Element> {
  yield element;
  for (let i = 0; i < element.ChildCount; i++) {
    const child = element.GetChild(i);
    if (child !== null) yield* descendants(child);
  }
}

export function stretch(element: Element): Stretch {
  return { start: element.TextStart, length: element.End - element.TextStart };
}

export function textOf({ text }: BoundText, element: Element): string {
  return text.slice(element.TextStart, element.End);
}

/** The name of the function that is called. */
export function calledName(element: Element): string | undefined {
  return isNode(element, 'FunctionCallExpression') ? (element.Name?.SimpleName ?? undefined) : undefined;
}

/** One operator of a pipeline, with what goes in and what comes out. */
export interface Step {
  readonly operator: Element;
  /** The operator's keyword. */
  readonly keyword: Stretch;
  readonly input: TableSchema;
  readonly output: TableSchema;
}

/** The pipeline that gives the rule's answer: where it begins, and its steps in order. */
export interface Pipeline {
  readonly source: Expression;
  readonly steps: readonly Step[];
}

/** The last expression of a text; nothing for a text that only declares. */
export function answerOf({ block }: BoundText): Expression | undefined {
  const last = items(block.Statements)
    .map((separated) => separated.Element$1)
    .findLast((statement) => statement !== null && isNode(statement, 'ExpressionStatement'));
  return last !== undefined && isNode(last, 'ExpressionStatement') ? (last.Expression ?? undefined) : undefined;
}

export function pipelineOf(bound: BoundText): Pipeline | undefined {
  let left = answerOf(bound);
  if (left === undefined) return undefined;
  const steps: Step[] = [];
  while (isNode(left, 'PipeExpression')) {
    const { Expression: before, Operator: operator }: { Expression: Expression | null; Operator: Node | null } = left;
    if (before === null || operator === null) break;
    steps.unshift({
      operator,
      keyword: stretch(operator.GetChild(0) ?? operator),
      input: columnsOf(before.ResultType),
      output: columnsOf(left.ResultType),
    });
    left = before;
  }
  return { source: left, steps };
}

/** The columns that a text returns; nothing when the table is open, so that a run may add more. */
export function answerColumns(bound: BoundText): TableSchema | undefined {
  const type = answerOf(bound)?.ResultType ?? null;
  if (type === null || kindOf(type) !== 'TableSymbol') return undefined;
  return (type as Kusto.Language.Symbols.TableSymbol).IsOpen ? undefined : columnsOf(type);
}

/** The tables that a text names, each with the place where it does so first. */
export function tablesOf(bound: BoundText, known: ReadonlySet<string>): ReadonlyMap<string, Element> {
  const found = new Map<string, Element>();
  for (const element of descendants(bound.block)) {
    if (!isNode(element, 'NameReference')) continue;
    const symbol = element.ReferencedSymbol;
    const name = element.SimpleName ?? '';
    if (symbol !== null && kindOf(symbol) === 'TableSymbol' && known.has(name) && !found.has(name))
      found.set(name, element);
  }
  return found;
}
