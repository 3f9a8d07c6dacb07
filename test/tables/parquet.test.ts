import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { Bench } from './loading.js';

const bench = new Bench();

async function parquet(name: string, select: string): Promise<string> {
  const path = join(bench.folder, name);
  await bench.connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  return path;
}

describe('Parquet', () => {
  it('takes times of any unit, nested columns and numbers', async () => {
    const path = await parquet(
      'typed.parquet',
      `SELECT TIMESTAMP_NS '2026-03-01 10:20:30.1234567' AS Nano, TIMESTAMP '0001-01-01' AS Micro,
        TIMESTAMPTZ '2026-03-01 10:20:30+02' AS Zoned, DATE '2026-03-01' AS Day, '2026-03-01T00:00:00+01:00' AS Written,
        {'a': [1, 2]} AS Bag, '{"b": 1}' AS Text, 5::DOUBLE AS Port, 7::BIGINT AS Small, uuid() AS Id, NULL::VARCHAR AS Gone`,
    );
    const report = await bench.load(
      path,
      'Nano:datetime Micro:datetime Zoned:datetime Day:datetime Written:datetime Bag:dynamic Text:dynamic Port:int Small:int Id:guid Gone',
    );
    expect(report.rejectedCount).toBe(0);
    expect((await bench.rows(report.table))[0]).toMatchObject({
      Nano: parseDatetime('2026-03-01T10:20:30.1234567Z'),
      Micro: 0n,
      Zoned: parseDatetime('2026-03-01T08:20:30Z'),
      Day: parseDatetime('2026-03-01'),
      Written: parseDatetime('2026-02-28T23:00:00Z'),
      Bag: '{"a":[1,2]}',
      Text: '{"b":1}',
      Port: 5,
      Small: 7,
      Id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Gone: '',
    });
  });

  it('names a row by its number', async () => {
    const path = await parquet('rows.parquet', 'SELECT i * 1500000000 AS N FROM range(3) t(i)');
    const report = await bench.load(path, 'N:int');
    expect(report).toMatchObject({ rows: 2, rejectedCount: 1 });
    expect(report.rejected).toEqual([{ file: path, line: 3, column: 'N', reason: "'3000000000' is not of type int." }]);
  });

  it('refuses a column of which no value can be of the type', async () => {
    const path = await parquet('ticks.parquet', 'SELECT 5::BIGINT AS At');
    expect((await bench.failure(bench.load(path, 'At:datetime'))).message).toContain("'At' holds BIGINT");
  });

  it('infers types from those of the file', async () => {
    const path = await parquet(
      'infer.parquet',
      "SELECT 1::INTEGER AS I, 1::BIGINT AS L, [1] AS B, 'x' AS S, now() AS T",
    );
    const report = await bench.load(path);
    expect(report.schema.map(({ type }) => type)).toEqual(['int', 'long', 'dynamic', 'string', 'datetime']);
  });

  it('refuses what is no Parquet file', async () => {
    const path = bench.file('no.parquet', 'PAR0 nothing of the kind');
    expect((await bench.failure(bench.load(path, 'N:int'))).problems[0]).toMatchObject({ file: path });
  });
});
