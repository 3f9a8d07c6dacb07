import type { Counts, Label, ScenarioCounts } from './counts.js';
import type { DetectionMeasurement, Range, ScenarioResult, Unmeasured } from './measurement.js';
import { isUnmeasured } from './measurement.js';
import { clusterBootstrap, wilson } from './statistics.js';

/** What the figures need to know of the workload besides the counts. */
export interface Exposure {
  readonly hosts: number;
  readonly days: number;
  /** Days that hosts were watched, added up over them, where that is not hosts times days; or why it is not known. */
  readonly hostDays?: number | Unmeasured;
  readonly seed: number;
  readonly scenarios: readonly {
    readonly id: string;
    readonly title: string;
    readonly label: Label;
    /** How many times as often it happens at each rate as it was played. */
    readonly rateFactor: Range;
    /** What the rates follow from; of benign scenarios that were simulated. */
    readonly estimate?: { readonly share: Range; readonly rows: Range };
    readonly expectedRows?: Range;
  }[];
}

export interface Claims {
  readonly techniques: readonly string[];
  readonly roles: readonly string[];
}

export type Figures = Pick<
  DetectionMeasurement,
  'alerts' | 'recall' | 'precision' | 'projectedPrecision' | 'alertsPerDayPer1000Hosts' | 'events' | 'scenarios'
>;

/**
 * The figures of a detection from its counts.
 *
 * @param singleEvents whether each row that the rule returns is one event
 * @param attackRate claimed attacks per 1,000 hosts and day that precision is projected at
 */
export function figuresOf(
  counts: Counts,
  played: Exposure,
  claims: Claims,
  singleEvents: boolean,
  attackRate: number,
): Figures {
  const claimed = new Set(
    counts.scenarios.filter((counted) => isClaimed(counted, claims)).map(({ scenario }) => scenario),
  );
  const recall = recallOf(counts, claimed);
  const scenarios = counts.scenarios.map((counted) => scenarioOf(counted, played, claimed.has(counted.scenario)));
  const rates = isUnknown(played.hostDays)
    ? played.hostDays
    : sumOf(scenarios.map((scenario) => scenario.alertsPerDayPer1000Hosts));
  const trueAlerts = counts.clusters
    .filter(({ label }) => label === 'malicious')
    .reduce((sum, { alerts }) => sum + alerts, 0);
  return {
    alerts: { total: counts.alerts, true: trueAlerts, false: counts.alerts - trueAlerts },
    recall,
    precision: precisionOf(counts, played.seed),
    projectedPrecision: projectedOf(counts, claimed, recall, rates, played, attackRate),
    alertsPerDayPer1000Hosts: rates,
    events: singleEvents
      ? eventsOf(counts, claims, claimed)
      : { unmeasured: 'the rule returns rows that stand for several events or none' },
    scenarios,
  };
}

/** Figures of a detection that could not be measured. */
export function noFigures(reason: string): Figures {
  const unmeasured = { unmeasured: reason };
  return {
    alerts: unmeasured,
    recall: unmeasured,
    precision: unmeasured,
    projectedPrecision: unmeasured,
    alertsPerDayPer1000Hosts: unmeasured,
    events: unmeasured,
    scenarios: [],
  };
}

/** A claim on a technique is one on its sub-techniques too. */
export function isClaimed({ label, technique }: ScenarioCounts, { techniques }: Claims): boolean {
  if (label !== 'malicious' || technique === undefined) return false;
  return techniques.some((claim) => technique === claim || technique.startsWith(`${claim}.`));
}

function recallOf({ scenarios }: Counts, claimed: ReadonlySet<string>): DetectionMeasurement['recall'] {
  const within = scenarios.filter(({ scenario }) => claimed.has(scenario));
  const activities = within.reduce((sum, scenario) => sum + scenario.activities, 0);
  if (activities === 0) return { unmeasured: 'the workload holds no activity of a claimed technique' };
  return wilson(
    within.reduce((sum, scenario) => sum + scenario.detected, 0),
    activities,
  );
}

function precisionOf({ clusters }: Counts, seed: number): DetectionMeasurement['precision'] {
  if (clusters.length === 0) return { unmeasured: 'the rule raised no alert' };
  return clusterBootstrap(
    clusters.map(({ label, alerts }) => ({ successes: label === 'malicious' ? alerts : 0, n: alerts })),
    seed,
  );
}

function scenarioOf(counted: ScenarioCounts, played: Exposure, claimed: boolean): ScenarioResult {
  const { scenario: id, label, technique, procedure, activities, detected, alerts, owned } = counted;
  const definition = played.scenarios.find((candidate) => candidate.id === id);
  const factor = definition?.rateFactor;
  const { estimate, expectedRows } = definition ?? {};
  return {
    id,
    title: definition?.title ?? id,
    label,
    ...(technique !== undefined && { technique }),
    ...(procedure !== undefined && { procedure }),
    claimed,
    activities,
    detected,
    alerts,
    ...(label === 'benign' &&
      !isUnknown(played.hostDays) &&
      factor !== undefined && { alertsPerDayPer1000Hosts: scaled(factor, owned * per(played)) }),
    ...(estimate !== undefined &&
      expectedRows !== undefined && { estimate: { ...estimate, rowsPerDayPer1000Hosts: expectedRows } }),
  };
}

/**
 * The share of the exposure that one alert is: alerts times this are alerts a day per 1,000 hosts.
 * @throws where the exposure is not known; then there is no rate to ask for
 */
export function per({ hosts, days, hostDays = hosts * days }: Exposure): number {
  if (typeof hostDays !== 'number') throw new Error(`There is no rate: ${hostDays.unmeasured}.`);
  return 1000 / hostDays;
}

function isUnknown(hostDays: Exposure['hostDays']): hostDays is Unmeasured {
  return typeof hostDays === 'object';
}

function scaled({ low, mid, high }: Range, by: number): Range {
  return { low: low * by, mid: mid * by, high: high * by };
}

function sumOf(ranges: readonly (Range | undefined)[]): Range {
  return ranges.reduce<Range>(
    (sum, range) => ({
      low: sum.low + (range?.low ?? 0),
      mid: sum.mid + (range?.mid ?? 0),
      high: sum.high + (range?.high ?? 0),
    }),
    { low: 0, mid: 0, high: 0 },
  );
}

/** The 95% upper bound of a rate of which nothing was seen ("rule of three": -ln 0.05, for a Poisson count of 0). */
export const NOTHING_SEEN = -Math.log(0.05);

/**
 * Precision if claimed attacks came at `attackRate`: true alerts a day over all alerts a day. Its bounds pair the bounds
 * of recall with the opposite bounds of the benign rates.
 *
 * It assumes that an attack that is caught raises as many alerts as those played did, that attacks of the played kinds
 * are equally likely, and that false alerts grow with the rate of the scenario that they are put down to.
 */
function projectedOf(
  { scenarios }: Counts,
  claimed: ReadonlySet<string>,
  recall: DetectionMeasurement['recall'],
  rates: Range | Unmeasured,
  played: Exposure,
  attackRate: number,
): DetectionMeasurement['projectedPrecision'] {
  if (isUnmeasured(recall)) return recall;
  if (isUnmeasured(rates)) return rates;
  const within = scenarios.filter(({ scenario }) => claimed.has(scenario));
  const detected = within.reduce((sum, scenario) => sum + scenario.detected, 0);
  const owned = within.reduce((sum, scenario) => sum + scenario.owned, 0);
  const alertsPerCaught = detected === 0 ? 1 : owned / detected;
  const share = (caught: number, falseAlerts: number): number => {
    const trueAlerts = attackRate * caught * alertsPerCaught;
    return trueAlerts + falseAlerts === 0 ? 0 : trueAlerts / (trueAlerts + falseAlerts);
  };
  if (attackRate * recall.estimate + rates.mid === 0) {
    return { unmeasured: 'no alert is expected at this attack rate' };
  }
  return {
    estimate: share(recall.estimate, rates.mid),
    low: share(recall.low, Math.max(rates.high, NOTHING_SEEN * per(played))),
    high: share(recall.high, rates.low),
    n: recall.n,
    attackRate,
  };
}

/** Over the roles that the detection targets: other events of an attack are neither to be caught nor false. */
function eventsOf(
  { events, scenarios }: Counts,
  { roles }: Claims,
  claimed: ReadonlySet<string>,
): DetectionMeasurement['events'] {
  const benign = new Set(scenarios.filter(({ label }) => label === 'benign').map(({ scenario }) => scenario));
  const cells = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (const { role, scenario, events: total, returned } of events) {
    if (benign.has(scenario)) {
      cells.fp += returned;
      cells.tn += total - returned;
    } else if (claimed.has(scenario) && roles.includes(role)) {
      cells.tp += returned;
      cells.fn += total - returned;
    }
  }
  return cells;
}
