import { type Bits, hasBit, members, or } from '../trace/bits.js';
import type { Alert, Caught, Ground } from './ground.js';
import { choose, type Problem, type Solution } from './solve.js';

/** A condition with what it holds for, and how little one would like it for reasons other than its worth. */
export interface Option {
  readonly kql: string;
  readonly holds: Bits;
  readonly penalty: number;
}

/** Which alerts count, and which attacks must not be lost. */
export interface Part {
  readonly alerts: (alert: Alert) => boolean;
  readonly attacks: (attack: Caught) => boolean;
}

/** At most so many conditions are compared: those that hide most. */
const MOST_OPTIONS = 600;

/** The options that are worth comparing on a part: each hides something, and none is hidden behind a better one. */
export function worthwhile(options: readonly Option[], ground: Ground, part: Part): Option[] {
  const counted = new Map<number, number>();
  for (const alert of ground.alerts) {
    if (alert.isTrue || !part.alerts(alert)) continue;
    for (const row of alert.rows) counted.set(row, (counted.get(row) ?? 0) + 1);
  }
  const attacked = new Set(
    ground.caught
      .filter(part.attacks)
      .flatMap(({ alerts }) => alerts.flatMap((alert) => ground.alerts[alert]?.rows ?? [])),
  );
  const seen = options
    .map((option) => {
      let gain = 0;
      const rows: number[] = [];
      const harm: number[] = [];
      for (const row of members(option.holds)) {
        if (counted.has(row)) {
          rows.push(row);
          gain += counted.get(row) ?? 0;
        }
        if (attacked.has(row)) harm.push(row);
      }
      return { option, gain, key: rows.join(), harm: harm.length };
    })
    .filter(({ gain }) => gain > 0);
  // Of those that hide the same, the safest; of equally safe ones the one that does least harm, then the shortest.
  const best = new Map<string, (typeof seen)[number]>();
  for (const each of seen) {
    const known = best.get(each.key);
    if (known === undefined || isBetter(each, known)) best.set(each.key, each);
  }
  return [...best.values()]
    .sort((a, b) => b.gain - a.gain || compare(a.option.kql, b.option.kql))
    .slice(0, MOST_OPTIONS)
    .map(({ option }) => option);
}

interface Weighed {
  readonly option: Option;
  readonly harm: number;
}

function isBetter(a: Weighed, b: Weighed): boolean {
  const by = a.harm - b.harm || a.option.penalty - b.option.penalty || a.option.kql.length - b.option.kql.length;
  return by < 0 || (by === 0 && a.option.kql < b.option.kql);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The problem of choosing among options on a part. */
export function problemOf(options: readonly Option[], ground: Ground, part: Part): Problem {
  const need = new Map<number, readonly number[]>();
  const needOf = (row: number): readonly number[] => {
    const known = need.get(row);
    if (known !== undefined) return known;
    const found = options.flatMap(({ holds }, i) => (hasBit(holds, row) ? [i] : []));
    need.set(row, found);
    return found;
  };
  const needsOf = ({ rows }: Alert): (readonly number[])[] | undefined => {
    const needs = new Map(rows.map(needOf).map((each) => [each.join(), each]));
    return rows.length === 0 || needs.has('') ? undefined : [...needs.keys()].sort().map((key) => needs.get(key) ?? []);
  };
  const classes = new Map<string, { weight: number; needs: readonly (readonly number[])[] }>();
  for (const alert of ground.alerts) {
    if (alert.isTrue || !part.alerts(alert)) continue;
    const needs = needsOf(alert);
    if (needs === undefined) continue;
    const key = needs.map((each) => each.join()).join(';');
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { weight: 1, needs });
    else known.weight += 1;
  }
  const attacks = ground.caught.filter(part.attacks).flatMap(({ alerts }) => {
    const needs = alerts.map((alert) => needsOf(ground.alerts[alert] ?? NO_ALERT));
    return needs.every((each) => each !== undefined) ? [{ alerts: needs }] : [];
  });
  return {
    entries: options.length,
    gains: [...classes].sort(([a], [b]) => compare(a, b)).map(([, each]) => each),
    attacks,
    penalty: options.map(({ penalty }) => penalty),
  };
}

const NO_ALERT: Alert = { isTrue: false, scenario: '', host: '', rows: [] };

export interface Choice extends Omit<Solution, 'chosen'> {
  readonly chosen: readonly Option[];
  readonly compared: number;
}

/** The best options on a part. */
export async function chooseFrom(
  options: readonly Option[],
  ground: Ground,
  part: Part,
  budget: number,
  lost: number,
): Promise<Choice> {
  const worth = worthwhile(options, ground, part);
  const { chosen, ...how } = await choose(problemOf(worth, ground, part), budget, lost);
  return { ...how, compared: worth.length, chosen: chosen.flatMap((i) => worth[i] ?? []) };
}

/** What a set of options does on a part. */
export interface Effect {
  readonly falseAlerts: number;
  readonly removed: number;
  readonly detected: number;
  readonly lost: number;
}

export function effectOf(set: readonly Option[], ground: Ground, part: Part): Effect {
  const { alerts, attacks } = within(ground, part);
  const [first, ...others] = set.map(({ holds }) => holds);
  const any = first === undefined ? undefined : others.reduce(or, first);
  const hidden = ({ rows }: Alert): boolean =>
    any !== undefined && rows.length > 0 && rows.every((row) => hasBit(any, row));
  return {
    falseAlerts: alerts.length,
    removed: alerts.filter(hidden).length,
    detected: attacks.length,
    lost: attacks.filter((own) => own.every(hidden)).length,
  };
}

interface Within {
  readonly alerts: readonly Alert[];
  /** Of each attack, its alerts. */
  readonly attacks: readonly (readonly Alert[])[];
}

const parts = new WeakMap<Ground, WeakMap<Part, Within>>();

/** The false alerts and attacks of a part, looked up once: thousands of options are held against them. */
function within(ground: Ground, part: Part): Within {
  const known = parts.get(ground) ?? new WeakMap<Part, Within>();
  parts.set(ground, known);
  const found = known.get(part) ?? {
    alerts: ground.alerts.filter((alert) => !alert.isTrue && part.alerts(alert)),
    attacks: ground.caught
      .filter(part.attacks)
      .map(({ alerts }) => alerts.map((alert) => ground.alerts[alert] ?? NO_ALERT)),
  };
  known.set(part, found);
  return found;
}
