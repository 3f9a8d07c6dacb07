import type { Detection } from '../detection/detection.js';
import type { Events, Row } from '../detection/tests-schema.js';
import type { Value } from '../kql/functions/registry.js';
import type { Planned } from '../kql/index.js';
import type { Expr } from '../kql/plan/plan.js';
import type { KqlType } from '../kql/types.js';
import { type Json, writtenCell } from '../measure/cells.js';
import { alertsOf } from '../measure/expectation.js';
import type { Catalog } from '../tables/catalog.js';
import { exprsOf, plansIn, within } from '../trace/expressions.js';
import { Held, spansIn } from '../trace/held.js';
import { type CandidatesIn, candidatesIn } from '../trace/neighbours.js';
import { rowRule } from '../trace/row-rule.js';
import { Worlds } from '../trace/world-engine.js';
import type { PlacedEvent } from './event.js';
import { far } from './far.js';
import { nearestPartners, partnerChanges } from './partner-changes.js';
import type { Flip, PartnerFlip } from './result.js';

/** How long before the clock an event happened that says no time. */
const MINUTE = 600_000_000n;

/** What turns the outcome of an event. */
interface Turned {
  /** Whether the rule makes an alert of the event as it is. */
  readonly alerts: boolean;
  readonly flips: readonly Flip[];
  readonly partnerFlips: readonly PartnerFlip[];
}

/**
 * For each field of an event the nearest other value by which the rule alone would make an alert of it, or none. The
 * values are those at which the rule's tests can change, the event's own text with one of the rule's in it, or without,
 * and what the events beside it hold; all are tried at once. For rules that hold events together, the same of the
 * events beside it, and whether it came again or one of them were not there.
 */
export async function flipsOf(
  event: PlacedEvent,
  events: Events,
  planned: Planned,
  detection: Detection,
  catalog: Catalog,
): Promise<Turned> {
  const exprs = plansIn(planned.plan).flatMap(exprsOf);
  const tried: Tried = {
    candidates: candidatesIn(exprs, event.run.now),
    spans: spansIn(exprs),
    alone: Object.values(events).flat().length === 1,
    catalog,
    event,
  };
  const [first, ...fellows] = events[event.table] ?? [];
  const held = new Held({ ...events, [event.table]: fellows }, catalog);
  const changes = otherValues(event.table, event.fields, held, tried);
  const changed = changes.map(({ column, to }) => ({
    ...events,
    [event.table]: [{ ...first, [column]: to }, ...fellows],
  }));
  const all = new Held(events, catalog);
  const partners =
    rowRule(planned.plan) === undefined
      ? partnerChanges(
          event,
          events,
          countsIn(exprs),
          (table, row) => otherValues(table, row, all, tried),
          catalog.timeColumn,
        )
      : [];
  const worlds = await Worlds.open(catalog, event.run.now, detection.runs.lookback);
  try {
    await worlds.load([events, ...changed, ...partners.map((change) => change.events)]);
    const { grouping, deployed } = detection;
    const firsts = worlds.firstOf(event.table);
    const outcomes = (await worlds.answers(planned, true)).map((answer, world) => {
      const id = firsts[world];
      // Rows of which the events are not known may be of any.
      const own = answer.lineage?.some((ids) => id !== undefined && ids.includes(id)) ?? answer.rows.length > 0;
      return own && alertsOf(answer, grouping, deployed.trigger) > 0;
    });
    const [as = false, ...otherwise] = outcomes;
    const turns = (_: unknown, i: number): boolean => otherwise[i] !== as;
    return {
      alerts: as,
      flips: nearestOf(changes.filter(turns)),
      partnerFlips: nearestPartners(partners.filter((_, i) => turns(_, changes.length + i)).map(({ flip }) => flip)),
    };
  } finally {
    worlds.close();
  }
}

interface Tried {
  readonly candidates: CandidatesIn;
  /** Ticks. */
  readonly spans: readonly bigint[];
  /** Whether no other event is there. */
  readonly alone: boolean;
  readonly catalog: Catalog;
  readonly event: PlacedEvent;
}

/** Other values for the fields of an event. */
function otherValues(table: string, row: Row, held: Held, { candidates, spans, alone, catalog, event }: Tried): Flip[] {
  const tried = (catalog.tables.get(table) ?? []).flatMap(({ name, type }) => {
    const from: Json = row[name] ?? absent(name, type, event, catalog);
    const values = candidates(name, type);
    const others = alone || !(name in row) ? [] : held.others(type, spans);
    const edited = typeof from === 'string' && type === 'string' ? textsFrom(from, values) : [];
    const cells = [...values.map((value) => writtenCell(value, type)), ...edited, ...others];
    return cells.map((to): Flip => ({ column: name, from, to }));
  });
  return tried.filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
}

/** The numbers that expressions name. */
function countsIn(exprs: readonly Expr[]): number[] {
  return exprs.flatMap((expr) =>
    [...within(expr)].flatMap((part) =>
      part.kind === 'literal' && part.type !== 'timespan' && typeof part.value === 'bigint' ? Number(part.value) : [],
    ),
  );
}

/** Most texts that one text is changed into. */
const MOST_TEXTS = 300;

/** A text with each of others behind or before it where it lacks it, and without it where it has it. */
function textsFrom(text: string, others: readonly Value[]): string[] {
  if (text === '') return [];
  const texts = others.flatMap((other): string[] => {
    if (typeof other !== 'string' || other === '' || other === text) return [];
    const at = text.toLowerCase().indexOf(other.toLowerCase());
    return at < 0 ? [`${text} ${other}`, `${other} ${text}`] : [text.slice(0, at) + text.slice(at + other.length)];
  });
  return texts.slice(0, MOST_TEXTS);
}

/** What a field holds that the event does not name. */
function absent(name: string, type: KqlType, { run }: PlacedEvent, { timeColumn }: Catalog): Json {
  if (name === timeColumn) return writtenCell(run.now - MINUTE, type);
  return type === 'string' ? '' : null;
}

/** The nearest of each column, the nearest of all first. */
function nearestOf(flips: readonly Flip[]): Flip[] {
  const sorted = flips.map((flip) => ({ flip, far: far(flip) })).sort((a, b) => a.far - b.far);
  const seen = new Set<string>();
  return sorted.map(({ flip }) => flip).filter(({ column }) => !seen.has(column) && seen.add(column));
}
