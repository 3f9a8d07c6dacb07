import { ref } from '../kql/plan/make.js';
import type { Column, Expr, Plan } from '../kql/plan/plan.js';
import { type Clause, clauseOf } from '../trace/clauses.js';
import { plansIn } from '../trace/expressions.js';

/** A comparison of a column with a text. */
export interface Test {
  readonly column: string;
  /** The operator without its negation: `in~`, `has`, `startswith`, … */
  readonly operator: string;
  readonly value: string;
  /** Whether it must not hold. */
  readonly negated: boolean;
}

/** Comparisons that together make a condition false: what an event looks like that a rule leaves out. */
export type Exclusion = readonly Test[];

/** More ways than this are not told apart. */
const MOST = 400;

/** The ways in which conditions of a plan leave events out, as far as they are comparisons of columns with texts. */
export function exclusionsOf(plan: Plan): Exclusion[] {
  const meaning = meaningIn(plan);
  return plansIn(plan).flatMap((node) =>
    node.kind === 'filter' ? waysTo(clauseOf(node.predicate), false, meaning).slice(0, MOST) : [],
  );
}

/** The ways in which a condition holds. */
export function waysToHold(plan: Plan): Exclusion[] {
  const meaning = meaningIn(plan);
  return plansIn(plan).flatMap((node) =>
    node.kind === 'filter' ? waysTo(clauseOf(node.predicate), true, meaning).slice(0, MOST) : [],
  );
}

type Meaning = ReadonlyMap<number, Expr>;

/** What each column of a plan was computed from; of a union, in its first input. */
export function meaningIn(plan: Plan): Meaning {
  const found = new Map<number, Expr>();
  for (const node of plansIn(plan)) {
    for (const [column, expr] of madeBy(node))
      if (expr.kind !== 'column' || expr.column.id !== column.id) found.set(column.id, expr);
  }
  return found;
}

function madeBy(node: Plan): (readonly [Column, Expr])[] {
  switch (node.kind) {
    case 'project':
    case 'join':
      return node.items.map(({ column, expr }) => [column, expr]);
    case 'aggregate':
      return [
        ...node.keys.map(({ column, expr }) => [column, expr] as const),
        ...node.aggregates.flatMap((item) =>
          item.kind === 'pick' ? item.items.map(({ column, expr }) => [column, expr] as const) : [],
        ),
      ];
    case 'reference':
      return node.mapping.map(({ from, to }) => [to, ref(from)]);
    case 'union':
      return node.columns.flatMap((column, i) => {
        const expr = node.inputs[0]?.exprs[i];
        return expr === undefined ? [] : [[column, expr] as const];
      });
    default:
      return [];
  }
}

function waysTo(clause: Clause, wanted: boolean, meaning: Meaning): Exclusion[] {
  switch (clause.kind) {
    case 'all':
    case 'any': {
      const parts = clause.parts.map((part) => waysTo(part, wanted, meaning));
      // One part decides an `and` that is to fail and an `or` that is to hold; else all must agree.
      return (clause.kind === 'any') === wanted ? parts.flat() : products(parts);
    }
    case 'not':
      return waysTo(clause.part, !wanted, meaning);
    case 'list': {
      const tests = clause.entries.flatMap(({ test }) => waysTo({ kind: 'test', expr: test }, true, meaning));
      if (tests.length < clause.entries.length) return [];
      const holds = wanted !== clause.negated;
      if (clause.matching === 'any') return holds ? tests : [tests.flat().map(opposite)];
      return holds ? [tests.flat()] : tests.map((test) => test.map(opposite));
    }
    case 'test': {
      const { expr } = clause;
      const computed = expr.kind === 'column' && expr.type === 'bool' ? meaning.get(expr.column.id) : undefined;
      if (computed !== undefined) return waysTo(clauseOf(computed), wanted, meaning);
      const test = testOf(clause.expr, meaning);
      if (test === undefined) return [];
      return [[wanted ? test : opposite(test)]];
    }
  }
}

function opposite(test: Test): Test {
  return { ...test, negated: !test.negated };
}

function products(parts: readonly (readonly Exclusion[])[]): Exclusion[] {
  let ways: Exclusion[] = [[]];
  for (const part of parts) ways = ways.flatMap((way) => part.map((more) => [...way, ...more])).slice(0, MOST);
  return ways;
}

/** `!has`, `!~` and their kin are written as the negation of what they negate. */
const POSITIVE: ReadonlyMap<string, string> = new Map([
  ['!=', '=='],
  ['<>', '=='],
  ['!~', '=~'],
]);

function testOf(expr: Expr, meaning: Meaning): Test | undefined {
  if (expr.kind !== 'call') return undefined;
  const [left, right] = expr.args;
  if (expr.fn.name === 'isempty' && left !== undefined) return onColumn(left, '==', '', false, meaning);
  if (expr.fn.name === 'isnotempty' && left !== undefined) return onColumn(left, '==', '', true, meaning);
  if (left === undefined || right?.kind !== 'literal' || typeof right.value !== 'string') return undefined;
  const { name } = expr.fn;
  const plain = POSITIVE.get(name) ?? (name.startsWith('!') ? name.slice(1) : name);
  return onColumn(left, plain, right.value, plain !== name, meaning);
}

function onColumn(left: Expr, operator: string, value: string, negated: boolean, meaning: Meaning): Test | undefined {
  const column = columnOf(left, meaning);
  return column && { column: column.name, operator, value, negated };
}

const TRANSPARENT: ReadonlySet<string> = new Set(['tolower', 'toupper', 'tostring']);

/** The stored column that an expression is, but for its case. */
function columnOf(expr: Expr, meaning: Meaning): Column | undefined {
  if (expr.kind === 'column') {
    const computed = meaning.get(expr.column.id);
    return computed === undefined ? expr.column : columnOf(computed, meaning);
  }
  const [only, ...more] = expr.kind === 'call' ? expr.args : [];
  if (expr.kind !== 'call' || only === undefined || more.length > 0 || !TRANSPARENT.has(expr.fn.name)) return undefined;
  return columnOf(only, meaning);
}
