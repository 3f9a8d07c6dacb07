/** IP addresses with an optional prefix length, as numbers. IPv4 addresses are also IPv6 ones, under `::ffff:0:0/96`. */
export interface Address {
  /** The address as written; 32 bits for IPv4, 128 for IPv6. */
  readonly value: bigint;
  /** Length of the prefix after the slash; the whole length where there is none. */
  readonly prefix: number;
}

const V4_IN_V6 = 0xffff_0000_0000n;

/** Parses `a.b.c.d` or `a.b.c.d/n`: four decimal numbers without leading zeros. */
export function parseIpv4(text: string): Address | undefined {
  const split = splitPrefix(text, 32);
  const value = split && dotted(split.address);
  return split && value !== undefined ? { value, prefix: split.prefix } : undefined;
}

/**
 * Parses an IPv6 address, or an IPv4 one as the IPv6 address that holds it; `::a.b.c.d` means that too. The prefix of an
 * address written as IPv4 counts IPv4's bits.
 */
export function parseIpv6(text: string): Address | undefined {
  const v4 = parseIpv4(text.startsWith('::') && text.includes('.') ? text.replace(/^::(?:ffff:)?/i, '') : text);
  if (v4) return { value: V4_IN_V6 | v4.value, prefix: v4.prefix + 96 };
  const split = splitPrefix(text, 128);
  const value = split && groups(split.address);
  return split && value !== undefined ? { value, prefix: split.prefix } : undefined;
}

/** The address with the bits after the prefix set to zero. */
export function masked(value: bigint, prefix: number, bits: 32 | 128): bigint {
  const rest = BigInt(bits - prefix);
  return (value >> rest) << rest;
}

export function formatIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

/** All eight groups of four digits. */
export function formatIpv6(value: bigint): string {
  return (value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':');
}

function splitPrefix(text: string, bits: number): { address: string; prefix: number } | undefined {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const prefix = Number(match?.[2] ?? bits);
  return match?.[1] !== undefined && prefix <= bits ? { address: match[1], prefix } : undefined;
}

function dotted(text: string): bigint | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) : undefined;
}

function groups(text: string): bigint | undefined {
  const tail = /^(.*:)([\d.]+\.[\d.]+)$/.exec(text);
  const v4 = tail?.[2] === undefined ? undefined : dotted(tail[2]);
  if (tail && v4 === undefined) return undefined;
  const plain = v4 === undefined ? text : `${tail?.[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  const halves = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], end] = halves;
  const missing = 8 - head.length - (end?.length ?? 0);
  if (halves.length > 2 || (end ? missing < 1 : missing !== 0)) return undefined;
  const all = end ? [...head, ...Array.from({ length: missing }, () => '0'), ...end] : head;
  if (!all.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
