import type { Advice } from '../../harness/advise/result.js';
import { jsonText, type Printable, printable } from '../../harness/files/printable.js';
import type { TerminalOptions } from '../paint.js';
import { adviceMarkdown } from './markdown.js';
import { adviceTerminal } from './terminal.js';

/** Every format, and the file that it is written to. */
export const ADVICE_FILES = { terminal: 'advice.txt', markdown: 'advice.md', json: 'advice.json' } as const;

export type AdviceFormat = keyof typeof ADVICE_FILES;

export const ADVICE_FORMATS = Object.keys(ADVICE_FILES) as AdviceFormat[];

/** The results in one format. */
export function renderAdvice(format: AdviceFormat, results: readonly Advice[], options: TerminalOptions): Printable {
  switch (format) {
    case 'terminal':
      return adviceTerminal(results, options);
    case 'markdown':
      return printable(adviceMarkdown(results));
    case 'json':
      return jsonText({ detections: results }, 2);
  }
}
