import type { Comparison } from '../harness/diff/result.js';
import { diffMarkdown } from './diff-markdown.js';
import { diffSarif } from './diff-sarif.js';
import { diffTerminal } from './diff-terminal.js';
import type { TerminalOptions } from './terminal.js';

export type DiffFormat = 'terminal' | 'markdown' | 'json' | 'sarif';

/** The comparison in one format. */
export function diffReport(format: DiffFormat, comparison: Comparison, options: TerminalOptions): string {
  switch (format) {
    case 'terminal':
      return diffTerminal(comparison, options);
    case 'markdown':
      return diffMarkdown(comparison);
    case 'sarif':
      return diffSarif(comparison);
    case 'json':
      return `${JSON.stringify(comparison, null, 2)}\n`;
  }
}
