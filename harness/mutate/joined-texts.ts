import type { Call, Expr } from '../kql/plan/plan.js';
import { clauseOf } from '../trace/clauses.js';
import { patternOf, patternsNear, textsNear } from '../trace/neighbours.js';
import { patternExample } from '../trace/pattern-example.js';
import { columnsIn } from '../trace/row-rule.js';

/** Most texts that are made of two literals. */
const MOST_PAIRS = 4_000;

/**
 * Texts that hold several literals of one column's clauses, for a rule may ask for more than one: those of all clauses
 * together, with some of them left out, or with each literal of one clause and what lies beside it in its place; and each
 * literal that only versions of the rule have beside each that the rule has.
 *
 * @param rule what the rule asks of a row
 * @param versions what its versions ask
 * @param column id of the column
 */
export function joinedTexts(rule: readonly Expr[], versions: readonly Expr[], column: number): string[] {
  const conditions = rule
    .flatMap(conjuncts)
    .map((expr) => textClauses(expr, column, false))
    .filter((clauses) => clauses.length > 0);
  const clauses = conditions.flat();
  const known = new Set(clauses.flatMap(({ literals }) => literals));
  const asked = versions.flatMap((expr) => textClauses(expr, column, false)).flatMap(({ literals }) => literals);
  const come = [...new Set(asked)].filter((text) => !known.has(text)).slice(0, MOST_PAIRS);
  const beside = [...known].slice(0, Math.max(1, Math.floor(MOST_PAIRS / Math.max(1, come.length))));
  const pairs = come.flatMap((text) => beside.map((other) => `${other} ${text}`));
  return [...new Set([...(clauses.length > 1 ? together(conditions) : []), ...pairs])];
}

/** The conditions that must all hold. */
function conjuncts(expr: Expr): Expr[] {
  if (expr.kind !== 'call' || expr.type !== 'bool') return [expr];
  const clause = clauseOf(expr);
  return clause.kind === 'all' ? clause.parts.flatMap((part) => conjuncts(part.expr)) : [expr];
}

/** @param conditions the text clauses of each condition that must hold */
function together(conditions: readonly (readonly TextClause[])[]): string[] {
  const wanted = conditions.flat().filter(({ negated }) => !negated);
  /** The literals of the wanted clauses but those left out, and more in the place of one. */
  const joined = (without: readonly TextClause[], text = '', at: TextClause['end'] = 0): string => {
    const kept = wanted.filter((clause) => !without.includes(clause)).map(({ first, end }) => ({ text: first, end }));
    const sorted = [...kept, { text, end: at }].sort((a, b) => a.end - b.end).map((one) => one.text);
    return [...new Set(sorted)].filter((one) => one !== '').join(' ');
  };
  const texts = [joined([])];
  for (const own of conditions) {
    texts.push(joined(own));
    for (const clause of own) {
      const others = own.filter((other) => other !== clause);
      texts.push(joined([clause]), joined(others));
      for (const near of clause.literals.flatMap(clause.near)) {
        if (clause.negated) texts.push(joined([], near, clause.end));
        else texts.push(joined([clause], near, clause.end), joined(own, near, clause.end));
      }
    }
  }
  return texts;
}

interface TextClause {
  readonly negated: boolean;
  /** What makes it hold: its first literal, or all of them where it asks for all. */
  readonly first: string;
  readonly literals: readonly string[];
  /** What lies beside a literal. */
  readonly near: (literal: string) => readonly string[];
  /** -1 where it looks at the beginning of a text, 1 at its end, else 0. */
  readonly end: -1 | 0 | 1;
}

/** Clauses that look for literals within a text; those that compare the whole text ask for one alone. */
const WITHIN = /^!?(has|contains|startswith|endswith|hasprefix|hassuffix|matches regex)/;

function textClauses(expr: Expr, column: number, negated: boolean): TextClause[] {
  if (expr.kind !== 'call' || expr.type !== 'bool') return [];
  const clause = clauseOf(expr);
  switch (clause.kind) {
    case 'all':
    case 'any':
      return clause.parts.flatMap((part) => textClauses(part.expr, column, negated));
    case 'not':
      return textClauses(clause.part.expr, column, !negated);
    case 'list': {
      const literals = clause.entries.map(({ text }) => text);
      return made(clause.expr, column, negated !== clause.negated, literals, clause.matching === 'all');
    }
    case 'test': {
      const literals = expr.args.flatMap((arg) =>
        arg.kind === 'literal' && typeof arg.value === 'string' ? [arg.value] : [],
      );
      return made(expr, column, negated !== expr.fn.name.startsWith('!'), literals, false);
    }
  }
}

function made(expr: Call, column: number, negated: boolean, literals: readonly string[], all: boolean): TextClause[] {
  const { name } = expr.fn;
  const [only, ...others] = columnsIn([expr]);
  if (!WITHIN.test(name) || only?.id !== column || others.length > 0 || literals.length === 0) return [];
  const pattern = patternOf(expr) !== undefined;
  const [one = ''] = literals;
  const first = all ? literals.join(' ') : pattern ? patternExample(one) : one;
  const near = pattern ? patternsNear : textsNear;
  return [{ negated, first, literals, near, end: /startswith/.test(name) ? -1 : /endswith/.test(name) ? 1 : 0 }];
}
