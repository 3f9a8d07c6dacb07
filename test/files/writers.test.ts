import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** What writes to a disk, and a folder for temporary files. */
const WRITES =
  /\b(writeFile|appendFile|createWriteStream|mkdtemp|mkdir|rename|copyFile|cp|symlink|link|truncate|open|openAsBlob|unlink|rm|rmdir|tmpdir)(Sync)?\b/;

/** The modules that may, and why. */
const MAY: Readonly<Record<string, string>> = {
  'harness/files/output.ts': 'It is what the others write with.',
  'harness/files/read.ts': 'It opens files to read them.',
  'harness/files/scratch.ts': 'It is where the others get their temporary folders.',
  'harness/cli/github.ts': 'It adds to a file of the runner, as the runner asks.',
  'harness/diff/revisions.ts': 'It fills a temporary folder of its own.',
  'harness/engine/cache.ts': 'It keeps its files with the user, whole or not at all.',
  'harness/tables/readers/parquet.ts': 'It opens a file to look at its first and last bytes.',
  'harness/tables/readers/copy.ts': 'It fills a temporary folder of its own.',
};

it('nothing else writes files, or makes temporary ones of its own', () => {
  const found: string[] = [];
  for (const top of ['harness', 'reports', 'simulators'])
    for (const name of readdirSync(top, { recursive: true, encoding: 'utf8' })) {
      if (!/\.ts$/.test(name)) continue;
      const file = join(top, name).replaceAll('\\', '/');
      const text = readFileSync(file, 'utf8');
      const imports = [
        ...text.matchAll(/import\s+([^;]*?)\s+from\s+'(?:node:)?(fs|fs\/promises|os)'/g),
        ...text.matchAll(/(?:const|let)\s+([^=;]*?)\s*=\s*await import\('(?:node:)?(fs|fs\/promises|os)'\)/g),
      ];
      // Names alone can be looked at: `import * as fs` hides what is called.
      const writes = imports.some(([, names = '']) => WRITES.test(names) || !names.trim().startsWith('{'));
      const copies = text.includes('COPY (') && !text.includes('writeWholeBy');
      if ((writes || copies) && MAY[file] === undefined) found.push(file);
    }
  expect(found).toEqual([]);
});
