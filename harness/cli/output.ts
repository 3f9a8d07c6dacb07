import { insteadOf } from '../../reports/refusals.js';
import { type Printable, printable } from '../files/printable.js';
import { type Diagnostic, KqlError } from '../kql/errors.js';

/** `rule.kql:42:32: error KS142: The name … Did you mean 'X'?` */
export function diagnosticLine(diagnostic: Diagnostic, file = '<query>'): Printable {
  const place = diagnostic.line === 0 ? file : `${file}:${diagnostic.line}:${diagnostic.column}`;
  const { severity, code, message } = diagnostic;
  return printable([`${place}: ${severity} ${code}: ${message}`, ...insteadOf(diagnostic)].join(' '));
}

/** A text of KQL that stands in a file. */
export interface PlacedRule {
  readonly file: string;
  /** Where a place of the text is in the file. */
  placeInFile(place: { readonly line: number; readonly column: number }): {
    readonly line: number;
    readonly column: number;
  };
}

/** What is wrong with a rule, each at its place in the rule's file. */
export function ruleErrors({ diagnostics }: KqlError, { file, placeInFile }: PlacedRule): Printable {
  const placed = (diagnostic: Diagnostic): Diagnostic =>
    diagnostic.line === 0 ? diagnostic : { ...diagnostic, ...placeInFile(diagnostic) };
  return printable(diagnostics.map((diagnostic) => `${diagnosticLine(placed(diagnostic), file)}\n`).join(''));
}

/**
 * An answer as text: characters that are written out make it longer than it is held, and a text has an end.
 *
 * @throws KqlError where it is longer than a text can be
 */
export function asText(write: () => Printable): Printable {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof RangeError && /string length/i.test(error.message))) throw error;
    const message = 'The answer is too large for one text; ask for fewer rows, as by | take 1000, or for less of each.';
    throw new KqlError([{ code: 'resource-limit', severity: 'error', message, line: 0, column: 0, length: 0 }]);
  }
}
