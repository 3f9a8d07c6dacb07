import type { Detection } from '../detection/detection.js';
import { NothingToEvade } from '../evade/ground.js';
import { type HiddenAttacks, hiddenBy } from '../evade/hidden.js';
import { type CostLevel, EFFORT } from '../evade/result.js';
import type { Place } from '../exceptions/places.js';
import type { WorkloadChoice } from '../measure/play.js';
import type { Evaded } from './result.js';

/**
 * Which changed attacks each condition hides, by what was changed, the cheapest for the attacker first; nothing where the
 * rows of the place are of no one table, or no attack is claimed that could be changed.
 */
export async function evadedBy(
  detection: Detection,
  { table }: Place,
  conditions: readonly string[],
  workload: WorkloadChoice,
  onStage: (stage: string) => void,
): Promise<Evaded[][] | undefined> {
  if (table === undefined || conditions.length === 0) return undefined;
  try {
    const found = await hiddenBy(detection, conditions, table, { workload, onStage });
    return found.map(({ evasions }) => byTransformation(evasions));
  } catch (error) {
    if (error instanceof NothingToEvade) return undefined;
    throw error;
  }
}

function byTransformation(evasions: readonly HiddenAttacks[]): Evaded[] {
  const found = new Map<string, { cost: CostLevel; scenarios: Set<string> }>();
  for (const { transformation, cost, scenario } of evasions) {
    if (transformation === undefined || cost === undefined) continue;
    const known = found.get(transformation) ?? { cost, scenarios: new Set() };
    known.scenarios.add(scenario);
    if (EFFORT[cost] < EFFORT[known.cost]) known.cost = cost;
    found.set(transformation, known);
  }
  return [...found]
    .map(([transformation, { cost, scenarios }]) => ({ transformation, cost, scenarios: [...scenarios].sort() }))
    .sort((a, b) => EFFORT[a.cost] - EFFORT[b.cost] || (a.transformation < b.transformation ? -1 : 1));
}
