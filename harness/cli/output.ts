import { printable } from '../../reports/text.js';
import type { Rule } from '../detection/rule.js';
import type { Diagnostic, KqlError } from '../kql/errors.js';

export { printable };

/** `rule.kql:42:32: error KS142: The name … Did you mean 'X'?` */
export function diagnosticLine(diagnostic: Diagnostic, file = '<query>'): string {
  const place = diagnostic.line === 0 ? file : `${file}:${diagnostic.line}:${diagnostic.column}`;
  const suggestion = diagnostic.suggestion === undefined ? '' : ` Did you mean '${diagnostic.suggestion}'?`;
  return printable(`${place}: ${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}${suggestion}`);
}

/** What is wrong with a rule, each at its place in the rule's file. */
export function ruleErrors({ diagnostics }: KqlError, { file, placeInFile }: Rule): string {
  const placed = (diagnostic: Diagnostic): Diagnostic =>
    diagnostic.line === 0 ? diagnostic : { ...diagnostic, ...placeInFile(diagnostic) };
  return diagnostics.map((diagnostic) => `${diagnosticLine(placed(diagnostic), file)}\n`).join('');
}
