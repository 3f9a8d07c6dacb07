import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functions } from '../../../harness/kql/functions/dynamic.js';
import { element, member } from '../../../harness/kql/functions/path.js';
import { type Dynamic, parseDynamic, printDynamic } from '../../../harness/kql/values/dynamic.js';
import { answer, arg, caller, type Given, TestContext } from '../support.js';

/** A dynamic value from JSON text. */
function d(json: string): Given {
  const value = parseDynamic(json);
  if (value === undefined) throw new Error(`not JSON: ${json}`);
  return arg(value, 'dynamic');
}

const call = caller(functions);

const text = fc.string({ unit: 'grapheme' });
const { value: anyDynamic } = fc.letrec<{ value: Dynamic; leaf: Dynamic; array: Dynamic; bag: Dynamic }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('array'), tie('bag')),
  leaf: fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
  ),
  array: fc.array(tie('value'), { maxLength: 4 }),
  bag: fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
}));
const longs = fc.array(fc.bigInt({ min: -99n, max: 99n }), { maxLength: 8 });

describe('JSON text of dynamic values', () => {
  it('reads back as the same value', () => {
    fc.assert(
      fc.property(anyDynamic, (value) => {
        expect(parseDynamic(printDynamic(value))).toEqual(value);
      }),
    );
  });
});

describe('a path into a value', () => {
  const base = { sql: '', constant: undefined, type: 'dynamic' } as const;
  const odd = {
    a: 1,
    'b c': 2,
    'x*y': 3,
    '': 4,
    'd.e': 5,
    '0': 6,
    'q"r': 7,
    's/t': 8,
    '~t': 9,
    "it's": 10,
    'b\\c': 11,
    '\0n': 12,
  };

  it.each(Object.entries(odd))('finds the key %j', async (key, value) => {
    const bag = new TestContext().literal(new Map(Object.entries(odd).map(([k, v]) => [k, BigInt(v)])), 'dynamic');
    const context = new TestContext();
    const unknown = { sql: `(SELECT ${context.literal(key, 'string')})`, type: 'string', constant: undefined } as const;
    expect(await answer(member({ ...base, sql: bag }, key, context))).toBe(String(value));
    expect(await answer(element({ ...base, sql: bag }, unknown, context))).toBe(String(value));
  });

  it.each([
    ['[10,null,"x"]', 0n, '10'],
    ['[10,null,"x"]', 1n, null],
    ['[10,null,"x"]', 2n, '"x"'],
    ['[10,null,"x"]', 3n, null],
    ['[10,null,"x"]', -1n, '"x"'],
    ['[10,null,"x"]', -4n, null],
    ['[10]', 2n ** 63n - 1n, null],
    ['{"0":1}', 0n, null],
    ['"text"', 0n, null],
  ])('indexes %s by %s', async (json, index, expected) => {
    const context = new TestContext();
    const array = { ...base, sql: context.literal(parseDynamic(json) ?? null, 'dynamic') };
    const sql = context.literal(index, 'long');
    expect(await answer(element(array, { sql, type: 'long', constant: index }, context))).toBe(expected);
    expect(await answer(element(array, { sql: `(SELECT ${sql})`, type: 'long', constant: undefined }, context))).toBe(
      expected,
    );
    expect(await answer(element(array, { sql: `'${index}'`, type: 'dynamic', constant: undefined }, context))).toBe(
      expected,
    );
  });

  it('takes the first of a key that is there twice, as all functions do', async () => {
    const twice = '{"a":1,"a":2}';
    expect(await answer(member({ ...base, sql: `'${twice}'` }, 'a', new TestContext()))).toBe('1');
    expect(await call('bag_merge', [d(twice)])).toBe('{"a":1}');
  });

  it('does not take text for a position', async () => {
    expect(await answer(member({ ...base, sql: `'[1,2]'` }, '0', new TestContext()))).toBeNull();
    expect(
      await answer(
        element(
          { ...base, sql: `'[1,2]'` },
          { sql: `(SELECT '0')`, type: 'string', constant: undefined },
          new TestContext(),
        ),
      ),
    ).toBeNull();
  });
});

describe('parse_json', () => {
  it.each([
    ['{"a": [1, 2.0, "x"]}', '{"a":[1,2.0,"x"]}'],
    [' [ ] ', '[]'],
    ['1.50', '1.5'],
    ['null', null],
    ['', null],
    ['hello', '"hello"'],
    ["{'a':1}", '"{\'a\':1}"'],
    ['{"a":1', '"{\\"a\\":1"'],
    ['[1,]', '"[1,]"'],
    ['NaN', '"NaN"'],
    ['-inf', '"-inf"'],
    [' null', null],
    ['["a, ]", ": nan,", "some, info"]', '["a, ]",": nan,","some, info"]'],
  ])('reads %j as %j', async (json, expected) => expect(await call('parse_json', [arg(json)])).toBe(expected));

  it('takes a dynamic value as it is', async () => expect(await call('todynamic', [d('"[1]"')])).toBe('"[1]"'));

  it('reads what is printed', async () => {
    await fc.assert(
      fc.asyncProperty(anyDynamic, async (value) => {
        const json = printDynamic(value);
        const read = await call('parse_json', [arg(json)]);
        expect(read === null ? null : parseDynamic(read as string)).toEqual(value);
      }),
      { numRuns: 50 },
    );
  });
});

describe('kinds and text', () => {
  it.each([
    ['{}', 'dictionary'],
    ['[1]', 'array'],
    ['"1"', 'string'],
    ['true', 'bool'],
    ['12', 'long'],
    ['-1.5', 'double'],
    ['1e30', 'double'],
    ['123456789012345678901234', 'double'],
    ['null', 'null'],
  ])('the type of %s is %s', async (json, kind) => expect(await call('gettype', [d(json)], 'string')).toBe(kind));

  it('the type of a scalar is its own', async () =>
    expect(await call('gettype', [arg(1n, 'timespan')], 'string')).toBe('timespan'));

  it('prints bags with their keys in order', async () => {
    expect(await call('dynamic_to_json', [d('{"b":{"z":1,"y":[{"d":1,"c":2}]},"a":1}')], 'string')).toBe(
      '{"a":1,"b":{"y":[{"c":2,"d":1}],"z":1}}',
    );
  });

  it('lists the places in a value', async () => {
    expect(await call('treepath', [d('{"a":[1,{"b":2}],"c":{"d":3}}')])).toBe(
      `["['a']","['a'][0]","['a'][0]['b']","['c']","['c']['d']"]`,
    );
  });
});

describe('packing', () => {
  it('keeps every type in its JSON form', async () => {
    const values = [
      arg(1n),
      arg(2),
      arg('[1]'),
      arg(true),
      arg(0n, 'timespan'),
      arg(0n, 'datetime'),
      arg(null, 'long'),
      d('[1]'),
      arg(NaN),
    ];
    expect(await call('pack_array', values)).toBe(
      '[1,2.0,"[1]",true,"00:00:00","0001-01-01T00:00:00.0000000Z",null,[1],"NaN"]',
    );
  });

  it('packs pairs, drops the empty key', async () => {
    expect(await call('pack', [arg('a"'), arg(1n), arg(''), arg(2n), arg('b'), arg(null, 'int')])).toBe(
      '{"a\\"":1,"b":null}',
    );
  });
});

describe('arrays', () => {
  it.each<[string, Given[], string | null]>([
    ['array_concat', [d('[1]'), d('{"a":1}'), d('[]'), d('null'), d('["é"]')], '[1,"é"]'],
    ['array_reverse', [d('[1,null,"a"]')], '["a",null,1]'],
    ['array_slice', [d('[1,2,3,4,5]'), arg(1n), arg(2n)], '[2,3]'],
    ['array_slice', [d('[1,2,3,4,5]'), arg(-9n), arg(-4n)], '[1,2]'],
    ['array_slice', [d('[1,2,3]'), arg(2n), arg(1n)], '[]'],
    ['array_split', [d('[1,2,3,4,5]'), arg(-2n)], '[[1,2,3],[4,5]]'],
    ['array_split', [d('[1,2,3,4,5]'), d('[1,3]')], '[[1],[2,3],[4,5]]'],
    ['array_shift_left', [d('[1,2,3]'), arg(1n)], '[2,3,null]'],
    ['array_shift_left', [d('["a","b"]'), arg(1n)], '["b",""]'],
    ['array_shift_right', [d('[1,null,3]'), arg(1n), arg(0n)], '[0,1,null]'],
    ['array_iff', [d('[true,0,null,"x",1.5]'), arg('y'), d('[1,2]')], '["y",2,null,null,"y"]'],
    ['zip', [d('[1,2]'), d('["a"]')], '[[1,"a"],[2,null]]'],
    ['array_sort_asc', [d('["b",2,null,"a",1.5,true]')], '[1.5,2,"a","b",true,null]'],
    ['array_sort_desc', [d('["b",2,null,"a",1.5]')], '[2,1.5,"b","a",null]'],
    ['array_sort_asc', [d('[2,null,1]'), arg(false)], '[null,1,2]'],
    ['array_sort_asc', [d('[2,3,1]'), d('["b","c","a"]'), d('[1]')], '[[1,2,3],["a","b","c"],null]'],
    ['array_reverse', [d('{"a":1}')], null],
    ['array_rotate_left', [d('null'), arg(1n)], null],
  ])('%s', async (name, args, expected) => expect(await call(name, args)).toBe(expected));

  it('array_length counts, and is null for what is no array', async () => {
    expect(await call('array_length', [d('[1,[2,3],null]')], 'long')).toBe(3n);
    expect(await call('array_length', [d('{"a":1}')], 'long')).toBeNull();
  });

  it('array_sum is null over anything but numbers', async () => {
    expect(await call('array_sum', [d('[1,2.5]')], 'real')).toBe(3.5);
    expect(await call('array_sum', [d('[1,"2"]')], 'real')).toBeNull();
  });

  it.each<[Given[], bigint | null]>([
    [[d('["a","b","a"]'), arg('a')], 0n],
    [[d('["a","b","a"]'), arg('a'), arg(1n)], 2n],
    [[d('["a","b","a"]'), arg('a'), arg(-2n)], 2n],
    [[d('["a","b","a"]'), arg('a'), arg(0n), arg(-1n), arg(2n)], 2n],
    [[d('["a","b","a"]'), arg('b'), arg(0n), arg(1n)], -1n],
    [[d('[1,2]'), arg(2)], 1n],
    [[d('[1,2]'), arg('2')], -1n],
    [[d('[1]'), arg(1n), arg(0n), arg(-2n)], null],
  ])('array_index_of(%#)', async (args, expected) => expect(await call('array_index_of', args, 'long')).toBe(expected));

  it('a rotation keeps the values and turns back', async () => {
    await fc.assert(
      fc.asyncProperty(longs, fc.bigInt({ min: -20n, max: 20n }), async (items, by) => {
        const turned = (await call('array_rotate_left', [arg(items, 'dynamic'), arg(by)])) as string;
        const at = items.length === 0 ? 0 : ((Number(by) % items.length) + items.length) % items.length;
        expect(turned).toBe(printDynamic([...items.slice(at), ...items.slice(0, at)]));
        expect(await call('array_rotate_right', [d(turned), arg(by)])).toBe(printDynamic(items));
      }),
      { numRuns: 40 },
    );
  });

  it('a slice holds the positions between its ends', async () => {
    const index = fc.bigInt({ min: -10n, max: 10n });
    await fc.assert(
      fc.asyncProperty(longs, index, index, async (items, from, to) => {
        const size = BigInt(items.length);
        const [low, high] = [from, to].map((at) => (at < 0n ? at + size : at)) as [bigint, bigint];
        const expected = items.filter((_, i) => BigInt(i) >= low && BigInt(i) <= high);
        expect(await call('array_slice', [arg(items, 'dynamic'), arg(from), arg(to)])).toBe(printDynamic(expected));
      }),
      { numRuns: 40 },
    );
  });
});

describe('bags', () => {
  it.each<[string, Given[], string | null]>([
    ['bag_keys', [d('{"b":1,"a":2}')], '["b","a"]'],
    ['bag_keys', [d('[1]')], null],
    ['bag_merge', [d('{"a":1}'), d('null'), d('{"a":2,"b":3}')], '{"a":1,"b":3}'],
    ['bag_remove_keys', [d('{"a":1,"b":{"c":2,"d":3}}'), d('["a","$.b.c",7]')], '{"b":{"d":3}}'],
    ['bag_set_key', [d('{"a":1}'), arg('$.b.c'), arg('x')], '{"a":1,"b":{"c":"x"}}'],
    ['bag_set_key', [d('{"a.b":1}'), arg('a.b'), arg(2n)], '{"a.b":2}'],
    ['bag_zip', [d('["a",1,"b"]'), d('[1,2]')], '{"a":1,"b":null}'],
  ])('%s', async (name, args, expected) => expect(await call(name, args)).toBe(expected));

  it.each([
    ['a', true],
    ['$.b.c', true],
    ["$['b']['c']", true],
    ['$.b.x', false],
    ['x', false],
  ])('bag_has_key %s', async (key, expected) => {
    expect(await call('bag_has_key', [d('{"a":null,"b":{"c":1}}'), arg(key)], 'bool')).toBe(expected);
  });
});

describe('sets', () => {
  it.each<[string, Given[], string | null]>([
    ['set_union', [d('[2,1,2]'), d('[3,1.0]')], '[2,1,3]'],
    ['set_intersect', [d('["b","a","b"]'), d('["b","c"]')], '["b"]'],
    ['set_difference', [d('[1,2,2,3]'), d('[3]'), d('[1]')], '[2]'],
    ['set_difference', [d('[1]'), d('null')], null],
  ])('%s', async (name, args, expected) => expect(await call(name, args)).toBe(expected));

  it('tells text from numbers', async () => {
    expect(await call('set_has_element', [d('[1,"a"]'), arg('1')], 'bool')).toBe(false);
    expect(await call('set_has_element', [d('[1,"a"]'), arg('a')], 'bool')).toBe(true);
  });

  it('jaccard_index is a share of the union', async () => {
    expect(await call('jaccard_index', [d('[1,2,2]'), d('[2,3]')], 'real')).toBeCloseTo(1 / 3);
  });
});

describe('range and repeat', () => {
  it.each<[string, Given[], string | null]>([
    ['range', [arg(1n), arg(8n), arg(3n)], '[1,4,7]'],
    ['range', [arg(1n), arg(3n)], '[1,2,3]'],
    ['range', [arg(3n), arg(1n), arg(-1n)], '[3,2,1]'],
    ['range', [arg(3n), arg(1n)], '[]'],
    ['range', [arg(1n), arg(3n), arg(0n)], null],
    [
      'range',
      [arg(-(2n ** 63n)), arg(2n ** 63n - 1n), arg(2n ** 63n - 1n)],
      '[-9223372036854775808,-1,9223372036854775806]',
    ],
    ['range', [arg(0.5), arg(2n), arg(0.5)], '[0.5,1.0,1.5,2.0]'],
    ['range', [arg(NaN), arg(2n), arg(0.5)], null],
    ['range', [arg(0n, 'timespan'), arg(72_000_000_000n, 'timespan')], '["00:00:00","01:00:00","02:00:00"]'],
    ['range', [arg(null, 'long'), arg(1n)], null],
    ['repeat', [arg('a'), arg(2n)], '["a","a"]'],
    ['repeat', [arg(1n), arg(0n)], '[]'],
    ['repeat', [arg(1n), arg(-1n)], null],
    ['repeat', [arg('a'.repeat(1000)), arg(1_000_000n)], null],
    ['repeat', [arg(1n), arg(2n ** 63n - 1n)], null],
  ])('%s(%#)', async (name, args, expected) => expect(await call(name, args)).toBe(expected));

  it('cuts a long range off', async () => {
    const values = JSON.parse((await call('range', [arg(1n), arg(10_000_000n)])) as string) as number[];
    expect([values.length, values.at(-1)]).toEqual([1_048_576, 1_048_576]);
  });
});
