import type { Expr } from '../kql/plan/plan.js';
import { emitExpr } from '../kql/sql/emit.js';
import { and, bits, every, or, type Truth } from './bits.js';
import type { Clause } from './clauses.js';

/** A condition over leaves, which are numbered. */
export type Formula =
  | { readonly op: 'leaf'; readonly leaf: number }
  | { readonly op: 'all' | 'any'; readonly parts: readonly Formula[] }
  | { readonly op: 'not'; readonly part: Formula }
  | { readonly op: 'constant'; readonly value: boolean };

/** The tests that conditions come down to, each once however many conditions have it. */
export class Leaves {
  readonly exprs: Expr[] = [];
  private readonly known = new Map<string, number>();

  /** @param key what two tests have in common that are the same; the test's own SQL unless it is known more cheaply */
  leaf(expr: Expr, key = emitExpr(expr)): Formula {
    let leaf = this.known.get(key);
    if (leaf === undefined) {
      leaf = this.exprs.push(expr) - 1;
      this.known.set(key, leaf);
    }
    return { op: 'leaf', leaf };
  }

  formula(clause: Clause): Formula {
    switch (clause.kind) {
      case 'all':
      case 'any':
        return { op: clause.kind, parts: clause.parts.map((part) => this.formula(part)) };
      case 'not':
        return { op: 'not', part: this.formula(clause.part) };
      case 'list': {
        const about = `${clause.entries[0]?.test.fn.name} ${emitExpr(clause.subject)} `;
        const parts = clause.entries.map(({ text, test }) => this.leaf(test, about + text));
        const formula: Formula = { op: clause.matching, parts };
        return clause.negated ? { op: 'not', part: formula } : formula;
      }
      case 'test':
        return this.leaf(clause.expr);
    }
  }
}

/** What a formula is for every row, by three-valued logic. */
export function decide(formula: Formula, leaves: readonly Truth[], size: number): Truth {
  switch (formula.op) {
    case 'leaf': {
      const truth = leaves[formula.leaf];
      if (truth === undefined) throw new Error(`There is no leaf ${formula.leaf}.`);
      return truth;
    }
    case 'constant': {
      const [full, none] = [every(size), bits(size)];
      return formula.value ? { yes: full, no: none } : { yes: none, no: full };
    }
    case 'not': {
      const { yes, no } = decide(formula.part, leaves, size);
      return { yes: no, no: yes };
    }
    case 'all':
    case 'any': {
      const all = formula.op === 'all';
      let truth: Truth = all ? { yes: every(size), no: bits(size) } : { yes: bits(size), no: every(size) };
      for (const part of formula.parts) {
        const { yes, no } = decide(part, leaves, size);
        truth = all
          ? { yes: and(truth.yes, yes), no: or(truth.no, no) }
          : { yes: or(truth.yes, yes), no: and(truth.no, no) };
      }
      return truth;
    }
  }
}
