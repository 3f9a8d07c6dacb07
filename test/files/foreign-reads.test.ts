import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** What reads files or folders by itself, and why it may. */
const OTHERS: Readonly<Record<string, string>> = {
  'harness/anonymize/': 'data that a person names',
  'harness/cli/ci.ts': 'reports that it wrote itself',
  'harness/cli/query-batch.ts': 'queries that a person names',
  'harness/diff/revisions.ts': 'what git gave it',
  'harness/engine/cache.ts': 'entries that it checks itself',
  'harness/scaffold/template.ts': 'files of the package',
  'harness/tables/readers/': 'data that a person names',
  'reports/': 'files of the package',
};

const READS = /\b(readFileSync|readFile|createReadStream|openSync|readdirSync|opendirSync)\b/;

it('what a repository holds is read through harness/files alone', () => {
  const files = ['harness', 'simulators', 'reports'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name).replaceAll('\\', '/')),
  );
  const reading = files.filter((file) => {
    if (!file.endsWith('.ts') || file.startsWith('harness/files/')) return false;
    if (Object.keys(OTHERS).some((other) => file.startsWith(other))) return false;
    const imports = readFileSync(file, 'utf8').matchAll(/import\s*\{([^}]*)\}\s*from 'node:fs(?:\/promises)?'/g);
    return [...imports].some(([, names = '']) => READS.test(names));
  });
  expect(reading).toEqual([]);
});
