import {
  type DetectionMeasurement,
  isUnmeasured,
  type LiteralResult,
  type ScenarioResult,
  type Unmeasured,
} from './measurement.js';

/** What differs between two measurements of a detection over the same events, in the words of `assay diff`. */
export interface MeasurementChanges {
  /** Attacks and true alerts that were lost, false alerts that were gained. */
  readonly worse: readonly string[];
  readonly otherwise: readonly string[];
}

/** How many scenarios, and how many list entries, are named one by one. */
const NAMED = 8;

/** What changed from one measurement to another that was made over the same events. */
export function changesBetween(was: DetectionMeasurement, is: DetectionMeasurement): MeasurementChanges {
  const scenarios = is.scenarios.flatMap((after) => {
    const before = was.scenarios.find(({ id }) => id === after.id);
    return before === undefined ? [] : [scenarioChange(before, after)];
  });
  const of = (kind: ScenarioChange['kind']): string[] =>
    shortened(
      scenarios.flatMap((change) => (change?.kind === kind ? [change.text] : [])),
      `${kind} scenarios`,
    );
  const refused = is.status === 'refused' && was.status !== 'refused' ? ['the rule no longer runs'] : [];
  return {
    worse: [...refused, ...of('lost-true'), ...of('gained-false')],
    otherwise: [
      ...(is.rule.sha256 === was.rule.sha256 ? [] : ['the rule is another']),
      ...figureChanges(was, is),
      ...of('gained-true'),
      ...of('lost-false'),
      ...entryChanges(was.literals, is.literals),
    ],
  };
}

interface ScenarioChange {
  readonly kind: 'lost-true' | 'gained-false' | 'gained-true' | 'lost-false';
  readonly text: string;
}

/** An attack counts as lost or gained by whether it is caught; where that is as it was, by its alerts. */
function scenarioChange(before: ScenarioResult, after: ScenarioResult): ScenarioChange | undefined {
  const { id, label, claimed, activities } = after;
  if (label === 'benign') {
    if (after.alerts === before.alerts) return undefined;
    const text = `${id}: ${after.alerts} false alerts, ${before.alerts} before`;
    return { kind: after.alerts > before.alerts ? 'gained-false' : 'lost-false', text };
  }
  if (after.detected !== before.detected) {
    const fewer = after.detected < before.detected;
    // What the detection does not claim is no loss.
    if (fewer && !claimed) return undefined;
    const text = `${id}: ${after.detected} of ${activities} caught, ${before.detected} before`;
    return { kind: fewer ? 'lost-true' : 'gained-true', text };
  }
  if (after.alerts === before.alerts || !claimed) return undefined;
  const text = `${id}: ${after.alerts} true alerts, ${before.alerts} before`;
  return { kind: after.alerts < before.alerts ? 'lost-true' : 'gained-true', text };
}

function figureChanges(was: DetectionMeasurement, is: DetectionMeasurement): string[] {
  const { recall: r, alertsPerDayPer1000Hosts: a, projectedPrecision: p, alerts } = is;
  const attackRate = isUnmeasured(p) ? undefined : p.attackRate;
  const comparable = isUnmeasured(was.projectedPrecision) || was.projectedPrecision.attackRate === attackRate;
  const figures: [string, string, string][] = [
    ['recall', shown(was.recall, ({ estimate }) => percent(estimate)), shown(r, ({ estimate }) => percent(estimate))],
    ['false alerts a day per 1,000 hosts', shown(was.alertsPerDayPer1000Hosts, mid), shown(a, mid)],
    ['alerts', shown(was.alerts, total), shown(alerts, total)],
  ];
  const share = ({ estimate }: { readonly estimate: number }): string => percent(estimate);
  if (comparable) figures.push(['projected precision', shown(was.projectedPrecision, share), shown(p, share)]);
  return figures.flatMap(([name, before, after]) => (before === after ? [] : [`${name}: ${after}, ${before} before`]));
}

/** Entries that are new or gone, and what they did; the others by what they bring alone. */
function entryChanges(was: DetectionMeasurement['literals'], is: DetectionMeasurement['literals']): string[] {
  if (isUnmeasured(was) || isUnmeasured(is)) return [];
  const find = (all: readonly LiteralResult[], { list, entry }: LiteralResult): LiteralResult | undefined =>
    all.find((other) => other.list === list && other.entry === entry);
  const gone = was
    .filter((entry) => find(is, entry) === undefined)
    .map((entry) => `entry '${entry.entry}' of ${entry.list} is gone: it alone brought ${alerts(entry)}`);
  const come = is
    .filter((entry) => find(was, entry) === undefined)
    .map((entry) => `entry '${entry.entry}' of ${entry.list} is new: it alone brings ${alerts(entry)}`);
  const other = is.flatMap((entry) => {
    const before = find(was, entry);
    if (before === undefined || alerts(before) === alerts(entry)) return [];
    return [`entry '${entry.entry}' of ${entry.list} alone brings ${alerts(entry)}, ${alerts(before)} before`];
  });
  return shortened([...gone, ...come, ...other], 'entries');
}

function alerts({ only }: LiteralResult): string {
  return `${only.true} true and ${only.false} false alerts`;
}

function shown<T extends object>(value: T | Unmeasured, show: (value: T) => string): string {
  return isUnmeasured(value) ? 'unmeasured' : show(value);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function mid(range: { readonly mid: number }): string {
  return String(Number(range.mid.toPrecision(4)));
}

function total({ true: hits, false: noise }: { readonly true: number; readonly false: number }): string {
  return `${hits} true and ${noise} false`;
}

function shortened(lines: readonly string[], what: string): string[] {
  if (lines.length <= NAMED) return [...lines];
  return [...lines.slice(0, NAMED), `and ${lines.length - NAMED} more ${what}`];
}
