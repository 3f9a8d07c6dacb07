import { expect, test } from 'vitest';
import { column, run } from './support.js';

test('count counts rows, nulls included', async () => {
  expect(await run('count', column('long', 1n, null), [], 'long')).toBe('2');
  expect(await run('count', column('long'), [], 'long')).toBe('0');
});

test('countif counts true alone', async () => {
  expect(await run('countif', column('bool', true, false, null, true), ['x'], 'long')).toBe('2');
  expect(await run('countif', column('bool'), ['x'], 'long')).toBe('0');
});

test.each(['dcount', 'count_distinct'])('%s takes no null for a value, but the empty string', async (name) => {
  expect(await run(name, column('long', 1n, 1n, null, 2n), ['x'], 'long')).toBe('2');
  expect(await run(name, column('string', 'a', '', 'a', 'A'), ['x'], 'long')).toBe('3');
  expect(await run(name, column('guid'), ['x'], 'long')).toBe('0');
});

test.each(['dcountif', 'count_distinctif'])('%s looks at rows where the predicate is true', async (name) => {
  const input = {
    columns: { x: 'long', p: 'bool' },
    rows: [
      [1n, true],
      [2n, false],
      [3n, null],
      [4n, true],
    ],
  } as const;
  expect(await run(name, input, ['x', 'p'], 'long')).toBe('2');
});
