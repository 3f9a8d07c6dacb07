import type { Allowlist } from '../detection/allowlist-schema.js';
import type { Clause } from '../trace/clauses.js';
import { type Condition, ConditionError } from './conditions.js';

/** What a condition compares, each column with one text, as a row of a watchlist holds it. */
type Row = readonly { readonly column: string; readonly value: string }[];

/** More rows than these for one condition are no list that a person would review. */
const MOST_ROWS = 200;

/**
 * The rows that stand for a condition in a watchlist: it may compare columns with texts by `=~` and `in~`, joined by `and`.
 *
 * @throws ConditionError for a condition that does more
 */
export function watchlistRows({ clause }: Pick<Condition, 'clause'>): Row[] {
  const parts = clause.kind === 'all' ? clause.parts : [clause];
  let rows: Row[] = [[]];
  for (const part of parts) {
    const { column, values } = comparison(part);
    rows = rows.flatMap((row) => values.map((value) => [...row, { column, value }]));
    if (rows.length > MOST_ROWS) throw new ConditionError(`It would take more than ${MOST_ROWS} rows of a watchlist.`);
  }
  return rows.map((row) => [...row].sort((a, b) => (a.column < b.column ? -1 : 1)));
}

function comparison(part: Clause): { readonly column: string; readonly values: readonly string[] } {
  if (part.kind === 'list' && !part.negated && part.expr.fn.name === 'in~' && part.subject.kind === 'column')
    return { column: part.subject.column.name, values: part.entries.map(({ text }) => text) };
  if (part.kind === 'test' && part.expr.kind === 'call' && part.expr.fn.name === '=~') {
    const [column, value] = part.expr.args;
    if (column?.kind === 'column' && value?.kind === 'literal' && typeof value.value === 'string')
      return { column: column.column.name, values: [value.value] };
  }
  throw new ConditionError('A watchlist holds columns and texts that are equal: only `=~` and `in~`, joined by `and`.');
}

/** Stands between the values of a key; it cannot be part of a path or a host. */
const BETWEEN = '|';

function keyOf(row: Row): string {
  return row.map(({ column, value }) => `${column}=${value}`).join(BETWEEN);
}

/** The operators that leave out the rows which a watchlist holds: one for each set of columns. */
export function watchlistOperators(alias: string, conditions: readonly Pick<Condition, 'clause'>[]): string[] {
  const shapes = new Map<string, readonly string[]>();
  for (const row of conditions.flatMap(watchlistRows)) {
    const columns = row.map(({ column }) => column);
    shapes.set(columns.join(), columns);
  }
  return [...shapes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, columns]) => {
      const parts = columns.map((column, i) => `"${i === 0 ? '' : BETWEEN}${column}=", ${column}`);
      return `| where strcat(${parts.join(', ')}) !in~ ((_GetWatchlist("${alias}") | project SearchKey))`;
    });
}

/** The rows of a watchlist: one for each combination that is excepted, and who answers for it. */
export function watchlistTable(
  exceptions: Allowlist['exceptions'],
  conditions: readonly Pick<Condition, 'clause'>[],
): Readonly<Record<string, string>>[] {
  return exceptions.flatMap(({ condition, reason, owner, expiry }, i) => {
    const of = conditions[i];
    const told = { Condition: condition.trim(), Reason: reason, Owner: owner, Expiry: expiry };
    return of === undefined ? [] : watchlistRows(of).map((row) => ({ SearchKey: keyOf(row), ...told }));
  });
}

/** The watchlist as a CSV file to upload. */
export function watchlistCsv(
  exceptions: Allowlist['exceptions'],
  conditions: readonly Pick<Condition, 'clause'>[],
): string {
  const rows = watchlistTable(exceptions, conditions).map((row) => Object.values(row));
  return [['SearchKey', 'Condition', 'Reason', 'Owner', 'Expiry'], ...rows]
    .map((cells) => `${cells.map(cell).join(',')}\n`)
    .join('');
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The name of the file beside the rule, and of the source that tests and workload take for the watchlist. */
export function watchlistFile(alias: string): string {
  return `${alias}.csv`;
}

export function watchlistSource(alias: string): string {
  return `_GetWatchlist:${alias}`;
}
