import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scalarFunctions, scalarOperators } from '../../../harness/kql/functions/index.js';
import { planRegex } from '../../../harness/kql/functions/regex.js';
import type { Value } from '../../../harness/kql/functions/registry.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { arg, evaluate } from '../support.js';

function call(name: string, args: readonly Value[], type: KqlType): Promise<unknown> {
  const fn = scalarFunctions.get(name) ?? scalarOperators.get(name);
  if (!fn) throw new Error(`no function ${name}`);
  return evaluate(
    fn,
    args.map((value) => arg(value)),
    type,
  );
}

describe('matches regex', () => {
  test.each([
    ['abc123', String.raw`\d{3}$`, true],
    ['ABC', 'abc', false],
    ['ABC', '(?i)abc', true],
    ['line1\nline2', '1.l', false],
    ['line1\nline2', '(?s)1.l', true],
    ['line1\nline2', '^line2', false],
    ['line1\nline2', '(?m)^line2', true],
    ['anything', '', true],
    ['a/b', String.raw`a\/b`, true],
    ['C:\\x', String.raw`^[A-Z]:\\`, true],
    ['x]', '[]]', true],
    ['a\u000bb', String.raw`a\sb`, true],
    ['xyz', '[a-z&&[^x]]{2}', true],
    ['aaaa', 'a**b', false],
  ])('%j matches regex %j: %j', async (text, pattern, expected) => {
    expect(await call('matches regex', [text, pattern], 'bool')).toBe(expected);
  });

  test.each([
    ['٣٤', String.raw`^\d\d$`, true],
    ['Größe', String.raw`^\w+$`, true],
    ['a\u00a0b', String.raw`a\sb`, true],
    ['über', String.raw`\bber`, false],
    ['Größe 5', String.raw`^\S+\s\D*\d$`, true],
  ])('classes and boundaries know Unicode: %j matches regex %j: %j', async (text, pattern, expected) => {
    expect(await call('matches regex', [text, pattern], 'bool')).toBe(expected);
  });

  test.each([
    ['(?=x)y', /look-around/],
    [String.raw`(a)\1`, /backreference/],
    ['(', /unclosed group/],
    [String.raw`\w{9000}`, /size limit/],
  ])('%s is refused with the reason', (pattern, reason) => {
    expect(() => planRegex(pattern)).toThrow(reason);
  });
});

describe('extract', () => {
  test.each([
    ['user: ann, age: 31', String.raw`user: (\w+), age: (\d+)`, 2n, '31'],
    ['user: ann, age: 31', String.raw`user: (\w+), age: (\d+)`, 0n, 'user: ann, age: 31'],
    ['user: ann', String.raw`user: (\w+)`, 7n, ''],
    ['nothing', String.raw`user: (\w+)`, 1n, ''],
    ['b', '(a)?(b)', 1n, ''],
    ['b', '(a)?(b)', 2n, 'b'],
    ['Straße 12', String.raw`(\w+) (\d+)`, 1n, 'Straße'],
  ])('of %s by %s, group %s: %s', async (text, pattern, group, expected) => {
    expect(await call('extract', [pattern, group, text], 'string')).toBe(expected);
  });
});

describe('extract_all', () => {
  test.each([
    [String.raw`(\d+)`, null, 'a1 b22', '["1","22"]'],
    [String.raw`([a-z])(\d)?`, null, 'a1 b', '[["a","1"],["b",""]]'],
    [String.raw`([a-z])(\d)`, [2n], 'a1 b2', '["1","2"]'],
    ['(?P<k>[a-z])=(?P<v>.)', ['v', 1n], 'a=1 b=2', '[["1","a"],["2","b"]]'],
    [String.raw`(\d)`, null, 'none', null],
    [String.raw`(\w+)`, null, 'é è', '["é","è"]'],
  ])('%s %s of %s: %s', async (pattern, groups, text, expected) => {
    const args = groups === null ? [pattern, text] : [pattern, groups, text];
    expect(await call('extract_all', args, 'dynamic')).toBe(expected);
  });

  test('a pattern without a group is refused', async () => {
    await expect(call('extract_all', ['a', 'aa'], 'dynamic')).rejects.toThrow(/capture group/);
  });
});

describe('replace_regex', () => {
  test.each([
    ['one two', String.raw`(\w+) (\w+)`, String.raw`\2 \1`, 'two one'],
    ['abc', 'b', String.raw`[\0]`, 'a[b]c'],
    ['abc', 'b', String.raw`\9x\\n$1`, String.raw`ax\n$1c`],
    ['abc', 'x*', '-', '-a-b-c-'],
    ['é1é2', String.raw`\d`, '#', 'é#é#'],
    ['aXbX', 'X', '', 'ab'],
    ['b', '(a)?b', String.raw`<\1>`, '<>'],
  ])('%j by %j with %j: %j', async (text, pattern, rewrite, expected) => {
    expect(await call('replace_regex', [text, pattern, rewrite], 'string')).toBe(expected);
    expect(await call('replace', [pattern, rewrite, text], 'string')).toBe(expected);
  });
});

describe('trim takes one match off an end', () => {
  test.each([
    ['trim', '-+', '--a-b--', 'a-b'],
    ['trim', '-', '--a--', '-a-'],
    ['trim_start', 'x|y', 'xyz', 'yz'],
    ['trim_end', 'x|y', 'zxy', 'zx'],
    ['trim_end', String.raw`\s+`, 'a b \t\n', 'a b'],
    ['trim', String.raw`\W+`, '«é»', 'é'],
    ['trim', 'a+', 'aaa', ''],
  ])('%s(%j, %j): %j', async (name, pattern, text, expected) => {
    expect(await call(name, [pattern, text], 'string')).toBe(expected);
  });
});

test.each([
  [['aaaa', 'aa', 'normal'], 3n],
  [['aaaa', 'aa', 'regex'], 2n],
  [['a.a.a', '.', 'normal'], 2n],
  [['é1 é22', String.raw`\w\d`, 'regex'], 2n],
  [['abc', '', 'normal'], 0n],
])('countof %s: %s', async (args, expected) => {
  const fn = scalarFunctions.get('countof');
  if (!fn) throw new Error('no countof');
  const [text = '', sought = '', kind = ''] = args;
  const withKind = {
    ...fn,
    emit: (given: Parameters<typeof fn.emit>[0], ...rest: [KqlType, Parameters<typeof fn.emit>[2]]) =>
      fn.emit([...given, { sql: '', type: 'string', constant: kind }], ...rest),
  };
  expect(await evaluate(withKind, [arg(text), arg(sought)], 'long')).toBe(expected);
});

test.each([
  [['abcabc', 'b.', 0n, -1n, 2n], 4n],
  [['abcabc', 'b.', 2n, 2n, 1n], -1n],
  [['😀ab', '[b]', 0n, -1n, 1n], 2n],
  [['abc', 'c', -1n, -1n, 1n], 2n],
  [['abc', 'c', 0n, -1n, 0n], null],
])('indexof_regex %s: %s', async (args, expected) => {
  expect(await call('indexof_regex', args, 'long')).toBe(expected);
});

// evaluate() runs each call with a constant pattern (RE2 where it may) and with one from a column (Rust's library).
describe('RE2 and the engine’s own library agree wherever RE2 is used', () => {
  const atoms = fc.constantFrom(
    'a',
    'B',
    'é',
    '.',
    String.raw`\d`,
    String.raw`\w`,
    String.raw`\s`,
    String.raw`\S`,
    String.raw`\b`,
    String.raw`\B`,
    '[a-c]',
    '[^a]',
    String.raw`[\s\S]`,
    String.raw`[^\w.]`,
    '[]é]',
    '[[:alpha:]]',
    String.raw`\p{Lu}`,
    String.raw`\x41`,
    String.raw`\.`,
    String.raw`\_`,
    '^',
    '$',
    '(a|é)',
    '(?i:b)',
    '(?P<n>a)?',
    '(?:ab)',
  );
  const repeated = fc.tuple(atoms, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '*?'));
  const pattern = fc
    .array(repeated, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([atom, times]) => (/^\\[bB]$|^[$^]$/.test(atom) ? atom : atom + times)).join(''))
    .filter((text) => text.split('(?P<n>').length < 3);
  const text = fc
    .array(
      fc.constantFrom('a', 'b', 'A', 'B', 'é', 'É', '1', '٣', '_', '.', ' ', '\n', '\u000b', '\u00a0', 'k', '\u212a'),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join(''));

  test('on whether, what and how often', async () => {
    await fc.assert(
      fc.asyncProperty(pattern, text, async (regex, value) => {
        await call('matches regex', [value, regex], 'bool');
        await call('extract', [regex, 0n, value], 'string');
        await call('extract_all', [`(${regex})`, [1n], value], 'dynamic');
        await call('replace_regex', [value, regex, String.raw`<\0>`], 'string');
        await call('trim', [regex, value], 'string');
      }),
      { numRuns: 40 },
    );
  });
});
