import { quote } from '../kql/sql/literal.js';
import { ownersOf } from '../measure/counts.js';
import { type Exposure, NOTHING_SEEN, per } from '../measure/figures.js';
import { isUnmeasured, type Unmeasured } from '../measure/measurement.js';
import type { Database } from '../measure/world.js';
import { bootstrapInterval, mcNemarExact, type Pairs, pairedDifference, type Unit } from './paired.js';
import type { DetectionComparison } from './result.js';
import { tablesOf, type Version } from './versions.js';

type Figures = Pick<DetectionComparison, 'recall' | 'alertsPerDayPer1000Hosts' | 'projectedPrecision'>;

/**
 * The change of recall, false alerts and projected precision between two versions, whose tables hold their alerts.
 *
 * @param claimed scenarios that count for recall
 */
export async function differencesOf(
  database: Database,
  base: Version,
  head: Version,
  claimed: readonly string[],
  exposure: Exposure,
  attackRate: number,
): Promise<Figures> {
  const before = base.figures;
  const after = head.figures;
  const recall = { before: before.recall, after: after.recall };
  const alerts = { before: before.alertsPerDayPer1000Hosts, after: after.alertsPerDayPer1000Hosts };
  const precision = { attackRate, before: before.projectedPrecision, after: after.projectedPrecision };
  const absent = base.absent ?? head.absent;
  if (absent !== undefined) {
    const difference = { unmeasured: absent };
    return {
      recall: { ...recall, difference },
      alertsPerDayPer1000Hosts: { ...alerts, difference },
      projectedPrecision: { ...precision, difference },
    };
  }
  const units = await unitsOf(database, claimed, exposure);
  return {
    recall: { ...recall, ...(await recallOf(database, claimed)) },
    alertsPerDayPer1000Hosts: { ...alerts, difference: alertsDifference(alerts, units, exposure) },
    projectedPrecision: { ...precision, difference: precisionDifference(precision, units, exposure) },
  };
}

async function recallOf(
  database: Database,
  claimed: readonly string[],
): Promise<Pick<Figures['recall'], 'difference' | 'test'>> {
  const within = scenariosIn(claimed);
  const rows = await database.query(
    `SELECT activity IN (SELECT activity FROM ${tablesOf('base').hits}) AS before,
            activity IN (SELECT activity FROM ${tablesOf('head').hits}) AS after, count(*) AS n
     FROM _activities WHERE ${within} GROUP BY ALL`,
  );
  const count = (before: boolean, after: boolean): number =>
    Number(rows.find((row) => row['before'] === before && row['after'] === after)?.['n'] ?? 0);
  const pairs: Pairs = {
    both: count(true, true),
    onlyBase: count(true, false),
    onlyHead: count(false, true),
    neither: count(false, false),
  };
  if (rows.length === 0) {
    return { difference: { unmeasured: 'the workload holds no activity of a claimed technique' } };
  }
  return {
    difference: pairedDifference(pairs),
    test: { gained: pairs.onlyHead, lost: pairs.onlyBase, p: mcNemarExact(pairs) },
  };
}

/** Units that are independent of each other, each with what it brings to both versions. */
interface Units {
  /** Claimed scenarios on hosts: activities, caught before and after, alerts before and after. */
  readonly attacks: readonly Unit[];
  /** Hosts with false alerts: alerts at the mid rates, before and after. */
  readonly hosts: readonly Unit[];
}

async function unitsOf(database: Database, claimed: readonly string[], exposure: Exposure): Promise<Units> {
  const owned = (side: 'base' | 'head'): string =>
    `SELECT scenario, host, label, count(*) AS alerts FROM (${ownersOf(tablesOf(side).hits)}) GROUP BY ALL`;
  const caught = (side: 'base' | 'head'): string =>
    `count(*) FILTER (WHERE activity IN (SELECT activity FROM ${tablesOf(side).hits}))`;
  const alerts = (side: 'base' | 'head'): string => `coalesce(${side}.alerts, 0)`;
  const attacks = await database.query(
    `SELECT activities, before, after, ${alerts('base')} AS b, ${alerts('head')} AS h
     FROM (SELECT scenario, host, count(*) AS activities, ${caught('base')} AS before, ${caught('head')} AS after
           FROM _activities WHERE ${scenariosIn(claimed)} GROUP BY ALL) AS unit
     LEFT JOIN (${owned('base')}) AS base USING (scenario, host)
     LEFT JOIN (${owned('head')}) AS head USING (scenario, host)
     ORDER BY scenario, host`,
  );
  const noise = await database.query(
    `SELECT scenario, host, ${alerts('base')} AS b, ${alerts('head')} AS h
     FROM (${owned('base')}) AS base FULL JOIN (${owned('head')}) AS head USING (scenario, host, label)
     WHERE label = 'benign' ORDER BY host, scenario`,
  );
  const factors = new Map(exposure.scenarios.map(({ id, rateFactor }) => [id, rateFactor.mid]));
  const hosts = new Map<string, [number, number]>();
  for (const row of noise) {
    const factor = factors.get(String(row['scenario'])) ?? 0;
    const [b, h] = hosts.get(String(row['host'])) ?? [0, 0];
    hosts.set(String(row['host']), [b + Number(row['b']) * factor, h + Number(row['h']) * factor]);
  }
  return {
    attacks: attacks.map((row) => ['activities', 'before', 'after', 'b', 'h'].map((name) => Number(row[name]))),
    hosts: [...hosts.values()],
  };
}

function alertsDifference(
  { before, after }: Pick<Figures['alertsPerDayPer1000Hosts'], 'before' | 'after'>,
  { hosts }: Units,
  exposure: Exposure,
): Figures['alertsPerDayPer1000Hosts']['difference'] {
  if (isUnmeasured(before)) return before;
  if (isUnmeasured(after)) return after;
  const estimate = after.mid - before.mid;
  // Where no host tells the versions apart, a difference may still be rarer than could be seen.
  const unseen = NOTHING_SEEN * per(exposure);
  if (hosts.every(([b, h]) => b === h)) return { estimate, low: -unseen, high: unseen };
  const kinds = [{ units: hosts, zeros: Math.max(0, exposure.hosts - hosts.length) }];
  const interval = bootstrapInterval(kinds, ([sums]) => change(sums) * per(exposure), exposure.seed);
  return interval === undefined ? { unmeasured: 'no host raises a false alert' } : { estimate, ...interval };
}

function change(sums: readonly number[] | undefined): number {
  return (sums?.[1] ?? 0) - (sums?.[0] ?? 0);
}

function precisionDifference(
  { attackRate, before, after }: Pick<Figures['projectedPrecision'], 'attackRate' | 'before' | 'after'>,
  { attacks, hosts }: Units,
  exposure: Exposure,
): Figures['projectedPrecision']['difference'] | Unmeasured {
  if (isUnmeasured(before)) return before;
  if (isUnmeasured(after)) return after;
  const same = hosts.every(([b, h]) => b === h) && attacks.every(([, was, is, b, h]) => was === is && b === h);
  if (same) return { unmeasured: 'both versions raise the same alerts' };
  const share = (attack: readonly number[], noise: number, caughtAt: 1 | 2, alertsAt: 3 | 4): number => {
    const recall = (attack[caughtAt] ?? 0) / (attack[0] ?? 0);
    const alertsPerCaught = attack[caughtAt] === 0 ? 1 : (attack[alertsAt] ?? 0) / (attack[caughtAt] ?? 0);
    const trueAlerts = attackRate * recall * alertsPerCaught;
    return trueAlerts / (trueAlerts + noise * per(exposure));
  };
  const interval = bootstrapInterval(
    [
      { units: attacks, zeros: 0 },
      { units: hosts, zeros: Math.max(0, exposure.hosts - hosts.length) },
    ],
    ([attack = [], noise = []]) => share(attack, noise[1] ?? 0, 2, 4) - share(attack, noise[0] ?? 0, 1, 3),
    exposure.seed,
  );
  if (interval === undefined) return { unmeasured: 'no alert is expected at this attack rate' };
  return { estimate: after.estimate - before.estimate, ...interval };
}

function scenariosIn(ids: readonly string[]): string {
  return ids.length === 0 ? 'false' : `scenario IN (${ids.map(quote).join(', ')})`;
}
