import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scalarFunctions, scalarOperators } from '../../../harness/kql/functions/index.js';
import type { Value } from '../../../harness/kql/functions/registry.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { arg, evaluate } from '../support.js';

const odd: Readonly<Record<'string' | 'long' | 'dynamic' | 'guid', fc.Arbitrary<Value>>> = {
  string: fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      "'",
      '"',
      '\\',
      '\0',
      '%',
      '{"a":',
      '[1,',
      '<a',
      '1.2.3.4/99',
      '::',
      '=',
      '????',
      'xn--',
      '\ud83d\ude00',
      '\u0130\u017f',
      '1e999',
      'nan',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  ),
  long: fc.oneof(
    fc.constantFrom<Value>(null, 0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 31n, 33n, 129n),
    fc.bigInt({ min: -5n, max: 5n }),
  ),
  dynamic: fc.constantFrom<Value>(
    null,
    [],
    [null],
    ['', 'a'],
    [1n, 2.5, true],
    new Map([['k', 'v']]),
    'text',
    [['x']],
    7n,
  ),
  guid: fc.constantFrom<Value>(null, '00000000-0000-0000-0000-000000000000'),
};
type Kind = keyof typeof odd;

const text: Kind[] = ['string'];
const functions: [string, Kind[], KqlType][] = [
  ...['strlen', 'string_size', 'countof', 'strcmp', 'indexof', 'parse_ipv4', 'ipv4_netmask_suffix'].map(
    (name): [string, Kind[], KqlType] => [
      name,
      ['countof', 'strcmp', 'indexof'].includes(name) ? ['string', 'string'] : text,
      'long',
    ],
  ),
  ...[
    'tolower',
    'toupper',
    'reverse',
    'regex_quote',
    'url_encode',
    'url_encode_component',
    'url_decode',
    'parse_ipv6',
    'base64_encode_tostring',
    'base64_decode_tostring',
    'punycode_from_string',
    'punycode_to_string',
    'punycode_domain_from_string',
    'punycode_domain_to_string',
    'gzip_compress_to_base64_string',
    'gzip_decompress_from_base64_string',
    'zlib_compress_to_base64_string',
    'zlib_decompress_from_base64_string',
  ].map((name): [string, Kind[], KqlType] => [name, text, 'string']),
  ...[
    'parse_url',
    'parse_urlquery',
    'parse_path',
    'parse_csv',
    'parse_xml',
    'unicode_codepoints_from_string',
    'base64_decode_toarray',
  ].map((name): [string, Kind[], KqlType] => [name, text, 'dynamic']),
  ...['isempty', 'isnotempty', 'isascii', 'isutf8', 'ipv4_is_private'].map((name): [string, Kind[], KqlType] => [
    name,
    text,
    'bool',
  ]),
  ['parse_version', text, 'decimal'],
  ['base64_decode_toguid', text, 'guid'],
  ['base64_encode_fromguid', ['guid'], 'string'],
  ['base64_encode_fromarray', ['dynamic'], 'string'],
  ['strcat', ['string', 'dynamic', 'long'], 'string'],
  ['strcat_delim', ['string', 'dynamic', 'long'], 'string'],
  ['strcat_array', ['dynamic', 'string'], 'string'],
  ['strrep', ['string', 'long', 'string'], 'string'],
  ['substring', ['string', 'long', 'long'], 'string'],
  ['substring', ['string', 'long'], 'string'],
  ['split', ['string', 'string', 'long'], 'dynamic'],
  ['split', ['string', 'string'], 'dynamic'],
  ['replace_string', ['string', 'string', 'string'], 'string'],
  ['replace_strings', ['string', 'dynamic', 'dynamic'], 'string'],
  ['translate', ['string', 'string', 'string'], 'string'],
  ['indexof', ['string', 'string', 'long', 'long', 'long'], 'long'],
  ['make_string', ['long', 'dynamic'], 'string'],
  ['has_any_index', ['string', 'dynamic'], 'long'],
  ['extract_json', ['string', 'string'], 'string'],
  ['ipv4_compare', ['string', 'string', 'long'], 'long'],
  ['ipv6_compare', ['string', 'string', 'long'], 'long'],
  ['ipv4_is_in_any_range', ['string', 'dynamic'], 'bool'],
  ['ipv6_is_in_any_range', ['string', 'string', 'string'], 'bool'],
  ['ipv4_range_to_cidr_list', ['string', 'string'], 'dynamic'],
  ['parse_ipv4_mask', ['string', 'long'], 'long'],
  ['parse_ipv6_mask', ['string', 'long'], 'string'],
  ['format_ipv4', ['string', 'long'], 'string'],
  ['has_ipv4', ['string', 'string'], 'bool'],
  ['has_any_ipv4_prefix', ['string', 'dynamic'], 'bool'],
];
const operators: [string, Kind[], KqlType][] = [
  ...['=~', 'has', 'hasprefix', 'hassuffix', 'contains', 'startswith', 'endswith', 'has_cs', '!contains_cs'].map(
    (name): [string, Kind[], KqlType] => [name, ['string', 'string'], 'bool'],
  ),
  ...['in', 'in~', '!in~', 'has_any', 'has_all'].flatMap((name): [string, Kind[], KqlType][] => [
    [name, ['string', 'string', 'string', 'dynamic'], 'bool'],
    [name, ['dynamic', 'string', 'dynamic'], 'bool'],
  ]),
  ['in', ['long', 'long', 'dynamic'], 'bool'],
  ['==', ['dynamic', 'string'], 'bool'],
  ['==', ['dynamic', 'long'], 'bool'],
  ['!=', ['long', 'dynamic'], 'bool'],
  ['>', ['dynamic', 'long'], 'bool'],
];

test.each([...functions, ...operators])(
  '%s over %s takes any values, known or not when the query is compiled',
  async (name, kinds, type) => {
    const fn = scalarFunctions.get(name) ?? scalarOperators.get(name);
    if (!fn) throw new Error(`no ${name}`);
    await fc.assert(
      fc.asyncProperty(fc.tuple(...kinds.map((kind) => odd[kind])), async (values) => {
        const answer = await evaluate(
          fn,
          values.map((value, i) => arg(value, kinds[i])),
          type,
        );
        if (type === 'string') expect(answer).not.toBeNull();
      }),
      { numRuns: 15 },
    );
  },
);
