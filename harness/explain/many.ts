import type { Detection } from '../detection/detection.js';
import { ruleTime } from '../engine/index.js';
import { plan } from '../kql/index.js';
import type { PlayedWorld } from '../measure/play.js';
import { type Kept, keepEvents, seeing, type View } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { columnsOfData } from '../trace/columns-of-data.js';
import { Places } from '../trace/places.js';
import { rowRule } from '../trace/row-rule.js';
import { clockFor } from './event.js';
import { droppedAt } from './explain.js';
import type { Explanation } from './result.js';
import { type Count, countEach, type Look, rowsWithEach, valuesKey } from './rows.js';
import { dropShared, holdShared } from './shared.js';
import { Steps } from './steps.js';
import { Study } from './study.js';

/** What a rule did with an event, without what would turn it. */
export type StepsOfEvent = Pick<Explanation, 'returned' | 'steps' | 'droppedAt'>;

/**
 * What a detection's rule did with each of many events of a played workload. Each step of the rule is looked at once
 * for all events that one run of its schedule sees first.
 *
 * @param events by id, with the instant at which each happened, in ticks
 * @param tables those of the played tables that the rule reads
 * @throws KqlError when the rule cannot be evaluated
 */
export async function explainMany(
  detection: Detection,
  events: readonly { readonly id: bigint; readonly at: bigint }[],
  tables: readonly string[],
  { world, engine }: PlayedWorld,
  catalog: Catalog,
): Promise<ReadonlyMap<bigint, StepsOfEvent>> {
  const found = new Map<bigint, StepsOfEvent>();
  if (events.length === 0) return found;
  const options = { names: catalog };
  const { text } = detection.deployed;
  const all = { now: world.end, ...ruleTime() };
  const schemas = await columnsOfData(text, options, [(query) => engine.run(query, all)]);
  const planned = plan(text, { ...options, schemas });
  // A rule that looks at one event at a time need not be shown the others.
  const kept =
    rowRule(planned.plan) === undefined
      ? undefined
      : await keepEvents(world, tables, events.map(({ id }) => id).join(', '), 'explained');
  const study = new Study(detection, new Places(text, catalog), planned);
  const byClock = new Map<bigint, bigint[]>();
  for (const { id, at } of events) {
    const now = clockFor(at, detection, world.start, world.end);
    byClock.set(now, [...(byClock.get(now) ?? []), id]);
  }
  for (const [now, ids] of byClock) {
    const at = { engine, run: { now, ...ruleTime() } };
    await seeing(world, tables, viewAt(now, detection, world.end, kept), async () => {
      const held = await holdShared(engine, at.run, planned.plan, options);
      const looking = { ...options, held };
      const looks = new Looks(
        (of, items) => rowsWithEach(at, ids, of, items, looking),
        (of, items) => countEach(at, of, items, looking),
      );
      for (const id of ids) {
        const { look, count } = looks.of(id);
        const steps = await new Steps(study, look, count).told();
        const returned = (await look(planned.plan, [])).length > 0;
        const dropped = returned ? -1 : droppedAt(steps);
        found.set(id, { returned, steps, ...(dropped >= 0 && { droppedAt: dropped }) });
      }
      await dropShared(engine, held);
    });
  }
  return found;
}

function viewAt(now: bigint, { runs }: Detection, end: bigint, kept: Kept | undefined): View {
  return {
    kept,
    ...(runs.lookback !== undefined && { from: now - runs.lookback }),
    ...(now < end && { to: now }),
  };
}

/** Answers for one event after the other; what is asked of the first is asked of all, in the same order. */
class Looks {
  private readonly rows: ReturnType<typeof rowsWithEach>[] = [];
  private readonly counts = new Map<number, ReturnType<typeof countEach>>();

  constructor(
    private readonly lookAtEach: (...of: Parameters<Look>) => ReturnType<typeof rowsWithEach>,
    private readonly countOfEach: (...of: Parameters<Look>) => ReturnType<typeof countEach>,
  ) {}

  of(id: bigint): { readonly look: Look; readonly count: Count } {
    let asked = 0;
    return {
      look: async (plan, items) => {
        this.rows[asked] ??= this.lookAtEach(plan, items);
        return (await this.rows[asked++])?.get(id) ?? [];
      },
      // It is asked for after a look, but not after every one.
      count: async (plan, items, wanted) => {
        const place = asked;
        const known = this.counts.get(place) ?? this.countOfEach(plan, items);
        this.counts.set(place, known);
        return (await known).get(valuesKey(wanted)) ?? 0;
      },
    };
  }
}
