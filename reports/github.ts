import type { Measurement } from '../harness/measure/measurement.js';
import { findingsOf, type ReportFinding } from './findings.js';
import { printable } from './text.js';

const COMMANDS = { error: 'error', warning: 'warning', information: 'notice' } as const;

/** Workflow commands by which GitHub Actions marks findings in the files of a pull request. */
export function githubAnnotations(measurement: Measurement): string {
  return annotations(findingsOf(measurement));
}

/** As `githubAnnotations`, for findings from elsewhere. */
export function annotations(findings: readonly ReportFinding[]): string {
  return findings.map(annotation).join('');
}

function annotation({ severity, file, line, column, code, message, remedy }: ReportFinding): string {
  const properties = [
    ['file', file],
    ...(line > 0 ? [['line', String(line)]] : []),
    ...(column > 0 ? [['col', String(column)]] : []),
    ['title', `Assay: ${code}`],
  ].map(([name = '', value = '']) => `${name}=${property(value)}`);
  return `::${COMMANDS[severity]} ${properties.join(',')}::${data(remedy === undefined ? message : `${message}\n${remedy}`)}\n`;
}

/** A line break would begin another command. */
function data(text: string): string {
  return printable(text.replaceAll('\r', '')).replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
