import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functions as numberFunctions } from '../../../harness/kql/functions/number.js';
import { functions as specialFunctions } from '../../../harness/kql/functions/special.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { MAX_DATETIME, parseDatetime } from '../../../harness/kql/values/datetime.js';
import { refusal, rows } from '../query.js';
import { arg, evaluate, type Given } from '../support.js';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
const HOUR = 36_000_000_000n;
const DAY = 24n * HOUR;

function run(name: string, given: readonly Given[], type: KqlType): Promise<unknown> {
  const found = [...numberFunctions, ...specialFunctions].find((fn) => fn.name === name || fn.aliases?.includes(name));
  if (!found) throw new Error(`no function ${name}`);
  return evaluate(found, given, type);
}

const time = (text: string): Given => arg(parseDatetime(text), 'datetime');
const span = (ticks: bigint): Given => arg(ticks, 'timespan');

describe('functions of a real', () => {
  it.each([
    ['sign', NaN, 0],
    ['sign', -4, -1],
    ['round', 2.5, 3],
    ['round', -2.5, -3],
    ['ceiling', -1.1, -1],
    ['sqrt', -1, NaN],
    ['sqrt', 6.25, 2.5],
    ['log', -1, null],
    ['log', 0, -Infinity],
    ['log10', 1000, 3],
    ['log2', 8, 3],
    ['exp', 1000, Infinity],
    ['exp2', 10, 1024],
    ['exp10', 2, 100],
    ['sin', Infinity, NaN],
    ['acos', 2, NaN],
    ['cot', 0, Infinity],
    ['degrees', Math.PI, 180],
    ['gamma', 5, 24],
    ['erf', 0, 0],
  ])('%s(%d)', async (name, x, expected) => {
    expect(await run(name, [arg(x)], 'real')).toBe(expected);
    expect(await run(name, [arg(null, 'real')], 'real')).toBeNull();
  });

  it.each([
    ['isnan', [true, false, false, false]],
    ['isinf', [false, true, true, false]],
    ['isfinite', [false, false, false, true]],
  ])('%s', async (name, expected) => {
    const answers: unknown[] = [];
    for (const x of [NaN, Infinity, -Infinity, 0]) answers.push(await run(name, [arg(x)], 'bool'));
    expect(answers).toEqual(expected);
  });

  it('of two reals', async () => {
    expect(await run('pow', [arg(-8), arg(1 / 3)], 'real')).toBe(NaN);
    expect(await run('pow', [arg(2n), arg(-1n)], 'real')).toBe(0.5);
    expect(await run('atan2', [arg(1), arg(0)], 'real')).toBeCloseTo(Math.PI / 2, 15);
  });

  it('of the beta distribution', async () => {
    expect(await run('beta_cdf', [arg(0.5), arg(1), arg(1)], 'real')).toBeCloseTo(0.5, 12);
    expect(await run('beta_cdf', [arg(1.5), arg(1), arg(1)], 'real')).toBe(NaN);
    expect(await run('beta_inv', [arg(0.5), arg(2), arg(2)], 'real')).toBeCloseTo(0.5, 12);
    expect(await run('beta_pdf', [arg(0.5), arg(1), arg(1)], 'real')).toBeCloseTo(1, 12);
  });
});

describe('round', () => {
  it('keeps digits after the point, or before it', async () => {
    expect(await run('round', [arg(3.25), arg(1n)], 'real')).toBe(3.3);
    expect(await run('round', [arg(1250), arg(-2n)], 'real')).toBe(1300);
    expect(await run('round', [arg(1.5), arg(null, 'long')], 'real')).toBeNull();
    expect(await run('round', [arg(15n), arg(-1n)], 'long')).toBe(20n);
    expect(await run('round', [arg(LONG_MAX)], 'long')).toBe(LONG_MAX);
    expect(String(await run('round', [arg('1.255', 'decimal')], 'decimal'))).toMatch(/^1\.0*$/);
  });
});

describe('abs', () => {
  it('leaves the smallest long as it is, since it has no positive', async () => {
    expect(await run('abs', [arg(LONG_MIN)], 'long')).toBe(LONG_MIN);
    expect(await run('abs', [arg(-2147483648n, 'int')], 'long')).toBe(2147483648n);
    expect(await run('abs', [span(-HOUR)], 'timespan')).toBe(HOUR);
    expect(await run('abs', [arg(-1.5)], 'real')).toBe(1.5);
  });
});

describe('bin', () => {
  const longs = fc.oneof(fc.bigInt(LONG_MIN, LONG_MAX), fc.bigInt(-20n, 20n), fc.constantFrom(LONG_MIN, LONG_MAX));

  it('of a long is the multiple at or below it', async () => {
    await fc.assert(
      fc.asyncProperty(longs, longs, async (x, size) => {
        const expected = size <= 0n ? null : BigInt.asIntN(64, x - (((x % size) + size) % size));
        expect(await run('bin', [arg(x), arg(size)], 'long')).toBe(expected);
        expect(await run('floor', [arg(x), arg(size)], 'long')).toBe(expected);
      }),
      { numRuns: 80 },
    );
  });

  it('of a datetime counts from the year 1, which began on a Monday', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(0n, MAX_DATETIME), fc.bigInt(1n, 40n * DAY), async (ticks, size) => {
        expect(await run('bin', [arg(ticks, 'datetime'), span(size)], 'datetime')).toBe(ticks - (ticks % size));
      }),
      { numRuns: 40 },
    );
    expect(await run('bin', [time('2024-05-08 13:45'), span(7n * DAY)], 'datetime')).toBe(parseDatetime('2024-05-06'));
  });

  it('of reals, timespans and nulls', async () => {
    expect(await run('bin', [arg(-0.1), arg(0.5)], 'real')).toBe(-0.5);
    expect(await run('bin', [arg(4.5), arg(1n)], 'real')).toBe(4);
    expect(await run('bin', [arg(4.5), arg(0n)], 'real')).toBeNull();
    expect(await run('bin', [span(-1n), span(DAY)], 'timespan')).toBe(-DAY);
    expect(await run('bin', [arg(null, 'long'), arg(5n)], 'long')).toBeNull();
    expect(await run('bin', [arg(5n), arg(null, 'long')], 'long')).toBeNull();
    expect(String(await run('bin', [arg('-0.5', 'decimal'), arg(1n)], 'decimal'))).toMatch(/^-1\.0*$/);
  });

  it('starts where bin_at says', async () => {
    expect(await run('bin_at', [arg(6.5), arg(2.5), arg(7)], 'real')).toBe(4.5);
    expect(await run('bin_at', [arg(-7n), arg(5n), arg(1n)], 'long')).toBe(-9n);
    expect(await run('bin_at', [time('2024-05-08 09:00'), span(DAY), time('2024-01-01 10:00')], 'datetime')).toBe(
      parseDatetime('2024-05-07 10:00'),
    );
    expect(await run('bin_at', [time('0001-01-01'), span(DAY), time('2024-01-01 10:00')], 'datetime')).toBeNull();
  });
});

describe('around', () => {
  it('holds up to the distance on both sides', async () => {
    expect(await run('around', [arg(12n), arg(10n), arg(2n)], 'bool')).toBe(true);
    expect(await run('around', [arg(7n), arg(10n), arg(2n)], 'bool')).toBe(false);
    expect(await run('around', [arg(LONG_MAX), arg(LONG_MAX), arg(2n)], 'bool')).toBe(true);
    expect(await run('around', [arg(0.5), arg(1n), arg(0.4)], 'bool')).toBe(false);
    expect(await run('around', [time('2024-05-08 10:00'), time('2024-05-08 09:00'), span(HOUR)], 'bool')).toBe(true);
    expect(await run('around', [arg(1n), arg(1n), arg(null, 'long')], 'bool')).toBeNull();
  });
});

describe('bits', () => {
  it.each([
    ['binary_and', 12n, 10n, 8n],
    ['binary_or', 12n, 10n, 14n],
    ['binary_xor', -1n, 10n, -11n],
    ['binary_shift_left', 1n, 63n, LONG_MIN],
    ['binary_shift_left', 3n, 64n, 3n],
    ['binary_shift_left', -1n, 1n, -2n],
    ['binary_shift_left', 1n, -1n, null],
    ['binary_shift_right', -8n, 1n, -4n],
  ])('%s(%d, %d)', async (name, x, y, expected) => {
    expect(await run(name, [arg(x), arg(y)], 'long')).toBe(expected);
  });

  it('are turned and counted', async () => {
    expect(await run('binary_not', [arg(5n)], 'long')).toBe(-6n);
    expect(await run('bitset_count_ones', [arg(-1n)], 'long')).toBe(64n);
  });
});

describe('welch_test', () => {
  it('is the two-sided p-value', async () => {
    // Equal variances and counts: t = -sqrt(5), 8 degrees of freedom.
    const [[p]] = (await rows('print welch_test(1, 1, 5, 2.4142135623730951, 1, 5)')) as [[number]];
    expect(p).toBeCloseTo(0.055767, 5);
    expect(await rows('print welch_test(3, 1, 9, 3, 2, 4)')).toEqual([[1]]);
    expect((await refusal('print welch_test(3, 1, 1, 3, 2, 4)')).code).toBe('unsupported-argument');
  });
});
