import { type LiteralList, literalLists } from '../detection/lists.js';
import type { Place } from '../files/yaml.js';
import type { Names } from '../kql/syntax.js';
import type { DetectionMeasurement, LiteralResult } from './measurement.js';

export interface AlertCounts {
  readonly true: number;
  readonly false: number;
}

/** Runs versions of one rule. `K` stands for events that were set apart. */
export interface Variants<K> {
  /** Alerts of a version of the rule, over all events or over some. */
  alerts(text: string, over?: K): Promise<AlertCounts>;
  /** Sets apart the events that the alerts of the latest run came from. */
  keep(name: string): Promise<K>;
}

/** Runs over all events at most, beyond which the lists are left unmeasured. */
const MOST_FULL_RUNS = 100;

/** Events that those runs may read together: the runs of a rule over a million events take seconds each. */
const MOST_EVENTS_READ = 40_000_000;

const MINUS = (a: AlertCounts, b: AlertCounts): AlertCounts => ({ true: a.true - b.true, false: a.false - b.false });

/**
 * What each entry of each list of strings in a rule does: the rule is run without it, and with it as the only entry.
 *
 * A list that can be emptied without a change decides nothing, and neither do its entries. A rule that looks at one row
 * at a time does the same with an event whatever else is there, so that its versions need to see only the events that
 * the list could make an alert of.
 *
 * @param original alerts of the rule as it is, which was run last
 * @param events how many there are in all
 * @param placeInFile where a place in the rule's text stands in its file
 */
export async function measureLiterals<K>(
  text: string,
  names: Names,
  original: AlertCounts,
  events: number,
  variants: Variants<K>,
  placeInFile: (place: Place) => Place,
): Promise<DetectionMeasurement['literals']> {
  const { lists, rowByRow } = literalLists(text, names);
  const runs = lists.reduce((sum, { entries }) => sum + 1 + (rowByRow ? 0 : 2 * entries.length), 0);
  const most = Math.min(MOST_FULL_RUNS, Math.floor(MOST_EVENTS_READ / Math.max(events, 1)));
  if (runs > most && !rowByRow) {
    return { unmeasured: `its lists would take ${runs} runs over all events; at most ${most} are made` };
  }
  if (runs > MOST_FULL_RUNS) {
    return { unmeasured: `it has ${runs} lists; at most ${MOST_FULL_RUNS} are measured` };
  }
  const found = rowByRow ? await variants.keep('original') : undefined;
  const results: LiteralResult[] = [];
  for (const list of lists) results.push(...(await measureList(list, original, found, variants, placeInFile)));
  return results;
}

/** @param found the events that the rule's alerts came from; absent where the versions need to see them all */
async function measureList<K>(
  list: LiteralList,
  original: AlertCounts,
  found: K | undefined,
  variants: Variants<K>,
  placeInFile: (place: Place) => Place,
): Promise<LiteralResult[]> {
  const emptied = await variants.alerts(list.keeping([]));
  const decides = emptied.true !== original.true || emptied.false !== original.false;
  // What a list lets through is found with it, what it holds back without it.
  const holdsBack = total(emptied) > total(original);
  const over = found !== undefined && decides && holdsBack ? await variants.keep('emptied') : found;
  const results: LiteralResult[] = [];
  for (const entry of list.entries) {
    const others = list.entries.filter((other) => other !== entry);
    const none = { true: 0, false: 0 };
    results.push({
      list: list.name,
      entry: entry.value,
      ...placeInFile({ line: entry.line, column: entry.column }),
      all: decides ? MINUS(await variants.alerts(list.keeping([entry]), over), emptied) : none,
      only: decides ? MINUS(original, await variants.alerts(list.keeping(others), over)) : none,
    });
  }
  return results;
}

function total(counts: AlertCounts): number {
  return counts.true + counts.false;
}
