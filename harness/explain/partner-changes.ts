import type { Events, Row } from '../detection/tests-schema.js';
import type { Json } from '../measure/cells.js';
import type { PlacedEvent } from './event.js';
import { far } from './far.js';
import type { Flip, Partner, PartnerFlip } from './result.js';

/** A change of the events beside an event, and the events as they are with it. */
export interface PartnerChange {
  readonly flip: PartnerFlip;
  readonly events: Events;
}

/** Most events, in all sets together, that are made to try changes. */
const MOST_EVENTS = 10_000;
/** Most times that an event is made to come again. */
const MOST_TIMES = 100;

/** Other values to try in a field of an event. */
export type ValuesFor = (table: string, row: Row) => readonly Flip[];

/**
 * Every change of one thing about the events beside an event: it comes again, another is left out, or another has
 * another value in one field.
 *
 * @param counts numbers that the rule names
 * @param valuesFor other values of the fields of an event, the nearest first
 */
export function partnerChanges(
  event: PlacedEvent,
  events: Events,
  counts: readonly number[],
  valuesFor: ValuesFor,
  timeColumn: string,
): PartnerChange[] {
  const { table } = event;
  const own = events[table] ?? [];
  const [first] = own;
  if (first === undefined) return [];
  const more = (flip: PartnerFlip, copies: readonly Row[]): PartnerChange => ({
    flip,
    events: { ...events, [table]: [...own, ...copies] },
  });
  const again = timesOf(counts).flatMap((times) => [
    more({ what: 'again', times }, Array<Row>(times).fill(first)),
    ...variable(first).map(([column, cell]) =>
      more(
        { what: 'again', times, column },
        Array.from({ length: times }, (_, i) => ({ ...first, [column]: another(cell, i + 1) })),
      ),
    ),
  ]);
  const partners = Object.entries(events).flatMap(([name, rows]) =>
    rows.flatMap((row, index) => (row === first ? [] : [{ name, rows, row, index }])),
  );
  const partner = (name: string, row: Row, index: number): Partner => {
    const at = row[timeColumn];
    return { table: name, place: index + 1, ...(typeof at === 'string' && { at }) };
  };
  const absent = partners.map(
    ({ name, rows, row, index }): PartnerChange => ({
      flip: { what: 'absent', ...partner(name, row, index) },
      events: { ...events, [name]: rows.toSpliced(index, 1) },
    }),
  );
  const fields = partners.flatMap(({ name, rows, row, index }) =>
    valuesFor(name, row).map(
      (flip): PartnerChange => ({
        flip: { what: 'field', ...partner(name, row, index), ...flip },
        events: { ...events, [name]: rows.with(index, { ...row, [flip.column]: flip.to }) },
      }),
    ),
  );
  return withinLimit([...again, ...absent, ...fields]);
}

function withinLimit(changes: readonly PartnerChange[]): PartnerChange[] {
  let made = 0;
  return changes.filter(({ events }) => {
    made += Object.values(events).flat().length;
    return made <= MOST_EVENTS;
  });
}

function timesOf(counts: readonly number[]): number[] {
  const times = [1, 2, 3, ...counts.flatMap((count) => [count - 1, count, count + 1])];
  return [...new Set(times)].filter((count) => count > 0 && count <= MOST_TIMES).sort((a, b) => a - b);
}

/** The fields in which an event may differ from time to time; moments are left as they are. */
function variable(row: Row): [string, string | number][] {
  return Object.entries(row).flatMap(([name, cell]): [string, string | number][] => {
    if (typeof cell === 'number') return [[name, cell]];
    return typeof cell === 'string' && !/^\d{4}-\d\d-\d\d/.test(cell) ? [[name, cell]] : [];
  });
}

function another(cell: string | number, i: number): Json {
  return typeof cell === 'number' ? cell + i : `${cell}-${i}`;
}

/**
 * Of changes that turn the outcome those that a person would look at: the fewest times that the event comes again, the
 * first of a table whose absence does, and the nearest for each field of a table.
 */
export function nearestPartners(flips: readonly PartnerFlip[]): PartnerFlip[] {
  const sorted = flips.toSorted((a, b) => effort(a) - effort(b));
  const again = sorted.filter(({ what }) => what === 'again').slice(0, 1);
  const seen = new Set<string>();
  const others = sorted.filter((flip) => {
    if (flip.what === 'again') return false;
    const key = `${flip.what} ${flip.table} ${flip.what === 'field' ? flip.column : ''}`;
    return !seen.has(key) && seen.add(key);
  });
  return [...others, ...again];
}

/** What comes again without another value is less to ask for. */
function effort(flip: PartnerFlip): number {
  switch (flip.what) {
    case 'field':
      return far(flip);
    case 'absent':
      return 1;
    case 'again':
      return 2 * flip.times + (flip.column === undefined ? 0 : 1);
  }
}
