import type {
  ContractChange,
  DetectionComparison,
  RuleChange,
  ScenarioSwing,
  Split,
  Swing,
  Unmeasured,
} from '../harness/diff/result.js';
import { count, number, percent } from './figures.js';
import { insteadOf } from './refusals.js';

/** How every report of a comparison says things, so that two reports of one comparison say the same. */

interface Difference {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const precise = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** `12 true, 3 false`; `none` where there is neither. */
export function split({ true: hits, false: noise }: Split): string {
  const parts = [hits > 0 && `${number(hits)} true`, noise > 0 && `${number(noise)} false`].filter(Boolean);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** `gained 12 true; lost 3 false` */
export function swing({ gained, lost }: Swing): string {
  return `gained ${split(gained)}; lost ${split(lost)}`;
}

/** `+4.2 points (+1.1 to +7)` */
export function points(difference: Difference | Unmeasured): string {
  return differenceIn(difference, (value) => signed(value * 100), ' points');
}

/** `−730 (−800 to −640)` */
export function rateDifference(difference: Difference | Unmeasured): string {
  return differenceIn(difference, signed, '');
}

function differenceIn(difference: Difference | Unmeasured, show: (value: number) => string, unit: string): string {
  if ('unmeasured' in difference) return difference.unmeasured;
  return `${show(difference.estimate)}${unit} (${show(difference.low)} to ${show(difference.high)})`;
}

function signed(value: number): string {
  const shown = Math.abs(value) >= 10 ? number(Math.abs(value)) : precise.format(Math.abs(value));
  return `${shown === '0' ? '±' : value < 0 ? '−' : '+'}${shown}`;
}

/** `40% → 61%` */
export function shares({ before, after }: Pick<DetectionComparison['recall'], 'before' | 'after'>): string {
  const show = (value: typeof before): string => ('unmeasured' in value ? '–' : percent(Number(value['estimate'])));
  return `${show(before)} → ${show(after)}`;
}

/** `850 → 120`, at the mid rates. */
export function rates({
  before,
  after,
}: Pick<DetectionComparison['alertsPerDayPer1000Hosts'], 'before' | 'after'>): string {
  const show = (value: typeof before): string => ('unmeasured' in value ? '–' : number(value.mid));
  return `${show(before)} → ${show(after)}`;
}

/** `p = 0.031: 6 attacks gained, none lost` */
export function pairedTest({ test }: DetectionComparison['recall']): string | undefined {
  if (test === undefined) return undefined;
  const p = test.p < 0.001 ? 'p < 0.001' : `p = ${Number(test.p.toPrecision(2))}`;
  const lost = test.lost === 0 ? 'none' : number(test.lost);
  return `${p}: ${count(test.gained, 'attack')} gained, ${lost} lost`;
}

/** `column AccountName vanished` */
export function contractLine({ what, name, before, after }: ContractChange): string {
  if (after === undefined) return `${what} ${name} vanished (was ${before})`;
  if (before === undefined) return `${what} ${name} is new: ${after}`;
  return `${what} ${name}: ${before} → ${after}`;
}

/** Whether somebody may depend on what changed. */
export function breaksOthers({ what, before, after }: ContractChange): boolean {
  return after === undefined || (before !== undefined && what !== 'claims');
}

/** `+ "rentry.co" in DeadDropDomains` */
export function changeLine({ kind, list, removed, added }: RuleChange): string {
  const short = (text: string): string => {
    const line = text.replace(/\s+/g, ' ').trim();
    return line.length > 120 ? `${line.slice(0, 117)}…` : line;
  };
  const what =
    removed === '' ? `+ ${short(added)}` : added === '' ? `− ${short(removed)}` : `${short(removed)} → ${short(added)}`;
  if (kind === 'setting') return `schedule: ${what}`;
  return list === undefined ? what : `${what} in ${list}`;
}

/** Where a change stands. */
export function changePlace({ side, line, column }: RuleChange, detection: DetectionComparison): string {
  const file = detection[side]?.file ?? '';
  return line === 0 ? file : `${file}:${line}:${column}`;
}

/** What a change did to events, or why that is not known. */
export function changeEffect({ events }: RuleChange): string {
  if ('unmeasured' in events) return events.unmeasured;
  const { gained, lost } = events;
  const parts = [
    gained.true + gained.false > 0 && `gained ${split(gained)}`,
    lost.true + lost.false > 0 && `lost ${split(lost)}`,
  ].filter(Boolean);
  return parts.length === 0 ? 'no event' : parts.join('; ');
}

/** Scenarios by how much they changed: attacks before look-alikes. */
export function byWeight(scenarios: readonly ScenarioSwing[]): ScenarioSwing[] {
  const weight = ({ alerts, events }: ScenarioSwing): number =>
    alerts.gained + alerts.lost + events.gained + events.lost;
  return [...scenarios].sort(
    (a, b) => Number(b.label === 'malicious') - Number(a.label === 'malicious') || weight(b) - weight(a),
  );
}

/** Changes, or entries, by how many events came or went with them; in the order of the rule where they are alike. */
export function byEffect<T extends Pick<RuleChange, 'events'>>(swings: readonly T[]): T[] {
  const weight = ({ events }: T): number =>
    'unmeasured' in events ? 0 : events.gained.true + events.gained.false + events.lost.true + events.lost.false;
  return [...swings].sort((a, b) => weight(b) - weight(a));
}

/** `renamed from old-id`, `added`, `deleted`; nothing for a detection that only changed. */
export function fate({ change, base }: DetectionComparison): string | undefined {
  if (change === 'changed') return undefined;
  return change === 'renamed' ? `compared with ${base?.id}` : change;
}

/** `does not run: KS142 at rule.kql:34:34: …`, for each version that does not. */
export function refusals({ base, head }: DetectionComparison): string[] {
  return (
    [
      ['The older', base],
      ['The newer', head],
    ] as const
  ).flatMap(([which, version]) => {
    const [first] = version?.refused ?? [];
    if (version === undefined || first === undefined) return [];
    const place = first.line === 0 ? version.file : `${version.file}:${first.line}:${first.column}`;
    return [`${which} rule does not run: ${first.code} at ${place}: ${[first.message, ...insteadOf(first)].join(' ')}`];
  });
}
