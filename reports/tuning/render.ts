import { jsonText, type Printable, printable } from '../../harness/files/printable.js';
import type { Tuning } from '../../harness/tune/result.js';
import type { TerminalOptions } from '../paint.js';
import { tuningMarkdown } from './markdown.js';
import { tuningTerminal } from './terminal.js';

/** Every format, and the file that it is written to. */
export const TUNING_FILES = { terminal: 'tuning.txt', markdown: 'tuning.md', json: 'tuning.json' } as const;

export type TuningFormat = keyof typeof TUNING_FILES;

export const TUNING_FORMATS = Object.keys(TUNING_FILES) as TuningFormat[];

/** The results in one format. */
export function renderTuning(format: TuningFormat, results: readonly Tuning[], options: TerminalOptions): Printable {
  switch (format) {
    case 'terminal':
      return tuningTerminal(results, options);
    case 'markdown':
      return printable(tuningMarkdown(results));
    case 'json':
      return jsonText({ detections: results }, 2);
  }
}
