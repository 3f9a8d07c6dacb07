import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scalarOperators } from '../../../harness/kql/functions/index.js';
import { hasTerm, lowerText } from '../../../harness/kql/functions/terms.js';
import { answer, arg, evaluate, TestContext } from '../support.js';

function holds(text: string, operator: string, ...needles: string[]): Promise<unknown> {
  const fn = scalarOperators.get(operator);
  if (!fn) throw new Error(`no operator ${operator}`);
  return evaluate(fn, [arg(text), ...needles.map((needle) => arg(needle))], 'bool');
}

describe('has finds whole terms', () => {
  test.each([
    ['cmd.exe /c whoami', 'whoami', true],
    ['cmd.exe /c whoami', 'who', false],
    ['snake_case_name', 'case', true],
    ['camelCaseName', 'case', false],
    ['port8080', '8080', false],
    ['port 8080', '8080', true],
    ['Grüße aus Köln', 'KÖLN', true],
    ['Москва слезам', 'москв', false],
    ['東京タワー', '東京', false],
    ['a\nb', 'b', true],
    ['nothing', '', true],
    ['', 'a', false],
    ['', '', true],
  ])('%j has %j: %j', async (text, needle, expected) => {
    expect(await holds(text, 'has', needle)).toBe(expected);
  });

  test.each([
    ['run evil.exe now', '.exe', true],
    ['evil.executable', '.exe', false],
    [String.raw`C:\Temp\x.dll`, String.raw`\temp\x`, true],
    [String.raw`C:\MyTemp\x.dll`, String.raw`temp\x`, false],
    ['a b', ' ', true],
    ['ab', ' ', false],
    ["it's", "it's", true],
  ])(
    'only an edge of the needle that is a letter or digit needs a boundary: %j has %j: %j',
    async (text, needle, expected) => {
      expect(await holds(text, 'has', needle)).toBe(expected);
    },
  );

  test('a later occurrence counts when an earlier one is inside a term', async () => {
    expect(await holds('concat cat', 'has', 'cat')).toBe(true);
    expect(await holds('catcat', 'has', 'cat')).toBe(false);
  });
});

test('hasprefix and hassuffix need one edge of a term', async () => {
  expect(await holds('the powershell host', 'hasprefix', 'POWER')).toBe(true);
  expect(await holds('the powershell host', 'hasprefix', 'shell')).toBe(false);
  expect(await holds('the powershell host', 'hassuffix', 'Shell')).toBe(true);
  expect(await holds('the powershell host', 'hassuffix', 'power')).toBe(false);
  expect(await holds('the powershell host', '!hassuffix_cs', 'Shell')).toBe(true);
});

test('has_any and has_all take each needle by itself', async () => {
  expect(await holds('mimikatz.exe was here', 'has_any', 'rubeus', 'MIMIKATZ', 'x')).toBe(true);
  expect(await holds('mimikatz2.exe was here', 'has_any', 'rubeus', 'mimikatz', 'x')).toBe(false);
  expect(await holds('mimikatz.exe was here', 'has_all', 'was', 'HERE')).toBe(true);
  expect(await holds('mimikatz.exe was here', 'has_all', 'was', 'there')).toBe(false);
});

test('a list may be dynamic, and hold other things than text', async () => {
  const fn = scalarOperators.get('has_any');
  if (!fn) throw new Error('no has_any');
  expect(await evaluate(fn, [arg('error 42 in x'), arg(['nothing', 42n])], 'bool')).toBe(true);
  expect(await evaluate(fn, [arg('error 421 in x'), arg(['nothing', 42n])], 'bool')).toBe(false);
  expect(await evaluate(fn, [arg('error'), arg([])], 'bool')).toBe(false);
});

test('any number of needles, more than one pattern can hold', async () => {
  const context = new TestContext();
  const needles = Array.from({ length: 3_000 }, (_, i) => `needle${i}`);
  const sql = (text: string) => hasTerm(context.literal(text, 'string'), needles, { caseSensitive: false }, context);
  expect(await answer(sql('a NEEDLE2999.'))).toBe(true);
  expect(await answer(sql('a needle3000.'))).toBe(false);
});

const letters = fc.constantFrom('a', 'b', 'I', 'k', 'S', 'é', 'É', 'я', 'Я', '7', '日');
const others = fc.constantFrom(' ', '.', '-', '_', '\\', "'", '%', '\n', '|', '😀', '\u0301');
const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: letters }, others), { maxLength: 14 })
  .map((parts) => parts.join(''));
const word = fc.array(letters, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));

describe('for every text and word, against the list of the text’s terms', () => {
  const termsOf = (value: string) => value.split(/[^\p{L}\p{Nd}]+/u);
  test.each([
    ['has', (term: string, needle: string) => term === needle],
    ['hasprefix', (term: string, needle: string) => term.startsWith(needle)],
    ['hassuffix', (term: string, needle: string) => term.endsWith(needle)],
  ])('%s', async (operator, matches) => {
    await fc.assert(
      fc.asyncProperty(text, word, fc.boolean(), async (value, needle, caseSensitive) => {
        const fold = caseSensitive ? (part: string) => part : lowerText;
        const expected = termsOf(fold(value)).some((term) => matches(term, fold(needle)));
        expect(await holds(value, caseSensitive ? `${operator}_cs` : operator, needle)).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('has_any is has of one of them', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.oneof(word, text), { minLength: 1, maxLength: 6 }), async (value, needles) => {
        const each = await Promise.all(needles.map((needle) => holds(value, 'has', needle)));
        expect(await holds(value, 'has_any', ...needles)).toBe(each.includes(true));
        expect(await holds(value, 'has_all', ...needles)).toBe(!each.includes(false));
      }),
      { numRuns: 60 },
    );
  });
});

test.each([
  ['ſet', 'set', false],
  ['İstanbul', 'istanbul', true],
  ['\u212aelvin', 'kelvin', true],
  ['ΟΔΟΣ', 'οδοσ', true],
])(
  'letters whose cases are not a pair fold as lower() folds them, for one needle or many: %j has %j: %j',
  async (text, needle, expected) => {
    expect(await holds(text, 'has', needle)).toBe(expected);
    expect(await holds(text, 'has_any', needle, 'x', 'y', 'z')).toBe(expected);
    expect(await holds(text, 'contains', needle)).toBe(expected);
    expect(await holds(text, '=~', needle)).toBe(expected);
  },
);
