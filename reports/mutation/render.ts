import type { MutationResult } from '../../harness/mutate/result.js';
import { mutationHtml } from './html.js';
import { mutationSarif } from './sarif.js';
import { strykerReport } from './stryker.js';
import { mutationTerminal, type TerminalOptions } from './terminal.js';

/** Every format, and the file that it is written to. */
export const MUTATION_FILES = {
  terminal: 'mutation.txt',
  json: 'mutation.json',
  stryker: 'mutation-report.json',
  html: 'mutation.html',
  sarif: 'mutation.sarif',
} as const;

export type MutationFormat = keyof typeof MUTATION_FILES;

export const MUTATION_FORMATS = Object.keys(MUTATION_FILES) as MutationFormat[];

/** The results in one format. */
export function renderMutation(
  format: MutationFormat,
  results: readonly MutationResult[],
  options: TerminalOptions & { readonly version: string },
): string {
  switch (format) {
    case 'terminal':
      return mutationTerminal(results, options);
    case 'json':
      return `${JSON.stringify({ detections: results }, null, 2)}\n`;
    case 'stryker':
      return strykerReport(results);
    case 'html':
      return mutationHtml(results);
    case 'sarif':
      return mutationSarif(results, options.version);
  }
}
