import { describe, expect, it } from 'vitest';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { Bench } from './loading.js';

const bench = new Bench();

describe('CSV', () => {
  it('reads an export of advanced hunting', async () => {
    const { report, rows } = await bench.read(
      'hunting.csv',
      [
        '\uFEFFTimestamp,DeviceName,RemotePort,IsLocalAdmin,AdditionalFields',
        '2026-03-01T10:20:30.1234567Z,host-1,443,True,"{""Query"": ""a, b""}"',
        ',"two\nlines",,,not json',
      ].join('\r\n'),
      'Timestamp:datetime DeviceName RemotePort:int IsLocalAdmin:bool AdditionalFields:dynamic',
    );
    expect(report).toMatchObject({ rows: 2, rejectedCount: 0 });
    expect(rows).toEqual([
      {
        Timestamp: parseDatetime('2026-03-01T10:20:30.1234567Z'),
        DeviceName: 'host-1',
        RemotePort: 443,
        IsLocalAdmin: true,
        AdditionalFields: '{"Query":"a, b"}',
        _id: 0n,
      },
      {
        Timestamp: null,
        DeviceName: 'two\nlines',
        RemotePort: null,
        IsLocalAdmin: null,
        AdditionalFields: '"not json"',
        _id: 1n,
      },
    ]);
  });

  it('takes the zone off the headers of a Log Analytics export', async () => {
    const { report } = await bench.read('workspace.csv', '"TimeGenerated [UTC]",Computer\n2026-03-01 10:20:30,c1\n');
    expect(report.schema).toEqual([
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Computer', type: 'string' },
    ]);
  });

  it('refuses times of a zone whose offset the file does not say', async () => {
    const path = bench.file('local.csv', 'TimeGenerated [Local Time],Computer\n2026-03-01T10:20:30,c1\n');
    const error = await bench.failure(bench.load(path));
    expect(error.problems[0]).toMatchObject({ file: path, line: 1 });
    expect(error.message).toContain('export them in UTC');
  });

  it('reads times as portals and spreadsheets write them for people', async () => {
    const written: readonly (readonly [string, string])[] = [
      ['3/1/2026, 12:20:30.123\u202fAM', '2026-03-01T00:20:30.123Z'],
      ['12/31/2026, 1:02:03 PM', '2026-12-31T13:02:03Z'],
      ['Mar 1, 2026 10:20:30 PM', '2026-03-01T22:20:30Z'],
      ['1 March 2026 at 10:20', '2026-03-01T10:20:00Z'],
      ['2026/03/01 10:20:30', '2026-03-01T10:20:30Z'],
      ['2026-03-01, 10:20:30.1234567', '2026-03-01T10:20:30.1234567Z'],
      ['2026-03-01T10:20:30Z', '2026-03-01T10:20:30Z'],
    ];
    const { rows, report } = await bench.read(
      'people.csv',
      ['"At [UTC]",N', ...written.map(([text], i) => `"${text}",${i}`), '"2/30/2026, 1:00:00 AM",9'].join('\n'),
      'At:datetime N:long',
    );
    expect(rows.map((row) => row['At'])).toEqual(written.map(([, iso]) => parseDatetime(iso)));
    expect(report.rejected).toMatchObject([{ line: 9, column: 'At' }]);
  });

  it('learns from any value whether the day or the month comes first, and refuses what tells neither', async () => {
    const rows = ['"01/03/2026, 10:20:30.123 am",1', '"31/03/2026, 1:20:30.123 pm",2'];
    const read = await bench.read('day-first.csv', ['At,N', ...rows].join('\n'), 'At:datetime N:long');
    expect(read.rows.map((row) => row['At'])).toEqual(
      ['2026-03-01T10:20:30.123Z', '2026-03-31T13:20:30.123Z'].map(parseDatetime),
    );
    const path = bench.file('either.csv', 'At,N\n"1/3/2026, 10:20:30",1\n');
    const error = await bench.failure(bench.load(path, 'At:datetime N:long'));
    expect(error.message).toContain("'1/3/2026, 10:20:30', where the day or the month may come first");
    const report = await bench.load(path, 'At:datetime N:long', { dates: 'day-first' });
    expect(await bench.rows(report.table)).toMatchObject([{ At: parseDatetime('2026-03-01T10:20:30Z') }]);
    const mixed = bench.file('mixed.csv', 'At,N\n"13/1/2026 10:20",1\n"1/13/2026 10:20",2\n');
    expect((await bench.failure(bench.load(mixed, 'At:datetime N:long'))).message).toContain('now the day and now');
  });

  it('names the physical line of each bad row, past empty lines and line breaks in quotes', async () => {
    const { report, rows } = await bench.read(
      'lines.csv',
      ['N,S', '1,"a\nb"', '', 'x,c', '2,too,many', '3', '4,d', 'y,e', ''].join('\n'),
      'N:long S',
    );
    expect(rows.map((row) => row['N'])).toEqual([1n, 4n]);
    expect(report.rejectedCount).toBe(4);
    expect(report.rejected.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [5, 'N', "'x' is not of type long."],
      [6, undefined, 'The row has 3 fields, the header has 2.'],
      [7, undefined, 'The row has 1 fields, the header has 2.'],
      [9, 'N', "'y' is not of type long."],
    ]);
  });

  it('keeps what comes before a quote that is not closed, and says what is lost to it', async () => {
    const { report, rows } = await bench.read('quote.csv', 'N,S\n1,a\n2,"b\n3,c\n4,d\n', 'N:long S');
    expect(rows.map((row) => row['N'])).toEqual([1n]);
    expect(report.rejected).toEqual([
      expect.objectContaining({ line: 3, reason: expect.stringContaining('3 lines are lost') }),
      expect.objectContaining({ line: 4, reason: expect.stringContaining('begins on line 3') }),
      expect.objectContaining({ line: 5 }),
    ]);
  });

  it('refuses an unknown column with the nearest one', async () => {
    const error = await bench.failure(bench.load(bench.file('typo.csv', 'DeviceNme\nx\n'), 'DeviceName'));
    expect(error.problems[0]).toMatchObject({ line: 1, suggestion: "Did you mean 'DeviceName'?" });
  });

  it('refuses a column that the header names twice, or does not name, and a file without header', async () => {
    expect((await bench.failure(bench.load(bench.file('twice.csv', 'A,A\n1,2\n')))).message).toContain("'A' twice");
    expect((await bench.failure(bench.load(bench.file('none.csv', 'A,\n1,2\n')))).message).toContain('without a name');
    expect((await bench.failure(bench.load(bench.file('empty.csv', '')))).message).toContain('file is empty');
  });

  it('refuses UTF-16, and bytes that are no text', async () => {
    const wide = Buffer.from('\uFEFFA,B\n1,2\n', 'utf16le');
    expect((await bench.failure(bench.load(bench.file('wide.csv', wide)))).message).toContain('UTF-16');
    const noise = Uint8Array.from({ length: 300 }, (_, i) => (i * 7919 + 130) % 256);
    expect((await bench.failure(bench.load(bench.file('noise.csv', noise)))).problems[0]?.line).toBe(1);
  });

  it('infers types, and takes digits after a leading zero for text', async () => {
    const { report } = await bench.read(
      'infer.csv',
      'Flag,Whole,Real,At,Bag,Code,Ünï\ntrue,1,1,2026-01-01T00:00:00Z,"{""a"":1}",007,x\nFALSE,-2,2.5,,[],12,\n',
    );
    expect(report.schema.map(({ type }) => type)).toEqual([
      'bool',
      'long',
      'real',
      'datetime',
      'dynamic',
      'string',
      'string',
    ]);
    expect(report.schema.at(-1)?.name).toBe('Ünï');
  });

  it('loads a file that is nothing but a header as an empty table', async () => {
    const { report } = await bench.read('header.csv', 'N,S\n', 'N:long S');
    expect(report).toMatchObject({ rows: 0, rejectedCount: 0 });
  });
});
