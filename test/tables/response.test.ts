import { describe, expect, it } from 'vitest';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { Bench } from './loading.js';

const bench = new Bench();
const SCHEMA = 'TimeGenerated:datetime RemotePort:int RemoteUrl AdditionalFields:dynamic';

/** What the query API of Log Analytics answers, as a person saves it. */
const answer = (rows: unknown[][]): unknown => ({
  tables: [
    {
      name: 'PrimaryResult',
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'RemotePort', type: 'int' },
        { name: 'RemoteUrl', type: 'string' },
        { name: 'AdditionalFields', type: 'dynamic' },
      ],
      rows,
    },
  ],
});

describe('answers of query APIs', () => {
  it('reads the rows of Log Analytics under their columns, in one line or many', async () => {
    const document = answer([
      ['2026-03-01T10:20:30.1234567Z', 443, 'pastebin.com', '{"a":[1]}'],
      ['2026-03-01T10:20:31Z', null, null, null],
    ]);
    for (const text of [JSON.stringify(document), `\uFEFF${JSON.stringify(document, null, 2)}`]) {
      const { rows } = await bench.read('answer.json', text, SCHEMA);
      expect(rows).toEqual([
        {
          TimeGenerated: parseDatetime('2026-03-01T10:20:30.1234567Z'),
          RemotePort: 443,
          RemoteUrl: 'pastebin.com',
          AdditionalFields: '{"a":[1]}',
          _id: 0n,
        },
        {
          TimeGenerated: parseDatetime('2026-03-01T10:20:31Z'),
          RemotePort: null,
          RemoteUrl: '',
          AdditionalFields: null,
          _id: 1n,
        },
      ]);
    }
  });

  it('leaves out rows of other lengths and values of other types, and names their lines', async () => {
    const text = JSON.stringify(
      answer([
        ['2026-03-01T10:20:30Z', 443, 'a', null],
        ['2026-03-01T10:20:30Z', 'https', 'b', null],
        ['2026-03-01T10:20:30Z', 80],
        ['2026-03-01T10:20:30Z', 80, 'd', null],
      ]),
      null,
      1,
    );
    const lineOf = (mark: string): number => text.slice(0, text.indexOf(mark)).split('\n').length;
    const { rows, report } = await bench.read('bad.json', text, SCHEMA);
    expect(rows.map((row) => row['RemoteUrl'])).toEqual(['a', 'd']);
    expect(report.rejectedCount).toBe(2);
    expect(report.rejected).toMatchObject([
      { line: lineOf('"https"') - 2, column: 'RemotePort' },
      { line: lineOf('80\n') - 2, reason: 'Expected a JSON object, found an array.' },
    ]);
  });

  it('reads the results of advanced hunting, in the case of either of its APIs', async () => {
    const row = { TimeGenerated: '2026-03-01T10:20:30Z', RemoteUrl: 'a' };
    const ours = { '@odata.context': 'https://graph.example', schema: [{ name: 'TimeGenerated' }], results: [row] };
    const older = {
      Stats: { ExecutionTime: 1 },
      Schema: [{ Name: 'TimeGenerated', Type: 'DateTime' }],
      Results: [row],
    };
    for (const document of [ours, older]) {
      const { rows } = await bench.read('hunting.json', JSON.stringify(document, null, 2), SCHEMA);
      expect(rows).toMatchObject([{ RemoteUrl: 'a' }]);
    }
  });

  it('refuses an answer that holds an error, or several tables', async () => {
    const load = (document: unknown): Promise<unknown> =>
      bench.failure(bench.load(bench.file('refused.json', JSON.stringify(document)), SCHEMA));
    await expect(load({ tables: [] })).resolves.toMatchObject({ message: expect.stringContaining('holds no rows') });
    await expect(load({ tables: [{ name: 'a' }, { name: 'b' }] })).resolves.toMatchObject({
      message: expect.stringContaining('2 tables'),
    });
  });
});
