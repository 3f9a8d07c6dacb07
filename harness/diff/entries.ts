import type { Detection } from '../detection/detection.js';
import { type LiteralList, literalLists } from '../detection/lists.js';
import type { Names } from '../kql/index.js';
import type { DetectionComparison, EntrySwing } from './result.js';
import { nothing, type Runner } from './runner.js';

/** Versions of rules that look at several rows which are run over all events to find out what each entry did. */
const MOST_RUNS = 200;

/**
 * The list entries through which gained events came in, by the newer rule, and lost ones had come in, by the older. Of a
 * rule that looks at one row at a time these are the entries that let the event in by themselves; of others, those
 * without which it would not come in.
 *
 * @param versions those that can be run
 */
export async function entrySwings(
  versions: { readonly base: Detection | undefined; readonly head: Detection | undefined },
  names: Names,
  runner: Runner,
): Promise<DetectionComparison['entries']> {
  const sides = [
    ['gained', versions.head],
    ['lost', versions.base],
  ] as const;
  const lists = (detection: Detection): readonly LiteralList[] => literalLists(detection.deployed.text, names).lists;
  const runs = sides.flatMap(([, detection]) => (detection === undefined ? [] : lists(detection)));
  const needed = runs.reduce((sum, { entries }) => sum + 1 + entries.length, 0);
  if (!runner.rowByRow && needed > MOST_RUNS) {
    return { unmeasured: `the lists of a rule that looks at several rows would take ${needed} runs over all events` };
  }
  const found = new Map<string, EntrySwing>();
  for (const [direction, detection] of sides) {
    const changed = runner.events.filter((event) => event.direction === direction);
    if (detection === undefined || changed.length === 0) continue;
    for (const list of lists(detection)) {
      const emptied = await runner.returned({ text: list.keeping([]), run: detection });
      // Only a list that lets events in has entries that they came in through.
      if (emptied === undefined || changed.every(({ id }) => emptied.has(id))) continue;
      for (const entry of list.entries) {
        const tried = runner.rowByRow ? [entry] : list.entries.filter((other) => other !== entry);
        const returned = await runner.returned({ text: list.keeping(tried), run: detection });
        const through = changed.filter(({ id }) => returned?.has(id) === runner.rowByRow && !emptied.has(id));
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
