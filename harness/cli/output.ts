import { printable } from '../../reports/text.js';
import type { Diagnostic } from '../kql/errors.js';

export { printable };

/** `rule.kql:42:32: error KS142: The name … Did you mean 'X'?` */
export function diagnosticLine(diagnostic: Diagnostic, file = '<query>'): string {
  const place = diagnostic.line === 0 ? file : `${file}:${diagnostic.line}:${diagnostic.column}`;
  const suggestion = diagnostic.suggestion === undefined ? '' : ` Did you mean '${diagnostic.suggestion}'?`;
  return printable(`${place}: ${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}${suggestion}`);
}
