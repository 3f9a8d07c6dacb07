import type { Random } from './random.js';

/** Texts that break quoting, patterns and parsers. */
export const ODD_TEXTS = [
  '',
  "'",
  '"',
  '\\',
  '\\\\',
  '--',
  '/*',
  '$now',
  '$1',
  '?',
  '\u0000',
  '\ud800',
  '\ufeff',
  '\u2028',
  '\u202e',
  '\u00e9',
  'e\u0301',
  '\u{1f600}',
  '%s',
  "'; DROP TABLE T; --",
  '{"a":[1,{"b":null}]}',
  '[',
  '(?<x>a+)+$',
  '(?=a)',
  '[a-',
  '\\p{Greek}',
  'a{1,2000}',
  '10.0.0.0/8',
  '::1',
  '2026-01-01',
  'yyyy-MM-dd HH:mm:ss.fffffff',
  '$.a[0]',
  'x'.repeat(300),
];

export const NUMBERS = [
  '0',
  '1',
  '2',
  '-1',
  '7',
  '100',
  '0x10',
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '99999999999999999999999',
  '1.5',
  '1e308',
  '1e999',
  '-0.0',
  'real(nan)',
  'real(+inf)',
  'int(2147483647)',
  'long(null)',
  'int(null)',
  'decimal(1.1)',
  'decimal(null)',
];

/** A literal of a text in one of the ways that the language has. */
export function quoted(random: Random, text: string): string {
  switch (random.below(4)) {
    case 0:
      return `@'${text.replaceAll("'", "''")}'`;
    case 1:
      return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 2:
      return `h"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    default:
      return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  }
}
