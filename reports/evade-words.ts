import type { EvadedScenario, EvasionResult } from '../harness/evade/result.js';
import { count, proportion } from './figures.js';

/** How every report tells what evading found. */

export interface TransformationRow {
  readonly id: string;
  readonly title: string;
  readonly cost: string;
  readonly pairs: number;
  readonly detected: number;
  /** Of scenarios that are detected as they are. */
  readonly evaded: number;
}

/** A row for each transformation that applies to any scenario, in the order of cost. */
export function transformationRows({ transformations, pairs, scenarios }: EvasionResult): TransformationRow[] {
  const detected = new Set(scenarios.filter((scenario) => scenario.detected).map(({ id }) => id));
  return transformations.flatMap(({ id, title, cost }) => {
    const own = pairs.filter(({ transformation }) => transformation === id);
    if (own.length === 0) return [];
    return [
      {
        ...{ id, title, cost: cost.level, pairs: own.length },
        detected: own.filter((pair) => pair.detected).length,
        evaded: own.filter((pair) => !pair.detected && detected.has(pair.scenario)).length,
      },
    ];
  });
}

/** `52% (49% to 56%) of pairs whose scenario is detected as it is`, or why there is no share. */
export function stillText({ stillDetected }: EvasionResult): string {
  const share = proportion(stillDetected);
  return 'unmeasured' in stillDetected ? share : `${share} of pairs whose scenario is detected as it is`;
}

/** `excluded-name (edit)`, `other-host + url-case (edit)`, or that none was found. */
export function cheapestText({ detected, cheapest }: EvadedScenario): string {
  if (!detected) return 'not detected as it is';
  if (cheapest === undefined) return 'none found';
  const needs = cheapest.needs.length === 0 ? '' : `; needs ${cheapest.needs.join(', ')}`;
  return `${cheapest.transformations.join(' + ')} (${cheapest.cost}${needs})`;
}

/** Why pairs were left out, with how many, the most frequent first. */
export function leftOutRows({ leftOut }: EvasionResult): { readonly reason: string; readonly pairs: number }[] {
  const counts = new Map<string, number>();
  for (const { transformation, reason } of leftOut) {
    const text = `${transformation}: ${reason}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts]
    .map(([reason, pairs]) => ({ reason, pairs }))
    .sort((a, b) => b.pairs - a.pairs || (a.reason < b.reason ? -1 : 1));
}

/** `●` caught, `◐` some of its activities, `○` none, a blank where the transformation makes no sense. */
export function matrixMark(result: EvasionResult, scenario: string, transformation: string): string {
  const pair = result.pairs.find((each) => each.scenario === scenario && each.transformation === transformation);
  if (pair === undefined) return ' ';
  return pair.caught === pair.activities ? '●' : pair.caught === 0 ? '○' : '◐';
}

/** What was judged, and over what. */
export function groundText({ workload, pairs, leftOut, scenarios, transformations }: EvasionResult): string {
  const around =
    workload.judged === 'row'
      ? 'the rule looks at single events, so no other events were needed'
      : `over ${count(workload.hosts, 'host')} and ${count(workload.days, 'day')} of ${workload.name}`;
  return `${count(pairs.length, 'pair')} of ${count(scenarios.length, 'scenario')} and ${count(transformations.length, 'transformation')}, ${count(leftOut.length, 'more', 'more')} left out; ${around}; seed ${workload.seed}`;
}

/** What came of two transformations at once; nothing where they were not searched. */
export function composedText({ composed, scenarios }: EvasionResult): string | undefined {
  if (composed === undefined) return undefined;
  if (composed.length === 0) return 'Two at once: none would be cheaper than what evades alone';
  const evading = composed.filter(({ detected }) => !detected).length;
  const fallen = scenarios.filter(({ cheapest }) => cheapest?.transformations.length === 2).length;
  return `Two at once: ${count(composed.length, 'pair')} tried, ${count(evading, 'evades', 'evade')}; ${count(fallen, 'scenario')} ${fallen === 1 ? 'falls' : 'fall'} to two more cheaply than to any one`;
}
