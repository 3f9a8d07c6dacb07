import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadSource } from '../../harness/tables/readers/index.js';
import { NONE_BROKEN } from '../../harness/tables/readers/records.js';
import { EACH_A_LINE } from '../../harness/tables/readers/source.js';
import { columnsOf } from '../../harness/tables/schema.js';
import { assay } from '../cli/run.js';
import { Bench } from './loading.js';

const bench = new Bench();

async function messageOf(name: string, content: string | Uint8Array, schema?: string): Promise<string> {
  return (await bench.failure(bench.load(bench.file(name, content), schema))).message;
}

function limits(text: string): void {
  vi.stubEnv('ASSAY_LIMITS', text);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a record that is too much', () => {
  it('is a counted, named row where a line of 40 MB stands between good ones', async () => {
    const long = 'x'.repeat(40 * 1024 * 1024);
    const lines = await bench.read('long.ndjson', `{"S":"a"}\n{"S":"${long}"}\n{"S":"b"}\n`, 'S');
    expect(lines.rows.map(({ S }) => S)).toEqual(['a', 'b']);
    expect(lines.report).toMatchObject({ rows: 2, rejectedCount: 1 });
    expect(lines.report.rejected[0]).toMatchObject({ line: 2, reason: expect.stringContaining('ASSAY_LIMITS=record') });
    for (const cell of [long, `"${long}"`]) {
      const { report, rows } = await bench.read('long.csv', `S,T\na,1\n${cell},2\nb,3\n`, 'S T');
      expect(rows.map(({ S }) => S)).toEqual(['a', 'b']);
      expect(report).toMatchObject({ rejectedCount: 1, rejected: [{ line: 3 }] });
    }
    const { report, rows } = await bench.read('long.json', `[{"S":"a"},\n{"S":"${long}"},\n{"S":"b"}]`, 'S');
    expect(rows.map(({ S }) => S)).toEqual(['a', 'b']);
    expect(report).toMatchObject({ rejectedCount: 1, rejected: [{ line: 2 }] });
  }, 120_000);

  it('takes all lines with it that a quote swallows, each counted', async () => {
    limits('record-size=1KB');
    const swallowed = 'c,d\n'.repeat(1000);
    const { report, rows } = await bench.read('quote.csv', `S,T\na,b\n"open,d\n${swallowed}`, 'S T');
    expect(rows.map(({ S }) => S)).toEqual(['a']);
    expect(report.rejectedCount).toBe(1001);
    expect(report.rejected[0]).toMatchObject({ line: 3, reason: expect.stringContaining('1,001 lines are lost') });
    expect(report.rejected).toHaveLength(20);
  });

  it('is refused where one JSON value holds all events', async () => {
    limits('document-size=1KB');
    const events = Array.from({ length: 100 }, (_, i) => ({ DeviceName: `host-${i}` }));
    const path = bench.file('all.json', JSON.stringify({ records: events }, undefined, 1));
    expect((await bench.failure(bench.load(path))).message).toContain('Save them as JSON lines. The limit is 1KB');
  });

  it('is named where it nests too deeply, as JSON or as the text of it', async () => {
    for (const [depth, kept] of [
      [255, true],
      [256, false],
      [300, false],
      [100_000, false],
    ] as const) {
      const content = `{"D":1}\n{"D":${nested(depth)}}\n{"D":2}\n`;
      const { report } = await bench.read('deep.ndjson', content, 'D:dynamic');
      expect([depth, report.rows, report.rejectedCount]).toEqual([depth, kept ? 3 : 2, kept ? 0 : 1]);
      if (!kept) expect(report.rejected[0]).toMatchObject({ line: 2, reason: expect.stringContaining('256 levels') });
      await bench.read('deep.ndjson', content);
    }
    for (const [depth, kept] of [
      [256, true],
      [257, false],
      [100_000, false],
    ] as const) {
      const asText = await bench.read('text.ndjson', `{"D":1}\n{"D":"${nested(depth)}"}\n`, 'D:dynamic');
      const asCsv = await bench.read('text.csv', `D,E\n1,\n"${nested(depth)}",\n`, 'D:dynamic E');
      for (const { report } of [asText, asCsv]) {
        expect([depth, report.rows, report.rejectedCount]).toEqual([depth, kept ? 2 : 1, kept ? 0 : 1]);
        if (!kept) expect(report.rejected[0]).toMatchObject({ column: 'D' });
      }
      // What is no JSON is text, however many brackets it has.
      const open = await bench.read('open.csv', `D,E\n"${'['.repeat(depth)}",\n`, 'D:dynamic E');
      expect(open.report).toMatchObject({ rows: 1, rejectedCount: 0 });
    }
  });
});

describe('too many columns', () => {
  it('are refused by the limit, in every format', async () => {
    const names = Array.from({ length: 40_000 }, (_, i) => `c${i}`);
    const wide: readonly (readonly [string, string])[] = [
      ['wide.csv', `${names.join(',')}\n${names.map(() => '1').join(',')}\n`],
      ['wide.ndjson', JSON.stringify(Object.fromEntries(names.map((name) => [name, 1])))],
      ['spread.ndjson', names.map((name) => `{"${name}":1}`).join('\n')],
      ['wide.json', JSON.stringify([Object.fromEntries(names.map((name) => [name, 1]))])],
    ];
    for (const [name, content] of wide) {
      expect(await messageOf(name, content)).toContain(
        'too many columns. The limit is 5,000; set ASSAY_LIMITS=columns=',
      );
    }
    limits('columns=10');
    const path = bench.file('wide.parquet', '');
    const cells = names.slice(0, 11).map((name) => `1 AS ${name}`);
    await bench.connection.run(`COPY (SELECT ${cells.join(', ')}) TO '${path}' (FORMAT parquet)`);
    expect((await bench.failure(bench.load(path))).message).toContain('The limit is 10');
  });

  it('are inferred in groups, each with its type', async () => {
    const kinds = [
      ['1', 'long'],
      ['x', 'string'],
      ['true', 'bool'],
      ['2026-01-01T00:00:00Z', 'datetime'],
    ] as const;
    const columns = Array.from({ length: 1100 }, (_, i) => ({ name: `c${i}`, kind: kinds[i % 4] ?? kinds[0] }));
    const header = columns.map(({ name }) => name).join(',');
    const { report } = await bench.read('groups.csv', `${header}\n${columns.map(({ kind }) => kind[0]).join(',')}\n`);
    expect(report.schema.map(({ type }) => type)).toEqual(columns.map(({ kind }) => kind[1]));
  }, 120_000);
});

describe('a packed file', () => {
  const line = (i: number): string => `{"N":${i},"S":"${'x'.repeat(i % 50)}"}\n`;
  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => line(from + i)).join('');
  const one = gzipSync(lines(0, 5000));

  it('is read with all of its members', async () => {
    const two = Buffer.concat([one, gzipSync(''), gzipSync(lines(5000, 9000))]);
    const { report } = await bench.read('two.ndjson.gz', two, 'N:long S');
    expect(report).toMatchObject({ rows: 9000, rejectedCount: 0 });
    const csv = Buffer.concat([gzipSync('A,B\n1,2\n'), gzipSync('3,4\n')]);
    expect((await bench.read('two.csv.gz', csv, 'A:long B:long')).report.rows).toBe(2);
  });

  it('is refused where it is cut off, damaged, followed by other bytes, or something else', async () => {
    const faultsOf = (whole: Buffer, flipped: Buffer): readonly (readonly [Buffer, string])[] => [
      [whole.subarray(0, whole.length - 3), 'cut off'],
      [whole.subarray(0, whole.length >> 1), 'cut off'],
      [whole.subarray(0, 5), 'cut off'],
      [flipped, 'damaged'],
      [Buffer.concat([whole, Buffer.from('garbage')]), 'damaged'],
      [Buffer.concat([whole, Buffer.alloc(8)]), 'ends 8 bytes before the file does'],
      [Buffer.concat([whole, Buffer.alloc(8), whole]), 'before the file does'],
      [Buffer.from('PK\u0003\u0004 and so on'), 'This is a zip archive'],
      [Buffer.from('{"N":1}\n'), 'not packed by gzip'],
      [Buffer.alloc(0), 'empty'],
    ];
    for (const [ending, text] of [
      ['ndjson', lines(0, 5000)],
      ['csv', `A,B\n${'1,2\n'.repeat(5000)}`],
      ['json', `[${lines(0, 5000).trim().replaceAll('\n', ',\n')}]`],
    ] as const) {
      const whole = gzipSync(text);
      const flipped = Buffer.from(whole);
      // A bit of the checksum at the end.
      flipped[flipped.length - 6] = (flipped[flipped.length - 6] ?? 0) ^ 1;
      for (const [content, message] of faultsOf(whole, flipped)) {
        expect(await messageOf(`bad.${ending}.gz`, content)).toContain(message);
      }
    }
    expect(await messageOf('packed.ndjson', one)).toContain('This is packed by gzip');
  });

  it('holds no more than its limit', async () => {
    limits('unpacked-size=1MB');
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    expect(await messageOf('bomb.ndjson.gz', bomb)).toContain('unpacks to too much. The limit is 1MB');
    expect(await messageOf('bomb.csv.gz', gzipSync(`A,B\n${'1,2\n'.repeat(500_000)}`))).toContain('too much');
  });

  it('of zeros is one bad row', async () => {
    const zeros = gzipSync(Buffer.concat([Buffer.from('{"N":1}\n'), Buffer.alloc(64 * 1024 * 1024)]));
    const { report } = await bench.read('zeros.ndjson.gz', zeros, 'N:long');
    expect(report).toMatchObject({ rows: 1, rejectedCount: 1, rejected: [{ line: 2 }] });
  }, 60_000);
});

describe('what is no file of text', () => {
  it('is named: folders, pipes and devices', async () => {
    const folder = join(bench.folder, 'folder.ndjson');
    mkdirSync(folder);
    expect((await bench.failure(bench.load(folder))).message).toContain('This is a folder');
    const pipe = join(bench.folder, 'pipe.ndjson');
    execFileSync('mkfifo', [pipe]);
    expect((await bench.failure(bench.load(pipe))).message).toContain('a pipe or a device');
    const zero = bench.load('/dev/zero', 'S', { format: 'ndjson' });
    expect((await bench.failure(zero)).message).toContain('a pipe or a device');
  });

  it('is named: wide encodings, with a mark or without', async () => {
    const bytes = (text: string, mark: boolean): Buffer => Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
    for (const mark of [true, false]) {
      for (const [name, text] of [
        ['wide.csv', 'A,B\n1,2\n'],
        ['wide.ndjson', '{"A":1}\n'],
        ['wide.json', '[{"A":1}]'],
      ] as const) {
        expect(await messageOf(name, bytes(text, mark))).toContain('The file is UTF-16; save it as UTF-8.');
        expect(await messageOf(name, bytes(text, mark).swap16())).toContain('The file is UTF-16');
      }
    }
    const wider = Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]);
    expect(await messageOf('wider.ndjson', wider)).toContain('UTF-32');
    expect(await messageOf('latin.csv', Buffer.from('caf\u00e9,B\n1,2\n', 'latin1'))).toContain('not UTF-8');
  });

  it('is named: lines that end with a carriage return alone', async () => {
    expect(await messageOf('mac.csv', 'A,B\r1,2\r3,4\r')).toContain('a carriage return alone');
    const { report } = await bench.read('mac.ndjson', '{"A":1}\r{"A":2}\r', 'A:long');
    expect(report).toMatchObject({ rows: 0, rejectedCount: 1, rejected: [{ line: 1 }] });
  });
});

describe('a header', () => {
  it('is refused where it is not well formed', async () => {
    expect(await messageOf('quote.csv', 'A,"B\n1,2\n')).toContain('A quote of the header is not closed');
    expect(await messageOf('after.csv', 'A,"B"x\n1,2\n')).toContain('quotes of the header');
    expect(await messageOf('nul.csv', 'A,B\0\n1,2\n')).toContain('The header cannot be read.');
    expect(await messageOf('endless.csv', `"${'x'.repeat(5 * 1024 * 1024)}`)).toContain('does not end');
  });

  it('may tell columns apart by case alone, and name what objects cannot hold', async () => {
    const { report, rows } = await bench.read('case.csv', 'Name,name,__proto__,constructor\na,b,c,d\n');
    expect(report.schema.map(({ name }) => name)).toEqual(['Name', 'name', '__proto__', 'constructor']);
    expect(Object.values(rows[0] ?? {})).toEqual(expect.arrayContaining(['a', 'b']));
    expect(await messageOf('proto.csv', 'Name,__proto__\na,b\n', 'Name')).toContain("no column '__proto__'");
    expect(await messageOf('proto.ndjson', '{"Name":"a","__proto__":1}\n', 'Name')).toContain("no column '__proto__'");
  });
});

describe('JSON that is broken as a whole', () => {
  it('is refused at the place', async () => {
    const faults: readonly (readonly [string, string])[] = [
      ['[{"A":1},\n{"A":2}', ':1:1: What is opened here is not closed'],
      ['[{"A":1},\n{"A":2', ':2:1: What is opened here is not closed'],
      ['[{"A":1},\n{"A":"2', 'ends within a string'],
      ['[{"A":1} {"A":2}]', ':1:10: Between two members a comma is missing'],
      ['[{"A":1},,{"A":2}]', 'A comma stands where a value is expected'],
      ['[{"A":1},]', 'A comma stands before a closing bracket'],
      ['[{"A":1]}', "does not close the '{' of line 1, column 2"],
      ['[{"A":1}]\n[{"A":2}]', ':2:1: Something follows the array'],
      ['[{"A":1}] x', 'Something stands outside of the array'],
      ['[{"A":"x\n"}]', 'A string is not closed at the end of its line'],
      ['{"A":\n1}}', "'}' closes nothing"],
      ['{"A":\n1},{"A":2}', 'A comma stands where a value is expected'],
      ['{"records":[\n{"A":1},', 'is not closed'],
      ['{"tables":[{"name":"T","columns":[],"rows":[[1]', 'is not closed'],
    ];
    for (const [content, message] of faults) expect(await messageOf('broken.json', content)).toContain(message);
  });

  it('keeps arrays one level deep in what follows spaces, and no records of an empty file', async () => {
    expect((await bench.read('late.json', '\n\n  [{"A":1}]\n', 'A:long')).report.rows).toBe(1);
    expect((await bench.read('empty.json', '', 'A:long')).report.rows).toBe(0);
    expect((await bench.read('none.json', '[]', 'A:long')).report.rows).toBe(0);
  });
});

describe('a Parquet file', () => {
  it('is refused where it is cut off, something else, or has two columns of one name', async () => {
    const path = bench.file('some.parquet', '');
    await bench.connection.run(`COPY (SELECT 1 AS aaaa, 2 AS bbbb) TO '${path}' (FORMAT parquet)`);
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(path);
    const damaged = Buffer.from(bytes);
    damaged.fill(0xff, bytes.length - 40, bytes.length - 8);
    for (const [broken, message] of [
      [bytes.subarray(0, bytes.length - 10), 'cut off'],
      [Buffer.from('PAR1'), 'is damaged'],
      [Buffer.from('A,B'), 'no Parquet file'],
      [Buffer.alloc(0), 'no Parquet file'],
      [damaged, 'is damaged'],
    ] as const) {
      expect(await messageOf('broken.parquet', broken)).toContain(message);
    }
    const encrypted = Buffer.concat([Buffer.from('PARE'), bytes.subarray(4, -4), Buffer.from('PARE')]);
    expect(await messageOf('encrypted.parquet', encrypted)).toContain('The Parquet file is encrypted');
    const twice = Buffer.from(bytes.toString('latin1').replaceAll('bbbb', 'AAAA'), 'latin1');
    expect(await messageOf('twice.parquet', twice)).toContain('Two columns have the name');
  });

  it('gives nested values as dynamic ones', async () => {
    const path = bench.file('nested.parquet', '');
    const nest = `{'x': [1, 2], 'y': {'z': 'w'}} AS S, MAP {'k': 1} AS M, [NULL, 1] AS L`;
    await bench.connection.run(`COPY (SELECT ${nest}) TO '${path}' (FORMAT parquet)`);
    const report = await bench.load(path);
    expect(report.schema.map(({ type }) => type)).toEqual(['dynamic', 'dynamic', 'dynamic']);
    expect(await bench.rows(report.table)).toMatchObject([
      { S: '{"x":[1,2],"y":{"z":"w"}}', M: '{"k":1}', L: '[null,1]' },
    ]);
  });
});

it('a reader that passes over rows fails, and is not silent', async () => {
  const source = {
    name: 'rows',
    fields: ['A'],
    records: 3,
    broken: NONE_BROKEN,
    reading: () => ({
      from: '(SELECT 1::BIGINT AS f0, true AS ok, NULL AS raw, NULL AS n FROM range(2))',
      conversions: [{ sql: 'f0', missing: 'false' }],
    }),
    infer: () => Promise.resolve([]),
    explain: () => '',
    placeOf: () => Promise.resolve({ line: 0, column: 0 }),
    linesOf: EACH_A_LINE,
    close: () => Promise.resolve(),
  };
  const load = loadSource(bench.connection, bench.table(), source, { schema: columnsOf('A:long') });
  expect((await bench.failure(load)).message).toContain('holds 3 records, but 2 were read');
});

it('leaves no copy behind', async () => {
  const folder = join(bench.folder, 'copies');
  mkdirSync(folder);
  vi.stubEnv('TMPDIR', folder);
  await bench.read('left.ndjson', '{"A":1}\n\0\n', 'A:long');
  await bench.read('left.json', '[{"A":1}]', 'A:long');
  await bench.read('left.csv', 'A,B\n1,2\n3\n', 'A:long B:long');
  await messageOf('left2.json', '[{"A":1}');
  await messageOf('left3.ndjson', '{"X":1}\n\0\n', 'A:long');
  await messageOf('left4.csv', 'X,B\n1,2\n3\n', 'A:long B:long');
  vi.unstubAllEnvs();
  expect(readdirSync(folder)).toEqual([]);
});

describe('assay query', () => {
  it('keeps the digits of rows on the command line, and names what is no row', async () => {
    const { code, stdout } = await assay('query', 'T', '--data', 'T=[{"N":9007199254740993}]', '--json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('9007199254740993')]);
    for (const [rows, message] of [
      [`[{"N":${nested(300)}}]`, '256 levels'],
      ['[{"N":1},]', 'not JSON'],
      ['[1]', 'must be JSON objects'],
    ] as const) {
      const refused = await assay('query', 'T', '--data', `T=${rows}`);
      expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining(message)]);
    }
  });

  it('names a bad line of a batch, answers the others, and does not end well', async () => {
    const queries = [
      '{"id":1,"query":"print a = \\"x\u2028y\\""}',
      'no JSON',
      '{"id":2}',
      `{"id":${nested(100_000)}}`,
      '{"id":3,"query":"print b = 1"}',
    ];
    const { code, stdout, stderr } = await assay('query', '--batch', bench.file('queries.jsonl', queries.join('\n')));
    expect(stdout.trim().split('\n')).toHaveLength(2);
    for (const line of [2, 3, 4]) expect(stderr).toContain(`queries.jsonl:${line}:`);
    expect(stderr).toContain('3 lines were left out');
    expect(code).toBe(3);
  });

  it('refuses a dynamic value that nests too deeply, wherever it comes from', async () => {
    const deep = (open: string, close: string, n: number): string =>
      `strcat(strcat_array(repeat('${open}', ${n}), ''), '1', strcat_array(repeat('${close}', ${n}), ''))`;
    for (const query of [
      `print x = parse_json(${deep('[', ']', 300)})`,
      `print x = parse_json(${deep('[', ']', 100_000)})`,
      `print x = parse_json(${deep('{"a":', '}', 300)}) | extend k = treepath(x) | project k`,
    ]) {
      const { code, stderr } = await assay('query', query);
      expect([code, stderr]).toEqual([2, expect.stringContaining('nested more than 256 levels')]);
    }
    const { code } = await assay('query', `print x = gettype(parse_json(${deep('[', ']', 200)}))`);
    expect(code).toBe(0);
  });
});
