import type { Value } from '../kql/functions/registry.js';
import type { Expr, Literal } from '../kql/plan/plan.js';
import type { KqlType } from '../kql/types.js';
import { type Dynamic, isArray } from '../kql/values/dynamic.js';
import { clauseOf } from './clauses.js';
import { within } from './expressions.js';
import { patternExamples } from './pattern-example.js';

/** Values to try in a column, by its name; the plainest first. */
export type Candidates = ReadonlyMap<string, readonly Value[]>;

/**
 * The values at which expressions over columns can change: the literals of their tests and what lies beside them. A text
 * is tried as it is, in capitals, as part of a longer word, with a word before and behind it, and a character short; a
 * number and a moment with the next one on both sides.
 *
 * @param now the clock that moments are counted from, in ticks
 */
export function candidatesFor(exprs: readonly Expr[], now: bigint): Candidates {
  return new Map(
    [...literalsFor(exprs)].map(([name, { type, literals, patterns }]) => [
      name,
      [...new Set(valuesNear([...literals], [...patterns], type, now))],
    ]),
  );
}

/** Values to try in a column of a table, by its name and type; none where nothing tests a column of this name. */
export type CandidatesIn = (name: string, type: KqlType) => readonly Value[];

/**
 * As `candidatesFor`, for columns of tables: a rule may give the name of one to a column of another type.
 *
 * @param now the clock that moments are counted from, in ticks
 */
export function candidatesIn(exprs: readonly Expr[], now: bigint): CandidatesIn {
  const of = literalsFor(exprs);
  const made = new Map<string, readonly Value[]>();
  return (name, type) => {
    const literals = of.get(name);
    if (literals === undefined) return [];
    const key = `${name} ${type}`;
    const known = made.get(key) ?? [...new Set(valuesNear([...literals.literals], [...literals.patterns], type, now))];
    made.set(key, known);
    return known;
  };
}

/** The literals that a column is tested with, of whatever type. */
export interface Literals {
  /** Of the column. */
  readonly type: KqlType;
  readonly literals: ReadonlySet<Value>;
  readonly patterns: ReadonlySet<string>;
}

/** The literals of the tests of each column, by its name. */
export function literalsFor(exprs: readonly Expr[]): ReadonlyMap<string, Literals> {
  const found = new Map<string, Literals & { readonly literals: Set<Value>; readonly patterns: Set<string> }>();
  for (const test of exprs.flatMap(testsIn)) {
    const parts = [...within(test)];
    const written = new Set(parts.map(patternOf).filter((part) => part !== undefined));
    const literals = parts.flatMap((part) =>
      part.kind === 'literal' && !written.has(part) ? itemsOf(part.value) : [],
    );
    const patterns = [...written].map(({ value }) => String(value));
    for (const part of parts) {
      if (part.kind !== 'column') continue;
      const { name, type } = part.column;
      const known = found.get(name) ?? { type, literals: new Set<Value>(), patterns: new Set<string>() };
      for (const value of literals) known.literals.add(value);
      for (const pattern of patterns) known.patterns.add(pattern);
      found.set(name, known);
    }
  }
  return found;
}

/**
 * What an expression computes of columns, in the smallest parts: the clauses of its conditions, the entries of their
 * lists, and whatever else it computes as a whole. A column passed on as it is computes nothing.
 */
export function testsIn(expr: Expr): readonly Expr[] {
  if (expr.kind === 'column' || expr.kind === 'literal') return [];
  if (expr.type !== 'bool') {
    const inner = [...within(expr)].filter((part) => part !== expr && part.type === 'bool').flatMap(testsIn);
    return [...inner, expr];
  }
  const clause = clauseOf(expr);
  switch (clause.kind) {
    case 'all':
    case 'any':
      return clause.parts.flatMap((part) => testsIn(part.expr));
    case 'not':
      return testsIn(clause.part.expr);
    case 'list':
      return clause.entries.map(({ test }) => test);
    case 'test':
      return [expr];
  }
}

function itemsOf(value: Value): readonly Value[] {
  return isArray(value as Dynamic) ? (value as readonly Dynamic[]) : [value];
}

function valuesNear(literals: readonly Value[], patterns: readonly string[], type: KqlType, now: bigint): Value[] {
  switch (type) {
    case 'string': {
      const texts = literals.filter((value): value is string => typeof value === 'string' && value !== '');
      const near = [...texts.map(textsNear), ...patterns.map(patternsNear)];
      const rounds = Math.max(0, ...near.map(({ length }) => length));
      // The plain texts of all literals before the first neighbour of any.
      return [...Array.from({ length: rounds }, (_, i) => near.flatMap((list) => list[i] ?? [])).flat(), ''];
    }
    case 'int':
    case 'long': {
      const numbers = literals.filter((value): value is bigint => typeof value === 'bigint');
      return [...numbers.flatMap((n) => [n, n + 1n, n - 1n]), 0n, null];
    }
    case 'real': {
      const numbers = literals.filter((value) => typeof value === 'bigint' || typeof value === 'number').map(Number);
      return [...numbers.flatMap((n) => [n, n + 1, n - 1]), 0, null];
    }
    case 'bool':
      return [true, false, null];
    case 'datetime': {
      const spans = literals.filter((value): value is bigint => typeof value === 'bigint' && value > 0n);
      const moments = spans.flatMap((span) =>
        span > now / 2n ? [span] : [now - span, now - span / 2n, now - span * 2n],
      );
      return [now - MINUTE, ...moments.flatMap((at) => [at, at + 1n, at - 1n]), now, null];
    }
    default:
      return [];
  }
}

const MINUTE = 600_000_000n;

/** A text and what lies beside it. */
export function textsNear(text: string): string[] {
  return [text, `a.${text}`, `${text}.a`, `x${text}`, `${text}x`, text.toUpperCase(), text.slice(0, -1)];
}

/** Texts that a pattern matches, and what lies beside them. */
export function patternsNear(pattern: string): string[] {
  const examples = patternExamples(pattern);
  const [plain = ''] = examples;
  return [
    ...examples,
    ...examples.flatMap((text) => [`x${text}`, `${text}x`]),
    plain.toUpperCase(),
    plain.toLowerCase(),
  ];
}

/** The literal that an expression takes as a regular expression. */
export function patternOf(expr: Expr): Literal | undefined {
  if (expr.kind !== 'call') return undefined;
  const place = PATTERN_ARGUMENT[expr.fn.name];
  const literal = place === undefined ? undefined : expr.args[place];
  return literal?.kind === 'literal' && typeof literal.value === 'string' ? literal : undefined;
}

const PATTERN_ARGUMENT: Readonly<Record<string, number>> = {
  'matches regex': 1,
  extract: 0,
  extract_all: 0,
  replace_regex: 1,
  countof: 1,
};
