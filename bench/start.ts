import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Result, race } from './race.js';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../dist/harness/cli/main.js', import.meta.url));

/** A cached one-row query from the built command line against Node doing nothing. */
export async function benchStart(): Promise<Result> {
  if (!existsSync(MAIN)) throw new Error('The start is measured on the build: run `npm run build` first.');
  const query = (): Promise<unknown> => run(process.execPath, [MAIN, 'query', 'print x = 1']);
  await query();
  return race(
    { name: 'assay query, cached', ours: 'assay query', theirs: 'node -e 0', atMost: 8 },
    query,
    () => run(process.execPath, ['-e', '0']),
    9,
  );
}
