import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scalarFunctions, scalarOperators } from '../../../harness/kql/functions/index.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { arg, evaluate, type Given } from '../support.js';

function apply(operator: string, ...given: Given[]): Promise<unknown> {
  const fn = scalarOperators.get(operator) ?? scalarFunctions.get(operator);
  if (!fn) throw new Error(`no operator ${operator}`);
  return evaluate(fn, given, 'bool');
}

const long = (value: bigint | null) => arg(value, 'long');
const real = (value: number | null) => arg(value, 'real');
const nulls: readonly KqlType[] = ['bool', 'int', 'long', 'real', 'decimal', 'datetime', 'timespan', 'guid', 'dynamic'];
const some: Readonly<Partial<Record<KqlType, Given>>> = {
  bool: arg(true),
  int: arg(1n, 'int'),
  long: arg(1n),
  real: arg(1.5),
  decimal: arg('1.5', 'decimal'),
  datetime: arg(1n, 'datetime'),
  timespan: arg(1n, 'timespan'),
  guid: arg('00000000-0000-0000-0000-000000000001', 'guid'),
  dynamic: arg('x', 'dynamic'),
};

describe.each(nulls)('null of %s', (type) => {
  const nothing = arg(null, type);
  const value = some[type] ?? nothing;

  test('equals no value, differs from every value, and compared with itself is null', async () => {
    expect(await apply('==', nothing, value)).toBe(false);
    expect(await apply('==', value, nothing)).toBe(false);
    expect(await apply('!=', nothing, value)).toBe(true);
    expect(await apply('!=', value, nothing)).toBe(true);
    expect(await apply('==', nothing, nothing)).toBeNull();
    expect(await apply('!=', nothing, nothing)).toBeNull();
    expect(await apply('==', value, value)).toBe(true);
    expect(await apply('!=', value, value)).toBe(false);
  });

  test.skipIf(type === 'dynamic')('has no order', async () => {
    for (const order of ['<', '<=', '>', '>=']) {
      expect(await apply(order, nothing, value)).toBeNull();
      expect(await apply(order, value, nothing)).toBeNull();
    }
  });

  test('is in no list and outside every list', async () => {
    expect(await apply('in', nothing, value, value)).toBe(false);
    expect(await apply('!in', nothing, value)).toBe(true);
    expect(await apply('in', value, nothing, value)).toBe(true);
  });
});

test('NaN equals nothing and has no order', async () => {
  for (const other of [Number.NaN, 1, Number.POSITIVE_INFINITY]) {
    expect(await apply('==', real(Number.NaN), real(other))).toBe(false);
    expect(await apply('!=', real(Number.NaN), real(other))).toBe(true);
    for (const order of ['<', '<=', '>', '>=']) {
      expect(await apply(order, real(Number.NaN), real(other))).toBe(false);
      expect(await apply(order, real(other), real(Number.NaN))).toBe(false);
    }
  }
  expect(await apply('in', real(Number.NaN), real(Number.NaN))).toBe(false);
  expect(await apply('between', real(Number.NaN), real(0), real(1))).toBe(false);
});

test('numbers compare over their types', async () => {
  expect(await apply('==', long(2n), real(2))).toBe(true);
  expect(await apply('<', arg(2n, 'int'), arg('2.5', 'decimal'))).toBe(true);
  expect(await apply('==', long(-(2n ** 63n)), long(-(2n ** 63n)))).toBe(true);
  expect(await apply('in', long(3n), real(2.5), arg(3n, 'int'))).toBe(true);
});

test('a dynamic value compares as a value of the other side’s type', async () => {
  const dynamic = (value: Given['value']) => arg(value, 'dynamic');
  expect(await apply('==', dynamic('text'), arg('text'))).toBe(true);
  expect(await apply('==', dynamic(5n), long(5n))).toBe(true);
  expect(await apply('==', dynamic(5.5), long(5n))).toBe(false);
  expect(await apply('>', dynamic(5.5), long(5n))).toBe(true);
  expect(await apply('==', dynamic(2n ** 60n), long(2n ** 60n + 1n))).toBe(false);
  expect(await apply('!=', dynamic(2n ** 60n), long(2n ** 60n + 1n))).toBe(true);
  expect(await apply('==', dynamic(true), arg(true))).toBe(true);
  expect(await apply('==', dynamic(null), arg(''))).toBe(true);
  expect(await apply('==', dynamic(null), long(0n))).toBe(false);
  expect(await apply('!=', dynamic(null), long(0n))).toBe(true);
  expect(await apply('==', dynamic(new Map([['a', 1n]])), dynamic(new Map([['a', 1]])))).toBe(true);
  await expect(apply('<', dynamic(1n), dynamic(2n))).rejects.toThrow(/no order/);
});

test('text in other types is read as that type', async () => {
  const guid = '01234567-89ab-cdef-0123-456789abcdef';
  expect(await apply('==', arg(guid, 'guid'), arg(guid.toUpperCase()))).toBe(true);
  expect(await apply('==', arg(guid, 'guid'), arg('no guid'))).toBe(false);
});

test('case counts for == and in, not for =~ and in~', async () => {
  expect(await apply('==', arg('Über'), arg('über'))).toBe(false);
  expect(await apply('=~', arg('Über'), arg('üBER'))).toBe(true);
  expect(await apply('!~', arg('Über'), arg('uber'))).toBe(true);
  expect(await apply('=~', arg('e\u0301'), arg('é'))).toBe(false);
  expect(await apply('in', arg('A'), arg('a'), arg('b'))).toBe(false);
  expect(await apply('in~', arg('A'), arg('a'), arg('b'))).toBe(true);
  expect(await apply('!in~', arg('A'), arg(['x', 'a']))).toBe(false);
});

test('a list may be a dynamic array', async () => {
  expect(await apply('in', arg('b'), arg(['a', 'b']))).toBe(true);
  expect(await apply('in', arg('b'), arg([]))).toBe(false);
  expect(await apply('!in', arg('b'), arg(null, 'dynamic'))).toBe(true);
  expect(await apply('in', long(2n), arg([1n, 2n]))).toBe(true);
  expect(await apply('in', arg('b', 'dynamic'), arg('a'), arg('b'))).toBe(true);
});

test('between includes both ends; a timespan counts from the lower one', async () => {
  const at = (ticks: bigint) => arg(ticks, 'datetime');
  expect(await apply('between', long(3n), long(3n), long(5n))).toBe(true);
  expect(await apply('!between', long(5n), long(3n), long(5n))).toBe(false);
  expect(await apply('between', long(2n), real(1.5), real(2.5))).toBe(true);
  expect(await apply('between', at(15n), at(10n), arg(5n, 'timespan'))).toBe(true);
  expect(await apply('between', at(16n), at(10n), arg(5n, 'timespan'))).toBe(false);
  expect(await apply('between', at(16n), at(3n * 10n ** 18n), arg(2n ** 63n - 1n, 'timespan'))).toBe(false);
  expect(await apply('!between', long(null), long(1n), long(2n))).toBeNull();
});

test('and, or with null: known where one side decides', async () => {
  const unknown = arg(null, 'bool');
  expect(await apply('and', unknown, arg(true))).toBeNull();
  expect(await apply('and', unknown, arg(false))).toBe(false);
  expect(await apply('or', unknown, arg(true))).toBe(true);
  expect(await apply('or', unknown, arg(false))).toBeNull();
});

test('contains, startswith and endswith, in either case, against plain text operations', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', 'é', 'É', '.', '%', '_', ' ', '😀', "'"), maxLength: 6 });
  const operations: [string, (text: string, part: string) => boolean][] = [
    ['contains', (value, part) => value.includes(part)],
    ['startswith', (value, part) => value.startsWith(part)],
    ['endswith', (value, part) => value.endsWith(part)],
  ];
  await fc.assert(
    fc.asyncProperty(text, text, fc.constantFrom(...operations), async (value, part, [name, model]) => {
      const expected = model(value.toLowerCase(), part.toLowerCase());
      expect(await apply(name, arg(value), arg(part))).toBe(expected);
      expect(await apply(`!${name}`, arg(value), arg(part))).toBe(!expected);
      expect(await apply(`${name}_cs`, arg(value), arg(part))).toBe(model(value, part));
    }),
    { numRuns: 60 },
  );
});

test('SQL stays small however deep comparisons nest', () => {
  const fn = scalarOperators.get('==');
  const context = { literal: () => '', convert: () => '', host: () => '', regex: () => {}, now: '' };
  let sql = 'c';
  for (let i = 0; i < 60; i++) {
    sql =
      fn?.emit(
        ['c', sql].map((text) => ({ sql: text, type: 'bool' as const, constant: undefined })),
        'bool',
        context,
      ) ?? '';
  }
  expect(sql.length).toBeLessThan(20_000);
});
