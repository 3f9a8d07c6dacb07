import { distance } from 'fastest-levenshtein';
import type { Detection } from '../detection/detection.js';
import type { Events } from '../detection/tests-schema.js';
import type { Value } from '../kql/functions/registry.js';
import type { Planned } from '../kql/index.js';
import type { KqlType } from '../kql/types.js';
import { type Json, writtenCell } from '../measure/cells.js';
import { alertsOf } from '../measure/expectation.js';
import type { Catalog } from '../tables/catalog.js';
import { exprsOf, plansIn } from '../trace/expressions.js';
import { Held, spansIn } from '../trace/held.js';
import { candidatesFor } from '../trace/neighbours.js';
import { Worlds } from '../trace/world-engine.js';
import type { PlacedEvent } from './event.js';
import type { Flip } from './result.js';

/** How long before the clock an event happened that says no time. */
const MINUTE = 600_000_000n;

/**
 * For each field of an event the nearest other value by which the rule alone would make an alert of it, or none. The
 * values are those at which the rule's tests can change, the event's own text with one of the rule's in it, or without,
 * and what the events beside it hold; all are tried at once.
 *
 * @returns them, and whether the rule makes an alert of the event as it is
 */
export async function flipsOf(
  event: PlacedEvent,
  events: Events,
  planned: Planned,
  detection: Detection,
  catalog: Catalog,
): Promise<{ readonly alerts: boolean; readonly flips: readonly Flip[] }> {
  const schema = catalog.tables.get(event.table) ?? [];
  const exprs = plansIn(planned.plan).flatMap(exprsOf);
  const candidates = candidatesFor(exprs, event.run.now);
  const [, ...fellows] = events[event.table] ?? [];
  const held = new Held({ ...events, [event.table]: fellows }, catalog);
  const spans = spansIn(exprs);
  const alone = Object.values(events).flat().length === 1;
  const tried = schema.flatMap(({ name, type }) => {
    const from: Json = event.fields[name] ?? absent(name, type, event, catalog);
    const values = candidates.get(name) ?? [];
    const others = alone || !(name in event.fields) ? [] : held.others(type, spans);
    const edited = typeof from === 'string' && type === 'string' ? textsFrom(from, values) : [];
    const cells = [...values.map((value) => writtenCell(value, type)), ...edited, ...others];
    return cells.map((to): Flip => ({ column: name, from, to }));
  });
  const changes = tried.filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
  const [first, ...others] = events[event.table] ?? [];
  const changed = changes.map(({ column, to }) => ({
    ...events,
    [event.table]: [{ ...first, [column]: to }, ...others],
  }));
  const worlds = await Worlds.open(catalog, event.run.now, detection.runs.lookback);
  try {
    await worlds.load([events, ...changed]);
    const { grouping, deployed } = detection;
    const alerts = (await worlds.answers(planned)).map((answer) => alertsOf(answer, grouping, deployed.trigger));
    const [as = 0, ...otherwise] = alerts;
    const flips = changes.filter((_, i) => (otherwise[i] ?? 0) > 0 !== as > 0);
    return { alerts: as > 0, flips: nearestOf(flips) };
  } finally {
    worlds.close();
  }
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

/** How many characters differ, against how many there are. */
function far({ from, to }: Flip): number {
  const [a, b] = [from, to].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return distance(a ?? '', b ?? '') / Math.max(a?.length ?? 0, b?.length ?? 0, 1);
}
