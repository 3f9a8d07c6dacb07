import type { Measurement } from '../harness/measure/measurement.js';
import { jsonReport } from './json.js';
import { junitReport } from './junit.js';
import { markdownReport } from './markdown.js';
import { type TerminalOptions, terminalReport } from './terminal.js';

/** Every format, and the file that it is written to. */
export const REPORT_FILES = {
  terminal: 'measurement.txt',
  json: 'measurement.json',
  markdown: 'measurement.md',
  junit: 'junit.xml',
} as const;

export type ReportFormat = keyof typeof REPORT_FILES;

export const REPORT_FORMATS = Object.keys(REPORT_FILES) as ReportFormat[];

/** The measurement in one format. */
export function render(format: ReportFormat, measurement: Measurement, options: TerminalOptions): string {
  switch (format) {
    case 'terminal':
      return terminalReport(measurement, options);
    case 'json':
      return jsonReport(measurement);
    case 'markdown':
      return markdownReport(measurement);
    case 'junit':
      return junitReport(measurement);
  }
}
