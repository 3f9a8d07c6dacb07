/** A hostile rule reaches nothing: no file, no network, no setting, no SQL of its own. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../harness/engine/index.js';
import { compile, KqlError } from '../../harness/kql/index.js';
import { query, refusal, rows, type Setting } from './query.js';

let folder = '';
let secret = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-sandbox-'));
  secret = join(folder, 'secret.csv');
  writeFileSync(secret, 'word\nxyzzy\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Texts that mean something to SQL, DuckDB or the shell. */
const HOSTILE = [
  "'; DROP TABLE Events; --",
  "' || (SELECT 1) || '",
  "'') UNION SELECT 1 --",
  "\"; ATTACH 'x.db'; --",
  "\\'; COPY Events TO 'out.csv'; --",
  "'/**/OR/**/1=1--",
  "E'\\x27; SELECT 1'",
  '$now',
  '$1 ? :name',
  '$$quoted$$',
  "read_csv('/etc/passwd')",
  'SET enable_external_access = true',
  'PRAGMA database_list',
  'INSTALL httpfs; LOAD httpfs;',
  "getenv('HOME')",
  '\u0000',
  "\u0000'; SELECT 1; --",
  '\u2019; SELECT 1 --',
  '\uff07; SELECT 1 --',
  'line\nbreak\r\n-- comment',
  '/* open',
  '`',
  '\\',
  '{"a":"\'; --"}',
  '\u{1f600}\u202e',
];

const setting: Setting = { tables: { Events: { schema: 'Text:string Bag:dynamic', rows: [['a', { k: 1 }]] } } };

/** KQL of a string that holds exactly a text. */
function literal(text: string): string {
  const chars = Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === '"' || char === '\\') return `\\${char}`;
    return code < 32 || code > 0xfffe ? escaped(char) : char;
  });
  return `"${chars.join('')}"`;
}

function escaped(char: string): string {
  return Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
    '',
  );
}

describe('a hostile text', () => {
  it.each(HOSTILE.map((text) => [JSON.stringify(text), text]))('%s is only a text', async (_shown, text) => {
    expect(await rows(`print x = ${literal(text)}, n = strlen(${literal(text)})`)).toEqual([
      [text, text.length - (/[\ud800-\udbff]/.test(text) ? 1 : 0)],
    ]);
    const uses = [
      `Events | where Text has ${literal(text)} or Text contains ${literal(text)} or Text in~ (${literal(text)}, "b")`,
      `Events | where Text startswith ${literal(text)} or Text has_any (dynamic([${literal(text)}])) or Text == ${literal(text)}`,
      `Events | extend x = split(Text, ${literal(text)}), y = replace_string(Text, "a", ${literal(text)}), z = strcat(Text, ${literal(text)})`,
      `Events | extend x = bag_pack(${literal(text)}, 1), y = dynamic({${literal(text)}: ${literal(text)}})`,
      `Events | parse Text with * ${literal(text)} Rest | project Rest`,
      `Events | summarize n = count() by x = ${literal(text)} | search ${literal(text)}`,
      `Events | extend x = parse_json(${literal(text)}), y = todatetime(${literal(text)}), z = parse_url(${literal(text)})`,
    ];
    for (const use of uses) await query(use, setting);
    expect(await rows('Events | count', setting)).toEqual([[1]]);
  });

  it.each(HOSTILE.map((text) => [JSON.stringify(text), text]))(
    '%s is only a key, or is refused',
    async (_shown, text) => {
      await runsOrIsRefused(`Events | extend x = Bag[${literal(text)}], y = bag_has_key(Bag, ${literal(text)})`);
      await runsOrIsRefused(`Events | extend x = Bag.a[${literal(text)}].b | summarize make_bag(x)`);
      await runsOrIsRefused(`Events | extend Bag = bag_pack(${literal(text)}, 1) | evaluate bag_unpack(Bag)`);
    },
  );

  it.each(HOSTILE.map((text) => [JSON.stringify(text), text]))(
    '%s is only a name, or is refused',
    async (_shown, text) => {
      const name = `[${literal(text)}]`;
      await runsOrIsRefused(
        `Events | extend ${name} = 1 | where ${name} > 0 | summarize ${name} = sum(${name}) | project ${name}`,
      );
      await runsOrIsRefused(`let ${name} = 5; print ${name}`);
      await runsOrIsRefused(`let ${name} = (${name}: long) { ${name} + 1 }; print ${name}(1)`);
      await runsOrIsRefused(`datatable(${name}: long) [1] | as ${name} | union ${name}`);
      await runsOrIsRefused(
        `Events | join kind=inner (Events | project ${name} = Text) on $left.Text == $right.${name}`,
      );
      await runsOrIsRefused(`${name} | count`);
      await runsOrIsRefused(`Events | evaluate pivot(Text, count(), Bag) | getschema`);
      await runsOrIsRefused(`union withsource=${name} Events, Events`);
    },
  );

  it.each(HOSTILE.map((text) => [JSON.stringify(text), text]))(
    '%s is only a pattern, or is refused',
    async (_shown, text) => {
      for (const pattern of [text, `(${text})`, `[${text}]`]) {
        await runsOrIsRefused(`Events | where Text matches regex ${literal(pattern)}`);
        await runsOrIsRefused(
          `Events | extend x = extract(${literal(pattern)}, 1, Text), y = replace_regex(Text, ${literal(pattern)}, ${literal(text)})`,
        );
        await runsOrIsRefused(`Events | parse kind=regex Text with ${literal(pattern)} x`);
      }
    },
  );

  it('of any kind is given back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 20 }), async (text) => {
        expect(await rows(`print x = ${literal(text)}, [${literal(`n${text}`)}] = 1 | project x`).catch(named)).toEqual(
          [[text]],
        );
      }),
      { numRuns: 60 },
    );
  });
});

/** Fails unless a query runs, or is refused in words of its own. */
async function runsOrIsRefused(text: string): Promise<void> {
  try {
    await query(text, setting);
  } catch (error) {
    named(error);
  }
  expect(await rows('Events | count', setting)).toEqual([[1]]);
}

function named(error: unknown): never[] {
  if (!(error instanceof KqlError)) throw error;
  for (const { code, message } of error.diagnostics) {
    expect(code).toMatch(/^(KS\d+|unsupported-[a-z]+|missing-source|unknown-table|resource-limit)$/);
    expect(message).not.toMatch(/Binder Error|Parser Error|Catalog Error/);
  }
  return [];
}

describe('the engine', () => {
  it('has no way out once sealed', async () => {
    const engine = await Engine.open();
    try {
      await engine.seal();
      const out = join(folder, 'out.csv');
      for (const sql of [
        `SELECT * FROM read_csv('${secret}')`,
        `SELECT * FROM '${secret}'`,
        `SELECT * FROM read_text('${secret}')`,
        `SELECT * FROM glob('${folder}/*')`,
        `COPY (SELECT 1) TO '${out}'`,
        `EXPORT DATABASE '${folder}'`,
        `ATTACH '${join(folder, 'x.db')}'`,
        'INSTALL httpfs',
        'LOAD httpfs',
        "SET temp_directory = '/tmp'",
        "SET memory_limit = '100GB'",
        'SET enable_external_access = true',
        'SET lock_configuration = false',
        'RESET memory_limit',
        "SELECT * FROM 'https://example.com/x.parquet'",
      ]) {
        await expect(engine.query(sql), sql).rejects.toThrow();
      }
      expect(existsSync(out)).toBe(false);
      expect(readdirSync(folder)).toEqual(['secret.csv']);
    } finally {
      engine.close();
    }
  });

  it('never has a source fetched', async () => {
    for (const uri of [`file://${secret}`, secret, 'https://example.com/x', 's3://b/k', "x'; SELECT 1; --"]) {
      const text = `externaldata(word: string) [${literal(uri)}] with (format="csv")`;
      expect(await refusal(text)).toMatchObject({ code: 'missing-source' });
      expect(await rows(text, { missingSources: 'empty' })).toEqual([]);
    }
    for (const name of [
      secret,
      `read_csv('${secret}')`,
      'duckdb_settings()',
      'information_schema.tables',
      'pragma_table_info',
    ]) {
      expect((await refusal(`table(${literal(name)})`)).code).toMatch(/^(KS|unknown-table)/);
      expect((await refusal(`[${literal(name)}] | count`)).code).toMatch(/^KS/);
    }
  });
});

describe('what a query may take', () => {
  const bounded: Setting = { seconds: 3, memory: 500e6 };
  const table: Setting = {
    ...bounded,
    tables: { N: { schema: 'x:long s:string', rows: Array.from({ length: 300 }, (_, i) => [i, 'a'.repeat(30)]) } },
  };

  it.each([
    'range x from 1 to 1e15 step 1',
    'range x from 1 to 1000000000000000 step 1 | count',
    'range t from datetime(0001-01-01) to datetime(9999-12-31) step 1tick',
    'range x from 1 to 9000000 step 1 | extend y = 1 | join kind=inner (range z from 1 to 9000000 step 1 | extend y = 1) on y | count',
    'range x from 1 to 5000000 step 1 | summarize make_list(strcat("abcdefghijklmnopqrstuvwxyz", tostring(x)), 5000000)',
    'print x = strrep(strrep(strrep("abc", 1024), 1024), 1024)',
    'print x = range(0, 1000000, 1) | mv-expand x | mv-expand y = range(0, 1000000, 1) | count',
  ])('bounds %s', { timeout: 60_000 }, async (text) => {
    expect(await refusal(text, bounded)).toMatchObject({ code: 'resource-limit' });
    expect(process.memoryUsage().rss).toBeLessThan(4e9);
  });

  it.each([
    'N | join kind=inner (N | project s, y = x) on s | join kind=inner (N | project s, z = x) on s | join kind=inner (N | project s, w = x) on s | count',
    'N | extend y = jaccard_index(range(x, 1000000 + x, 1), range(x, 1000000, 1)) | where y > 2',
    'N | mv-expand y = range(0, 100000, 1) to typeof(long) | extend z = hash_sha256(strcat(s, tostring(x), tostring(y))) | summarize dcount(z)',
  ])('bounds %s', { timeout: 60_000 }, async (text) => {
    expect(await refusal(text, table)).toMatchObject({ code: 'resource-limit' });
    expect(await rows('N | count', table)).toEqual([[300]]);
  });

  it('repeats a text no more often than the engine does', async () => {
    expect(await rows('print strlen(strrep("ab", 1000000))')).toEqual([[2048]]);
    expect(await rows('print array_length(repeat(1, 10000000000))')).toEqual([[null]]);
  });

  it.each<[string, string]>([
    ['parentheses', `print ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
    ['calls', `print ${'abs('.repeat(5_000)}1${')'.repeat(5_000)}`],
    ['arrays', `print dynamic(${'['.repeat(5_000)}1${']'.repeat(5_000)})`],
    ['negations', `print ${'-'.repeat(5_000)}1`],
    ['additions', `print 1${' + 1'.repeat(20_000)}`],
    ['operators', `print x = 1${' | extend x = x + 1'.repeat(3_000)}`],
    [
      'lets',
      `let f0 = 1; ${Array.from({ length: 2_000 }, (_, i) => `let f${i + 1} = f${i} + f${i};`).join(' ')} print f2000`,
    ],
    [
      'functions',
      `let f0 = () { 1 }; ${Array.from({ length: 24 }, (_, i) => `let f${i + 1} = () { f${i}() + f${i}() };`).join(' ')} print f24()`,
    ],
    ['subqueries', `${'print x = toscalar('.repeat(600)}print 1${')'.repeat(600)}`],
    ['closing brackets', `print ${')'.repeat(20_000)}`],
    ['quotes', `print ${'"'.repeat(20_001)}`],
  ])('runs or refuses deep nesting of %s', { timeout: 60_000 }, async (_what, text) => {
    try {
      await query(text, bounded);
    } catch (error) {
      named(error);
    }
  });

  it('refuses a function that calls itself', async () => {
    for (const text of [
      'let f = () { f() }; f()',
      'let f = (x: long) { iff(x == 0, 0, f(x - 1)) }; print f(5)',
      'let a = b; let b = a; print a',
    ]) {
      expect((await refusal(text)).code).toMatch(/^(KS\d+|resource-limit)/);
    }
  });

  it('reads a megabyte of text', { timeout: 60_000 }, async () => {
    const words = Array.from({ length: 60_000 }, (_, i) => `"word number ${i}"`);
    const text = `Events | where Text in (dynamic([${words.join(', ')}])) | count`;
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(await rows(text, setting)).toEqual([[0]]);
    expect(await rows(`print strlen("${'x'.repeat(1_000_000)}")`)).toEqual([[1_000_000]]);
  });

  it('matches patterns that break others in linear time, or refuses them', async () => {
    const texts: Setting = { ...bounded, tables: { S: { schema: 's:string', rows: [[`${'a'.repeat(50_000)}!`]] } } };
    for (const pattern of [
      '(a+)+$',
      '(a|aa)+$',
      '(.*a){20}',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
      '(a*)*b',
      '(?i)(x+x+)+y',
    ]) {
      await query(
        `S | where s matches regex ${literal(pattern)} | extend e = extract(${literal(pattern)}, 0, s)`,
        texts,
      );
    }
    for (const pattern of ['a{1,100000}', '((a{1,500}){1,500}){1,500}', '(?:a{1,1000}){1,1000}']) {
      await query(`S | where s matches regex ${literal(pattern)}`, texts).catch(named);
    }
    for (const pattern of ['(a)\\1', '(?=a)b', '(?<!a)b', '(?>a+)b', '[z-a]', '(', '(?P<n>a)(?P<n>b)', '\\p{Nope}']) {
      expect(await refusal(`S | where s matches regex ${literal(pattern)}`, texts), pattern).toMatchObject({
        code: 'unsupported-regex',
      });
    }
  });
});

it('quotes whatever it prints', () => {
  for (const text of HOSTILE.filter((hostile) => /['"]/.test(hostile))) {
    const { sql } = compile(`print x = ${literal(text)}`, { names: { tables: new Map(), functions: new Map() } });
    const bare = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '');
    expect(bare).toMatch(/^[\w\s(),.*:|]*$/);
  }
});
