import type { Comparison } from '../harness/diff/result.js';
import { jsonText, type Printable, printable } from '../harness/files/printable.js';
import { diffMarkdown } from './diff-markdown.js';
import { diffSarif } from './diff-sarif.js';
import { diffTerminal } from './diff-terminal.js';
import type { TerminalOptions } from './paint.js';

export const DIFF_FORMATS = ['terminal', 'markdown', 'json', 'sarif', 'html'] as const;
export type DiffFormat = (typeof DIFF_FORMATS)[number];

/** The comparison in one format. The page is loaded when it is asked for: charts take their time. */
export async function diffReport(
  format: DiffFormat,
  comparison: Comparison,
  options: TerminalOptions,
): Promise<Printable> {
  switch (format) {
    case 'terminal':
      return diffTerminal(comparison, options);
    case 'markdown':
      return printable(diffMarkdown(comparison));
    case 'sarif':
      return diffSarif(comparison);
    case 'html':
      return printable((await import('./html/diff.js')).diffPage(comparison));
    case 'json':
      return jsonText(comparison, 2);
  }
}
