/// <reference types="@kusto/language-service-next" />
import { descendants, stretch } from '../check/tree.js';
import type { Span } from '../kql/plan/plan.js';
import { bindText, elements, isNode, type Names } from '../kql/syntax.js';
import type { Entry } from './clauses.js';

/** Where the entries of lists stand in a rule's text. */
export class EntryPlaces {
  private readonly lists = new Map<number, readonly Span[]>();

  constructor(text: string, names: Names) {
    for (const node of descendants(bindText(text, names).block)) {
      if (!isNode(node, 'DynamicExpression') || !isNode(node.Expression, 'JsonArrayExpression')) continue;
      this.lists.set(node.TextStart, elements(node.Expression.Values).map(stretch));
    }
  }

  of({ span, item }: Entry): Span | undefined {
    if (span === undefined || item === undefined) return span;
    return this.lists.get(span.start)?.[item] ?? span;
  }
}
