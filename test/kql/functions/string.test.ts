import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { scalarFunctions } from '../../../harness/kql/functions/index.js';
import type { Value } from '../../../harness/kql/functions/registry.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { refusal, rows } from '../query.js';
import { arg, evaluate } from '../support.js';

function call(name: string, args: readonly Value[], type: KqlType): Promise<unknown> {
  const fn = scalarFunctions.get(name);
  if (!fn) throw new Error(`no function ${name}`);
  return evaluate(
    fn,
    args.map((value) => arg(value)),
    type,
  );
}

describe('functions of text', () => {
  test.each<[string, readonly Value[], KqlType, unknown]>([
    ['strlen', ['a😀é'], 'long', 3n],
    ['strlen', ['e\u0301'], 'long', 2n],
    ['string_size', ['a😀é'], 'long', 7n],
    ['strcat', ['a', 1n, true, 2.5, ''], 'string', 'a1True2.5'],
    ['strcat_delim', ['-', 'a', '', 3n], 'string', 'a--3'],
    ['strcat_array', [['a', null, 3n, 1.5, ['x']], '|'], 'string', 'a||3|1.5|["x"]'],
    ['strcat_array', ['no array', '|'], 'string', ''],
    ['tolower', ['ÀÉ Я'], 'string', 'àé я'],
    ['toupper', ['straße é'], 'string', 'STRAßE É'],
    ['reverse', ['añ😀'], 'string', '😀ña'],
    ['strcmp', ['a', 'b'], 'long', -1n],
    ['strcmp', ['b', 'B'], 'long', 1n],
    ['strcmp', ['', ''], 'long', 0n],
    ['strrep', ['ab', 3n, ', '], 'string', 'ab, ab, ab'],
    ['strrep', ['x', -1n], 'string', ''],
    ['strrep', ['x', 5_000n], 'string', 'x'.repeat(1024)],
    ['translate', ['abc', 'xy', 'aabbcc'], 'string', 'xxyyyy'],
    ['translate', ['b', '', 'abc'], 'string', 'ac'],
    ['replace_string', ['aXbX', 'X', 'yy'], 'string', 'ayybyy'],
    ['replace_string', ['abc', '', 'x'], 'string', 'abc'],
    ['replace_strings', ['one two', ['one', 'two', ''], ['two', 3n, 'x']], 'string', 'two two'],
    ['regex_quote', ['a.b[c]-d e'], 'string', String.raw`a\.b\[c\]\-d e`],
    ['isempty', [''], 'bool', true],
    ['isempty', [' '], 'bool', false],
    ['isempty', [null], 'bool', true],
    ['isnotempty', [['']], 'bool', true],
    ['isascii', ['plain\n'], 'bool', true],
    ['isascii', ['naïve'], 'bool', false],
    ['unicode_codepoints_from_string', ['a😀'], 'dynamic', '[97,128512]'],
    ['make_string', [72n, [105n, 128512n]], 'string', 'Hi😀'],
    ['make_string', [-1n, 1_114_112n, 65n], 'string', 'A'],
    ['has_any_index', ['find the needle', ['needles', 'NEEDLE']], 'long', 1n],
    ['has_any_index', ['find', []], 'long', -1n],
    ['extract_json', ['$.a[1].b', '{"a":[0,{"b":"x"}]}'], 'string', 'x'],
    ['extract_json', ["$['a b'][-1]", '{"a b":[1,{"c":2.0}]}'], 'string', '{"c":2.0}'],
    ['extract_json', ['$.a', 'no json'], 'string', ''],
    ['extract_json', ['a.b', '{"a":{"b":1}}'], 'string', ''],
    ['extract_json', ['$.n', '{"n":7}'], 'long', 7n],
  ])('%s(%s)', async (name, args, type, expected) => {
    expect(await call(name, args, type)).toBe(expected);
  });
});

describe('substring counts code points', () => {
  test.each([
    ['héllo', 1n, 3n, 'éll'],
    ['a😀b', 1n, 1n, '😀'],
    ['abc', -2n, 1n, 'b'],
    ['abc', -9n, 2n, 'ab'],
    ['abc', 9n, 2n, ''],
    ['abc', 1n, 0n, ''],
    ['abc', 1n, 2n ** 62n, 'bc'],
    ['abc', 2n ** 62n, 1n, ''],
  ])('of %s from %s for %s: %s', async (text, start, length, expected) => {
    expect(await call('substring', [text, start, length], 'string')).toBe(expected);
  });

  test('to the end without a length', async () => {
    expect(await call('substring', ['abc', 1n], 'string')).toBe('bc');
    expect(await call('substring', ['abc', -1n], 'string')).toBe('c');
  });
});

describe('split', () => {
  test.each([
    ['a,b,,c', ',', '["a","b","","c"]'],
    ['', ',', '[""]'],
    ['a--b', '--', '["a","b"]'],
    ['abc', '', '["abc"]'],
    ['"q"/\\', '/', '["\\"q\\"","\\\\"]'],
  ])('%s by %s: %s', async (text, by, expected) => {
    expect(await call('split', [text, by], 'dynamic')).toBe(expected);
  });

  test('gives one part when asked for it', async () => {
    expect(await call('split', ['a,b', ',', 1n], 'dynamic')).toBe('["b"]');
    expect(await call('split', ['a,b', ',', 2n], 'dynamic')).toBe('[]');
    expect(await call('split', ['a,b', ',', 2n ** 40n], 'dynamic')).toBe('[]');
    expect(await call('split', ['a,b', ',', -1n], 'dynamic')).toBeNull();
  });

  test('strcat_array undoes it', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', '\n', '\u0001', '😀'), maxLength: 10 });
    const join = scalarFunctions.get('strcat_array');
    if (!join) throw new Error('no strcat_array');
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(',', 'a', '\\'), async (value, by) => {
        const parts = JSON.parse((await call('split', [value, by], 'dynamic')) as string) as string[];
        expect(parts).toEqual(value.split(by));
        expect(await evaluate(join, [arg(parts), arg(by)], 'string')).toBe(value);
      }),
      { numRuns: 50 },
    );
  });
});

describe('indexof', () => {
  test.each<[readonly Value[], bigint | null]>([
    [['a😀cd', 'd'], 3n],
    [['abc', 'x'], -1n],
    [['abc', ''], 0n],
    [['abcabc', 'abc', 1n], 3n],
    [['abcabc', 'bc', 0n, 2n], -1n],
    [['abcabc', 'bc', 0n, 3n], 1n],
    [['abcabc', 'c', -2n], 5n],
    [['abcabc', 'b', 0n, -1n, 2n], 4n],
    [['abcabc', 'b', 0n, -1n, 3n], -1n],
    [['abc', 'a', 0n, -2n], null],
    [['abc', 'a', 0n, -1n, 0n], null],
    [['abc', 'a', 2n ** 62n], -1n],
  ])('%s: %s', async (args, expected) => {
    expect(await call('indexof', args, 'long')).toBe(expected);
  });
});

test('a text too long to make is refused', async () => {
  await expect(call('strrep', ['x'.repeat(100_000), 1_024n], 'string')).rejects.toThrow(/more than/);
});

describe('format_bytes', () => {
  const formatted = async (args: string): Promise<unknown> => (await rows(`print format_bytes(${args})`))[0]?.[0];

  it.each([
    ['564', '564 Bytes'],
    ['1024', '1 KB'],
    ['10332, 1', '10.1 KB'],
    ['20010332', '19 MB'],
    ['20010332, 2', '19.08 MB'],
    ['20010332, 0, "KB"', '19541 KB'],
    ['long(null)', ''],
  ])('%s is %s', async (args, expected) => {
    expect(await formatted(args)).toBe(expected);
  });

  it('refuses what is not documented: halves, and how a size ends in zeros', async () => {
    expect((await refusal('print format_bytes(1536)')).code).toBe('unsupported-argument');
    expect((await refusal('print format_bytes(1024, 1)')).code).toBe('unsupported-argument');
  });
});
