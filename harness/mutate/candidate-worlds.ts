import type { Events, Row } from '../detection/tests-schema.js';
import type { Value } from '../kql/functions/registry.js';
import type { Plan } from '../kql/plan/plan.js';
import { formatDatetime, parseDatetime } from '../kql/values/datetime.js';
import { type Json, writtenCell } from '../measure/cells.js';
import type { Catalog } from '../tables/catalog.js';
import { exprsOf, plansIn, within } from '../trace/expressions.js';
import { Held, spansIn } from '../trace/held.js';
import { type CandidatesIn, candidatesIn, type Literals, literalsFor } from '../trace/neighbours.js';
import { askedBy, type RowRule } from '../trace/row-rule.js';
import { editedCells } from './edited-cells.js';

/** Most sets of events that are tried. */
const MOST_WORLDS = 3_000;
/** Most single events that are tried. */
const MOST_EVENTS = 10_000;
/** Most events that a set is made to hold of one kind. */
const MOST_COPIES = 100;

/**
 * Sets of events on which versions of a rule that looks at several events may part: those of its tests, each with one
 * thing changed. A field takes a value at which a test of the rule can change, the value of another event or one that no
 * event has, so that keys meet and part; a moment comes to lie as far from another as the rule says; an event is left
 * out, or comes, beside the others or alone, as often as a number in the rule says, or once more or less, also each time
 * with another value in a field; all events move in time together; what a text or a document holds is changed in part.
 *
 * @param plans of the versions
 * @param tests the events of the rule's tests
 */
export function candidateWorlds(
  plans: readonly Plan[],
  tests: readonly Events[],
  catalog: Catalog,
  now: bigint,
): Events[] {
  const exprs = plans.flatMap(plansIn).flatMap(exprsOf);
  const literals = exprs.flatMap((expr) => [...within(expr)].flatMap((part) => (part.kind === 'literal' ? part : [])));
  const near: Near = {
    candidates: candidatesIn(exprs, now),
    literals: literalsFor(exprs),
    counts: countsIn(literals.map(({ value }) => value)),
    spans: spansIn(exprs),
    now,
  };
  const worlds = new Map<string, Events>();
  // Every test is varied a little before any is varied a lot.
  for (const events of takingTurns(tests.map((events) => variationsOf(events, near, catalog)))) {
    if (worlds.size >= MOST_WORLDS) break;
    worlds.set(JSON.stringify(events), events);
  }
  return [...worlds.values()];
}

/** What lies near the literals of a rule. */
interface Near {
  readonly candidates: CandidatesIn;
  readonly literals: ReadonlyMap<string, Literals>;
  readonly counts: readonly number[];
  /** Ticks. */
  readonly spans: readonly bigint[];
  /** Ticks. */
  readonly now: bigint;
}

function* variationsOf(events: Events, near: Near, catalog: Catalog): Generator<Events> {
  const { candidates, counts, spans } = near;
  yield events;
  yield* movedInTime(events, near, catalog);
  const held = new Held(events, catalog);
  for (const [table, rows] of Object.entries(events)) {
    const schema = catalog.tables.get(table) ?? [];
    const put = (index: number, put: readonly Row[]): Events => ({
      ...events,
      [table]: [...rows.slice(0, index), ...put, ...rows.slice(index + 1)],
    });
    for (const [index, row] of rows.entries()) {
      yield put(index, []);
      for (const count of counts) {
        const copies = Array.from({ length: count }, () => row);
        yield put(index, copies);
        yield { ...events, [table]: copies };
      }
    }
    for (const { name, type } of schema) {
      const cells = candidates(name, type).map((value) => writtenCell(value, type));
      // What the events hold says something of the columns alone that they name.
      const others = rows.some((row) => name in row) ? held.others(type, spans) : [];
      for (const cell of new Set([...others, ...cells])) {
        const changed = (row: Row): Row => ({ ...row, [name]: cell });
        for (const [index, row] of rows.entries()) {
          yield put(index, [changed(row)]);
          yield put(index, [row, changed(row)]);
        }
        if (rows.length > 1) yield { ...events, [table]: rows.map(changed) };
      }
    }
  }
  for (const [table, rows] of Object.entries(events)) {
    for (const [index, row] of rows.entries()) {
      for (const copies of multiplied(row, counts)) {
        yield { ...events, [table]: copies };
        if (rows.length > 1) yield { ...events, [table]: rows.toSpliced(index, 1, ...copies) };
      }
    }
    for (const [index, row] of rows.entries()) {
      for (const edited of editedRows(row, near.literals)) yield { ...events, [table]: rows.with(index, edited) };
    }
  }
}

/**
 * Events each of which a rule that looks at one event at a time may be judged by: those of its tests, and each with one
 * field changed, or one thing within it.
 *
 * @param plans of the versions, over one table
 */
export function candidateEvents(
  plans: readonly RowRule[],
  tests: readonly Events[],
  catalog: Catalog,
  now: bigint,
): Row[] {
  const [rule] = plans;
  if (rule === undefined) return [];
  const exprs = plans.flatMap(askedBy);
  const schema = catalog.tables.get(rule.table) ?? [];
  const candidates = candidatesIn(exprs, now);
  const literals = literalsFor(exprs);
  const found = new Map<string, Row>();
  const variations = tests.flatMap((events) => (events[rule.table] ?? []).map((row) => variantsOf(row)));
  function* variantsOf(row: Row): Generator<Row> {
    yield row;
    for (const { name, type } of schema)
      for (const value of candidates(name, type)) yield { ...row, [name]: writtenCell(value, type) };
    yield* editedRows(row, literals);
  }
  for (const row of takingTurns(variations)) {
    if (found.size >= MOST_EVENTS) break;
    found.set(JSON.stringify(row), row);
  }
  return [...found.values()];
}

/** One of each, then another of each, until all are done. */
function* takingTurns<T>(sources: readonly Generator<T>[]): Generator<T> {
  for (let open = sources; open.length > 0; ) {
    const left: Generator<T>[] = [];
    for (const source of open) {
      const { value, done } = source.next();
      if (done === true) continue;
      left.push(source);
      yield value;
    }
    open = left;
  }
}

/** An event with one thing changed within what a field holds. */
function* editedRows(row: Row, literals: Near['literals']): Generator<Row> {
  for (const [name, cell] of Object.entries(row))
    for (const edited of editedCells(cell, name, literals)) yield { ...row, [name]: edited };
}

/** All events moved together, so that one of them is as long ago as the rule says, or just more or less. */
function* movedInTime(events: Events, { spans, now }: Near, { timeColumn }: Catalog): Generator<Events> {
  const times = Object.values(events).flatMap((rows) => rows.map((row) => timeOf(row[timeColumn])));
  for (const time of new Set(times)) {
    if (time === undefined) continue;
    for (const to of spans.flatMap((span) => [now - span, now - span - 1n, now - span + 1n])) {
      const moved = (row: Row): Row => {
        const own = timeOf(row[timeColumn]);
        return own === undefined ? row : { ...row, [timeColumn]: formatDatetime(own + to - time) };
      };
      yield Object.fromEntries(Object.entries(events).map(([table, rows]) => [table, rows.map(moved)]));
    }
  }
}

function timeOf(cell: Json | undefined): bigint | undefined {
  return typeof cell === 'string' ? (parseDatetime(cell) ?? undefined) : undefined;
}

/** An event several times, each with another value in one of its fields, for rules that count different ones. */
function* multiplied(row: Row, counts: readonly number[]): Generator<Row[]> {
  for (const [name, cell] of Object.entries(row)) {
    if (typeof cell !== 'string' && typeof cell !== 'number') continue;
    if (typeof cell === 'string' && timeOf(cell) !== undefined) continue;
    const other = (i: number): Json => (i === 0 ? cell : typeof cell === 'string' ? `${cell}-${i}` : cell + i);
    for (const count of counts) yield Array.from({ length: count }, (_, i) => ({ ...row, [name]: other(i) }));
  }
}

/** How often an event may have to come: as often as numbers of the rule say, and once more or less. */
function countsIn(literals: readonly Value[]): number[] {
  const numbers = literals.filter(
    (value): value is bigint => typeof value === 'bigint' && value <= BigInt(MOST_COPIES),
  );
  const counts = numbers.map(Number).flatMap((n) => [n, n + 1, n - 1]);
  return [...new Set([1, 2, ...counts])].filter((n) => n > 0).sort((a, b) => a - b);
}
