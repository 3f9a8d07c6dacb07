import { KqlError, Refusal, type RefusalCode, refusalIn } from '../kql/errors.js';
import type { Compiled, Place } from '../kql/index.js';
import type { Bound } from '../kql/types.js';
import { tooMuchMemory } from './watch.js';

/** What DuckDB says, and what it means to the author of a query. */
const MEANINGS: readonly { readonly test: RegExp; readonly code: RefusalCode; readonly message: string }[] = [
  {
    test: /no space left on device|disk quota exceeded/i,
    code: 'resource-limit',
    message: 'The query needs more room for temporary files than the disk has; TMPDIR names another place for them.',
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

/** What a query may take, as far as DuckDB itself counts it. */
export interface Room {
  readonly memory: Bound;
  readonly disk: Bound;
}

/** DuckDB counts what it puts aside as memory, too. */
const DISK = /max_temp_directory_size|failed to offload|no space left/i;
const MEMORY =
  /out of memory|failed to (re)?allocate|could not allocate|bad_alloc|maximum length of a string|string length|too large to/i;

/**
 * A failure of DuckDB in the words of the query.
 *
 * @param stopped why the query was stopped, where it was
 * @param places where the text calls each host function first
 */
export function explainFailure(
  error: unknown,
  { memory, disk }: Room,
  stopped?: string,
  places: Compiled['places'] = {},
): KqlError {
  const said = error instanceof Error ? error.message : String(error);
  const first = said.split('\n')[0] ?? said;
  if (stopped !== undefined) return failure('resource-limit', stopped, error);
  if (error instanceof Refusal) return failure(error.code, error.message, error);
  const refused = refusalIn(first);
  if (refused) return failure(refused.code, refused.message, error, places[refused.host ?? '']);
  if (DISK.test(said)) return failure('resource-limit', `The query puts too much aside on disk. ${disk.raise}`, error);
  if (MEMORY.test(first)) return failure('resource-limit', tooMuchMemory(memory), error);
  for (const { test, code, message } of MEANINGS) {
    if (test.test(first)) return failure(code, code === 'unsupported-regex' ? `${message}: ${first}` : message, error);
  }
  return failure('evaluation-error', `The query cannot be evaluated: ${first}`, error);
}

const NOWHERE: Place = { line: 0, column: 0, length: 0 };

function failure(code: RefusalCode, message: string, cause: unknown, place: Place = NOWHERE): KqlError {
  const told = new KqlError([{ code, severity: 'error', message, ...place }]);
  told.cause = cause;
  return told;
}
