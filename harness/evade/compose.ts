import type { Transformation } from '../../simulators/evasions/transformation.js';
import type { MaliciousScenario } from '../../simulators/scenario.js';
import { type Ground, type Made, variantOf } from './ground.js';
import { type CaughtRuns, judgeAll } from './judge.js';
import { type Composed, EFFORT, type Pair } from './result.js';

/**
 * Two transformations at once, for scenarios that are detected: those that no one evades as cheaply. From the cheapest
 * two on, until two are found or all have been tried; neither of the two evades alone, and neither is left to chance.
 */
export async function composePairs(
  ground: Ground,
  bases: readonly Made[],
  pairs: readonly Pair[],
  detected: ReadonlySet<string>,
  asIs: CaughtRuns,
): Promise<Composed[]> {
  const found: Composed[] = [];
  const open = new Map(
    bases.filter(({ scenario }) => detected.has(scenario.id)).map((base) => [base.scenario.id, base]),
  );
  const candidates = [...open.values()].flatMap(({ scenario }) => candidatesOf(ground, scenario, pairs));
  const efforts = [...new Set(candidates.map(({ effort }) => effort))].sort((a, b) => a - b);
  for (const effort of efforts) {
    const made = candidates.flatMap((candidate) => {
      if (candidate.effort !== effort || !open.has(candidate.scenario.id)) return [];
      const variant = variantOf(ground, candidate.scenario, candidate.by);
      return 'reason' in variant ? [] : [variant];
    });
    if (made.length === 0) continue;
    ground.stage(`two at once, at an effort of ${effort}: ${made.length} pairs`);
    const { verdicts } = await judgeAll(ground, made, asIs);
    for (const variant of made) {
      const [first, second] = variant.by;
      if (first === undefined || second === undefined) continue;
      const { scenario, cost, needs } = variant;
      const counts = verdicts.get(variant.id);
      if (counts === undefined) continue;
      found.push({
        ...{ scenario: scenario.id, transformations: [first.id, second.id], ...counts, cost, effort },
        needs: [...needs],
      });
    }
    for (const { scenario, detected: still } of found) if (!still) open.delete(scenario);
  }
  return found;
}

interface Candidate {
  readonly scenario: MaliciousScenario;
  readonly by: readonly [Transformation, Transformation];
  readonly effort: number;
}

function candidatesOf(ground: Ground, scenario: MaliciousScenario, pairs: readonly Pair[]): Candidate[] {
  const own = pairs.filter((pair) => pair.scenario === scenario.id);
  const least = Math.min(...own.filter(({ detected }) => !detected).map(({ cost }) => EFFORT[cost]));
  const costs = new Map(
    own.filter(({ detected, cost }) => detected && cost !== 'chance').map((pair) => [pair.transformation, pair.cost]),
  );
  const able = ground.transformations.filter(({ id }) => costs.has(id));
  return able.flatMap((first, index) =>
    able.slice(index + 1).flatMap((second): Candidate[] => {
      const effort = effortOf(costs.get(first.id)) + effortOf(costs.get(second.id));
      if (first.part === second.part || effort >= least) return [];
      return [{ scenario, by: [first, second], effort }];
    }),
  );
}

function effortOf(cost: Pair['cost'] | undefined): number {
  return cost === undefined ? Number.POSITIVE_INFINITY : EFFORT[cost];
}
