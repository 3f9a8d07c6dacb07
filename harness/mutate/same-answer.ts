import { type Answer, cellJson } from '../engine/index.js';
import type { Value } from '../kql/functions/registry.js';
import type { KqlType } from '../kql/types.js';
import { type Dynamic, isArray } from '../kql/values/dynamic.js';

/** Whether two answers hold the same rows, in whatever order; so do the arrays in them, which are often sets. */
export function sameAnswer(one: Answer, other: Answer): boolean {
  if (one.rows.length !== other.rows.length || one.columns.length !== other.columns.length) return false;
  const [a, b] = [rowKeys(one), rowKeys(other)];
  return a.every((row, i) => row === b[i]);
}

function rowKeys({ columns, rows }: Answer): string[] {
  return rows.map((row) => row.map((value, i) => cellKey(value, columns[i]?.type ?? 'dynamic')).join('\u0001')).sort();
}

function cellKey(value: Value, type: KqlType): string {
  if (type !== 'dynamic' || !isArray(value as Dynamic)) return cellJson(value, type);
  return (value as readonly Dynamic[])
    .map((item) => cellJson(item, 'dynamic'))
    .sort()
    .join('\u0002');
}
