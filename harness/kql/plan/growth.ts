import type { Column, Expr } from './plan.js';

/**
 * How much larger a text or dynamic value may be than the cells that a query began with: a text that is put together
 * with itself in step after step doubles with each, and soon one batch of rows fills any memory.
 */
const columns = new WeakMap<Column, number>();
const exprs = new WeakMap<Expr, number>();

/** What one cell is taken to hold, in characters. */
const CELL = 1_024;

/** What is no text is small as one. */
const SMALL = 1 / 32;

/** Says what a column is made of. */
export function grows(column: Column, from: readonly Expr[]): void {
  const growth = Math.max(SMALL, ...from.map(growthOf));
  if (growth !== growthOfColumn(column)) columns.set(column, growth);
}

/** A column that holds what another holds. */
export function growsLike(column: Column, other: Column): void {
  const growth = columns.get(other);
  if (growth !== undefined) columns.set(column, growth);
}

export function growthOf(expr: Expr): number {
  let growth = exprs.get(expr);
  if (growth === undefined) {
    growth = expr.type === 'string' || expr.type === 'dynamic' ? workOut(expr) : SMALL;
    exprs.set(expr, growth);
  }
  return growth;
}

function growthOfColumn(column: Column): number {
  return columns.get(column) ?? 1;
}

function workOut(expr: Expr): number {
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'string' ? expr.value.length / CELL : 1;
    case 'column':
      return growthOfColumn(expr.column);
    case 'call':
      return expr.args.reduce((sum, arg) => sum + growthOf(arg), 0) * factorOf(expr.fn.name, expr.args);
    case 'native':
    case 'window':
      return expr.args.reduce((sum, arg) => sum + growthOf(arg), 0);
    case 'scalar-query':
      return growthOfColumn(expr.column);
    case 'in-query':
      return SMALL;
  }
}

/** By how much a call is larger than its arguments together. */
function factorOf(name: string, args: readonly Expr[]): number {
  const place = REPLACEMENTS[name];
  const put = place === undefined ? undefined : args[place];
  if (put !== undefined) return 1 + (put.kind === 'literal' ? String(put.value).length : CELL) / 4;
  if (name !== 'repeat') return 1;
  const [, times] = args;
  return times?.kind === 'literal' && typeof times.value === 'bigint' ? Math.max(1, Number(times.value)) : CELL;
}

/** Where functions take what they put in place of each match. */
const REPLACEMENTS: Readonly<Record<string, number>> = { replace_string: 2, replace_regex: 2, replace: 1 };
