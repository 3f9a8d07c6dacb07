import {
  type DetectionMeasurement,
  isUnmeasured,
  type Proportion,
  type Range,
  type ScenarioResult,
} from '../harness/measure/measurement.js';

/** How every report writes a figure, so that two reports of one measurement say the same. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** `1,234`, `12`, `0.41`: as many digits as a figure with this much uncertainty carries. */
export function number(value: number): string {
  return Math.abs(value) >= 10 || Number.isInteger(value) ? whole.format(value) : small.format(value);
}

/** `61%`, `0.31%`, `99.7%`: never rounded to none or all when it is neither. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 99 && value < 100) return `${Math.min(99.99, Math.floor(value * 100) / 100)}%`;
  return `${value >= 10 ? whole.format(value) : small.format(value)}%`;
}

/** `61% (45% to 75%)`, or why there is no figure. */
export function proportion(value: Proportion): string {
  if (isUnmeasured(value)) return `unmeasured: ${value.unmeasured}`;
  return `${percent(value.estimate)} (${percent(value.low)} to ${percent(value.high)})`;
}

/** `812 (310 to 2,400)` */
export function range({ low, mid, high }: Range): string {
  return `${number(mid)} (${number(low)} to ${number(high)})`;
}

/** `1 test`, `2 tests` */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** Claimed malicious scenarios that were not always caught, the worst first. */
export function missed({ scenarios }: DetectionMeasurement): ScenarioResult[] {
  return scenarios
    .filter(({ claimed, detected, activities }) => claimed && detected < activities)
    .sort((a, b) => a.detected / a.activities - b.detected / b.activities);
}

/** Benign scenarios that raise alerts, the loudest first. */
export function noisiest({
  scenarios,
}: DetectionMeasurement): (ScenarioResult & { alertsPerDayPer1000Hosts: Range })[] {
  return scenarios
    .flatMap((scenario) => {
      const rates = scenario.alertsPerDayPer1000Hosts;
      return rates === undefined || rates.high === 0 ? [] : [{ ...scenario, alertsPerDayPer1000Hosts: rates }];
    })
    .sort((a, b) => b.alertsPerDayPer1000Hosts.mid - a.alertsPerDayPer1000Hosts.mid);
}

/** `12 passed, 1 failed, 2 known gaps` */
export function testSummary({ tests }: Pick<DetectionMeasurement, 'tests'>): string {
  if (tests.length === 0) return 'none';
  const of = (status: string): number => tests.filter((test) => test.status === status).length;
  const parts: [number, string][] = [
    [of('passed'), 'passed'],
    [of('failed'), 'failed'],
    [of('todo'), of('todo') === 1 ? 'known gap' : 'known gaps'],
  ];
  return parts
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${n} ${what}`)
    .join(', ');
}
