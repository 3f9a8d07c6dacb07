/** What DuckDB says of a file that it cannot read, in words for the person who named it. */

const MEMORY = /out of memory|failed to allocate|could not allocate/i;

/**
 * A sentence about a file.
 * @param subject what is wrong with it where it is not the memory, such as `The Parquet file is damaged`
 */
export function faultText(subject: string, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (MEMORY.test(said)) return 'Reading the file takes more memory than there is; split it.';
  const [first = ''] = said.trim().split('\n');
  const reason = first
    .replace(/^(?:[A-Z]\w* )+?Error: /, '')
    .replace(/^Malformed JSON in file ".*?", (at byte \d+) in record\/value \d+: /, '$1: ')
    .replace(/[.!]$/, '');
  return `${subject}: ${reason}.`;
}

/**
 * Tidies up after a failure. A damaged file may break the database itself, in which there is nothing left to tidy up
 * then: what is thrown is what went wrong first.
 */
export async function afterFailure(tidy: () => Promise<unknown>): Promise<void> {
  try {
    await tidy();
  } catch (error) {
    if (!(error instanceof Error && /database has been invalidated/.test(error.message))) throw error;
  }
}
