import type { MaliciousScenario } from '../../simulators/scenario.js';
import type { Detection } from '../detection/detection.js';
import { plan } from '../kql/index.js';
import type { WorkloadChoice } from '../measure/play.js';
import { compileTraced } from '../measure/world.js';
import { AttackedWorld, type Caught } from './attacked-world.js';
import { disguisesOf } from './disguises.js';
import { waysToHold } from './exclusions.js';
import { claimedScenarios, type Ground, type Made, NothingToEvade, prepareGround, variantOf } from './ground.js';
import { type CostLevel, EFFORT } from './result.js';

/** Attacks of a scenario that an exception would hide. */
export interface HiddenAttacks {
  readonly scenario: string;
  /** None where the scenario is hidden as it is. */
  readonly transformation?: string;
  readonly cost?: CostLevel;
  readonly needs: readonly string[];
  readonly activities: number;
  /** How many of them it hides; at least one. */
  readonly hidden: number;
}

export interface HiddenBy {
  readonly condition: string;
  /** Scenarios as they are, of which it hides activities. */
  readonly scenarios: readonly HiddenAttacks[];
  /** Transformed ones: first those that cost the attacker least. */
  readonly evasions: readonly HiddenAttacks[];
}

/**
 * What each exception would hide: attacks as they are, and attacks that are changed as attackers do, in the guise of what
 * the exception lets through too. An attack is hidden when every event that the rule alerts on passes the condition; of a
 * rule that puts events together, every event of the roles that the detection claims.
 *
 * @param conditions KQL conditions over `table`, as in `allowlist.yaml`
 * @param table the table of events that they are asked of
 * @throws KqlError for a condition, or a rule, that does not bind
 * @throws NothingToEvade as `evade` does
 */
export async function hiddenBy(
  detection: Detection,
  conditions: readonly string[],
  table: string,
  options: { readonly workload?: WorkloadChoice; readonly onStage?: (stage: string) => void } = {},
): Promise<HiddenBy[]> {
  const ground = prepareGround(detection, options);
  if (!ground.compiled.tables.some(({ name }) => name === table))
    throw new NothingToEvade(`The rule does not read '${table}'.`);
  const scenarios = claimedScenarios(ground);
  const plain = scenarios.flatMap((scenario) => variantsOf(ground, scenario, ''));
  const asked = conditions.map((condition, index) => {
    const text = `${table}\n| where ${condition}`;
    const { plan: planned } = plan(text, { names: ground.catalog });
    const words = { disguises: disguisesOf(waysToHold(planned)) };
    const made = scenarios.flatMap((scenario) => variantsOf({ ...ground, words }, scenario, `~${index}`));
    return { condition, compiled: compileTraced(text, ground.catalog), made };
  });
  ground.stage('playing attacks');
  const all = [...plain, ...asked.flatMap(({ made }) => made)];
  const { workload, catalog, compiled, benign } = ground;
  const world = await AttackedWorld.open(workload, catalog, compiled, all, undefined);
  try {
    const counting = { rule: benign === undefined ? compiled : undefined, roles: detection.claims.roles };
    const found: HiddenBy[] = [];
    for (const { condition, compiled: asks, made } of asked) {
      const hidden = hiddenIn([...plain, ...made], await world.passing(asks, table, counting));
      found.push({
        condition,
        scenarios: hidden.filter(({ transformation }) => transformation === undefined),
        evasions: hidden.filter(({ transformation }) => transformation !== undefined),
      });
    }
    return found;
  } finally {
    world.close();
  }
}

/** Of no condition (`own` is empty) those that need no words; else those that need them. */
function variantsOf(ground: Ground, scenario: MaliciousScenario, own: string): Made[] {
  const takesWords = ({ change }: Ground['transformations'][number]): boolean =>
    change.kind === 'disguise' || (change.kind === 'inject' && change.into === 'excluded');
  const by = ground.transformations.filter((each) => takesWords(each) === (own !== ''));
  const made = by.map((each) => variantOf(ground, scenario, [each])).filter((each) => !('reason' in each));
  const variants = own === '' ? [variantOf(ground, scenario, []), ...made] : made;
  return variants.flatMap((variant) => ('reason' in variant ? [] : [{ ...variant, id: variant.id + own }]));
}

function hiddenIn(made: readonly Made[], passing: Caught): HiddenAttacks[] {
  return made
    .flatMap(({ id, scenario, by: [transformation], attacks, cost, needs }): HiddenAttacks[] => {
      const hidden = passing.get(id)?.size ?? 0;
      if (hidden === 0) return [];
      const counts = { activities: attacks.length, hidden };
      if (transformation === undefined) return [{ scenario: scenario.id, needs, ...counts }];
      return [{ scenario: scenario.id, transformation: transformation.id, cost, needs, ...counts }];
    })
    .sort((a, b) => (a.cost ? EFFORT[a.cost] : 0) - (b.cost ? EFFORT[b.cost] : 0));
}
