import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDatetime, MAX_DATETIME, parseDatetime } from '../../harness/kql/values/datetime.js';
import { loadRows } from '../../harness/tables/readers/index.js';
import { columnsOf } from '../../harness/tables/schema.js';
import { Bench } from './loading.js';

const bench = new Bench();

describe('loadFile', () => {
  it('names a file that is not there, a folder, and a name without a format', async () => {
    const nowhere = join(bench.folder, 'nowhere.csv');
    expect((await bench.failure(bench.load(nowhere))).message).toContain(
      `${nowhere}: There is no such file or folder.`,
    );
    const folder = join(bench.folder, 'folder.csv');
    mkdirSync(folder);
    expect((await bench.failure(bench.load(folder))).message).toContain('folder');
    expect((await bench.failure(bench.load(bench.file('data.xlsx', 'x')))).message).toContain('.ndjson');
  });

  it('takes the format from the options before the name', async () => {
    const { rows } = await bench.read('export.txt', 'N\n1\n', 'N:long', { format: 'csv' });
    expect(rows).toEqual([{ N: 1n, _id: 0n }]);
  });

  it('takes a name with the signs of a pattern for that one file', async () => {
    bench.file('part1.ndjson', '{"N":1}\n');
    const { rows } = await bench.read('part[1]*.ndjson', '{"N":2}\n', 'N:long');
    expect(rows).toEqual([{ N: 2n, _id: 0n }]);
  });
});

describe('loadRows', () => {
  it('loads values of the program', async () => {
    const report = await loadRows(
      bench.connection,
      bench.table(),
      columnsOf('Whole:long Real:real At:datetime Bag:dynamic Text Flag:bool'),
      [
        { Whole: 9_007_199_254_740_993n, Real: 2, At: new Date('2026-01-01T00:00:00Z'), Bag: { a: [1n, null] } },
        { Whole: 1, Text: "it's \0 \u2028", Flag: false, Bag: 'plain', Real: Number.NaN },
      ],
    );
    expect(await bench.rows(report.table)).toEqual([
      {
        Whole: 9_007_199_254_740_993n,
        Real: 2,
        At: parseDatetime('2026-01-01'),
        Bag: '{"a":[1,null]}',
        Text: '',
        Flag: null,
        _id: 0n,
      },
      { Whole: 1n, Real: Number.NaN, At: null, Bag: '"plain"', Text: "it's \0 \u2028", Flag: false, _id: 1n },
    ]);
  });

  it('calls the rows by the name it is given, and counts them from one', async () => {
    const report = await loadRows(bench.connection, bench.table(), columnsOf('N:long'), [{ N: 1 }, { N: 'x' }], {
      name: 'tests.yaml',
    });
    expect(report.rejected).toEqual([{ file: 'tests.yaml', line: 2, column: 'N', reason: "'x' is not of type long." }]);
  });

  it('makes an empty table of no rows', async () => {
    const report = await loadRows(bench.connection, bench.table(), columnsOf('N:long'), []);
    expect(report).toMatchObject({ rows: 0, rejectedCount: 0 });
  });

  it('reads every datetime that KQL prints, to the tick', async () => {
    const anyTick = fc.bigInt({ min: 0n, max: MAX_DATETIME });
    await fc.assert(
      fc.asyncProperty(fc.array(anyTick, { minLength: 1, maxLength: 50 }), async (ticks) => {
        const rows = ticks.map((tick) => ({ At: formatDatetime(tick) }));
        const report = await loadRows(bench.connection, bench.table(), columnsOf('At:datetime'), rows);
        const loaded = await bench.rows(report.table);
        expect(loaded.map((row) => row['At'])).toEqual(ticks);
      }),
      { numRuns: 10 },
    );
  });

  it('agrees with KQL on ISO datetimes of any precision and offset', async () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'));
    const text = fc
      .tuple(
        fc.integer({ min: 1, max: 9998 }).map((year) => String(year).padStart(4, '0')),
        two(13),
        two(32),
        two(25),
        two(60),
        two(60),
        fc.option(fc.stringMatching(/^[0-9]{1,9}$/)),
        fc.oneof(
          fc.constantFrom('', 'Z', '+00:00'),
          fc.tuple(fc.constantFrom('+', '-'), two(13), two(59)).map(([s, h, m]) => `${s}${h}:${m}`),
        ),
      )
      .map(([y, mo, d, h, mi, s, f, z]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${f === null ? '' : `.${f}`}${z}`);
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 100 }), async (texts) => {
        const rows = texts.map((At) => ({ At }));
        const report = await loadRows(bench.connection, bench.table(), columnsOf('At:datetime'), rows);
        const loaded = await bench.rows(report.table);
        const expected = texts.map(parseDatetime).filter((ticks) => ticks !== null);
        expect(loaded.map((row) => row['At'])).toEqual(expected);
        expect(report.rows + report.rejectedCount).toBe(texts.length);
      }),
      { numRuns: 20 },
    );
  });
});
