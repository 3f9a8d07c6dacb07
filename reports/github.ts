import { printable } from '../harness/files/printable.js';
import type { Measurement } from '../harness/measure/measurement.js';
import { findingsOf, type ReportFinding } from './findings.js';

declare const mark: unique symbol;

/** Text that GitHub shall obey: whole lines, each a command that Assay means. Only this file makes it. */
export type WorkflowCommands = string & { readonly [mark]: true };

const COMMANDS = { error: 'error', warning: 'warning', information: 'notice' } as const;

/** Workflow commands by which GitHub Actions marks findings in the files of a pull request. */
export function githubAnnotations(measurement: Measurement): WorkflowCommands {
  return annotations(findingsOf(measurement));
}

/** As `githubAnnotations`, for findings from elsewhere. */
export function annotations(findings: readonly ReportFinding[]): WorkflowCommands {
  return findings.map(annotation).join('') as WorkflowCommands;
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
