import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { column, run } from './support.js';

const HUGE = 2n ** 62n;

describe('sum', () => {
  test.each([
    ['int', [2147483647n, 1n], 'long', '2147483648'],
    ['long', [], 'long', '0'],
    ['long', [null, null], 'long', '0'],
    ['long', [HUGE, HUGE], 'long', '-9223372036854775808'],
    ['long', [-HUGE, -HUGE, -HUGE], 'long', '4611686018427387904'],
    ['timespan', [10_000_000n, null, -4n], 'timespan', '9999996'],
    ['real', [0.5, null, 0.25], 'real', 0.75],
    ['real', [], 'real', 0],
    ['real', [1e308, 1e308], 'real', 'Infinity'],
    ['decimal', ['1.5', '2.25'], 'decimal', '3.750000000000000000'],
    ['decimal', [], 'decimal', '0.000000000000000000'],
    ['decimal', ['99999999999999999999', '99999999999999999999'], 'decimal', null],
  ] as const)('of %s: %s', async (type, values, result, expected) => {
    expect(await run('sum', column(type, ...values), ['x'], result)).toEqual(expected);
  });

  test('wraps at 64 bits like addition in two’s complement', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 8 }),
        async (values) => {
          const total = values.reduce((a, b) => a + b, 0n);
          expect(await run('sum', column('long', ...values), ['x'], 'long')).toBe(String(BigInt.asIntN(64, total)));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('sumif of no row is zero', async () => {
    const input = {
      columns: { x: 'long', p: 'bool' },
      rows: [
        [5n, false],
        [7n, null],
      ],
    } as const;
    expect(await run('sumif', input, ['x', 'p'], 'long')).toBe('0');
  });
});

describe('avg', () => {
  test.each([
    ['int', [1n, 2n, null], 'real', 1.5],
    ['long', [], 'real', 'NaN'],
    ['long', [null], 'real', 'NaN'],
    ['long', [HUGE, HUGE, 1n], 'real', Number(1n - 2n ** 63n) / 3],
    ['real', [1.5, 2.5], 'real', 2],
    ['timespan', [864_000_000_000n, 1_728_000_000_001n], 'timespan', '1296000000000'],
    ['timespan', [], 'timespan', null],
    ['datetime', [638_396_640_000_000_000n, 638_396_640_000_000_003n], 'datetime', '638396640000000001'],
    ['decimal', ['1', '2'], 'decimal', '1.500000000000000000'],
    ['decimal', [], 'decimal', null],
  ] as const)('of %s: %s', async (type, values, result, expected) => {
    expect(await run('avg', column(type, ...values), ['x'], result)).toEqual(expected);
  });
});

describe('spread', () => {
  test.each([
    ['variance', [1.5, 2.5, 3.5, 4.5], 5 / 3],
    ['variancep', [1.5, 2.5, 3.5, 4.5], 1.25],
    ['stdev', [2, 4], Math.SQRT2],
    ['stdevp', [2, 4, null], 1],
    ['variance', [7], 0],
    ['stdev', [], 0],
    ['stdevp', [], 0],
    ['variance', [1, Number.NaN], 'NaN'],
    ['stdev', [1, Number.POSITIVE_INFINITY], 'NaN'],
    ['variance', [1e308, -1e308], 'Infinity'],
  ] as const)('%s of %s', async (name, values, expected) => {
    const value = await run(name, column('real', ...values), ['x'], 'real');
    if (typeof expected === 'number') expect(value).toBeCloseTo(expected, 12);
    else expect(value).toBe(expected);
  });

  test('with a predicate', async () => {
    const rows = [
      [1n, true],
      [3n, true],
      [99n, false],
    ] as const;
    const input = { columns: { x: 'long', p: 'bool' }, rows } as const;
    expect(await run('varianceif', input, ['x', 'p'], 'real')).toBe(2);
    expect(await run('variancepif', input, ['x', 'p'], 'real')).toBe(1);
    expect(await run('stdevif', input, ['x', 'p'], 'real')).toBeCloseTo(Math.SQRT2, 12);
  });
});

describe('covariance', () => {
  const rows = [
    [1, 2, true],
    [2, 4, true],
    [3, 9, true],
    [4, null, true],
    [100, -7, false],
  ] as const;
  const input = { columns: { x: 'real', y: 'real', p: 'bool' }, rows } as const;

  test('leaves out a pair that lacks one', async () => {
    expect(await run('covarianceif', input, ['x', 'y', 'p'], 'real')).toBeCloseTo(3.5, 12);
    expect(await run('covariancepif', input, ['x', 'y', 'p'], 'real')).toBeCloseTo(7 / 3, 12);
  });

  test('of what is not finite or too large', async () => {
    const of = (...pairs: [number, number][]) =>
      run('covariance', { columns: { x: 'real', y: 'real' }, rows: pairs }, ['x', 'y'], 'real');
    expect(await of([1, Number.NaN], [2, 3])).toBe('NaN');
    expect(await of([1e300, 1e300], [2, 3])).toBe('Infinity');
    expect(await of()).toBeNull();
  });
});

test('bits', async () => {
  expect(await run('binary_all_and', column('long', 0b1110n, 0b0111n, null), ['x'], 'long')).toBe('6');
  expect(await run('binary_all_or', column('long', 0b1000n, 0b0001n), ['x'], 'long')).toBe('9');
  expect(await run('binary_all_xor', column('int', 0b1010n, 0b0110n), ['x'], 'int')).toBe(0b1100);
  expect(await run('binary_all_or', column('long'), ['x'], 'long')).toBeNull();
});
