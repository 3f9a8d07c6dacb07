/** How many rows, how many different values. */
import type { AggregateFunction } from '../functions/registry.js';
import { argument, type Call, conditional, plain, sqlAggregate } from './parts.js';

/**
 * A case in place of `FILTER`: for each filter DuckDB keeps a copy of all that is aggregated, so that the memory of many
 * counts grows with their square.
 */
export function countWhere(conditions: readonly string[]): string {
  return `count(CASE WHEN ${conditions.map((condition) => `(${condition})`).join(' AND ')} THEN 1 END)`;
}

/** `count(predicate)` is an undocumented `countif`. */
function count({ args, where }: Call): string {
  const conditions = [...where, ...args.map((predicate) => predicate.sql)];
  return conditions.length === 0 ? 'count(*)' : countWhere(conditions);
}

/**
 * Exact, for both names. `dcount` estimates in the cloud with HyperLogLog, whose error depends on its hash; its estimate
 * is exact for the small counts that rules compare with thresholds, so the accuracy argument changes nothing here.
 * Null is not a value; the empty string is one.
 */
function distinct({ args, where }: Call): string {
  return sqlAggregate('count', `DISTINCT ${argument(args, 0, 'dcount').sql}`, where);
}

export const counts: readonly AggregateFunction[] = [
  plain('count', count, ['cnt']),
  conditional('countif', 0, count),
  plain('dcount', distinct),
  conditional('dcountif', 1, distinct),
  plain('count_distinct', distinct),
  conditional('count_distinctif', 1, distinct),
];
