import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operators } from '../../../harness/kql/functions/arithmetic.js';
import type { ScalarFunction } from '../../../harness/kql/functions/registry.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { MAX_DATETIME, parseDatetime } from '../../../harness/kql/values/datetime.js';
import { arg, evaluate, type Given } from '../support.js';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
const DAY = 864_000_000_000n;

function operator(name: string): ScalarFunction {
  const found = operators.find((fn) => fn.name === name);
  if (!found) throw new Error(`no operator ${name}`);
  return found;
}

function run(name: string, given: readonly Given[], type: KqlType): Promise<unknown> {
  return evaluate(operator(name), given, type);
}

const span = (ticks: bigint | null): Given => arg(ticks, 'timespan');
const time = (text: string): Given => arg(parseDatetime(text), 'datetime');

/** Longs with the limits and small numbers among them. */
const longs = fc.oneof(
  fc.bigInt(LONG_MIN, LONG_MAX),
  fc.bigInt(-10n, 10n),
  fc.constantFrom(LONG_MIN, LONG_MIN + 1n, LONG_MAX, LONG_MAX - 1n, 2n ** 31n, -(2n ** 31n), 2n ** 62n),
);

describe('whole numbers', () => {
  it.each([
    ['+', (x: bigint, y: bigint) => x + y],
    ['-', (x: bigint, y: bigint) => x - y],
    ['*', (x: bigint, y: bigint) => x * y],
  ] as const)('wrap at 64 bits under %s', async (name, model) => {
    await fc.assert(
      fc.asyncProperty(longs, longs, async (x, y) => {
        expect(await run(name, [arg(x), arg(y)], 'long')).toBe(BigInt.asIntN(64, model(x, y)));
      }),
      { numRuns: 60 },
    );
  });

  it('divide towards zero, with no value by zero', async () => {
    await fc.assert(
      fc.asyncProperty(longs, longs, async (x, y) => {
        expect(await run('/', [arg(x), arg(y)], 'long')).toBe(y === 0n ? null : BigInt.asIntN(64, x / y));
      }),
      { numRuns: 60 },
    );
  });

  it('leave a rest from zero to the size of the divisor', async () => {
    await fc.assert(
      fc.asyncProperty(longs, longs, async (x, y) => {
        const size = y < 0n ? -y : y;
        const expected = y === 0n ? null : ((x % size) + size) % size;
        expect(await run('%', [arg(x), arg(y)], 'long')).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('make a long of two ints, and are null with a null', async () => {
    const int = (value: bigint | null) => arg(value, 'int');
    expect(await run('*', [int(2147483647n), int(2147483647n)], 'long')).toBe(4611686014132420609n);
    expect(await run('+', [int(-2147483648n), int(-1n)], 'long')).toBe(-2147483649n);
    expect(await run('+', [int(null), arg(1n)], 'long')).toBeNull();
    expect(await run('/', [arg(null, 'long'), arg(0n)], 'long')).toBeNull();
  });

  it('have a negative', async () => {
    expect(await run('unary-', [arg(5n)], 'long')).toBe(-5n);
    expect(await run('unary-', [arg(LONG_MIN)], 'long')).toBe(LONG_MIN);
    expect(await run('unary-', [arg(-2147483648n, 'int')], 'long')).toBe(2147483648n);
    expect(await run('unary+', [arg(5n)], 'long')).toBe(5n);
  });
});

describe('reals', () => {
  it.each([
    ['/', 1, 0, Infinity],
    ['/', -1, 0, -Infinity],
    ['/', 0, 0, NaN],
    ['%', 5.5, 2, 1.5],
    ['%', -5.5, 2, 0.5],
    ['%', 5.5, -3, 2.5],
    ['%', 5.5, 0, NaN],
    ['*', 1e300, 1e300, Infinity],
    ['-', Infinity, Infinity, NaN],
  ])('%s of %d and %d', async (name, x, y, expected) => {
    expect(await run(name, [arg(x), arg(y)], 'real')).toBe(expected);
  });

  it('take whole numbers and dynamic ones beside them', async () => {
    expect(await run('/', [arg(7n), arg(2)], 'real')).toBe(3.5);
    expect(await run('*', [arg(2.5, 'dynamic'), arg(2)], 'real')).toBe(5);
    expect(await run('+', [arg('x', 'dynamic'), arg(2)], 'real')).toBeNull();
  });
});

describe('decimals', () => {
  it.each([
    ['+', '0.1', '0.2', '0.3'],
    ['-', '0.3', '0.1', '0.2'],
    ['*', '1.5', '-1.5', '-2.25'],
    ['/', '1', '3', '0.333333333333333333'],
    ['%', '-7.5', '2', '0.5'],
  ])('%s of %s and %s', async (name, x, y, expected) => {
    const answer = await run(name, [arg(x, 'decimal'), arg(y, 'decimal')], 'decimal');
    expect(Number(String(answer))).toBeCloseTo(Number(expected), 15);
  });

  it('are null by zero and beyond their range', async () => {
    expect(await run('/', [arg('1', 'decimal'), arg(0n)], 'decimal')).toBeNull();
    const large = arg('99999999999999999999', 'decimal');
    expect(await run('*', [large, large], 'decimal')).toBeNull();
  });
});

describe('time', () => {
  it('moves a datetime, from either side', async () => {
    const day = span(DAY);
    expect(await run('+', [time('2024-02-28'), day], 'datetime')).toBe(parseDatetime('2024-02-29'));
    expect(await run('+', [day, time('2024-02-28')], 'datetime')).toBe(parseDatetime('2024-02-29'));
    expect(await run('-', [time('2024-03-01'), day], 'datetime')).toBe(parseDatetime('2024-02-29'));
  });

  it('has no value outside the years 1 to 9999', async () => {
    const last = arg(MAX_DATETIME, 'datetime');
    expect(await run('+', [last, span(1n)], 'datetime')).toBeNull();
    expect(await run('-', [arg(0n, 'datetime'), span(1n)], 'datetime')).toBeNull();
    expect(await run('+', [last, span(LONG_MAX)], 'datetime')).toBeNull();
    expect(await run('-', [last, span(LONG_MIN)], 'datetime')).toBeNull();
    expect(await run('+', [last, span(null)], 'datetime')).toBeNull();
    expect(await run('-', [last, span(0n)], 'datetime')).toBe(MAX_DATETIME);
  });

  it('is a timespan between two datetimes', async () => {
    expect(await run('-', [time('2024-03-01'), time('2024-02-28')], 'timespan')).toBe(2n * DAY);
    expect(await run('-', [time('0001-01-01'), arg(MAX_DATETIME, 'datetime')], 'timespan')).toBe(-MAX_DATETIME);
  });

  it('is scaled by numbers and divided by time', async () => {
    expect(await run('*', [span(DAY), arg(2.5)], 'timespan')).toBe(2_160_000_000_000n);
    expect(await run('*', [arg(10n), span(DAY)], 'timespan')).toBe(10n * DAY);
    expect(await run('/', [span(DAY), arg(2n)], 'timespan')).toBe(DAY / 2n);
    expect(await run('/', [span(DAY), span(DAY / 24n)], 'real')).toBe(24);
    expect(await run('%', [span(-10n * DAY), span(3n * DAY)], 'timespan')).toBe(2n * DAY);
  });

  it('is refused where it means nothing', async () => {
    const days = span(DAY);
    await expect(run('*', [days, days], 'timespan')).rejects.toThrow(
      'The operator * is not supported for timespan and timespan.',
    );
  });
});
