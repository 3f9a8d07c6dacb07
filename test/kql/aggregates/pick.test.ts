import { describe, expect, test } from 'vitest';
import { pickAny, pickBy, pickedField } from '../../../harness/kql/aggregates/index.js';
import { arg, column, first, type Input, run, source } from './support.js';

describe('min and max', () => {
  test.each([
    ['min', 'long', [3n, null, -1n], '-1'],
    ['max', 'long', [3n, null, -1n], '3'],
    ['max', 'int', [], null],
    ['max', 'string', ['a', 'B', ''], 'a'],
    ['min', 'string', [], ''],
    ['max', 'bool', [false, true, null], true],
    ['min', 'real', [1, Number.NaN], 'NaN'],
    ['max', 'real', [1, Number.NaN], 'NaN'],
    ['min', 'real', [2.5, null, Number.NEGATIVE_INFINITY], '-Infinity'],
    ['min', 'datetime', [5n, 4n], '4'],
  ] as const)('%s of %s: %s', async (name, type, values, expected) => {
    expect(await run(name, column(type, ...values), ['x'], type)).toEqual(expected);
  });

  test('of the rows where the predicate is true', async () => {
    const input = {
      columns: { x: 'real', p: 'bool' },
      rows: [
        [1, false],
        [2, true],
        [Number.NaN, null],
        [3, true],
      ],
    } as const;
    expect(await run('minif', input, ['x', 'p'], 'real')).toBe(2);
    expect(await run('maxif', input, ['x', 'p'], 'real')).toBe(3);
  });
});

describe('the row of the greatest value', () => {
  const input = {
    columns: { v: 'long', name: 'string', w: 'real' },
    rows: [
      [null, 'none', 0],
      [5n, '', 1],
      [9n, 'first nine', null],
      [9n, 'second nine', 3],
      [5n, 'five', 4],
    ],
  } as const satisfies Input;

  function picked(kind: 'max' | 'min', from: Input): Promise<unknown> {
    const pick = pickBy(kind, arg(from, 'v'), [arg(from, 'name'), arg(from, 'w')], 'n');
    const fields = [pickedField('p', 0, 'long'), pickedField('p', 1, 'string'), pickedField('p', 2, 'real')];
    return first(
      `SELECT [${fields.map((field) => `(${field})::VARCHAR`).join(', ')}] FROM (SELECT ${pick} AS p FROM ${source(from)} t)`,
    );
  }

  test('gives all its columns, nulls and empty strings too, and the first of equals', async () => {
    expect(await picked('max', input)).toEqual(['9', 'first nine', null]);
    expect(await picked('min', input)).toEqual(['5', '', '1.0']);
  });

  test('is the first row when no row has a value', async () => {
    const rows = [
      [null, 'a', 1],
      [null, 'b', 2],
    ] as const;
    expect(await picked('max', { ...input, rows })).toEqual([null, 'a', '1.0']);
  });

  test('is null throughout, and empty for strings, without a row', async () => {
    expect(await picked('max', { ...input, rows: [] })).toEqual([null, '', null]);
  });

  test.each(['max', 'min'] as const)('NaN is the %simum', async (kind) => {
    const from = { columns: { v: 'real' }, rows: [[1], [Number.NaN], [2]] } as const;
    expect(await first(`SELECT (${pickBy(kind, arg(from, 'v'), [], '')}).c0 FROM ${source(from)} t`)).toBe('NaN');
  });

  test('any row is one row', async () => {
    const pick = pickAny([arg(input, 'v'), arg(input, 'name')], 'n');
    expect(await first(`SELECT ${pick} FROM ${source(input)} t`)).toEqual({ c0: null, c1: 'none' });
  });
});

test('take_any of one column prefers a value to none', async () => {
  expect(await run('take_any', column('long', null, 4n), ['x'], 'long')).toBe('4');
  expect(await run('take_any', column('string', '', 'a'), ['x'], 'string')).toBe('a');
  expect(await run('any', column('string', '', ''), ['x'], 'string')).toBe('');
  const input = {
    columns: { x: 'long', p: 'bool' },
    rows: [
      [1n, false],
      [2n, true],
    ],
  } as const;
  expect(await run('take_anyif', input, ['x', 'p'], 'long')).toBe('2');
});
