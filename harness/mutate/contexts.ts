import type { Expr } from '../kql/plan/plan.js';
import { emitExpr } from '../kql/sql/emit.js';
import { clauseOf } from '../trace/clauses.js';
import { testsIn } from '../trace/neighbours.js';
import type { RowRule } from '../trace/row-rule.js';

/** A clause of a rule, and what the others have to say for it alone to decide. */
export interface Context {
  readonly clause: Expr;
  /** By the SQL of each other clause: whether it is to hold, and how much depends on it. */
  readonly wanted: ReadonlyMap<string, Wish>;
}

export interface Wish {
  readonly holds: boolean;
  readonly weight: number;
}

/** Nothing is decided without it. */
const NEEDED = 100;
/** One of several that would do. */
const ENOUGH = 1;

/** Whether nothing is decided unless it comes true. */
export function isNeeded({ weight }: Wish): boolean {
  return weight === NEEDED;
}

/**
 * For each clause of a rule where it decides: what stands beside it under an `and` holds, what stands beside it under an
 * `or` does not. A list is one clause.
 */
export function contextsOf({ conditions, outputs }: RowRule): Context[] {
  const all = conditions.flatMap((condition) => wishes(condition, true, NEEDED));
  const contexts = conditions.flatMap((condition, i) => {
    const others = conditions.filter((_, j) => j !== i).flatMap((other) => wishes(other, true, NEEDED));
    return within(condition, others);
  });
  return [...contexts, ...outputs.flatMap(({ expr }) => within(expr, all))];
}

type Wished = readonly [clause: string, wish: Wish];

function within(expr: Expr, wanted: readonly Wished[]): Context[] {
  if (expr.type !== 'bool') return testsIn(expr).flatMap((test) => (test === expr ? [] : within(test, wanted)));
  const clause = clauseOf(expr);
  switch (clause.kind) {
    case 'not':
      return within(clause.part.expr, wanted);
    case 'list':
    case 'test':
      return [{ clause: clause.expr, wanted: new Map(wanted.toSorted(byWeight)) }];
    case 'all':
    case 'any':
      return clause.parts.flatMap(({ expr }) => {
        const beside = clause.parts
          .filter((part) => part.expr !== expr)
          .flatMap((part) => wishes(part.expr, clause.kind === 'all', NEEDED));
        return within(expr, [...wanted, ...beside]);
      });
  }
}

/** Of two wishes about one clause the one that is needed counts, or else the inner one. */
function byWeight([, one]: Wished, [, other]: Wished): number {
  return one.weight - other.weight;
}

/** What the clauses of a condition have to say for it to hold, or not to. */
function wishes(expr: Expr, holds: boolean, weight: number): Wished[] {
  const clause = clauseOf(expr);
  switch (clause.kind) {
    case 'not':
      return wishes(clause.part.expr, !holds, weight);
    case 'list':
    case 'test':
      return [[emitExpr(clause.expr), { holds, weight }]];
    case 'all':
    case 'any': {
      if ((clause.kind === 'all') === holds) return clause.parts.flatMap((part) => wishes(part.expr, holds, weight));
      const [first] = clause.parts;
      if (holds) return first === undefined ? [] : wishes(first.expr, holds, weight);
      return clause.parts.flatMap((part) => wishes(part.expr, holds, ENOUGH));
    }
  }
}
