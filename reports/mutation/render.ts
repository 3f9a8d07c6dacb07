import { jsonText, type Printable, printable } from '../../harness/files/printable.js';
import type { MutationResult } from '../../harness/mutate/result.js';
import { mutationHtml } from './html.js';
import { mutationSarif } from './sarif.js';
import { strykerReport } from './stryker.js';
import { type MutationOptions, mutationTerminal } from './terminal.js';

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
  options: MutationOptions & { readonly version: string },
): Printable {
  switch (format) {
    case 'terminal':
      return mutationTerminal(results, options);
    case 'json':
      return jsonText({ detections: results }, 2);
    case 'stryker':
      return strykerReport(results);
    case 'html':
      return printable(mutationHtml(results));
    case 'sarif':
      return mutationSarif(results, options.version);
  }
}
