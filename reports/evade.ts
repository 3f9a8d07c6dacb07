import type { EvasionResult } from '../harness/evade/result.js';
import { evasionMarkdown } from './evade-markdown.js';
import { evasionTerminal, type TerminalOptions } from './evade-terminal.js';

/** Every format, and the file that it is written to. */
export const EVASION_FILES = { terminal: 'evasion.txt', markdown: 'evasion.md', json: 'evasion.json' } as const;

/** What evading a detection found, in one format. */
export function renderEvasion(
  format: keyof typeof EVASION_FILES,
  result: EvasionResult,
  options: TerminalOptions,
): string {
  switch (format) {
    case 'terminal':
      return evasionTerminal(result, options);
    case 'markdown':
      return evasionMarkdown(result);
    case 'json':
      return `${JSON.stringify(result, null, 2)}\n`;
  }
}
