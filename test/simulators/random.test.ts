import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { combine, combineSql, keyOf, mix, mixSql } from '../../simulators/random.js';

const word = fc.integer({ min: 0, max: 0xffffffff });

it('draws the same in TypeScript and in DuckDB', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 200 }), async (pairs) => {
      const values = pairs.map(([key, part]) => `(${key}::BIGINT, ${part}::BIGINT)`).join(', ');
      const reader = await connection.runAndReadAll(
        `SELECT ${mixSql('k')}, ${combineSql('k', 'p')}, ${combineSql('k', 7)} FROM (VALUES ${values}) AS t(k, p)`,
      );
      expect(reader.getRows().map((row) => row.map(Number))).toEqual(
        pairs.map(([key, part]) => [mix(key), combine(key, part), combine(key, 7)]),
      );
    }),
    { numRuns: 20 },
  );
});

it('never changes: these values are in every seed that anybody has noted down', () => {
  expect({
    zero: mix(0),
    one: mix(1),
    last: mix(0xffffffff),
    pair: combine(12, 34),
    name: keyOf(1, 'scenario', 'vidar'),
  }).toMatchInlineSnapshot(`
    {
      "last": 571817167,
      "name": 1981922369,
      "one": 3218938102,
      "pair": 2636309083,
      "zero": 331827999,
    }
  `);
});

it('scatters neighbours evenly', () => {
  const buckets = Array.from({ length: 16 }, () => 0);
  for (let key = 0; key < 16_000; key += 1) {
    const bucket = combine(key, 3) % 16;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
