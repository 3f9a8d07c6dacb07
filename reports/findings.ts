import type { Measurement } from '../harness/measure/measurement.js';

/** Something to see to, at its place in a file. */
export interface ReportFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
  readonly file: string;
  /** 1-based; 0 when the finding is about the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** Characters from the column on, where they are known. */
  readonly length?: number;
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What each code of `findingsOf` is about; others come from the parser, which names them itself. */
export const FINDING_TITLES: Readonly<Record<string, string>> = {
  'failed-test': 'A test of the detection fails.',
  'failed-gate': 'A figure of the detection is not what a gate demands.',
  'unmet-refusal': 'The rule is not refused as the detection states.',
  regression: 'The detection is worth less than what was accepted.',
};

/** Everything that a measurement holds against its detections, in order. */
export function findingsOf({ detections }: Measurement): ReportFinding[] {
  return detections.flatMap((detection) => {
    const { rule, diagnostics, tests, gates, baseline, expectation, id } = detection;
    const whole = { file: rule.file, line: 0, column: 0 };
    const expected = expectation?.met === true;
    return [
      ...diagnostics.map(
        (found): ReportFinding => ({
          code: found.code,
          severity: expected ? 'information' : found.severity,
          file: rule.file,
          line: found.line,
          column: found.column,
          message: expected ? `${found.message} The detection states this.` : found.message,
          ...remedyOf(found),
        }),
      ),
      ...(expectation?.met === false
        ? [{ code: 'unmet-refusal', severity: 'error' as const, ...whole, message: `${id} ${expectation.message}.` }]
        : []),
      ...tests
        .filter(({ status }) => status === 'failed')
        .map(
          ({ name, message }): ReportFinding => ({
            code: 'failed-test',
            severity: 'error',
            ...whole,
            message: `Test '${name}' of ${id} fails${message === undefined ? '' : `: ${message}`}.`,
          }),
        ),
      ...gates
        .filter(({ passed }) => !passed)
        .map(
          ({ name, message }): ReportFinding => ({
            code: 'failed-gate',
            severity: 'error',
            ...whole,
            message: `Gate ${name} of ${id} ${message}.`,
          }),
        ),
      ...(baseline?.status === 'regressed'
        ? baseline.differences.map(
            (difference): ReportFinding => ({
              code: 'regression',
              severity: 'error',
              ...whole,
              message: `${id}: ${difference}.`,
              remedy: 'Accept it with `assay test --update-baseline`, or mend the rule.',
            }),
          )
        : []),
    ];
  });
}

import { remedyOf } from './refusals.js';
