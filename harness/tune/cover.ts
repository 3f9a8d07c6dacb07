import type { Detection } from '../detection/detection.js';
import { ruleTime } from '../engine/index.js';
import type { Place } from '../exceptions/places.js';
import type { Names } from '../kql/index.js';
import { plan } from '../kql/index.js';
import type { Expr, Plan } from '../kql/plan/plan.js';
import type { PlayedWorld } from '../measure/play.js';
import { instantsOf } from '../measure/runs.js';
import { type Kept, seeing, sourceOf, type View } from '../measure/world.js';
import { type Bits, bits, hasBit, setBit } from '../trace/bits.js';
import { vectorsOf } from '../trace/vectors.js';
import type { Row } from './ground.js';
import { tablesIn } from './tables.js';

/** Conditions over the rows of a place, as the engine understands them. */
interface Asked {
  readonly rows: Plan;
  readonly exprs: readonly Expr[];
}

/** @throws KqlError for a condition that does not bind */
function asked(place: Place, conditions: readonly string[], names: Names): Asked {
  const items = conditions.map((condition, i) => `c${i} = (${condition}\n)`).join(',\n');
  const { plan: planned } = plan(`${place.rows}\n| project ${items}`, { names });
  if (planned.kind !== 'project') throw new Error('A projection is a projection.');
  return { rows: planned.input, exprs: planned.items.map(({ expr }) => expr) };
}

/**
 * For which rows each condition holds, found by the engine in one scan of the events that were set apart.
 *
 * @returns for each condition the rows by their places
 */
export async function holding(
  conditions: readonly string[],
  rows: readonly Row[],
  place: Place,
  detection: Detection,
  played: PlayedWorld,
  names: Names,
  kept: Kept,
): Promise<Bits[]> {
  const found = conditions.map(() => bits(rows.length));
  if (conditions.length === 0 || rows.length === 0) return found;
  const placeOf = new Map(rows.map(({ event }, i) => [String(event), i]));
  await scan(conditions, place, detection, played, names, kept, '_id::VARCHAR', (label, truths) => {
    const row = placeOf.get(label);
    if (row === undefined) return;
    for (const [i, holds] of truths.entries()) {
      const set = found[i];
      if (holds && set !== undefined) setBit(set, row);
    }
  });
  return found;
}

/** How much of all that reaches a place conditions hold for. */
export interface Reach {
  readonly events: number;
  readonly hosts: number;
  /** Of a set of conditions, by their places: events and hosts for which any holds. */
  of(set: readonly number[]): { readonly events: number; readonly hosts: number };
}

/** Counts, over all events of a world, those for which conditions hold. */
export async function reachOf(
  conditions: readonly string[],
  place: Place,
  detection: Detection,
  played: PlayedWorld,
  names: Names,
): Promise<Reach> {
  const groups: { host: string; holds: readonly boolean[]; count: number }[] = [];
  await scan(
    conditions.length === 0 ? ['false'] : conditions,
    place,
    detection,
    played,
    names,
    undefined,
    'host',
    (host, holds, count) => groups.push({ host, holds, count }),
  );
  const [row] = await played.world.query('SELECT count(DISTINCT host) AS hosts FROM _activities');
  const sum = (some: typeof groups): number => some.reduce((total, { count }) => total + count, 0);
  return {
    events: sum(groups),
    hosts: Number(row?.['hosts'] ?? 0),
    of: (set) => {
      const any = groups.filter(({ holds }) => set.some((i) => holds[i]));
      return { events: sum(any), hosts: new Set(any.map(({ host }) => host)).size };
    },
  };
}

/** Tells, for rows that conditions treat alike and that share a label, what each condition says and how many there are. */
async function scan(
  conditions: readonly string[],
  place: Place,
  detection: Detection,
  played: PlayedWorld,
  names: Names,
  kept: Kept | undefined,
  label: string,
  tell: (label: string, holds: readonly boolean[], count: number) => void,
): Promise<void> {
  const { world, engine } = played;
  const { rows, exprs } = asked(place, conditions, names);
  const tables = tablesIn(rows).filter((name) => played.tables.has(name));
  const events: string[] = [];
  for (const table of tables) events.push(`SELECT _id, _activity FROM ${await sourceOf(world, table, kept)}`);
  const labels = `SELECT event._id AS id, ${label} AS label FROM (${events.join(' UNION ALL ')}) AS event
    JOIN _activities AS activity ON activity.activity = event._activity`;
  const { runs } = detection;
  for (const now of instantsOf(runs, world)) {
    const view: View = {
      kept,
      ...(runs.lookback !== undefined && { from: now - runs.lookback }),
      ...(now < world.end && { to: now }),
    };
    const vectors = await seeing(world, tables, view, () =>
      vectorsOf(engine, rows, exprs, { names }, { now, ...ruleTime() }, labels),
    );
    for (let vector = 0; vector < vectors.size; vector++) {
      const holds = vectors.leaves.map(({ yes }) => hasBit(yes, vector));
      tell(vectors.labels[vector] ?? '', holds, vectors.counts[vector] ?? 0);
    }
  }
}
