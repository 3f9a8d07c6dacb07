/** Queries that ask for more than there is: each ends by name, with what bounds it and how to raise that. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { assay } from './run.js';

const before = process.env['ASSAY_LIMITS'];

afterEach(() => {
  if (before === undefined) delete process.env['ASSAY_LIMITS'];
  else process.env['ASSAY_LIMITS'] = before;
});

/** What is said of a query under limits, on stderr. */
async function refused(query: string, limits = ''): Promise<string> {
  process.env['ASSAY_LIMITS'] = limits;
  const { code, stdout, stderr } = await assay('query', query, '--data', 'T=[{"a":"x"}]', '--json');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('resource-limit');
  return stderr;
}

/** A chain of names, each of which is the one before twice. */
function doubling(
  links: number,
  twice: (name: string) => string,
  first: string,
  last: (name: string) => string,
): string {
  const lets = Array.from({ length: links }, (_, i) => `let a${i + 1} = ${twice(`a${i}`)};`);
  return [`let a0 = ${first};`, ...lets, last(`a${links}`)].join(' ');
}

const CHAINS: readonly (readonly [what: string, query: string])[] = [
  [
    'tables',
    doubling(
      30,
      (a) => `(union ${a}, ${a})`,
      'T',
      (a) => `${a} | count`,
    ),
  ],
  [
    'joins',
    doubling(
      30,
      (a) => `(${a} | join ${a} on a)`,
      'T',
      (a) => `${a} | count`,
    ),
  ],
  [
    'values',
    doubling(
      30,
      (a) => `strcat(${a}, ${a})`,
      '"x"',
      (a) => `print strlen(${a})`,
    ),
  ],
  [
    'functions',
    doubling(
      30,
      (a) => `(x: long) { ${a}(x) + ${a}(x) }`,
      '(x: long) { x + 1 }',
      (a) => `print ${a}(1)`,
    ),
  ],
  [
    'subqueries',
    doubling(
      30,
      (a) => `toscalar(print ${a} + ${a})`,
      '1',
      (a) => `print ${a}`,
    ),
  ],
];

describe('a chain of let that doubles with each link', () => {
  it.each(CHAINS)('ends, of %s', async (_what, query) => {
    process.env['ASSAY_LIMITS'] = 'query-time=20s,memory=1GB,disk=1GB';
    const { code, stderr } = await assay('query', query, '--data', 'T=[{"a":"x"}]', '--json');
    // Shared parts count once, so that some of these are small for all they stand for.
    if (code === 0) return;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/resource-limit|KS\d+/) });
  });
});

describe('says what bounds it and how to raise that', () => {
  it.each([
    ['query-length', `print "${'x'.repeat(2_000)}"`, 'query-length=1000'],
    ['query-words', `print ${Array.from({ length: 600 }, () => '1').join(' + ')}`, 'query-words=1000'],
    ['query-sql', `T | where a in (${Array.from({ length: 900 }, (_, i) => `"v${i}"`).join(', ')})`, 'query-sql=5000'],
    ['columns', `print ${Array.from({ length: 120 }, (_, i) => `c${i} = 1`).join(', ')}`, 'columns=100'],
    [
      'query-time',
      'range i from 1 to 100000 step 1 | extend k = 1 | join kind=inner (range j from 1 to 100000 step 1 | extend k = 1) on k | summarize max(i * j % 7)',
      'query-time=1s',
    ],
    ['answer', 'range i from 1 to 1000000 step 1 | extend t = strrep("x", 50)', 'answer=1MB'],
  ])('a query beyond %s', async (limit, query, limits) => {
    expect(await refused(query, limits)).toContain(`set ASSAY_LIMITS=${limit}=`);
  });

  it('a query beyond memory, however it takes it', async () => {
    for (const query of [
      'range i from 1 to 5000000 step 1 | extend k = 1 | summarize make_list(tostring(i)) by k',
      'range i from 1 to 9000000 step 1 | summarize make_set(strcat("some text of some length ", tostring(i)), 9000000)',
      'range i from 1 to 4000000 step 1 | extend t = strcat(hash(i), hash(i + 1), hash(i + 2)) | sort by t asc | extend r = row_number() | where r == 7',
    ]) {
      expect(await refused(query, 'memory=256MB,disk=1MB'), query).toMatch(/set ASSAY_LIMITS=(memory|disk)=/);
    }
  });

  it('texts that grow with each step', async () => {
    const query = `T${' | extend a = strcat(a, a)'.repeat(40)}`;
    expect(await refused(query)).toContain(
      'too long together for its memory. The limit is 4GB; set ASSAY_LIMITS=memory=',
    );
  });

  it('a limit that is no limit, or has no value', async () => {
    process.env['ASSAY_LIMITS'] = 'memry=4GB';
    expect(await assay('query', 'print 1')).toMatchObject({
      code: 3,
      stderr: "ASSAY_LIMITS: There is no limit 'memry'. Did you mean 'memory'?\n",
    });
    process.env['ASSAY_LIMITS'] = 'memory=lots';
    expect(await assay('query', 'print 1')).toMatchObject({
      code: 3,
      stderr: "ASSAY_LIMITS: 'memory' is not set: 'lots' is not a value such as 4GB.\n",
    });
  });
});

/** Peak memory of a process that runs a query, in bytes. */
function peakOf(query: string, limits: string): { readonly code: number | null; readonly peak: number } {
  const program = `
    import { run } from ${JSON.stringify(resolve('harness/cli/program.ts'))};
    process.stdout.write = () => true;
    const code = await run(['query', ${JSON.stringify(query)}, '--json']);
    process.stderr.write('peak ' + process.resourceUsage().maxRSS);
    process.exit(code);`;
  const loader = resolve('node_modules/tsx/dist/loader.mjs');
  const { status, stderr } = spawnSync(process.execPath, ['--import', loader, '--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, ASSAY_LIMITS: limits },
  });
  const [, peak] = /peak (\d+)/.exec(stderr) ?? [];
  if (peak === undefined) throw new Error(stderr);
  return { code: status, peak: Number(peak) * 1024 };
}

describe('the memory of a run', () => {
  const memory = 512 * 1024 ** 2;

  it.each([
    [
      'sorts',
      'range i from 1 to 6000000 step 1 | extend t = strcat("some text ", tostring(hash(i))) | sort by t asc | summarize count(), max(t)',
    ],
    [
      'lists',
      'range i from 1 to 9000000 step 1 | summarize l = make_list(strcat("some text ", tostring(i)), 9000000) | project array_length(l)',
    ],
    ['a long answer', 'range i from 1 to 5000000 step 1 | extend t = strrep("x", 100)'],
    [
      'texts of functions',
      'range i from 1 to 20000 step 1 | extend t = strcat_array(repeat(strrep("x", 1000), 1000), ",") | summarize max(strlen(t))',
    ],
    [
      'texts that double',
      `range i from 1 to 20000 step 1 | extend t = tostring(i)${' | extend t = strcat(t, t)'.repeat(20)}`,
    ],
    [
      'a long text beside each row',
      `range i from 1 to 20000 step 1 | extend t = strcat("${'x'.repeat(100_000)}", tostring(i))`,
    ],
  ])('exceeds its limit by less than a quarter: %s', (_what, query) => {
    const idle = peakOf('print 1', '').peak;
    const { code, peak } = peakOf(query, 'memory=512MB,disk=1GB');
    expect([0, 2]).toContain(code);
    expect(peak - idle).toBeLessThan(memory * 1.25);
  });
});
