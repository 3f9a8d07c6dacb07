import type { Detection } from '../detection/detection.js';
import { Engine, ruleTime } from '../engine/index.js';
import { readTextFile } from '../files/text.js';
import { KqlError, type Planned, plan, print } from '../kql/index.js';
import { catalogOf } from '../measure/catalog.js';
import type { PlayedWorld } from '../measure/play.js';
import { runTests } from '../measure/unit-tests.js';
import { compileTraced } from '../measure/world.js';
import { type Ask, afterEdit, columnsOfData } from '../trace/columns-of-data.js';
import { type RowRule, rowRule } from '../trace/row-rule.js';
import { type Difference, differences } from './differences.js';
import { type Mutant, mutantsOf, type Version } from './mutants.js';
import { overWorkload } from './over-workload.js';
import { MUTATION_VERSION, type MutantResult, type MutationResult, scoreOf } from './result.js';
import { type Start, startsOfScenarios, startsOfTests } from './starts.js';
import { type Clock, Verdicts } from './verdicts.js';
import { findWitnesses } from './witness.js';

export interface MutateOptions {
  /** The workload over which to tell what each mutant changes; its events count as tried. */
  readonly played?: PlayedWorld;
  /** Told what begins, for whoever waits. */
  readonly onStage?: (stage: string, done?: number) => void;
}

/** A detection that cannot be judged by its tests as they are. */
export class UnfitTests extends Error {
  readonly failing: readonly string[];

  constructor(failing: readonly string[]) {
    super(
      failing.length === 0
        ? 'No test judges the rule: a mutant that no test can fail on says nothing.'
        : `Tests fail on the rule as it is: ${failing.map((name) => `'${name}'`).join(', ')}.`,
    );
    this.name = 'UnfitTests';
    this.failing = failing;
  }
}

/**
 * Makes every mistake of the mutators in a rule, one at a time, and sees which its tests notice. For each that none
 * notices, events are searched on which it parts from the rule.
 *
 * @throws UnfitTests when there are no tests, or some fail already
 * @throws FileError for events of tests that do not fit their tables
 * @throws KqlError when the rule itself does not bind or run
 */
export async function mutate(detection: Detection, options: MutateOptions = {}): Promise<MutationResult> {
  const stage = (text: string, done?: number): void => options.onStage?.(`${detection.id}: ${text}`, done);
  const names = catalogOf(detection);
  const { deployed } = detection;
  await refuseUnfitTests(detection);
  const tests = detection.tests.filter(({ todo }) => todo !== true);

  stage('making mutants');
  const versions: Version[] = [];
  const results = new Map<number, Partial<MutantResult> & Pick<MutantResult, 'status'>>();
  const mutants = mutantsOf(deployed.text, names);
  const verdicts = await Verdicts.open(detection, names, tests);
  let searched = 0;
  try {
    const schemas = await columnsOfData(deployed.text, { names }, [...verdicts.asks, ...asksOf(options.played)]);
    const planned = plan(deployed.text, { names, schemas });
    // Types that the events of one test alone give may be others than those of all together.
    const unfit = schemas.size === 0 ? undefined : await verdicts.failedBy(planned);
    if (unfit !== undefined) throw new UnfitTests([unfit.name]);
    for (const mutant of mutants) {
      try {
        const version = plan(mutant.text, { names, schemas: afterEdit(schemas, mutant.edit) });
        // What has no SQL, as a pattern that RE2 cannot run, is as little a rule as what does not bind.
        print(version, { names });
        versions.push({ mutant, planned: version, row: rowRule(version.plan) });
      } catch (error) {
        if (!(error instanceof KqlError)) throw error;
        results.set(mutant.id, { status: 'invalid', reason: error.message });
      }
    }
    const parting = await partingOverTests(planned, versions, verdicts);
    for (const [index, version] of versions.entries()) {
      if (index % 20 === 0) stage(`testing ${versions.length} mutants`, index / versions.length);
      try {
        const test = await verdicts.failedBy(version.planned, parting.get(version) ?? []);
        if (test !== undefined) results.set(version.mutant.id, { status: 'killed', killedBy: test.name });
      } catch (error) {
        if (!(error instanceof KqlError)) throw error;
        results.set(version.mutant.id, { status: 'invalid', reason: error.message });
      }
    }
    const survivors = versions.filter(({ mutant }) => !results.has(mutant.id));
    stage(`searching witnesses of ${survivors.length} survivors`);
    const effects = options.played && (await overWorkload(detection, planned, versions, options.played, { names }));
    const known = new Map(
      [...(effects ?? [])].flatMap(([id, { event }]) => (event === undefined ? [] : [[id, event]])),
    );
    const starts: Start[] = [
      ...startsOfTests(tests),
      ...(await startsOfScenarios(planned, deployed.text, verdicts.played, names)),
    ];
    const found = await findWitnesses(detection, names, planned, survivors, starts, known);
    searched = found.searched + (options.played?.described.events ?? 0);
    for (const { mutant } of survivors) {
      const witness = found.witnesses.get(mutant.id);
      const same = found.tried.has(mutant.id) && effects?.has(mutant.id) !== true;
      results.set(mutant.id, { status: same ? 'equivalent' : 'survived', ...(witness !== undefined && { witness }) });
    }
    for (const [id, { gained, lost, altered }] of effects ?? []) {
      const result = results.get(id);
      if (result !== undefined) results.set(id, { ...result, workload: { gained, lost, altered } });
    }
  } finally {
    verdicts.close();
  }

  const told = mutants.map((mutant): MutantResult => {
    const result = results.get(mutant.id);
    if (result === undefined) throw new Error(`Mutant ${mutant.id} was not judged.`);
    return { ...described(mutant, detection), ...result };
  });
  return {
    version: MUTATION_VERSION,
    detection: detection.id,
    title: detection.title,
    rule: {
      file: deployed.file.replaceAll('\\', '/'),
      sha256: deployed.sha256,
      source: readTextFile(deployed.file),
    },
    tests: tests.map(({ name }) => name),
    mutants: told,
    score: scoreOf(told),
    searched,
  };
}

/** What a played workload says of columns that depend on the data. */
function asksOf(played: PlayedWorld | undefined): Ask[] {
  if (played === undefined) return [];
  const { engine, world } = played;
  return [(query) => engine.run(query, { now: world.end, ...ruleTime() })];
}

async function refuseUnfitTests(detection: Detection): Promise<void> {
  const names = catalogOf(detection);
  const engine = await Engine.open();
  try {
    await engine.seal();
    const ran = await runTests(detection, compileTraced(detection.deployed.text, names), names, engine);
    const failing = ran.filter(({ status }) => status === 'failed').map(({ name }) => name);
    if (failing.length > 0 || ran.every(({ status }) => status === 'todo')) throw new UnfitTests(failing);
  } finally {
    engine.close();
  }
}

/**
 * The clocks of the tests under which each version parts from the rule; under no other can it fail a test. Where the
 * rule looks at one event at a time, that is seen of all versions at once.
 */
async function partingOverTests(
  rule: Planned,
  versions: readonly Version[],
  verdicts: Verdicts,
): Promise<ReadonlyMap<Version, readonly Clock[]>> {
  const parting = new Map<Version, Clock[]>();
  const row = rowRule(rule.plan);
  for (const clock of verdicts.clocks) {
    const { worlds } = clock;
    const comparable = versions.filter((version) => row !== undefined && version.row?.table === row.table);
    const rows = comparable.map((version) => version.row).filter((of) => of !== undefined);
    const found = row === undefined ? [] : await differencesOver(worlds, row, rows);
    for (const version of versions) {
      const place = comparable.indexOf(version);
      if (place < 0 || found[place] !== undefined) parting.set(version, [...(parting.get(version) ?? []), clock]);
    }
  }
  return parting;
}

/** Nothing where the versions cannot be evaluated together: one of them fails, and each has to show whether it does. */
async function differencesOver(
  { engine, catalog, run }: Clock['worlds'],
  rule: RowRule,
  versions: readonly RowRule[],
): Promise<readonly (Difference | 'unknown' | undefined)[]> {
  try {
    return await differences(rule, versions, engine, { names: catalog }, run);
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    return versions.map(() => 'unknown');
  }
}

function described(
  { id, mutator, edit, clause, from, to }: Mutant,
  { deployed }: Detection,
): Omit<MutantResult, 'status'> {
  const [start, end] = [deployed.placeInFile(from), deployed.placeInFile(to)];
  return {
    id,
    mutator,
    does: edit.does,
    replacement: edit.text,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    clause,
  };
}
