import type { Evidence } from '../../harness/evidence/result.js';
import { explanationId } from './explanations.js';

/** A column of a table that the page draws itself: its distinct values, and which of them each row has. */
export interface Column {
  readonly title: string;
  readonly distinct: readonly (string | number)[];
  readonly index: readonly number[];
}

/** A column from the value of each row. */
export function column(title: string, values: readonly (string | number)[]): Column {
  const places = new Map<string | number, number>();
  const index = values.map((value) => {
    const place = places.get(value) ?? places.size;
    if (place === places.size) places.set(value, place);
    return place;
  });
  return { title, distinct: [...places.keys()], index };
}

/** The alerts as the page's script takes them. */
export interface Grid {
  readonly columns: readonly Column[];
  /** By the id of an event, the id of the template that tells what the rule did with it. */
  readonly why: Readonly<Record<string, string>>;
}

export function gridOf(evidence: Evidence, anchor: string): Grid {
  const explained = evidence.activities.flatMap(({ events }) =>
    events.flatMap(({ id, returned, explanation }) =>
      returned && explanation !== undefined ? [[id, explanationId(anchor, explanation)] as const] : [],
    ),
  );
  return { columns: alertColumns(evidence), why: Object.fromEntries(explained) };
}

/** The truth first, then what the rule returned. */
function alertColumns({ alerts: { columns, rows } }: Evidence): Column[] {
  return [
    column(
      'Verdict',
      rows.map(({ verdict }) => verdict),
    ),
    column(
      'Scenario',
      rows.map(({ scenario }) => scenario),
    ),
    column(
      'Host',
      rows.map(({ host }) => host),
    ),
    column(
      'Events',
      rows.map(({ events }) => events),
    ),
    column(
      'Event',
      rows.map(({ event }) => event),
    ),
    ...columns.map((name, i) =>
      column(
        name,
        rows.map(({ row }) => row[i] ?? ''),
      ),
    ),
  ];
}
