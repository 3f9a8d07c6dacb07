import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scalarFunctions } from '../../../harness/kql/functions/index.js';
import type { Value } from '../../../harness/kql/functions/registry.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../../../harness/kql/values/ip.js';
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

describe('what is an address', () => {
  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4/33',
    '1.2.3.4/',
    ' 1.2.3.4',
    '1.2.3.4\n',
    'x',
    '-1.2.3.4',
  ])('%j is no IPv4 address', (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });

  test.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    'fe80::1%eth0',
    '::/129',
    '::1.2.3',
    '1:2:3:4:5:6:7::8:9',
  ])('%j is no IPv6 address', (text) => {
    expect(parseIpv6(text)).toBeUndefined();
  });

  test('every IPv4 address reads back as written', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(formatIpv4(parseIpv4(text)?.value ?? -1n)).toBe(text);
      }),
    );
  });

  test('every IPv6 address reads as what the URL standard reads', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        fc.pre(!text.includes('.'));
        const full = formatIpv6(parseIpv6(text)?.value ?? -1n);
        expect(new URL(`http://[${full}]`).hostname).toBe(new URL(`http://[${text}]`).hostname);
      }),
    );
  });
});

describe('functions of addresses', () => {
  test.each<[string, readonly Value[], KqlType, unknown]>([
    ['parse_ipv4', ['10.0.0.255/24'], 'long', 0x0a000000n],
    ['parse_ipv4', ['10.0.0'], 'long', null],
    ['parse_ipv4_mask', ['10.0.0.255', 25n], 'long', 0x0a000080n],
    ['parse_ipv4_mask', ['10.0.0.255', 33n], 'long', null],
    ['parse_ipv6', ['2001:db8::1'], 'string', '2001:0db8:0000:0000:0000:0000:0000:0001'],
    ['parse_ipv6', ['1.2.3.4'], 'string', '0000:0000:0000:0000:0000:ffff:0102:0304'],
    ['parse_ipv6', ['::1.2.3.4'], 'string', '0000:0000:0000:0000:0000:ffff:0102:0304'],
    ['parse_ipv6', ['64:ff9b::1.2.3.4'], 'string', '0064:ff9b:0000:0000:0000:0000:0102:0304'],
    ['parse_ipv6', ['nonsense'], 'string', ''],
    ['parse_ipv6_mask', ['2001:db8:ffff::', 36n], 'string', '2001:0db8:f000:0000:0000:0000:0000:0000'],
    ['parse_ipv6_mask', ['1.2.3.4/16', 128n], 'string', '0000:0000:0000:0000:0000:ffff:0102:0000'],
    ['format_ipv4', ['10.1.2.3', 16n], 'string', '10.1.0.0'],
    ['format_ipv4', [167_838_211n], 'string', '10.1.2.3'],
    ['format_ipv4_mask', ['10.1.2.3/8', 16n], 'string', '10.0.0.0/8'],
    ['format_ipv4_mask', ['10.1.2.3', -1n], 'string', ''],
    ['ipv4_netmask_suffix', ['10.1.2.3'], 'long', 32n],
    ['ipv4_netmask_suffix', ['10.1.2.3/7'], 'long', 7n],
    ['ipv4_compare', ['10.0.0.1', '10.0.0.2'], 'long', -1n],
    ['ipv4_compare', ['10.0.0.1/24', '10.0.0.2'], 'long', 0n],
    ['ipv4_compare', ['10.0.1.1', '10.0.0.2', 23n], 'long', 0n],
    ['ipv4_compare', ['10.0.1.1', 'x'], 'long', null],
    ['ipv4_is_match', ['10.0.0.1', '10.0.0.1'], 'bool', true],
    ['ipv4_is_match', ['10.0.0.1', '10.0.0.1', 40n], 'bool', null],
    ['ipv4_is_in_range', ['10.9.9.9', '10.0.0.0/8'], 'bool', true],
    ['ipv4_is_in_range', ['11.9.9.9', '10.0.0.0/8'], 'bool', false],
    ['ipv4_is_in_range', ['fe80::1', '10.0.0.0/8'], 'bool', null],
    ['ipv4_is_in_any_range', ['10.9.9.9', '1.0.0.0/8', '10.9.0.0/16'], 'bool', true],
    ['ipv4_is_in_any_range', ['10.9.9.9', ['1.0.0.0/8', 'x']], 'bool', false],
    ['ipv4_is_in_any_range', ['x', ['1.0.0.0/8']], 'bool', null],
    ['ipv4_is_private', ['172.31.255.255'], 'bool', true],
    ['ipv4_is_private', ['172.32.0.0'], 'bool', false],
    ['ipv4_is_private', [''], 'bool', null],
    ['ipv6_compare', ['fe80::2', 'fe80::1'], 'long', 1n],
    ['ipv6_compare', ['10.0.0.1', '::ffff:10.0.0.1'], 'long', 0n],
    ['ipv6_is_match', ['fe80::1/64', 'fe80::2'], 'bool', true],
    ['ipv6_is_in_range', ['2001:db8::5', '2001:db8::/32'], 'bool', true],
    ['ipv6_is_in_any_range', ['2001:db9::5', ['2001:db8::/32']], 'bool', false],
    ['ipv4_range_to_cidr_list', ['10.0.0.254', '10.0.1.1'], 'dynamic', '["10.0.0.254/31","10.0.1.0/31"]'],
    ['ipv4_range_to_cidr_list', ['0.0.0.0', '255.255.255.255'], 'dynamic', '["0.0.0.0/0"]'],
    ['ipv4_range_to_cidr_list', ['2.0.0.0', '1.0.0.0'], 'dynamic', null],
    ['has_ipv4', ['from 10.0.0.1:443', '10.0.0.1'], 'bool', true],
    ['has_ipv4', ['from 10.0.0.12', '10.0.0.1'], 'bool', false],
    ['has_ipv4', ['from x10.0.0.1', '10.0.0.1'], 'bool', false],
    ['has_ipv4', ['from 300.0.0.1', '300.0.0.1'], 'bool', false],
    ['has_any_ipv4', ['a 10.0.0.1 b', '1.1.1.1', '10.0.0.1'], 'bool', true],
    ['has_any_ipv4', ['a 10.0.0.1 b', ['1.1.1.1']], 'bool', false],
    ['has_ipv4_prefix', ['a 10.0.0.1 b', '10.0.'], 'bool', true],
    ['has_ipv4_prefix', ['a 10.0.0.1 b', '10.0'], 'bool', false],
    ['has_ipv4_prefix', ['a 10.0.0.1 b', '10.0.0.1'], 'bool', true],
    ['has_any_ipv4_prefix', ['a 10.0.0.1 b', ['9.', '10.']], 'bool', true],
  ])('%s(%s)', async (name, args, type, expected) => {
    expect(await call(name, args, type)).toBe(expected);
  });
});

test('a range as CIDR blocks covers it exactly, in order and without a gap', async () => {
  const number = fc.integer({ min: 0, max: 0xffff_ffff }).map(BigInt);
  await fc.assert(
    fc.asyncProperty(number, number, async (a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      const list = await call('ipv4_range_to_cidr_list', [formatIpv4(from), formatIpv4(to)], 'dynamic');
      let next = from;
      for (const block of JSON.parse(list as string) as string[]) {
        const address = parseIpv4(block);
        expect(address?.value).toBe(next);
        next += 1n << BigInt(32 - (address?.prefix ?? 0));
      }
      expect(next).toBe(to + 1n);
    }),
    { numRuns: 50 },
  );
});
