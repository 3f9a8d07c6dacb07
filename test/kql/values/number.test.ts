import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeDecimal, formatDecimal, parseDecimal } from '../../../harness/kql/values/decimal.js';
import { formatReal, parseReal } from '../../../harness/kql/values/real.js';

describe('reals', () => {
  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [123456.789, '123456.789'],
    [1e20, '100000000000000000000.0'],
    [1e30, '1e30'],
    [1.5e-7, '1.5e-7'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
  ])('print %d', (value, expected) => {
    expect(formatReal(value)).toBe(expected);
  });

  it.each([
    ['1.5', 1.5],
    [' 3.25 ', 3.25],
    ['.5', 0.5],
    ['5.', 5],
    ['1e10', 1e10],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['nan', NaN],
    ['1e999', Infinity],
  ])('are read from %j', (text, expected) => {
    expect(parseReal(text)).toBe(expected);
  });

  it.each(['', '1,5', '1_0', '0x10', '1e', 'abc', '.'])('are not read from %j', (text) => {
    expect(parseReal(text)).toBeNull();
  });

  it('read as they print', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(parseReal(formatReal(value))).toBe(value);
      }),
    );
  });
});

describe('decimals', () => {
  const units = fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n);

  it('read as they print', () => {
    fc.assert(
      fc.property(units, (value) => {
        expect(parseDecimal(formatDecimal(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['1.50', '1.5'],
    ['-0.000', '0'],
    ['1e3', '1000'],
    ['12.5e-1', '1.25'],
    ['0.0000000000000000005', '0.000000000000000001'],
  ])('are read from %s', (text, expected) => {
    expect(formatDecimal(parseDecimal(text) ?? -1n)).toBe(expected);
  });

  it.each(['', '.', 'x', '1e30', '100000000000000000000', '1e-', 'NaN'])('are not read from %j', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });

  it('add and subtract exactly', () => {
    fc.assert(
      fc.property(units, units, (x, y) => {
        const sum = computeDecimal('+', x, y);
        if (sum !== null) expect(computeDecimal('-', sum, y)).toBe(x);
      }),
    );
  });
});
