import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { Bench } from './loading.js';

const bench = new Bench();

describe('NDJSON', () => {
  it('takes every type in its representation', async () => {
    const { report, rows } = await bench.read(
      'types.ndjson',
      JSON.stringify({
        Flag: true,
        Small: 7,
        Whole: -9,
        Real: 1.5,
        Exact: '12.25',
        Text: 'Zoë "x"',
        At: '2026-03-01T10:20:30.1234567Z',
        For: '1.02:03:04.5',
        Id: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
        Bag: { b: [1, 2.5], a: 'x' },
      }),
      'Flag:bool Small:int Whole:long Real:real Exact:decimal Text At:datetime For:timespan Id:guid Bag:dynamic',
    );
    expect(report).toMatchObject({ rows: 1, rejectedCount: 0, rejected: [] });
    expect(rows[0]).toMatchObject({
      Flag: true,
      Small: 7,
      Whole: -9n,
      Real: 1.5,
      Text: 'Zoë "x"',
      At: parseDatetime('2026-03-01T10:20:30.1234567Z'),
      For: 937_845_000_000n,
      Id: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      Bag: '{"b":[1,2.5],"a":"x"}',
    });
    expect(Number(rows[0]?.['Exact'])).toBe(12.25);
  });

  it('makes what is missing, null or empty null, and a string empty', async () => {
    const { rows } = await bench.read(
      'gaps.ndjson',
      '{}\n{"Text":null,"Whole":null,"Bag":null,"At":null}\n{"Text":"","Whole":"","Bag":"","At":""}\n',
      'Text Whole:long Bag:dynamic At:datetime Absent:string Gone:real',
    );
    const nothing = { Text: '', Whole: null, Bag: null, At: null, Absent: '', Gone: null };
    expect(rows).toEqual([0n, 1n, 2n].map((_id) => ({ ...nothing, _id })));
  });

  it('reads the text of an object or array in a dynamic column as that object or array, other text as text', async () => {
    const { rows } = await bench.read(
      'bags.ndjson',
      ['{"Bag":"{\\"k\\": [1, 2]}"}', '{"Bag":"[1,"}', '{"Bag":"5"}', '{"Bag":5}', '{"Bag":"plain"}'].join('\n'),
      'Bag:dynamic',
    );
    expect(rows.map((row) => row['Bag'])).toEqual(['{"k":[1,2]}', '"[1,"', '"5"', '5', '"plain"']);
  });

  it('keeps the valid rows and names the others with their lines', async () => {
    const { report, rows } = await bench.read(
      'bad.ndjson',
      [
        '\uFEFF{"Port":1}',
        '',
        '{"Port":"x"}',
        '{"Port":2',
        '[1]',
        '{"Port":1.5}',
        '{"Port":2}',
        '{"Port":3000000000}',
      ].join('\r\n'),
      'Port:int',
    );
    expect(rows.map((row) => row['Port'])).toEqual([1, 2]);
    expect(report.rows).toBe(2);
    expect(report.rejectedCount).toBe(5);
    expect(report.rejected.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [3, 'Port', "'x' is not of type int."],
      [4, undefined, expect.stringContaining('not JSON')],
      [5, undefined, 'Expected a JSON object, found an array.'],
      [6, 'Port', "'1.5' is not of type int."],
      [8, 'Port', "'3000000000' is not of type int."],
    ]);
  });

  it('names the first twenty rejected rows and counts the rest', async () => {
    const { report } = await bench.read('many.ndjson', '{"N":"x"}\n'.repeat(50), 'N:long');
    expect(report).toMatchObject({ rows: 0, rejectedCount: 50 });
    expect(report.rejected.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('refuses a number that does not fit rather than changing it', async () => {
    const { report, rows } = await bench.read(
      'huge.ndjson',
      '{"N":123456789012345678901234567890}\n{"N":9223372036854775807}\n',
      'N:long',
    );
    expect(rows.map((row) => row['N'])).toEqual([9_223_372_036_854_775_807n]);
    expect(report.rejected[0]).toMatchObject({ line: 1, column: 'N' });
  });

  it('refuses a column that the table does not have, at its first line, with the nearest one', async () => {
    const path = bench.file('unknown.ndjson', '{"RemoteUrl":"a"}\n{"RemoteUri":"b"}\n');
    const error = await bench.failure(bench.load(path, 'RemoteUrl RemotePort:int'));
    expect(error.problems[0]).toMatchObject({ file: path, line: 2, suggestion: "Did you mean 'RemoteUrl'?" });
  });

  it('leaves no table behind when it fails', async () => {
    const path = bench.file('unknown2.ndjson', '{"X":1}\n');
    const report = bench.load(path, 'Y:long');
    const error = await bench.failure(report);
    expect(error.message).toContain("no column 'X'");
    const after = await bench.load(bench.file('after.ndjson', '{"Y":1}\n'), 'Y:long');
    expect(after.rows).toBe(1);
  });

  it('tells names apart that differ in case alone, and a column called _id from its own', async () => {
    const { rows } = await bench.read(
      'case.ndjson',
      '{"LogonId":1,"LogonID":2,"_id":3}\n',
      'LogonId:long LogonID:long _id:long',
      { firstId: 100n },
    );
    expect(rows).toEqual([{ LogonId: 1n, 'LogonID~2': 2n, '_id~2': 3n, _id: 100n }]);
  });

  it('takes the names of the columns exactly, whatever they hold', async () => {
    const { rows } = await bench.read('names.ndjson', `{"a 'b' \\"c\\"":1,"名前":2}\n`, undefined);
    expect(rows).toEqual([{ 'a \'b\' "c"': 1n, 名前: 2n, _id: 0n }]);
  });

  it('passes labels on as text, and goes on with the ids', async () => {
    const first = await bench.read('labels.ndjson', '{"N":1,"_label":"malicious","_activity":7}\n{"N":2}\n', 'N:long', {
      passThrough: ['_label', '_activity'],
      firstId: 10n,
    });
    expect(first.report.nextId).toBe(12n);
    expect(first.rows).toEqual([
      { N: 1n, _id: 10n, _label: 'malicious', _activity: '7' },
      { N: 2n, _id: 11n, _label: null, _activity: null },
    ]);
  });

  it('reports text that is not UTF-8 at its line', async () => {
    const content = Buffer.concat([
      Buffer.from('{"S":"a"}\n{"S":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\n{"S":1}\n[]'),
    ]);
    const { report, rows } = await bench.read('latin.ndjson', content, 'S');
    expect(rows.map((row) => row['S'])).toEqual(['a', '1']);
    expect(report.rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'The text is not UTF-8.'],
      [4, 'Expected a JSON object, found an array.'],
    ]);
  });

  it('loads nothing from a binary file, and says why', async () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256);
    const { report } = await bench.read('noise.ndjson', bytes, 'S');
    expect(report.rows).toBe(0);
    expect(report.rejectedCount).toBeGreaterThan(0);
  });

  it('loads an empty file as an empty table', async () => {
    const { report } = await bench.read('empty.ndjson', '', 'S N:long');
    expect(report).toMatchObject({ rows: 0, rejectedCount: 0, nextId: 0n });
  });

  it('unpacks a .gz file', async () => {
    const { rows } = await bench.read('packed.ndjson.gz', gzipSync('{"N":1}\n{"N":2}\n'), 'N:long');
    expect(rows.map((row) => row['N'])).toEqual([1n, 2n]);
  });

  it('infers the types of an unknown table from all of its rows', async () => {
    const { report } = await bench.read(
      'infer.ndjson',
      [
        '{"Flag":true,"Whole":1,"Mixed":1,"At":"2026-01-01T00:00:00Z","Bag":{"a":1},"Text":"x","Either":"x"}',
        '{"Flag":null,"Whole":2,"Mixed":1.5,"At":"","Bag":[1],"Text":"2026-01-01","Either":{"a":1},"Empty":null}',
      ].join('\n'),
    );
    expect(Object.fromEntries(report.schema.map(({ name, type }) => [name, type]))).toEqual({
      Flag: 'bool',
      Whole: 'long',
      Mixed: 'real',
      At: 'datetime',
      Bag: 'dynamic',
      Text: 'string',
      Either: 'dynamic',
      Empty: 'string',
    });
    expect(report.rejectedCount).toBe(0);
  });

  it('loads many rows in their order', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `{"N":${i},"S":"row ${i}"}`).join('\n');
    const { report } = await bench.read('order.ndjson', lines, 'N:long S');
    expect(report.rows).toBe(20_000);
    const wrong = await bench.connection.runAndReadAll(`SELECT count(*) FROM "${report.table}" WHERE N <> _id`);
    expect(wrong.getRows()[0]?.[0]).toBe(0n);
  });
});

describe('JSON', () => {
  it('reads an array over several lines, and names the line on which a bad member begins', async () => {
    const { report, rows } = await bench.read(
      'array.json',
      '[\n  {"N": 1,\n   "Bag": {"a": [1, 2]}},\n  null,\n  {"N": "x"}, {"N": 2}\n]\n',
      'N:long Bag:dynamic',
    );
    expect(rows.map((row) => [row['N'], row['Bag']])).toEqual([
      [1n, '{"a":[1,2]}'],
      [2n, null],
    ]);
    expect(report.rejected.map(({ line, column }) => [line, column])).toEqual([
      [4, undefined],
      [5, 'N'],
    ]);
  });

  it('reads objects one a line, and objects over several lines', async () => {
    const lines = await bench.read('lines.json', '{"N":1}\n{"N":2}\n', 'N:long');
    const spread = await bench.read('spread.json', '{\n "N": 1\n}\n{\n "N": 2\n}\n', 'N:long');
    for (const { rows } of [lines, spread]) expect(rows.map((row) => row['N'])).toEqual([1n, 2n]);
  });

  it('refuses an array that is not JSON', async () => {
    const error = await bench.failure(bench.load(bench.file('broken.json', '[{"N":1},{"N":'), 'N:long'));
    expect(error.message).toContain('not closed: the file is not complete');
  });
});
