import type { Printable } from '../harness/files/printable.js';
import { type DetectionMeasurement, isUnmeasured, type TestResult } from '../harness/measure/measurement.js';
import { proportion, range, testSummary } from './figures.js';
import { type Paint, painted, type TerminalOptions } from './paint.js';
import { oneLine } from './text.js';

/** Short answers for a person who edits: one line where all is well, and whatever is not. */
export const watchReport = {
  /** The outcome of a detection's tests: those that fail, and those that changed. */
  tests(id: string, tests: readonly TestResult[], changed: readonly string[], options: TerminalOptions): Printable {
    return painted({ id, tests, changed }, options, testLines);
  },

  /** What a detection is worth, in a line, and the gates that fail. */
  measurement(detection: DetectionMeasurement, options: TerminalOptions): Printable {
    return painted(detection, options, worthLines);
  },
};

interface Tested {
  readonly id: string;
  readonly tests: readonly TestResult[];
  readonly changed: readonly string[];
}

function testLines({ id, tests, changed }: Tested, paint: Paint): string {
  const failed = tests.filter(({ status }) => status === 'failed');
  const mark = failed.length === 0 ? paint('green', '✔') : paint('red', '✘');
  const lines = [
    `${mark} ${paint('bold', oneLine(id))}  tests: ${testSummary({ tests: [...tests] })}`,
    ...failed.map(({ name, message }) => `  ${paint('red', '✘')} ${oneLine(`${name}: ${message ?? 'failed'}`)}`),
    ...changed.map((text) => `  ${paint('yellow', '△')} ${oneLine(text)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function worthLines(detection: DetectionMeasurement, paint: Paint): string {
  const { id, recall, alertsPerDayPer1000Hosts: rates, gates, status, diagnostics } = detection;
  const failed = gates.filter(({ passed }) => !passed);
  const mark = status === 'passed' ? paint('green', '✔') : paint('red', '✘');
  const noise = isUnmeasured(rates) ? rates.unmeasured : `${range(rates)} a day per 1,000 hosts`;
  const lines = [
    `${mark} ${paint('bold', oneLine(id))}  recall ${oneLine(proportion(recall))}; false alerts ${oneLine(noise)}`,
    ...(status === 'refused'
      ? diagnostics.map(({ code, message, line, column }) => `  ${oneLine(`${line}:${column}: ${code}: ${message}`)}`)
      : []),
    ...failed.map(({ name, message }) => `  ${paint('red', '✘')} ${oneLine(`Gate ${name}: ${message}`)}`),
  ];
  return `${lines.join('\n')}\n`;
}
