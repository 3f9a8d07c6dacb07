import { expect, it } from 'vitest';
import { patternExample } from '../../harness/trace/pattern-example.js';

it.each([
  ['plain', 'plain'],
  [String.raw`\bhttps?://`, 'https://'],
  [String.raw`^(cmd|powershell)\.exe\s+-(e|enc)\b`, 'cmd.exe -e'],
  ['(?i)raw/[A-Za-z0-9]{8}$', 'raw/AAAAAAAA'],
  [String.raw`\d{1,3}(\.\d{1,3}){3}`, '1.1.1.1'],
  ['(?:a|b)+[^/]+(?P<file>c.*d)', 'aacad'],
  ['one|two', 'one'],
])('gives a text that %s matches', (pattern, example) => {
  expect(patternExample(pattern)).toBe(example);
  expect(example).toMatch(new RegExp(pattern.replace('(?i)', '').replace('?P<', '?<'), 'i'));
});

it.each(['(open', '[', ')', '{3}', '\\', ''])('takes %s as it comes', (pattern) => {
  expect(typeof patternExample(pattern)).toBe('string');
});
