/// <reference types="@kusto/language-service-next" />
import { descendants, stretch } from '../check/tree.js';
import type { Plan, Span } from '../kql/plan/plan.js';
import { bindText, elements, isNode, type Names } from '../kql/syntax.js';
import type { Entry } from './clauses.js';
import { inputsOf } from './expressions.js';

/** Where parts of a plan stand in a rule's text that do not say so themselves. */
export class Places {
  private readonly lists = new Map<number, readonly Span[]>();
  private readonly joins: readonly Span[];

  constructor(text: string, names: Names) {
    const joins: { readonly end: number; readonly keys: Span }[] = [];
    for (const node of descendants(bindText(text, names).block)) {
      if (isNode(node, 'DynamicExpression') && isNode(node.Expression, 'JsonArrayExpression'))
        this.lists.set(node.TextStart, elements(node.Expression.Values).map(stretch));
      if (!isNode(node, 'JoinOperator') && !isNode(node, 'LookupOperator')) continue;
      const on = [...descendants(node)].findLast((part) => isNode(part, 'JoinOnClause'));
      joins.push({ end: node.End, keys: stretch(on ?? node) });
    }
    this.joins = joins.sort((a, b) => a.end - b.end).map(({ keys }) => keys);
  }

  /** An entry of a list. */
  of({ span, item }: Entry): Span | undefined {
    if (span === undefined || item === undefined) return span;
    return this.lists.get(span.start)?.[item] ?? span;
  }

  /** The keys of each join of a plan; nothing where the text does not show the plan's joins one by one. */
  joinsOf(plan: Plan): ReadonlyMap<Plan, Span> {
    const found: Plan[] = [];
    const seen = new Set<Plan>();
    // A join ends in the text after those that it takes its rows from.
    const visit = (node: Plan): void => {
      if (seen.has(node)) return;
      seen.add(node);
      for (const input of inputsOf(node)) visit(input);
      if (node.kind === 'join') found.push(node);
    };
    visit(plan);
    if (found.length !== this.joins.length) return new Map();
    return new Map(found.flatMap((node, i) => (this.joins[i] === undefined ? [] : [[node, this.joins[i]]])));
  }
}
