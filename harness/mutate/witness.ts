import type { Detection } from '../detection/detection.js';
import type { Events } from '../detection/tests-schema.js';
import type { Planned } from '../kql/index.js';
import { parseDatetime } from '../kql/values/datetime.js';
import { TEST_CLOCK } from '../measure/unit-tests.js';
import type { Catalog } from '../tables/catalog.js';
import { partsOf } from '../trace/expressions.js';
import { testsIn } from '../trace/neighbours.js';
import { askedBy, columnsIn, type RowRule, rowRule } from '../trace/row-rule.js';
import { Worlds } from '../trace/world-engine.js';
import { candidateRows } from './candidate-rows.js';
import { candidateEvents, candidateWorlds } from './candidate-worlds.js';
import { differences } from './differences.js';
import { missingTest } from './missing-test.js';
import type { Version } from './mutants.js';
import type { Witness } from './result.js';
import { sameAnswer } from './same-answer.js';
import type { Start } from './starts.js';

/** Sets of events that are tried before all others: most versions part on one of these. */
const FIRST = 500;

/** Sets of events on which one version seems to part that are looked at again. */
const MOST_VERIFIED = 3;

/** A version, and events on which it seems to part from the rule. */
type Parting = readonly [Version, Events];

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
 * combination of the values at which their tests change, all at once, and where the rule looks into what a field holds
 * also on known events with one thing changed; the others on known events with one thing changed, many of those at once
 * for each mutant.
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
    const rest = open(single).flatMap((version): Parting[] => {
      const events = known.get(version.mutant.id);
      return events === undefined ? [] : [[version, events]];
    });
    if (rest.length > 0) await search.keep(rest);
  });
  const inside = row !== undefined && looksInside([row, ...single.flatMap((version) => version.row ?? [])]);
  for (const now of new Set(starts.map((start) => start.now))) {
    const left = open(several);
    const deep = inside ? open(single) : [];
    if (left.length + deep.length === 0) break;
    const own = starts.flatMap((start) => (start.now === now ? [start.events] : []));
    await under(now, async (search) => {
      if (row !== undefined && deep.length > 0) searched += await search.events(row, deep, own, catalog);
      if (left.length > 0) searched += await search.worlds(left, own, catalog);
    });
  }
  const tried = open([...single, ...(starts.length > 0 ? several : [])]).map(({ mutant }) => mutant.id);
  return { witnesses, tried: new Set(tried), searched };
}

/** Whether rules test what they compute of a field, so that the field's values alone may not show what decides. */
function looksInside(rules: readonly RowRule[]): boolean {
  return rules
    .flatMap(askedBy)
    .flatMap(testsIn)
    .some((test) => partsOf(test).some((part) => part.kind !== 'column' && columnsIn([part]).length > 0));
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
      await this.keep([...parting]);
      return candidates.count;
    } finally {
      candidates.engine.close();
    }
  }

  /** Tries single events that are made of those of tests. */
  async events(
    row: RowRule,
    survivors: readonly Version[],
    starts: readonly Events[],
    catalog: Catalog,
  ): Promise<number> {
    const versions = survivors.map((version) => version.row).filter((of) => of !== undefined);
    const { engine, run } = this.ground;
    const candidates = candidateEvents([row, ...versions], starts, catalog, run.now);
    await this.ground.load(candidates.map((event) => ({ [row.table]: [event] })));
    const found = await differences(row, versions, engine, { names: catalog }, run);
    const parting = new Map<Version, Events>();
    for (const [index, difference] of found.entries()) {
      const version = survivors[index];
      // Events are numbered as they were put in.
      const event = difference && candidates[Number(difference.sample) - 1];
      if (version !== undefined && event !== undefined) parting.set(version, { [row.table]: [event] });
    }
    await this.keep([...parting]);
    return candidates.length;
  }

  async worlds(survivors: readonly Version[], starts: readonly Events[], catalog: Catalog): Promise<number> {
    const plans = [this.rule, ...survivors.map(({ planned }) => planned)].map(({ plan }) => plan);
    const candidates = candidateWorlds(plans, starts, catalog, this.ground.run.now);
    for (const tried of [candidates.slice(0, FIRST), candidates.slice(FIRST)]) {
      const open = survivors.filter(({ mutant }) => !this.witnesses.has(mutant.id));
      if (open.length > 0 && tried.length > 0) await this.keep(await this.apart(open, tried));
    }
    return candidates.length;
  }

  /** The first of several sets of events on which each version parts from the rule. */
  private async apart(versions: readonly Version[], candidates: readonly Events[]): Promise<Parting[]> {
    await this.ground.load(candidates);
    const expected = await this.ground.answers(this.rule);
    const parting: Parting[] = [];
    for (const version of versions) {
      const answers = await this.ground.answers(version.planned);
      const found = candidates.filter((_, world) => {
        const [rule, mutant] = [expected[world], answers[world]];
        return rule !== undefined && mutant !== undefined && !sameAnswer(rule, mutant);
      });
      for (const events of found.slice(0, MOST_VERIFIED)) parting.push([version, events]);
    }
    return parting;
  }

  /** Keeps events as witnesses, once both versions have answered over them and nothing else. */
  async keep(parting: readonly Parting[]): Promise<void> {
    await this.ground.load(parting.map(([, events]) => events));
    const expected = await this.ground.answers(this.rule);
    for (const version of new Set(parting.map(([of]) => of))) {
      const { mutant, planned } = version;
      const answers = await this.ground.answers(planned);
      for (const [world, [of, events]] of parting.entries()) {
        const [rule, other] = [expected[world], answers[world]];
        if (of !== version || rule === undefined || other === undefined || sameAnswer(rule, other)) continue;
        this.witnesses.set(mutant.id, missingTest(this.detection, mutant, { events, now: this.now }, rule, other));
        break;
      }
    }
  }
}
