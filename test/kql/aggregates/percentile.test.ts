import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDynamic } from '../../../harness/kql/values/dynamic.js';
import { column, long, real, run } from './support.js';

/** The definition: sort, take the value at rank ceil(p·n), at least the first. */
function nearestRank(values: readonly bigint[], percent: number): bigint | undefined {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1];
}

test('percentile is a value of the group, by nearest rank', async () => {
  const values = fc.array(fc.bigInt({ min: -20n, max: 20n }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(values, fc.integer({ min: 0, max: 100 }), async (list, percent) => {
      const expected = String(nearestRank(list, percent));
      expect(await run('percentile', column('long', ...list), ['x', long(percent)], 'long')).toBe(expected);
    }),
    { numRuns: 60 },
  );
});

test('weights stand for repetitions', async () => {
  const row = fc.tuple(fc.bigInt({ min: -9n, max: 9n }), fc.integer({ min: 1, max: 5 }).map(BigInt));
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 100 }),
      async (rows, percent) => {
        const repeated = rows.flatMap(([value, weight]) => Array.from({ length: Number(weight) }, () => value));
        const input = { columns: { x: 'long', w: 'long' }, rows } as const;
        const expected = String(nearestRank(repeated, percent));
        expect(await run('percentilew', input, ['x', 'w', long(percent)], 'long')).toBe(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('fractions of a percent, other types, nothing', async () => {
  const hundred = column('int', ...Array.from({ length: 1000 }, (_, i) => BigInt(i + 1)));
  expect(await run('percentile', hundred, ['x', real(99.9)], 'long')).toBe('999');
  expect(await run('percentile', hundred, ['x', long(7)], 'long')).toBe('70');
  expect(await run('percentile', column('timespan', 5n, null), ['x', long(50)], 'timespan')).toBe('5');
  expect(await run('percentile', column('decimal', '1.5'), ['x', long(50)], 'real')).toBe(1.5);
  expect(await run('percentile', column('long'), ['x', long(50)], 'long')).toBeNull();
  expect(
    await run('percentilew', { columns: { x: 'long', w: 'long' }, rows: [[1n, 0n]] }, ['x', 'w', long(50)], 'long'),
  ).toBeNull();
});

test('arrays of percentiles', async () => {
  const input = {
    columns: { x: 'long', w: 'long' },
    rows: [
      [10n, 8n],
      [20n, 6n],
      [30n, 4n],
    ],
  } as const;
  const list = { value: parseDynamic('[50, 90.5]') ?? null, type: 'dynamic' } as const;
  expect(await run('percentiles_array', input, ['x', long(0), long(100)], 'dynamic')).toBe('[10,30]');
  expect(await run('percentilesw_array', input, ['x', 'w', list], 'dynamic')).toBe('[20,30]');
  expect(await run('percentiles_array', column('datetime', 0n), ['x', long(50)], 'dynamic')).toBe(
    '["0001-01-01T00:00:00.0000000Z"]',
  );
  expect(await run('percentiles_array', column('long'), ['x', long(50)], 'dynamic')).toBeNull();
});

test('what cannot be ranked is refused', async () => {
  await expect(run('percentile', column('string', 'a'), ['x', long(50)], 'string')).rejects.toThrow('type string');
  await expect(run('percentile', column('long', 1n), ['x', long(101)], 'long')).rejects.toThrow('between 0 and 100');
});
