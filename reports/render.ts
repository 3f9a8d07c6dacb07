import type { Evidence } from '../harness/evidence/result.js';
import { type Printable, printable } from '../harness/files/printable.js';
import type { Measurement } from '../harness/measure/measurement.js';
import type { Companions } from './companions.js';
import type { TerminalOptions } from './paint.js';

/** Every format, and the file that it is written to. */
export const REPORT_FILES = {
  terminal: 'measurement.txt',
  json: 'measurement.json',
  markdown: 'measurement.md',
  junit: 'junit.xml',
  html: 'report.html',
  sarif: 'assay.sarif',
  navigator: 'navigator-layer.json',
  dettect: 'dettect-techniques.yaml',
} as const;

export type ReportFormat = keyof typeof REPORT_FILES;

export const REPORT_FORMATS = Object.keys(REPORT_FILES) as ReportFormat[];

export interface RenderOptions extends TerminalOptions {
  /** Alerts and activities by the id of their detection, for the formats that show them. */
  readonly evidence?: ReadonlyMap<string, Evidence>;
  /** What other commands found about the same detections. */
  readonly companions?: Companions;
}

/** The measurement in one format. Each is loaded when it is asked for: charts and highlighting take their time. */
export async function render(
  format: ReportFormat,
  measurement: Measurement,
  options: RenderOptions,
): Promise<Printable> {
  switch (format) {
    case 'terminal':
      return (await import('./terminal.js')).terminalReport(measurement, options);
    case 'json':
      return (await import('./json.js')).jsonReport(measurement);
    case 'markdown':
      return printable((await import('./markdown.js')).markdownReport(measurement));
    case 'junit':
      return (await import('./junit.js')).junitReport(measurement);
    case 'html':
      return printable(
        (await import('./html/report.js')).htmlReport(measurement, options.evidence, options.companions),
      );
    case 'sarif':
      return (await import('./sarif.js')).sarifReport(measurement);
    case 'navigator':
      return (await import('./navigator.js')).navigatorLayer(measurement, options.companions);
    case 'dettect':
      return printable((await import('./dettect.js')).dettectAdministration(measurement));
  }
}
