import { didYouMean } from '../harness/files/nearest.js';
import { FileError } from '../harness/files/yaml.js';
import { CATEGORIES, type Scenario } from './scenario.js';
import type { Workload } from './workload.js';

/**
 * The scenarios that a workload plays.
 *
 * @throws FileError when a selection names neither a scenario nor a category
 */
export function selectScenarios(scenarios: readonly Scenario[], workload: Workload): Scenario[] {
  const names = new Set<string>([...scenarios.map((scenario) => scenario.id), ...CATEGORIES]);
  for (const label of ['malicious', 'benign'] as const) {
    for (const list of ['only', 'without'] as const) {
      for (const name of workload[label][list] ?? []) {
        if (names.has(name)) continue;
        const suggestion = didYouMean(name, names);
        const message = `'${label}.${list}' names '${name}', which is neither a scenario nor a category.`;
        throw new FileError([
          { file: `workload '${workload.id}'`, line: 0, column: 0, message, ...(suggestion && { suggestion }) },
        ]);
      }
    }
  }
  return scenarios.filter((scenario) => {
    const { only, without } = workload[scenario.label];
    const matches = (name: string): boolean =>
      name === scenario.id || (scenario.label === 'benign' && name === scenario.category);
    return (only === undefined || only.some(matches)) && !without.some(matches);
  });
}
