import type { MaliciousScenario } from '../../simulators/scenario.js';
import type { Detection } from '../detection/detection.js';
import { FileError } from '../files/errors.js';
import { didYouMean } from '../files/nearest.js';
import { readTextFile } from '../files/text.js';
import type { WorkloadChoice } from '../measure/play.js';
import { wilson } from '../measure/statistics.js';
import { composePairs } from './compose.js';
import { claimedScenarios, type Ground, type Made, prepareGround, variantOf } from './ground.js';
import { type Counts, judgeAll } from './judge.js';
import { EFFORT, EVASION_VERSION, type EvadedScenario, type EvasionResult } from './result.js';
import { ratedClauses } from './robustness.js';

export interface EvadeOptions {
  readonly workload?: WorkloadChoice;
  /** Ids of the only scenarios to change; all that the detection claims when absent. */
  readonly scenarios?: readonly string[];
  /** Ids of the only transformations to try; all when absent. */
  readonly transformations?: readonly string[];
  /** Whether two transformations at once are searched as well. */
  readonly depth?: 1 | 2;
  /**
   * Judges each pair by one of its activities, which is caught as it is, where a rule needs the world around: a quarter of
   * the time, and less certain for a single pair.
   */
  readonly quick?: boolean;
  /** Told what begins, for whoever waits. */
  readonly onStage?: (stage: string) => void;
}

/**
 * Changes the attacks that a detection claims to catch as attackers do, and sees which it still catches.
 *
 * @throws KqlError when the rule does not bind or run
 * @throws FileError for a scenario, workload or transformation that is not there or is at fault
 * @throws NothingToEvade when no scenario of the workload is claimed, or alerts cannot be traced to events
 */
export async function evade(detection: Detection, options: EvadeOptions = {}): Promise<EvasionResult> {
  const depth = options.depth ?? 1;
  const ground = prepareGround(detection, options);
  const chosen = chosenScenarios(ground, options.scenarios);
  const { made, leftOut } = changed(ground, chosen);
  const { verdicts, asIs } = await judgeAll(ground, made);
  const tell = ({ id }: Made): Counts => {
    const counts = verdicts.get(id);
    if (counts === undefined) throw new Error(`'${id}' was not judged.`);
    return counts;
  };

  const bases = made.filter(({ by }) => by.length === 0);
  const pairs = made
    .filter(({ by }) => by.length === 1)
    .map((variant) => ({
      scenario: variant.scenario.id,
      transformation: variant.by[0]?.id ?? '',
      ...tell(variant),
      cost: variant.cost,
      needs: [...variant.needs],
    }));
  const detectedBase = new Set(bases.filter((base) => tell(base).detected).map(({ scenario }) => scenario.id));
  const composed = depth === 1 ? undefined : await composePairs(ground, bases, pairs, detectedBase, asIs);
  const ofDetected = pairs.filter(({ scenario }) => detectedBase.has(scenario));
  const clauses = ratedClauses(ground.plan, detection, storedColumns(ground));
  const levels = clauses.flatMap(({ level }) => level ?? []);
  return {
    version: EVASION_VERSION,
    detection: detection.id,
    title: detection.title,
    rule: {
      file: detection.deployed.file,
      sha256: detection.deployed.sha256,
      source: readTextFile(detection.deployed.file),
    },
    workload: {
      name: ground.workload.id,
      hosts: ground.workload.hosts ?? 0,
      days: ground.workload.days,
      seed: ground.workload.seed,
      runs: ground.quick && ground.benign !== undefined ? 1 : ground.workload.runs,
      judged: ground.benign === undefined ? 'row' : 'world',
    },
    depth,
    words: {
      disguises: ground.words.disguises.map((disguise) => ({ ...disguise })),
      ...(ground.words.window !== undefined && { windowSeconds: ground.words.window }),
    },
    transformations: ground.transformations.map(({ id, title, does, cost, requires, applies, sources }) => ({
      ...{ id, title, does, cost, requires: [...requires], applies: applies.to },
      sources: sources.map(({ name, url }) => ({ name, ...(url !== undefined && { url }) })),
    })),
    scenarios: bases.map((base) => {
      const { id, title, procedure, hiding } = base.scenario;
      const cheapest = detectedBase.has(id) ? cheapestOf(id, pairs, composed ?? []) : undefined;
      return { id, title, procedure, hiding, ...tell(base), ...(cheapest && { cheapest }) };
    }),
    pairs,
    leftOut,
    ...(composed && { composed }),
    stillDetected: shareOf(ofDetected, 'no scenario is detected as it is'),
    detectedOfAll: shareOf(pairs, 'no transformation applies to any scenario'),
    clauses,
    ...(levels.length > 0 && { robustness: Math.min(...levels) }),
  };
}

function chosenScenarios(ground: Ground, ids: readonly string[] | undefined): MaliciousScenario[] {
  if (ids === undefined) return claimedScenarios(ground);
  const { attacks, workload } = ground;
  const all = [...attacks.of.keys()];
  return [...new Set(ids)].map((id) => {
    const found = all.find((scenario) => scenario.id === id);
    if (found !== undefined) return found;
    const suggestion = didYouMean(
      id,
      all.map((scenario) => scenario.id),
    );
    const message = `There is no malicious scenario '${id}' in the workload '${workload.id}'.`;
    throw new FileError([{ file: '--scenario', line: 0, column: 0, message, ...(suggestion && { suggestion }) }]);
  });
}

/** The attacks of scenarios as they are, and under each transformation. */
function changed(ground: Ground, scenarios: readonly MaliciousScenario[]) {
  const made: Made[] = [];
  const leftOut: EvasionResult['leftOut'] = [];
  for (const scenario of scenarios) {
    made.push(variantOf(ground, scenario, []) as Made);
    for (const transformation of ground.transformations) {
      const variant = variantOf(ground, scenario, [transformation]);
      if ('reason' in variant)
        leftOut.push({ scenario: scenario.id, transformation: transformation.id, reason: variant.reason });
      else made.push(variant);
    }
  }
  return { made, leftOut };
}

function cheapestOf(
  id: string,
  pairs: EvasionResult['pairs'],
  composed: NonNullable<EvasionResult['composed']>,
): EvadedScenario['cheapest'] {
  const evading = [
    ...pairs
      .filter(({ scenario, detected }) => scenario === id && !detected)
      .map(({ transformation, cost, needs, caught, activities }) => ({
        ...{ transformations: [transformation], cost, effort: EFFORT[cost], needs, share: caught / activities },
      })),
    ...composed
      .filter(({ scenario, detected }) => scenario === id && !detected)
      .map(({ transformations, cost, effort, needs, caught, activities }) => ({
        ...{ transformations: [...transformations], cost, effort, needs, share: caught / activities },
      })),
  ].sort(
    (a, b) =>
      a.effort - b.effort ||
      a.transformations.length - b.transformations.length ||
      a.share - b.share ||
      (a.transformations.join() < b.transformations.join() ? -1 : 1),
  );
  const [best] = evading;
  if (best === undefined) return undefined;
  const { share: _, ...told } = best;
  return told;
}

function shareOf(pairs: readonly { readonly detected: boolean }[], otherwise: string): EvasionResult['stillDetected'] {
  if (pairs.length === 0) return { unmeasured: otherwise };
  return wilson(pairs.filter(({ detected }) => detected).length, pairs.length);
}

function storedColumns({ catalog, compiled }: Ground): ReadonlySet<string> {
  return new Set(compiled.tables.flatMap(({ name }) => (catalog.tables.get(name) ?? []).map((column) => column.name)));
}
