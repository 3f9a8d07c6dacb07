/** Functions over IP addresses. An address or range that does not parse makes the answer null (`''` for text). */
import type { KqlType } from '../types.js';
import type { Dynamic } from '../values/dynamic.js';
import { type Address, formatIpv4, formatIpv6, masked, parseIpv4, parseIpv6 } from '../values/ip.js';
import { hostCall } from './calls.js';
import { arrayOf } from './pack.js';
import type { HostFunction, ScalarFunction, Value } from './registry.js';
import { sqlFunction } from './registry.js';
import { textsOf } from './text.js';

interface Version {
  readonly name: 'ipv4' | 'ipv6';
  readonly bits: 32 | 128;
  parse(text: string): Address | undefined;
}

const v4: Version = { name: 'ipv4', bits: 32, parse: parseIpv4 };
const v6: Version = { name: 'ipv6', bits: 128, parse: parseIpv6 };

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((range) => parseIpv4(range));

/** -1, 0 or 1, over the bits that both prefixes and the third argument leave. */
function compare({ parse, bits }: Version, left: string, right: string, prefix: bigint): bigint | null {
  const [a, b] = [parse(left), parse(right)];
  if (!a || !b || prefix < 0n || prefix > bits) return null;
  const length = Math.min(a.prefix, b.prefix, Number(prefix));
  const [x, y] = [masked(a.value, length, bits), masked(b.value, length, bits)];
  return x < y ? -1n : x > y ? 1n : 0n;
}

function within({ bits }: Version, address: Address, range: Address): boolean {
  const own = masked(address.value, address.prefix, bits);
  return masked(own, range.prefix, bits) === masked(range.value, range.prefix, bits);
}

function perVersion(version: Version): HostFunction[] {
  const { name, parse } = version;
  return [
    host(`${name}_compare`, ['string', 'string', 'long'], 'long', (left: string, right: string, prefix: bigint) =>
      compare(version, left, right, prefix),
    ),
    host(`${name}_is_match`, ['string', 'string', 'long'], 'bool', (left: string, right: string, prefix: bigint) => {
      const order = compare(version, left, right, prefix);
      return order === null ? null : order === 0n;
    }),
    host(`${name}_is_in_range`, ['string', 'string'], 'bool', (ip: string, range: string) => {
      const [address, network] = [parse(ip), parse(range)];
      return address && network ? within(version, address, network) : null;
    }),
    host(`${name}_is_in_any_range`, ['string', 'dynamic'], 'bool', (ip: string, ranges: Dynamic) => {
      const address = parse(ip);
      if (!address) return null;
      return textsOf(ranges).some((range) => {
        const network = parse(range);
        return network !== undefined && within(version, address, network);
      });
    }),
  ];
}

const isPrivate = host('ipv4_is_private', ['string'], 'bool', (ip: string) => {
  const address = parseIpv4(ip);
  return address ? PRIVATE.some((range) => range && within(v4, address, range)) : null;
});

const suffix = host('ipv4_netmask_suffix', ['string'], 'long', (ip: string) => {
  const address = parseIpv4(ip);
  return address ? BigInt(address.prefix) : null;
});

const parse4 = host('parse_ipv4', ['string'], 'long', (ip: string) => network4(ip, 32n)?.value ?? null);
const parse4Mask = host('parse_ipv4_mask', ['string', 'long'], 'long', (ip: string, prefix: bigint) => {
  return network4(ip, prefix)?.value ?? null;
});

const parse6 = host('parse_ipv6', ['string'], 'string', (ip: string) => network6(ip, 128n));
const parse6Mask = host('parse_ipv6_mask', ['string', 'long'], 'string', network6);

const format4 = host('format_ipv4', ['string', 'long'], 'string', (ip: string, prefix: bigint) => {
  const network = network4(ip, prefix);
  return network ? formatIpv4(network.value) : '';
});
const format4Mask = host('format_ipv4_mask', ['string', 'long'], 'string', (ip: string, prefix: bigint) => {
  const network = network4(ip, prefix);
  return network ? `${formatIpv4(network.value)}/${network.prefix}` : '';
});

const rangeToCidrs = host('ipv4_range_to_cidr_list', ['string', 'string'], 'dynamic', (from: string, to: string) => {
  const [start, end] = [parseIpv4(from), parseIpv4(to)];
  if (!start || !end || start.value > end.value) return null;
  const list: string[] = [];
  for (let at = start.value; at <= end.value; ) {
    let bits = 0n;
    while (bits < 32n && at % (2n << bits) === 0n && at + (2n << bits) - 1n <= end.value) bits++;
    list.push(`${formatIpv4(at)}/${32n - bits}`);
    at += 1n << bits;
  }
  return list;
});

/** Addresses in a text, set off by characters that are neither letters nor digits. */
const IN_TEXT = /(?<![0-9A-Za-z])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![0-9A-Za-z])/g;

const hasIp = host('has_any_ipv4', ['string', 'dynamic'], 'bool', (text: string, ips: Dynamic) =>
  addressesIn(text, textsOf(ips), (found, ip) => found === ip && !ip.includes('/')),
);
const hasPrefix = host('has_any_ipv4_prefix', ['string', 'dynamic'], 'bool', (text: string, prefixes: Dynamic) =>
  addressesIn(text, textsOf(prefixes), (found, prefix) =>
    /^(?:\d{1,3}\.){1,3}$/.test(prefix) ? found.startsWith(prefix) : found === prefix,
  ),
);

export const hosts: readonly HostFunction[] = [
  ...perVersion(v4),
  ...perVersion(v6),
  isPrivate,
  suffix,
  parse4,
  parse4Mask,
  parse6,
  parse6Mask,
  format4,
  format4Mask,
  rangeToCidrs,
  hasIp,
  hasPrefix,
];

export const functions: readonly ScalarFunction[] = [
  ...[v4, v6].flatMap((version) => perVersion(version).map((fn) => prefixed(fn, BigInt(version.bits)))),
  ...[isPrivate, suffix, parse4, parse4Mask, parse6, parse6Mask, rangeToCidrs].map((fn) => hostCall('network', fn)),
  hostCall('network', format4, [32n]),
  hostCall('network', format4Mask, [32n]),
  overList('has_ipv4', hasIp),
  overList('has_any_ipv4', hasIp),
  overList('has_ipv4_prefix', hasPrefix),
  overList('has_any_ipv4_prefix', hasPrefix),
];

function prefixed(fn: HostFunction, bits: bigint): ScalarFunction {
  if (fn.params.includes('dynamic')) return overList(fn.name, fn);
  return hostCall('network', fn, fn.params.includes('long') ? [bits] : []);
}

/** A function of a text and a list; the list is one dynamic argument or all further arguments. */
function overList(name: string, fn: HostFunction): ScalarFunction {
  return sqlFunction('network', name, ([text, ...items], _type, context) => {
    if (!text) throw new Error(`${name} lacks an argument`);
    const [only] = items;
    const list = items.length === 1 && only?.type === 'dynamic' ? only.sql : arrayOf(items, context);
    return context.host(fn, [context.convert(text, 'string'), list]);
  });
}

function host(
  name: string,
  params: readonly KqlType[],
  returns: KqlType,
  run: (...args: never[]) => Value,
): HostFunction {
  return { name, params, returns, run };
}

function network4(text: string, prefix: bigint): Address | undefined {
  const address =
    /^\d+$/.test(text) && BigInt(text) < 2n ** 32n ? { value: BigInt(text), prefix: 32 } : parseIpv4(text);
  if (!address || prefix < 0n || prefix > 32n) return undefined;
  const length = Math.min(address.prefix, Number(prefix));
  return { value: masked(address.value, length, 32), prefix: length };
}

function network6(text: string, prefix: bigint): string {
  const address = parseIpv6(text);
  if (!address || prefix < 0n || prefix > 128n) return '';
  return formatIpv6(masked(address.value, Math.min(address.prefix, Number(prefix)), 128));
}

function addressesIn(
  text: string,
  wanted: readonly string[],
  matches: (found: string, wanted: string) => boolean,
): boolean {
  const found = (text.match(IN_TEXT) ?? []).filter((address) => parseIpv4(address));
  return found.some((address) => wanted.some((item) => matches(address, item)));
}
