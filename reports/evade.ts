import type { EvasionResult } from '../harness/evade/result.js';
import { jsonText, type Printable, printable } from '../harness/files/printable.js';
import { evasionMarkdown } from './evade-markdown.js';
import { evasionTerminal } from './evade-terminal.js';
import type { TerminalOptions } from './paint.js';

/** Every format, and the file that it is written to. */
export const EVASION_FILES = { terminal: 'evasion.txt', markdown: 'evasion.md', json: 'evasion.json' } as const;

/** What evading a detection found, in one format. */
export function renderEvasion(
  format: keyof typeof EVASION_FILES,
  result: EvasionResult,
  options: TerminalOptions,
): Printable {
  switch (format) {
    case 'terminal':
      return evasionTerminal(result, options);
    case 'markdown':
      return printable(evasionMarkdown(result));
    case 'json':
      return jsonText(result, 2);
  }
}
