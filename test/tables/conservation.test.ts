import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench } from './loading.js';

const bench = new Bench();
const RUNS = { numRuns: 60 };

/** A record of a generated file: its bytes, and either the row that it holds or the lines that it takes with it. */
interface Piece {
  readonly bytes: Buffer;
  readonly row?: { readonly S: string; readonly N: bigint | null };
  /** Lines that are lost with it; 0 for what is no record. */
  readonly lost?: number;
}

const text = (value: string): Buffer => Buffer.from(value, 'utf8');

/** Text as events hold it and as nobody wishes it, but for NUL and half characters, which no record may hold. */
const words = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('"', ',', '\n', '\r', '\\', '{', '[', ' ', 'a', '\t', '\u00e9', '\u2028'),
      maxLength: 12,
    }),
    fc.constantFrom('null', '__proto__', '{"a":1}', 'NaN', 'a\ufeff', "'", '%s'),
  )
  // DuckDB's binding takes a byte order mark off the texts that it gives to Node.
  .filter((value) => !value.includes('\0') && value.isWellFormed() && !value.startsWith('\ufeff'));
const whole = fc.option(
  fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(9_007_199_254_740_993n, 0n, -1n)),
);

const row = fc.record({ S: words, N: whole });

/** Line breaks within a value are lines of the file too. */
function linesOf(bytes: Buffer): number {
  return bytes.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
}

/** The lines of the lost records. */
function lostLines(pieces: readonly Piece[], firstLine: number): number[] {
  const lines: number[] = [];
  let line = firstLine;
  for (const { bytes, lost = 0 } of pieces) {
    for (let i = 0; i < lost; i += 1) lines.push(line + i);
    line += linesOf(bytes);
  }
  return lines;
}

async function check(name: string, content: Buffer, pieces: readonly Piece[], firstLine: number): Promise<void> {
  const { report, rows } = await bench.read(name, content, 'S N:long');
  const kept = pieces.flatMap(({ row: each }) => (each === undefined ? [] : [each]));
  const lost = pieces.reduce((sum, piece) => sum + (piece.lost ?? 0), 0);
  expect(rows.map(({ S, N }) => ({ S, N }))).toEqual(kept);
  expect(report.rows).toBe(kept.length);
  expect(report.rejectedCount).toBe(lost);
  expect(report.rejected.map(({ line }) => line)).toEqual(lostLines(pieces, firstLine).slice(0, 20));
}

const packing = fc.constantFrom('', '.gz');
const pack = (content: Buffer, ending: string): Buffer => (ending === '' ? content : gzipSync(content));

describe('every record is a row or a rejected one', () => {
  it('in CSV', async () => {
    const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
    const good = fc.tuple(row, fc.constantFrom('\n', '\r\n'), fc.boolean()).map(([{ S, N }, end, always]): Piece => {
      const cell = always || /[",\r\n]/.test(S) ? quoted(S) : S;
      return { bytes: text(`${cell},${N ?? ''}${end}`), row: { S, N } };
    });
    const bad = fc.constantFrom<Piece>(
      { bytes: text('one field\n'), lost: 1 },
      { bytes: text('three,1,2\r\n'), lost: 1 },
      { bytes: text('x,no number\n'), lost: 1 },
      { bytes: text('x,9223372036854775808\n'), lost: 1 },
      { bytes: text('x,1.5\n'), lost: 1 },
      { bytes: Buffer.from('caf\u00e9,1\n', 'latin1'), lost: 1 },
      { bytes: text('a\0b,1\n'), lost: 1 },
      { bytes: text('a\rb,1\n'), lost: 1 },
      { bytes: text('"a"b,1\n'), lost: 1 },
      { bytes: text('"a\nb"c,1\n'), lost: 2 },
      { bytes: text('   \n'), lost: 1 },
    );
    const blank = fc.constantFrom<Piece>({ bytes: text('\n') }, { bytes: text('\r\n') });
    const last = fc.constantFrom<Piece | undefined>(
      undefined,
      { bytes: text('a,"never\nclosed\n'), lost: 2 },
      { bytes: text('a,"never'), lost: 1 },
      { bytes: text('end,7'), row: { S: 'end', N: 7n } },
    );
    const file = fc.tuple(fc.array(fc.oneof(good, bad, blank), { maxLength: 40 }), last, packing, fc.boolean());
    await fc.assert(
      fc.asyncProperty(file, async ([some, end, ending, mark]) => {
        const pieces = end === undefined ? some : [...some, end];
        const content = Buffer.concat([text(`${mark ? '\ufeff' : ''}S,N\n`), ...pieces.map(({ bytes }) => bytes)]);
        await check(`a.csv${ending}`, pack(content, ending), pieces, 2);
      }),
      RUNS,
    );
  });

  const json = ({ S, N }: { S: string; N: bigint | null }, blank = ''): string =>
    `{"S":${blank}${JSON.stringify(S)},${blank}"N":${N}${blank}}`;
  const notRows: readonly (readonly [string | Buffer, number])[] = [
    ['{"S":"x","N":"no number"}', 1],
    ['{"S":"x","N":9223372036854775808}', 1],
    ['{"S":"x","N":1.5}', 1],
    ['{"S":"x","N":1,}', 1],
    ['{"S":"\\ud800"}', 1],
    [Buffer.from('{"S":"caf\u00e9"}', 'latin1'), 1],
    ['[1]', 1],
    ['null', 1],
    ['7', 1],
    ['"x"', 1],
    [`{"S":${'['.repeat(257)}${']'.repeat(257)}}`, 1],
    [`{"S":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 1],
  ];
  const bytesOf = (content: string | Buffer): Buffer => (typeof content === 'string' ? text(content) : content);

  it('in JSON lines', async () => {
    const end = fc.constantFrom('\n', '\r\n', ' \n');
    const good = fc.tuple(row, end).map(([each, after]): Piece => ({ bytes: text(json(each) + after), row: each }));
    const broken: readonly string[] = [
      '{"S":"x',
      '{"S":"x"}}',
      '{"S":"x"}{"S":"y"}',
      'x',
      '{"S":"a\rb"}',
      '{"S":"\0"}',
    ];
    const bad = fc
      .tuple(fc.constantFrom(...notRows.map(([content]) => content), ...broken), end)
      .map(([content, after]): Piece => ({ bytes: Buffer.concat([bytesOf(content), text(after)]), lost: 1 }));
    const blank = fc.constantFrom<Piece>({ bytes: text('\n') }, { bytes: text(' \t\r\n') });
    const file = fc.tuple(fc.array(fc.oneof(good, bad, blank), { maxLength: 40 }), packing, fc.boolean());
    await fc.assert(
      fc.asyncProperty(file, async ([pieces, ending, mark]) => {
        const content = Buffer.concat([text(mark ? '\ufeff' : ''), ...pieces.map(({ bytes }) => bytes)]);
        await check(`a.ndjson${ending}`, pack(content, ending), pieces, 1);
      }),
      RUNS,
    );
  });

  it('in a JSON array, and in objects one after the other', async () => {
    const blank = fc.constantFrom('', ' ', '\n', '\r\n  ');
    const good = fc.tuple(row, blank).map(([each, inside]): Piece => ({ bytes: text(json(each, inside)), row: each }));
    const bad = fc
      .constantFrom(...notRows.map(([content]) => content))
      .map((content): Piece => ({ bytes: bytesOf(content), lost: 1 }));
    const members = fc.array(fc.oneof(good, bad), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(members, packing, fc.constantFrom('\n', '', ' \r\n'), async (pieces, ending, between) => {
        const separated = pieces.map((piece, i): Piece => {
          const before = i === 0 ? text('[') : text(',');
          return { ...piece, bytes: Buffer.concat([before, piece.bytes, text(between)]) };
        });
        const closed = pieces.length === 0 ? '[]' : ']';
        const content = Buffer.concat([...separated.map(({ bytes }) => bytes), text(closed)]);
        await check(`a.json${ending}`, pack(content, ending), separated, 1);
      }),
      RUNS,
    );
    await fc.assert(
      fc.asyncProperty(members, packing, async (pieces, ending) => {
        // The first object stands over two lines, which is what tells this form from JSON lines.
        const first: Piece = { bytes: text('{"S":"first",\n"N":1}'), row: { S: 'first', N: 1n } };
        const separated = [first, ...pieces].map((piece): Piece => {
          return { ...piece, bytes: Buffer.concat([piece.bytes, text('\n')]) };
        });
        const content = Buffer.concat(separated.map(({ bytes }) => bytes));
        await check(`b.json${ending}`, pack(content, ending), separated, 1);
      }),
      RUNS,
    );
  });

  it('in Parquet', async () => {
    const cell = fc.oneof(
      whole.map((N) => ({ written: N === null ? null : String(N), N })),
      fc.constantFrom('no number', '1.5', '9223372036854775808').map((written) => ({ written, N: undefined })),
    );
    const path = bench.file('rows.parquet', '');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(words, cell), { maxLength: 30 }), async (cells) => {
        const values = cells.map(([S, { written }], i) => {
          const literal = (value: string | null): string =>
            value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
          return `(${i}, ${literal(S)}, ${literal(written)})`;
        });
        const given =
          values.length === 0 ? "SELECT 0 AS i, '' AS S, '' AS N WHERE false" : `VALUES ${values.join(', ')}`;
        const rows = `SELECT S, N FROM (${given}) AS t(i, S, N) ORDER BY i`;
        await bench.connection.run(`COPY (${rows}) TO '${path}' (FORMAT parquet)`);
        const report = await bench.load(path, 'S N:long');
        const kept = cells.flatMap(([S, { N }]) => (N === undefined ? [] : [{ S, N }]));
        expect((await bench.rows(report.table)).map(({ S, N }) => ({ S, N }))).toEqual(kept);
        expect(report.rows + report.rejectedCount).toBe(cells.length);
        const lost = cells.flatMap(([, { N }], i) => (N === undefined ? [i + 1] : []));
        expect(report.rejected.map(({ line }) => line)).toEqual(lost.slice(0, 20));
      }),
      RUNS,
    );
  });
});
