import type { Detection } from '../detection/detection.js';
import type { Events } from '../detection/tests-schema.js';
import type { Planned } from '../kql/index.js';
import { parseDatetime } from '../kql/values/datetime.js';
import { TEST_CLOCK } from '../measure/unit-tests.js';
import type { Catalog } from '../tables/catalog.js';
import { type RowRule, rowRule } from '../trace/row-rule.js';
import { Worlds } from '../trace/world-engine.js';
import { candidateRows } from './candidate-rows.js';
import { candidateWorlds } from './candidate-worlds.js';
import { differences } from './differences.js';
import { missingTest } from './missing-test.js';
import type { Version } from './mutants.js';
import type { Witness } from './result.js';
import { sameAnswer } from './same-answer.js';
import type { Start } from './starts.js';

export interface Search {
  /** By the id of the mutant. */
  readonly witnesses: ReadonlyMap<number, Witness>;
  /** Mutants without a witness that were tried on something: equivalent as far as was searched. */
  readonly tried: ReadonlySet<number>;
  /** How many events or sets of events were tried. */
  readonly searched: number;
}

/**
 * Searches events on which mutants part from their rule. Mutants that look at one event at a time are tried on every
 * combination of the values at which their tests change, all at once; the others on known events with one thing
 * changed, all of those at once for each mutant.
 *
 * @param starts events that are varied, those of the rule's tests
 * @param known events on which mutants are known to part from the rule, by their ids
 */
export async function findWitnesses(
  detection: Detection,
  catalog: Catalog,
  rule: Planned,
  survivors: readonly Version[],
  starts: readonly Start[],
  known: ReadonlyMap<number, Events> = new Map(),
): Promise<Search> {
  const row = rowRule(rule.plan);
  const single = row === undefined ? [] : survivors.filter((version) => version.row?.table === row.table);
  const several = survivors.filter((version) => !single.includes(version));
  const witnesses = new Map<number, Witness>();
  const open = (versions: readonly Version[]): readonly Version[] =>
    versions.filter(({ mutant }) => !witnesses.has(mutant.id));
  let searched = 0;
  const under = async (now: string, body: (search: Searcher) => Promise<void>): Promise<void> => {
    const worlds = await Worlds.open(catalog, ticksOf(now), detection.runs.lookback);
    try {
      await body(new Searcher(detection, rule, worlds, now, witnesses));
    } finally {
      worlds.close();
    }
  };
  await under(TEST_CLOCK, async (search) => {
    if (row !== undefined && single.length > 0) searched += await search.rows(row, single, catalog);
    const rest = open(single).flatMap((version): [Version, Events][] => {
      const events = known.get(version.mutant.id);
      return events === undefined ? [] : [[version, events]];
    });
    if (rest.length > 0) await search.keep(new Map(rest));
  });
  for (const now of new Set(starts.map((start) => start.now))) {
    const left = open(several);
    if (left.length === 0) break;
    const own = starts.flatMap((start) => (start.now === now ? [start.events] : []));
    await under(now, async (search) => {
      searched += await search.worlds(left, own, catalog);
    });
  }
  const tried = open([...single, ...(starts.length > 0 ? several : [])]).map(({ mutant }) => mutant.id);
  return { witnesses, tried: new Set(tried), searched };
}

function ticksOf(now: string): bigint {
  const ticks = parseDatetime(now);
  if (ticks === null) throw new Error(`A test has the clock '${now}', which is no time.`);
  return ticks;
}

class Searcher {
  constructor(
    private readonly detection: Detection,
    private readonly rule: Planned,
    private readonly ground: Worlds,
    private readonly now: string,
    private readonly witnesses: Map<number, Witness>,
  ) {}

  async rows(row: RowRule, survivors: readonly Version[], catalog: Catalog): Promise<number> {
    const versions = survivors.map((version) => version.row).filter((of) => of !== undefined);
    const { run } = this.ground;
    const options = { names: catalog };
    const schema = catalog.tables.get(row.table);
    if (schema === undefined) throw new Error(`The rule reads '${row.table}', which is no table of the environment.`);
    const candidates = await candidateRows(row, versions, schema, catalog.timeColumn, run.now, options);
    try {
      const found = await differences(row, versions, candidates.engine, options, run);
      const parting = new Map<Version, Events>();
      for (const [index, difference] of found.entries()) {
        const version = survivors[index];
        if (difference === undefined || version === undefined) continue;
        parting.set(version, { [row.table]: [await candidates.row(difference.sample)] });
      }
      await this.keep(parting);
      return candidates.count;
    } finally {
      candidates.engine.close();
    }
  }

  async worlds(survivors: readonly Version[], starts: readonly Events[], catalog: Catalog): Promise<number> {
    const plans = [this.rule, ...survivors.map(({ planned }) => planned)].map(({ plan }) => plan);
    const candidates = candidateWorlds(plans, starts, catalog, this.ground.run.now);
    await this.ground.load(candidates);
    const expected = await this.ground.answers(this.rule);
    const parting = new Map<Version, Events>();
    for (const version of survivors) {
      const answers = await this.ground.answers(version.planned);
      const first = candidates.find((_, world) => {
        const [rule, mutant] = [expected[world], answers[world]];
        return rule !== undefined && mutant !== undefined && !sameAnswer(rule, mutant);
      });
      if (first !== undefined) parting.set(version, first);
    }
    await this.keep(parting);
    return candidates.length;
  }

  /** Keeps events as witnesses, once both versions have answered over them and nothing else. */
  async keep(parting: ReadonlyMap<Version, Events>): Promise<void> {
    const worlds = [...parting.values()];
    await this.ground.load(worlds);
    const expected = await this.ground.answers(this.rule);
    for (const [world, [{ mutant, planned }, events]] of [...parting].entries()) {
      const rule = expected[world];
      const other = (await this.ground.answers(planned))[world];
      if (rule === undefined || other === undefined || sameAnswer(rule, other)) continue;
      this.witnesses.set(mutant.id, missingTest(this.detection, mutant, { events, now: this.now }, rule, other));
    }
  }
}
