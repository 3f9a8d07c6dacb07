import { expect, it } from 'vitest';
import { patternExample, patternExamples } from '../../harness/trace/pattern-example.js';

it.each([
  ['plain', 'plain'],
  [String.raw`\bhttps?://`, 'https://'],
  [String.raw`^(cmd|powershell)\.exe\s+-(e|enc)\b`, 'cmd.exe -e'],
  ['(?i)raw/[A-Za-z0-9]{8}$', 'raw/AAAAAAAA'],
  [String.raw`\d{1,3}(\.\d{1,3}){3}`, '1.1.1.1'],
  ['(?:a|b)+[^/]+(?P<file>c.*d)', 'aacad'],
  ['one|two', 'one'],
  [String.raw`^v[0-9]+([._][0-9]+)+\.exe$`, 'v0.0.exe'],
])('gives a text that %s matches', (pattern, example) => {
  expect(patternExample(pattern)).toBe(example);
  expect(example).toMatch(new RegExp(pattern.replace('(?i)', '').replace('?P<', '?<'), 'i'));
});

it('gives texts that part from it at one place', () => {
  const pattern = String.raw`^(?:https?://)?(?:a\.b|c\|d)(?::[0-9]+)?$`;
  const examples = patternExamples(pattern);
  expect(examples).toEqual(['https://a.b:0', 'http://a.b:0', 'https://c|d:0', 'a.b:0', 'https://a.b']);
  for (const example of examples) expect(example).toMatch(new RegExp(pattern));
});

it.each(['(open', '[', ')', '{3}', '\\', ''])('takes %s as it comes', (pattern) => {
  expect(typeof patternExample(pattern)).toBe('string');
});
