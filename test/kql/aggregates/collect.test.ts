import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../harness/kql/functions/registry.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { parseDynamic, printDynamic } from '../../../harness/kql/values/dynamic.js';
import { column, long, run } from './support.js';

const dynamic = (text: string): Value => parseDynamic(text) ?? null;

describe('make_list', () => {
  test.each<[KqlType, Value[], string]>([
    ['bool', [true, null, false], '[true,false]'],
    ['int', [3n, null, 1n, 3n], '[3,1,3]'],
    ['long', [9223372036854775807n], '[9223372036854775807]'],
    ['real', [1, 0.1, null, 1e300], '[1.0,0.1,1e300]'],
    ['real', [Number.NaN, 2, Number.NEGATIVE_INFINITY], '["NaN",2.0,"-Infinity"]'],
    ['decimal', ['1.50'], '["1.5"]'],
    ['string', ['a"b', '', 'é', '\\', '\u0000'], '["a\\"b","","é","\\\\","\\u0000"]'],
    ['datetime', [638_396_640_000_000_000n, null], '["2024-01-01T00:00:00.0000000Z"]'],
    ['timespan', [864_000_000_001n], '["1.00:00:00.0000001"]'],
    ['guid', ['00000000-0000-0000-0000-00000000000a', null], '["00000000-0000-0000-0000-00000000000a"]'],
    ['dynamic', [dynamic('{"a":[1,1.0]}'), null, dynamic('"x"')], '[{"a":[1,1.0]},null,"x"]'],
    ['dynamic', [dynamic('[1,[2,"a"],null]'), dynamic('[]'), null, dynamic('3')], '[1,[2,"a"],null,null,3]'],
    ['long', [], '[]'],
    ['dynamic', [null], '[null]'],
    ['datetime', [], '[]'],
  ])('of %s: %s', async (type, values, expected) => {
    expect(await run('make_list', column(type, ...values), ['x'], 'dynamic', 'n')).toBe(expected);
  });

  test('takes the order it is given, and stops at its limit', async () => {
    const input = column('string', 'c', 'a', 'b');
    expect(await run('make_list', input, ['x'], 'dynamic', 'n DESC')).toBe('["b","a","c"]');
    expect(await run('make_list', input, ['x', long(2)], 'dynamic', 'n')).toBe('["c","a"]');
    expect(await run('make_list', input, ['x', long(9_999_999)], 'dynamic', 'n')).toBe('["c","a","b"]');
  });

  test('with nulls', async () => {
    expect(await run('make_list_with_nulls', column('long', 1n, null), ['x'], 'dynamic')).toBe('[1,null]');
    expect(await run('make_list_with_nulls', column('dynamic', dynamic('{}'), null), ['x'], 'dynamic')).toBe(
      '[{},null]',
    );
    expect(await run('make_list_with_nulls', column('timespan', null, 0n), ['x'], 'dynamic')).toBe('[null,"00:00:00"]');
  });

  test('of rows where the predicate is true', async () => {
    const input = {
      columns: { x: 'long', p: 'bool' },
      rows: [
        [1n, true],
        [2n, false],
        [3n, null],
      ],
    } as const;
    expect(await run('make_list_if', input, ['x', 'p'], 'dynamic')).toBe('[1]');
    expect(await run('make_set_if', input, ['x', 'p'], 'dynamic')).toBe('[1]');
  });

  test('the deprecated spellings stop at 128', async () => {
    const input = column('long', ...Array.from({ length: 200 }, (_, i) => BigInt(i)));
    for (const name of ['makelist', 'makeset']) {
      expect(JSON.parse(String(await run(name, input, ['x'], 'dynamic', 'n')))).toHaveLength(128);
    }
  });
});

describe('make_set', () => {
  test('keeps first appearances where the input has an order, else sorts', async () => {
    const input = column('string', 'c', 'a', 'c', '', 'b', 'a');
    expect(await run('make_set', input, ['x'], 'dynamic', 'n')).toBe('["c","a","","b"]');
    expect(await run('make_set', input, ['x'], 'dynamic')).toBe('["","a","b","c"]');
    expect(await run('make_set', input, ['x', long(2)], 'dynamic', 'n')).toBe('["c","a"]');
  });

  test('drops nulls', async () => {
    expect(await run('make_set', column('int', null, 2n, null), ['x'], 'dynamic')).toBe('[2]');
    expect(await run('make_set', column('int', null), ['x'], 'dynamic')).toBe('[]');
    expect(await run('make_set', column('int', null), ['x'], 'dynamic', 'n')).toBe('[]');
  });

  test.each(['', 'n'])('takes arrays of a dynamic column apart, one level (order %j)', async (order) => {
    const texts = ['["a","b"]', '["b",["c"],null]', '{"k":1}', '"a"', '[]'];
    const value = await run('make_set', column('dynamic', ...texts.map(dynamic)), ['x'], 'dynamic', order);
    const items = parseDynamic(String(value)) as readonly Value[];
    expect(items.map((item) => printDynamic(item as never)).sort()).toEqual(['"a"', '"b"', '["c"]', '{"k":1}']);
  });

  test('holds each value once, in the order of first appearance', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.bigInt({ min: -5n, max: 5n })), { maxLength: 30 }), async (values) => {
        const expected = [...new Set(values.filter((value) => value !== null))];
        expect(await run('make_set', column('long', ...values), ['x'], 'dynamic', 'n')).toBe(printDynamic(expected));
      }),
      { numRuns: 50 },
    );
  });
});

describe('make_bag', () => {
  const input = column('dynamic', ...['{"a":1}', '{"a":2,"b":null}', '[1]', '{"10":"x"}'].map(dynamic), null);

  test('merges bags; the first value of a key stays', async () => {
    expect(await run('make_bag', input, ['x'], 'dynamic', 'n')).toBe('{"a":1,"b":null,"10":"x"}');
    expect(await run('make_bag', input, ['x', long(2)], 'dynamic', 'n')).toBe('{"a":1,"b":null}');
    expect(await run('make_bag', column('dynamic'), ['x'], 'dynamic')).toBe('{}');
  });
});

test('buildschema admits every value', async () => {
  const texts = ['{"host":"a","port":1}', '{"port":"https","tags":["x",2]}', '{"port":{"low":1.5}}'];
  expect(await run('buildschema', column('dynamic', ...texts.map(dynamic)), ['x'], 'dynamic', 'n')).toBe(
    '{"host":"string","port":["long","string",{"low":"double"}],"tags":{"`indexer`":["string","long"]}}',
  );
});
