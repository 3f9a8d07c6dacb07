import type { Coverage } from '../coverage/result.js';
import type { Gates } from '../detection/detection-schema.js';
import type { Figures } from './figures.js';
import { type GateResult, isUnmeasured, type Unmeasured } from './measurement.js';

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))}%`;
const plain = (value: number): string => String(Number(value.toPrecision(4)));
const rate = (value: number): string => `${plain(value)} alerts a day per 1,000 hosts`;

/**
 * Each demand of a detection against its figures. A figure that is unmeasured satisfies none.
 *
 * @param absent why a scenario that a gate names is not among the figures
 */
export function judgeGates(
  gates: Gates,
  figures: Figures,
  absent: Unmeasured = { unmeasured: 'the workload holds no activity of it' },
): GateResult[] {
  const { recall, precision, projectedPrecision, alertsPerDayPer1000Hosts, scenarios } = gates;
  const results: (GateResult | undefined)[] = [
    recall && atLeast('recall', estimate(figures.recall), recall.atLeast),
    precision && atLeast('precision', estimate(figures.precision), precision.atLeast),
    projectedPrecision &&
      atLeast('projected precision', estimate(figures.projectedPrecision), projectedPrecision.atLeast),
    alertsPerDayPer1000Hosts &&
      atMost('false alerts', midOf(figures.alertsPerDayPer1000Hosts), alertsPerDayPer1000Hosts.atMost),
    ...Object.entries(scenarios ?? {}).flatMap(([id, demands]) => scenarioGates(id, demands, figures, absent)),
  ];
  return results.filter((result) => result !== undefined);
}

/** The demand that a share of a rule's parts decides something in its tests. */
export function coverageGate(
  { covered, parts }: Coverage,
  { atLeast: bound }: { readonly atLeast: number },
): GateResult {
  const figure = parts.length === 0 ? { unmeasured: 'the rule has no conditions' } : covered / parts.length;
  return atLeast('coverage by tests', figure, bound);
}

type ScenarioDemands = NonNullable<Gates['scenarios']>[string];

function scenarioGates(
  id: string,
  demands: ScenarioDemands,
  figures: Figures,
  absent: Unmeasured,
): (GateResult | undefined)[] {
  const scenario = figures.scenarios.find((candidate) => candidate.id === id);
  const name = `scenario ${id}`;
  return [
    demands.recall &&
      atLeast(name, scenario ? scenario.detected / scenario.activities : absent, demands.recall.atLeast),
    demands.alerts && atMost(name, scenario?.alertsPerDayPer1000Hosts?.mid ?? absent, demands.alerts.atMost),
  ];
}

type Figure = number | Unmeasured;

function atLeast(name: string, figure: Figure, bound: number): GateResult {
  return judge(name, figure, `at least ${percent(bound)}`, (value) => value >= bound, percent);
}

function atMost(name: string, figure: Figure, bound: number): GateResult {
  return judge(name, figure, `at most ${rate(bound)}`, (value) => value <= bound, rate);
}

function judge(
  name: string,
  figure: Figure,
  demand: string,
  holds: (value: number) => boolean,
  print: (value: number) => string,
): GateResult {
  if (typeof figure !== 'number') {
    return { name, demand, actual: null, passed: false, message: `must be ${demand}, but ${figure.unmeasured}` };
  }
  const passed = holds(figure);
  return {
    name,
    demand,
    actual: figure,
    passed,
    message: passed ? `is ${print(figure)}` : `is ${print(figure)}, must be ${demand}`,
  };
}

function estimate(value: { estimate: number } | Unmeasured): Figure {
  return isUnmeasured(value) ? value : value.estimate;
}

function midOf(value: { mid: number } | Unmeasured): Figure {
  return isUnmeasured(value) ? value : value.mid;
}
