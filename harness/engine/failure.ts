import { KqlError, type RefusalCode, refusalIn } from '../kql/errors.js';
import type { Compiled, Place } from '../kql/index.js';

/** What DuckDB says, and what it means to the author of a query. */
const MEANINGS: readonly { readonly test: RegExp; readonly code: RefusalCode; readonly message: string }[] = [
  {
    test: /no space left on device|disk quota exceeded/i,
    code: 'resource-limit',
    message: 'The query needs more room for temporary files than the disk has; TMPDIR names another place for them.',
  },
  {
    test: /out of memory|failed to allocate|could not allocate/i,
    code: 'resource-limit',
    message: 'The query needs more memory than it is given.',
  },
  {
    test: /perl operator|missing \)|unexpected \)|no argument for repetition|bad repetition|character class|invalid escape|regex|named capture/i,
    code: 'unsupported-regex',
    message: 'RE2 cannot run a regular expression of the query',
  },
  {
    test: /unsupported join type for flattening/i,
    code: 'unsupported-operator',
    message: 'A right or full outer join cannot run for each row, as within mv-apply.',
  },
  {
    test: /maximum (expression|recursion) depth|nested too deep/i,
    code: 'resource-limit',
    message: 'The query nests too deeply.',
  },
];

/**
 * A failure of DuckDB in the words of the query.
 *
 * @param limit set when the query was stopped after so many milliseconds
 * @param places where the text calls each host function first
 */
export function explainFailure(error: unknown, limit?: number, places: Compiled['places'] = {}): KqlError {
  const said = error instanceof Error ? error.message : String(error);
  const first = said.split('\n')[0] ?? said;
  if (limit !== undefined) return failure('resource-limit', tooLong(limit), error);
  const refused = refusalIn(first);
  if (refused) return failure(refused.code, refused.message, error, places[refused.host ?? '']);
  for (const { test, code, message } of MEANINGS) {
    if (test.test(first)) return failure(code, code === 'unsupported-regex' ? `${message}: ${first}` : message, error);
  }
  return failure('evaluation-error', `The query cannot be evaluated: ${first}`, error);
}

const NOWHERE: Place = { line: 0, column: 0, length: 0 };

/** What is said of a query that ran longer than so many milliseconds. */
export function tooLong(limit: number): string {
  return `The query was stopped: it ran longer than ${limit / 1000} seconds.`;
}

function failure(code: RefusalCode, message: string, cause: unknown, place: Place = NOWHERE): KqlError {
  const told = new KqlError([{ code, severity: 'error', message, ...place }]);
  told.cause = cause;
  return told;
}
