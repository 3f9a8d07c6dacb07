/** Bytes and texts as hostile or broken programs write them, made from sound ones. */
import type { Random } from './random.js';

/** What stands in files where it should not. */
const ODD: readonly (string | Uint8Array)[] = [
  '',
  ' ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '"',
  "'",
  ',',
  ';',
  ':',
  '{',
  '}',
  '[',
  ']',
  '\\',
  '- ',
  '? ',
  '--- \n',
  '...\n',
  '# ',
  '|\n',
  '>-\n',
  '&a ',
  '*a',
  '&a [*a]',
  '<<: *a\n',
  '!!js/function ',
  '!!binary ',
  '!<tag:yaml.org,2002:python/object> ',
  '%YAML 1.1\n',
  '__proto__',
  '"__proto__": {"x": 1}',
  '__proto__: { x: 1 }\n',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  '~',
  'true',
  'NaN',
  'Infinity',
  '-Infinity',
  '1e999',
  '-0',
  '0x10',
  '.5',
  '1_000',
  '9007199254740993',
  '99999999999999999999999999',
  '1e-400',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.9999999Z',
  '10000-01-01T00:00:00Z',
  '2026-02-30',
  'P1D',
  '1s',
  '0d',
  '999999999d',
  '\\ud800',
  '\\udc00\\ud800',
  '\\u0000',
  '\\x',
  '\ufeff',
  '\u2028',
  '\u202e',
  '\u0085',
  '\u001b[31m',
  '\u0007',
  '::error::x',
  '##vso[task.complete]',
  '##[error]x',
  '../../canary',
  '/etc/passwd',
  '/dev/zero',
  'file:///etc/passwd',
  "'; DROP TABLE x; --",
  '<script>alert(1)</script>',
  '{{x}}',
  '$(x)',
  '%s%n',
  Uint8Array.of(0xff),
  Uint8Array.of(0xc3, 0x28),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
  Uint8Array.of(0xff, 0xfe),
  Uint8Array.of(0xfe, 0xff),
  Uint8Array.of(0x1f, 0x8b, 0x08),
  Uint8Array.of(0xe9),
];

/** Repeated, these become deep or long. */
const REPEATED = ['[', '{"a":', '(', '- ', 'a: {', '"', ',', '\\', '\n', 'a,', 'x', '&a [*a,', ' '];

/** Sound bytes with one to four changes. */
export function mutated(
  random: Random,
  sound: string | Uint8Array,
  others: readonly (string | Uint8Array)[] = [],
): Buffer {
  let bytes: Buffer = Buffer.from(sound as string);
  for (let changes = 1 + random.below(4); changes > 0; changes--) bytes = changed(random, bytes, others);
  return bytes;
}

function changed(random: Random, bytes: Buffer, others: readonly (string | Uint8Array)[]): Buffer {
  const at = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + random.below(random.chance(3) ? 200 : 8));
  const splice = (...middle: Buffer[]): Buffer => Buffer.concat([bytes.subarray(0, at), ...middle, bytes.subarray(to)]);
  switch (random.below(8)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return splice();
    case 2:
      return splice(bytes.subarray(at, to), bytes.subarray(at, to));
    case 3: {
      const flipped = Buffer.from(bytes);
      if (flipped.length > 0) flipped[random.below(flipped.length)] = random.below(256);
      return flipped;
    }
    case 4: {
      if (others.length === 0) return splice(oddOf(random));
      const other = Buffer.from(random.pick(others) as string);
      const from = random.below(other.length + 1);
      return splice(other.subarray(from, from + random.below(400)));
    }
    case 5:
      return random.chance(6)
        ? splice(Buffer.from(random.pick(REPEATED).repeat(random.pick([50, 300, 1_000, 20_000]))))
        : splice(oddOf(random));
    case 6:
      return Buffer.concat([bytes.subarray(0, at), oddOf(random), bytes.subarray(at)]);
    default:
      return replacedWord(random, bytes);
  }
}

/** One of the words or values of a text in place of another one. */
function replacedWord(random: Random, bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const words = [...text.matchAll(/[\w.-]+/g)];
  if (words.length === 0) return bytes;
  const word = random.pick(words);
  const by = random.chance(2) ? oddOf(random) : Buffer.from(random.pick(words)[0], 'latin1');
  return Buffer.concat([bytes.subarray(0, word.index), by, bytes.subarray(word.index + word[0].length)]);
}

function oddOf(random: Random): Buffer {
  return Buffer.from(random.pick(ODD) as string);
}
