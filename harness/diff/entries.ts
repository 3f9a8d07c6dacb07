import type { Detection } from '../detection/detection.js';
import { literalLists } from '../detection/lists.js';
import type { Names } from '../kql/index.js';
import type { DetectionComparison, EntrySwing } from './result.js';
import { nothing, type Runner } from './runner.js';

/**
 * The list entries through which gained events came in, by the newer rule, and lost ones had come in, by the older.
 *
 * @param versions those that can be run
 */
export async function entrySwings(
  versions: { readonly base: Detection | undefined; readonly head: Detection | undefined },
  names: Names,
  runner: Runner,
): Promise<DetectionComparison['entries']> {
  if (!runner.rowByRow) return { unmeasured: 'the rule looks at several rows at a time' };
  const found = new Map<string, EntrySwing>();
  for (const [direction, detection] of [
    ['gained', versions.head],
    ['lost', versions.base],
  ] as const) {
    const changed = runner.events.filter((event) => event.direction === direction);
    if (detection === undefined || changed.length === 0) continue;
    for (const list of literalLists(detection.deployed.text, names).lists) {
      const emptied = await runner.returned({ text: list.keeping([]), run: detection });
      // Only a list that lets events in has entries that they came in through.
      if (emptied === undefined || changed.every(({ id }) => emptied.has(id))) continue;
      for (const entry of list.entries) {
        const kept = await runner.returned({ text: list.keeping([entry]), run: detection });
        const through = changed.filter(({ id }) => kept?.has(id) === true && !emptied.has(id));
        if (through.length === 0) continue;
        const key = JSON.stringify([list.name, entry.value]);
        const place = detection.deployed.placeInFile({ line: entry.line, column: entry.column });
        const swing = found.get(key) ?? { list: list.name, entry: entry.value, ...place, events: nothing() };
        for (const { truth } of through) swing.events[direction][truth] += 1;
        found.set(key, swing);
      }
    }
  }
  return [...found.values()];
}
