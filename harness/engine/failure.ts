import { KqlError, type Refusal, type RefusalCode } from '../kql/errors.js';

/** What DuckDB says, and what it means to the author of a query. */
const MEANINGS: readonly { readonly test: RegExp; readonly code: RefusalCode; readonly message: string }[] = [
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
    test: /maximum (expression|recursion) depth|nested too deep/i,
    code: 'resource-limit',
    message: 'The query nests too deeply.',
  },
];

/** A refusal of a host function as the text that DuckDB passes on; `explainFailure` reads it again. */
export function refusalText({ code, message }: Refusal): string {
  return `refused as ${code}: ${message}`;
}

const REFUSED = /refused as ([a-z-]+): (.*)/;

/** A failure of DuckDB in the words of the query. `limit` is set when the query was stopped after so many milliseconds. */
export function explainFailure(error: unknown, limit?: number): KqlError {
  const said = error instanceof Error ? error.message : String(error);
  const first = said.split('\n')[0] ?? said;
  if (limit !== undefined)
    return failure('resource-limit', `The query was stopped: it ran longer than ${limit / 1000} seconds.`, error);
  const refused = REFUSED.exec(first);
  if (refused) return failure(refused[1] as RefusalCode, refused[2] as string, error);
  for (const { test, code, message } of MEANINGS) {
    if (test.test(first)) return failure(code, code === 'unsupported-regex' ? `${message}: ${first}` : message, error);
  }
  return failure('evaluation-error', `The query cannot be evaluated: ${first}`, error);
}

function failure(code: RefusalCode, message: string, cause: unknown): KqlError {
  const told = new KqlError([{ code, severity: 'error', message, line: 0, column: 0, length: 0 }]);
  told.cause = cause;
  return told;
}
