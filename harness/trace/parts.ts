import type { Span } from '../kql/plan/plan.js';
import type { Clause } from './clauses.js';
import type { Formula, Leaves } from './leaves.js';
import type { Places } from './places.js';

/** A part of a condition that may decide it. */
export interface Part {
  readonly kind: 'clause' | 'entry';
  readonly span: Span | undefined;
  readonly held: Formula;
  /** The whole condition as it would be without this part. */
  readonly without: Formula;
  /** The parts beside it, by which it may be implied. */
  readonly siblings: readonly { readonly span: Span | undefined; readonly held: Formula }[];
}

/** What stands around a part: gives the whole condition with something else in its place. */
type Around = (other: Formula) => Formula;

/**
 * The parts of a condition. A part is taken away as a person would: from `and` and `or` by leaving the others, from a
 * list by leaving the other entries.
 *
 * @param neutral what the whole condition is where it is taken away: true for a `where`
 */
export function partsOf(clause: Clause, leaves: Leaves, places: Places, neutral: boolean): Part[] {
  return walk(clause, leaves, places, neutral, (other) => other, []);
}

function walk(
  clause: Clause,
  leaves: Leaves,
  places: Places,
  neutral: boolean,
  around: Around,
  siblings: Part['siblings'],
): Part[] {
  const formula = leaves.formula(clause);
  const own = (kind: Part['kind']): Part => ({
    kind,
    span: clause.expr.span,
    held: formula,
    without: around({ op: 'constant', value: neutral }),
    siblings,
  });
  switch (clause.kind) {
    case 'all':
    case 'any': {
      const { kind: op } = clause;
      const all = clause.parts.map((part) => ({ span: part.expr.span, held: leaves.formula(part) }));
      return clause.parts.flatMap((part, i) => {
        const beside: Around = (other) => around({ op, parts: all.map(({ held }, j) => (i === j ? other : held)) });
        return walk(
          part,
          leaves,
          places,
          op === 'all',
          beside,
          all.filter((_, j) => j !== i),
        );
      });
    }
    case 'not':
      return walk(clause.part, leaves, places, !neutral, (other) => around({ op: 'not', part: other }), []);
    case 'list': {
      const { matching: op, negated, entries } = clause;
      const inner = negated && formula.op === 'not' ? formula.part : formula;
      if (inner.op !== 'all' && inner.op !== 'any') return [own('clause')];
      const all = inner.parts.map((held, i) => {
        const entry = entries[i];
        return { span: entry && places.of(entry), held };
      });
      return [
        own('clause'),
        ...all.map(({ span, held }, i): Part => {
          const others: Formula = {
            op,
            parts: inner.parts.map((part, j) => (i === j ? { op: 'constant', value: op === 'all' } : part)),
          };
          const without = around(negated ? { op: 'not', part: others } : others);
          return { kind: 'entry', span, held, without, siblings: all.filter((_, j) => j !== i) };
        }),
      ];
    }
    case 'test':
      return [own('clause')];
  }
}
