import { transform } from '../../simulators/evasions/apply.js';
import { type Attacks, drawAttacks, type Variant } from '../../simulators/evasions/attacks.js';
import type { Words } from '../../simulators/evasions/facts.js';
import { loadTransformations, type Transformation } from '../../simulators/evasions/transformation.js';
import { loadScenarios } from '../../simulators/load.js';
import type { MaliciousScenario, Scenario } from '../../simulators/scenario.js';
import { selectScenarios } from '../../simulators/select.js';
import type { Workload } from '../../simulators/workload.js';
import type { Detection } from '../detection/detection.js';
import { FileError } from '../files/errors.js';
import { didYouMean } from '../files/nearest.js';
import { type Compiled, plan } from '../kql/index.js';
import type { Plan } from '../kql/plan/plan.js';
import { catalogOf } from '../measure/catalog.js';
import { type WorkloadChoice, workloadOf } from '../measure/play.js';
import { compileTraced } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { rowRule } from '../trace/row-rule.js';
import { type CostLevel, EFFORT } from './result.js';
import { wordsOf } from './words.js';

/** Attacks of one scenario under transformations, as they are played. */
export interface Made extends Variant {
  /** None for the scenario as it is. */
  readonly by: readonly Transformation[];
  readonly cost: CostLevel;
  readonly needs: readonly string[];
}

/** What every search for evasions works with. */
export interface Ground {
  readonly detection: Detection;
  readonly compiled: Compiled;
  readonly plan: Plan;
  readonly catalog: Catalog;
  readonly workload: Workload;
  readonly attacks: Attacks;
  readonly words: Words;
  /** The scenarios that go on around; nothing when the rule looks at single events. */
  readonly benign: readonly Scenario[] | undefined;
  readonly transformations: readonly Transformation[];
  /** Whether one activity of each pair is enough, where turns are taken. */
  readonly quick: boolean;
  readonly stage: (text: string) => void;
}

/** Nothing that could be judged. */
export class NothingToEvade extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NothingToEvade';
  }
}

/** Everything that is decided before any attack is changed. */
export function prepareGround(
  detection: Detection,
  options: {
    readonly workload?: WorkloadChoice;
    readonly transformations?: readonly string[];
    readonly quick?: boolean;
    readonly onStage?: (stage: string) => void;
  },
): Ground {
  const stage = (text: string): void => options.onStage?.(`${detection.id}: ${text}`);
  const catalog = catalogOf(detection);
  const compiled = compileTraced(detection.deployed.text, catalog);
  if (compiled.lineage === 'none') throw new NothingToEvade('The rows of the rule come from no event.');
  const { plan: planned } = plan(detection.deployed.text, { names: catalog });
  const workload = workloadOf(detection, options.workload ?? {});
  stage('drawing attacks');
  const scenarios = selectScenarios(allScenarios(), workload);
  // A rule that alerts on single events sees nothing of what goes on around them.
  const alone = rowRule(planned) !== undefined && detection.deployed.trigger === undefined;
  return {
    detection,
    compiled,
    plan: planned,
    catalog,
    workload,
    attacks: drawAttacks(workload, { environment: catalog.environment, scenarios }),
    words: wordsOf(planned),
    benign: alone ? undefined : scenarios.filter(({ label }) => label === 'benign'),
    transformations: chosenTransformations(options.transformations),
    quick: options.quick ?? false,
    stage,
  };
}

/** All transformations, or those of the given ids. */
function chosenTransformations(ids: readonly string[] | undefined): readonly Transformation[] {
  const all = loadTransformations();
  if (ids === undefined) return all;
  const known = all.map(({ id }) => id);
  for (const id of ids) {
    if (known.includes(id)) continue;
    const message = `There is no transformation '${id}'.`;
    const suggestion = didYouMean(id, known);
    throw new FileError([{ file: '--transformation', line: 0, column: 0, message, ...(suggestion && { suggestion }) }]);
  }
  return all.filter(({ id }) => ids.includes(id));
}

let loaded: readonly Scenario[] | undefined;

/** The scenarios that ship with the project, read once: there are hundreds of files. */
function allScenarios(): readonly Scenario[] {
  loaded ??= loadScenarios();
  return loaded;
}

/**
 * The malicious scenarios of a workload that a detection claims to catch.
 *
 * @throws NothingToEvade when there is none
 */
export function claimedScenarios({ detection, attacks, workload }: Ground): MaliciousScenario[] {
  const { techniques } = detection.claims;
  const claimed = [...attacks.of.keys()].filter(({ technique }) =>
    techniques.some((claim) => technique === claim || technique.startsWith(`${claim}.`)),
  );
  if (claimed.length > 0 && workload.runs > 0) return claimed;
  throw new NothingToEvade(`The workload '${workload.id}' holds no attack of ${techniques.join(', ')}.`);
}

/** The attacks of a scenario under transformations; those of its activities for which that makes sense. */
export function variantOf(
  { attacks, words, workload }: Pick<Ground, 'attacks' | 'words' | 'workload'>,
  scenario: MaliciousScenario,
  by: readonly Transformation[],
): Made | { readonly reason: string } {
  const own = attacks.of.get(scenario) ?? [];
  const id = [scenario.id, ...by.map((each) => each.id)].join('~');
  if (by.length === 0) return { id, scenario, by, attacks: own, cost: 'edit', needs: [] };
  const outcomes = own.map((attack) => transform(attack, scenario, by, attacks.facts, words, workload.seed));
  const done = outcomes.filter((outcome) => 'attack' in outcome);
  if (done.length === 0) {
    const first = outcomes.find((outcome) => 'reason' in outcome);
    return { reason: first?.reason ?? 'the workload holds no activity of it' };
  }
  // What some of its activities need more, the attacker can avoid by attacking others.
  const cheapest = done.reduce((best, one) => (EFFORT[one.cost] < EFFORT[best.cost] ? one : best));
  return { id, scenario, by, attacks: done.map(({ attack }) => attack), cost: cheapest.cost, needs: cheapest.needs };
}
