import type { Detection } from '../detection/detection.js';
import type { Events, TestCase } from '../detection/tests-schema.js';
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

export interface Search {
  /** By the id of the mutant; one without a witness is equivalent as far as was searched. */
  readonly witnesses: ReadonlyMap<number, Witness>;
  /** How many events or sets of events were tried. */
  readonly searched: number;
}

/**
 * Searches events on which mutants part from their rule. Mutants that look at one event at a time are tried on every
 * combination of the values at which their tests change, all at once; the others on the tests' events with one thing
 * changed, all of those at once for each mutant.
 *
 * @param known events on which mutants are known to part from the rule, by their ids
 */
export async function findWitnesses(
  detection: Detection,
  catalog: Catalog,
  rule: Planned,
  survivors: readonly Version[],
  tests: readonly TestCase[],
  known: ReadonlyMap<number, Events> = new Map(),
): Promise<Search> {
  const now = parseDatetime(TEST_CLOCK);
  if (now === null) throw new Error('The clock of tests is no time.');
  if (survivors.length === 0) return { witnesses: new Map(), searched: 0 };
  const row = rowRule(rule.plan);
  const single = row === undefined ? [] : survivors.filter((version) => version.row?.table === row.table);
  const several = survivors.filter((version) => !single.includes(version));
  const worlds = await Worlds.open(catalog, now, detection.runs.lookback);
  const search = new Searcher(detection, rule, worlds);
  try {
    const byRow = row === undefined || single.length === 0 ? 0 : await search.rows(row, single, catalog);
    const byWorld = several.length === 0 ? 0 : await search.worlds(several, tests, catalog);
    const rest = survivors.flatMap((version): [Version, Events][] => {
      const events = known.get(version.mutant.id);
      return events === undefined || search.witnesses.has(version.mutant.id) ? [] : [[version, events]];
    });
    if (rest.length > 0) await search.keep(new Map(rest));
    return { witnesses: search.witnesses, searched: byRow + byWorld };
  } finally {
    worlds.close();
  }
}

class Searcher {
  readonly witnesses = new Map<number, Witness>();

  constructor(
    private readonly detection: Detection,
    private readonly rule: Planned,
    private readonly ground: Worlds,
  ) {}

  async rows(row: RowRule, survivors: readonly Version[], catalog: Catalog): Promise<number> {
    const versions = survivors.map((version) => version.row).filter((of) => of !== undefined);
    const { run } = this.ground;
    const options = { names: catalog };
    const schema = catalog.tables.get(row.table);
    if (schema === undefined) throw new Error(`The rule reads '${row.table}', which is no table of the environment.`);
    const candidates = await candidateRows([row, ...versions], schema, catalog.timeColumn, run.now, options);
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

  async worlds(survivors: readonly Version[], tests: readonly TestCase[], catalog: Catalog): Promise<number> {
    const events = tests.flatMap((test) => (test.events === undefined ? [] : [test.events]));
    const plans = [this.rule, ...survivors.map(({ planned }) => planned)].map(({ plan }) => plan);
    const candidates = candidateWorlds(plans, events, catalog, this.ground.run.now);
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
      this.witnesses.set(mutant.id, missingTest(this.detection, mutant, events, rule, other));
    }
  }
}
