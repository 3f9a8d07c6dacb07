import type { Events, Row } from '../detection/tests-schema.js';
import type { Value } from '../kql/functions/registry.js';
import type { Plan } from '../kql/plan/plan.js';
import { writtenCell } from '../measure/cells.js';
import type { Catalog } from '../tables/catalog.js';
import { exprsOf, plansIn, within } from '../trace/expressions.js';
import { Held, spansIn } from '../trace/held.js';
import { type Candidates, candidatesFor } from '../trace/neighbours.js';

/** Most sets of events that are tried. */
const MOST_WORLDS = 3_000;
/** Most events that a set is made to hold of one kind. */
const MOST_COPIES = 100;

/**
 * Sets of events on which versions of a rule that looks at several events may part: those of its tests, each with one
 * thing changed. A field takes a value at which a test of the rule can change, the value of another event or one that no
 * event has, so that keys meet and part; a moment comes to lie as far from another as the rule says; an event is left
 * out, or comes, beside the others or alone, as often as a number in the rule says, or once more or less.
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
    candidates: candidatesFor(exprs, now),
    counts: countsIn(literals.map(({ value }) => value)),
    spans: spansIn(exprs),
  };
  const worlds = new Map<string, Events>();
  // Every test is varied a little before any is varied a lot.
  const variations = tests.map((events) => variationsOf(events, near, catalog));
  for (let open = variations; open.length > 0 && worlds.size < MOST_WORLDS; ) {
    open = open.filter((variation) => {
      const { value, done } = variation.next();
      if (done !== true && worlds.size < MOST_WORLDS) worlds.set(JSON.stringify(value), value);
      return done !== true;
    });
  }
  return [...worlds.values()];
}

/** What lies near the literals of a rule. */
interface Near {
  readonly candidates: Candidates;
  readonly counts: readonly number[];
  /** Ticks. */
  readonly spans: readonly bigint[];
}

function* variationsOf(events: Events, { candidates, counts, spans }: Near, catalog: Catalog): Generator<Events> {
  yield events;
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
      const cells = (candidates.get(name) ?? []).map((value) => writtenCell(value, type));
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
}

/** How often an event may have to come: as often as numbers of the rule say, and once more or less. */
function countsIn(literals: readonly Value[]): number[] {
  const numbers = literals.filter(
    (value): value is bigint => typeof value === 'bigint' && value <= BigInt(MOST_COPIES),
  );
  const counts = numbers.map(Number).flatMap((n) => [n, n + 1, n - 1]);
  return [...new Set([1, 2, ...counts])].filter((n) => n > 0).sort((a, b) => a - b);
}
