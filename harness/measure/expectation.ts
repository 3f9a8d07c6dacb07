import type { Grouping, Trigger } from '../detection/rule.js';
import type { Expectation, Row } from '../detection/tests-schema.js';
import type { Answer } from '../engine/answer.js';
import { didYouMean } from '../files/nearest.js';
import { cellMatches, showCell } from './cells.js';

/** How many alerts the rows of one run make. */
export function alertsOf(answer: Answer, grouping: Grouping, trigger?: Trigger): number {
  const { columns, rows } = answer;
  if (!triggers(rows.length, trigger)) return 0;
  if (grouping === 'per-row') return rows.length;
  if (grouping === 'per-run') return 1;
  const places = grouping.perEntity.map((name) => columns.findIndex((column) => column.name === name));
  const entities = rows.map((row) =>
    places.map((place) => showCell(row[place] ?? null, columns[place]?.type ?? 'dynamic')),
  );
  return new Set(entities.map((entity) => JSON.stringify(entity))).size;
}

/** Whether a run with so many rows raises anything: one row or more, unless the rule says otherwise. */
export function triggers(rows: number, trigger: Trigger = { operator: 'gt', threshold: 0 }): boolean {
  switch (trigger.operator) {
    case 'gt':
      return rows > trigger.threshold;
    case 'lt':
      return rows < trigger.threshold;
    case 'eq':
      return rows === trigger.threshold;
    case 'ne':
      return rows !== trigger.threshold;
  }
}

/** What a rule's answer lacks of what was expected; nothing when it is as expected. */
export function shortfall(expected: Expectation, answer: Answer, alerts: number): string | undefined {
  if (expected.rows !== undefined) return rowShortfall(expected.rows, answer);
  const demand = expected.alerts;
  if (demand === undefined) return undefined;
  const { atLeast, atMost } = typeof demand === 'number' ? { atLeast: demand, atMost: demand } : demand;
  if (alerts >= (atLeast ?? 0) && alerts <= (atMost ?? Number.POSITIVE_INFINITY)) return undefined;
  const wanted =
    typeof demand === 'number'
      ? demand
      : [atLeast !== undefined && `at least ${atLeast}`, atMost !== undefined && `at most ${atMost}`]
          .filter(Boolean)
          .join(' and ');
  return `expected ${wanted} alert${demand === 1 ? '' : 's'}, got ${alerts}${preview(answer)}`;
}

/** Of the expected rows each must match another of the returned ones, and none may be left over. */
export function rowShortfall(expected: readonly Row[], answer: Answer): string | undefined {
  const { columns, rows } = answer;
  const names = columns.map(({ name }) => name);
  for (const name of new Set(expected.flatMap((row) => Object.keys(row)))) {
    if (names.includes(name)) continue;
    return [`the rule returns no column '${name}'.`, didYouMean(name, names)].filter(Boolean).join(' ');
  }
  const unmatched = unmatchedRows(expected, answer);
  const [first] = unmatched;
  if (first !== undefined) {
    const nearest = nearestRow(first, answer);
    return `expected a row with ${JSON.stringify(first)}; ${nearest ?? 'no row was returned'}`;
  }
  if (rows.length === expected.length) return undefined;
  return `expected ${expected.length} row${expected.length === 1 ? '' : 's'}, got ${rows.length}${preview(answer)}`;
}

/** A greatest matching between expected and returned rows (augmenting paths), so that no order of theirs matters. */
function unmatchedRows(expected: readonly Row[], answer: Answer): Row[] {
  const takenBy = new Map<number, Row>();
  const place = (row: Row, tried: Set<number>): boolean =>
    answer.rows.some((_, index) => {
      if (tried.has(index) || mismatches(row, answer, index).length > 0) return false;
      tried.add(index);
      const holder = takenBy.get(index);
      if (holder !== undefined && !place(holder, tried)) return false;
      takenBy.set(index, row);
      return true;
    });
  return expected.filter((row) => !place(row, new Set()));
}

function mismatches(row: Row, { columns, rows }: Answer, index: number): string[] {
  return Object.entries(row).flatMap(([name, value]) => {
    const at = columns.findIndex((column) => column.name === name);
    const type = columns[at]?.type ?? 'dynamic';
    const actual = rows[index]?.[at] ?? null;
    return cellMatches(value, actual, type) ? [] : [`${name} is ${showCell(actual, type)}`];
  });
}

function nearestRow(row: Row, answer: Answer): string | undefined {
  const misses = answer.rows.map((_, index) => mismatches(row, answer, index));
  const [nearest] = misses.sort((a, b) => a.length - b.length);
  if (nearest === undefined) return undefined;
  return nearest.length === 0 ? 'the row that matches is taken by another' : `in the nearest row ${nearest.join(', ')}`;
}

function preview({ columns, rows }: Answer): string {
  const [row] = rows;
  if (row === undefined) return '';
  const cells = columns.slice(0, 6).map(({ name, type }, at) => `${name}=${showCell(row[at] ?? null, type)}`);
  return `, the first with ${cells.join(', ')}`;
}
