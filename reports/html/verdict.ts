import { type DetectionMeasurement, isUnmeasured } from '../../harness/measure/measurement.js';
import { count, testSummary } from '../figures.js';
import { insteadOf } from '../refusals.js';

/** Whether a rule may ship, and why. */
export interface Verdict {
  readonly answer: 'ships' | 'stays' | 'held';
  readonly words: string;
  readonly reasons: readonly string[];
}

/**
 * The answer that people open the report for. A rule that is refused as its detection states is no failure, but it does
 * not ship either: it is kept.
 */
export function verdictOf(detection: DetectionMeasurement): Verdict {
  const { status, expectation, diagnostics, tests, gates, baseline } = detection;
  if (expectation?.met === true && status === 'passed') {
    return { answer: 'held', words: 'Is refused, as stated', reasons: [expectation.message] };
  }
  if (status === 'passed') return { answer: 'ships', words: 'Ships', reasons: assurances(detection) };
  const reasons = [
    ...(expectation?.met === false ? [expectation.message] : []),
    ...(status === 'refused' ? diagnostics.filter(({ severity }) => severity === 'error').map(refusalOf) : []),
    ...tests
      .filter((test) => test.status === 'failed')
      .map(({ name, message }) => `Test '${name}' fails${message === undefined ? '' : `: ${message}`}`),
    ...gates.filter(({ passed }) => !passed).map(({ name, message }) => `Gate ${name}: ${message}`),
    ...(baseline?.status === 'regressed' ? baseline.differences.map((text) => `Worse than accepted: ${text}`) : []),
  ];
  return { answer: 'stays', words: 'Does not ship', reasons };
}

function refusalOf(found: DetectionMeasurement['diagnostics'][number]): string {
  const { code, message, line, column } = found;
  const place = line === 0 ? '' : ` at ${line}:${column}`;
  return [`${code}${place}: ${message}`, ...insteadOf(found)].join(' ');
}

/** What the yes rests on, and where it rests on nothing. */
function assurances(detection: DetectionMeasurement): string[] {
  const { tests, gates, recall, baseline } = detection;
  return [
    tests.length === 0 ? 'No test says what it must do.' : `Tests: ${testSummary(detection)}.`,
    gates.length === 0
      ? 'No gate demands anything of its figures.'
      : `${count(gates.length, 'gate')}, all of which hold.`,
    ...(isUnmeasured(recall) ? [`Its recall is unmeasured: ${recall.unmeasured}.`] : []),
    ...(baseline?.status === 'incomparable' ? ['Not compared with the accepted measurement.'] : []),
    ...(baseline?.status === 'changed' ? baseline.differences.map((text) => `Since accepted: ${text}.`) : []),
  ];
}
