import ipaddr from 'ipaddr.js';
import { Cache } from './cache.js';
import type { Pseudonyms } from './pseudonyms.js';

/** A block of an organisation's own public addresses. */
export interface Block {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly length: number;
}

/**
 * A block from its notation.
 * @throws RangeError for anything but an address with the length of its prefix
 */
export function parseBlock(text: string): Block {
  const hint = `'${text}' is no block of addresses such as 203.0.113.0/24 or 2001:db8::/32`;
  if (!ipaddr.isValidCIDR(text)) throw new RangeError(hint);
  const [address, length] = ipaddr.parseCIDR(text);
  const least = address.kind() === 'ipv4' ? 15 : 32;
  if (length < least) throw new RangeError(`${hint}; the prefix must have ${least} bits or more`);
  return { address, length };
}

/** Internal ranges, and the bits that all of their addresses share. */
const INTERNAL: readonly (readonly [string, number])[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['fc00::', 7],
  ['fe80::', 10],
];

/** Where own public addresses go: the ranges of RFC 2544 and RFC 3849, which nobody has. */
const STAND_INS = { ipv4: ['198.18.0.0', 15], ipv6: ['2001:db8::', 32] } as const;

/**
 * Addresses that stand in for others. An internal one stays in its range, and two addresses share as long a prefix as
 * those that they stand in for: each bit is turned or kept by what comes before it (Xu, Fan, Ammar and Moon, "Prefix-
 * Preserving IP Address Anonymization", ICNP 2002).
 */
export class Addresses {
  private readonly seen = new Cache<string | undefined>();
  /** Public addresses that machines of the organisation have: of IPv6 the network, as bits. */
  private readonly learnt = new Set<string>();
  /** Another one gives other addresses under the same key. */
  salt = 0;

  constructor(
    private readonly pseudonyms: Pseudonyms,
    private readonly own: readonly Block[],
  ) {}

  /** What stands in for an address; nothing for one that is not the organisation's, and for what is no address. */
  replacement(text: string): string | undefined {
    if (this.seen.has(text)) return this.seen.get(text);
    const made = this.make(text);
    this.seen.set(text, made);
    return made;
  }

  /** What stands in for the name under which an address is looked up; nothing where none does for the address. */
  reverseName(name: string): string | undefined {
    const labels = name.toLowerCase().split('.').slice(0, -2).reverse();
    const isShort = /\.in-addr\.arpa$/i.test(name);
    const whole = isShort ? 4 : 32;
    if (labels.length > whole || labels.length < (isShort ? 1 : 2)) return undefined;
    const filled = [...labels, ...Array<string>(whole - labels.length).fill('0')];
    const address = isShort ? filled.join('.') : (filled.join('').match(/.{4}/g) ?? []).join(':');
    const stand = this.replacement(address);
    if (stand === undefined) return undefined;
    const parsed = ipaddr.parse(stand);
    const turned = isShort
      ? parsed.toByteArray().map(String)
      : [
          ...parsed
            .toByteArray()
            .map((byte) => byte.toString(16).padStart(2, '0'))
            .join(''),
        ];
    return [...turned.slice(0, labels.length).reverse(), ...name.split('.').slice(-2)].join('.');
  }

  isOwnPublic(text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.parse(text);
    return this.ownBlock(address) !== undefined || this.learnt.has(networkOf(address));
  }

  /** Learns from an address that a machine of the organisation has. */
  learn(text: string): void {
    if (!ipaddr.isValid(text)) return;
    const address = ipaddr.parse(text);
    const isPublic = ['unicast', 'reserved', 'teredo', '6to4'].includes(address.range());
    if (!isPublic || this.replacement(text) !== undefined) return;
    this.learnt.add(networkOf(address));
    this.seen.clear();
  }

  /** Turns to the first salt under which no address stands in for one of the given. */
  avoid(addresses: ReadonlySet<string>): void {
    for (this.salt = 0; this.salt < 64; this.salt += 1) {
      this.seen.clear();
      if (![...addresses].some((address) => addresses.has(this.replacement(address) ?? ''))) return;
    }
    this.salt = 0;
    this.seen.clear();
  }

  private make(text: string): string | undefined {
    if (!ipaddr.isValid(text)) return undefined;
    const address = ipaddr.parse(text);
    if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
      const inner = this.make(address.toIPv4Address().toString());
      return inner === undefined ? undefined : `::ffff:${inner}`;
    }
    const own = this.ownBlock(address);
    if (own !== undefined) return this.elsewhere(address, own);
    if (this.learnt.has(networkOf(address))) {
      const [base, length] = STAND_INS[address.kind()];
      return written(bitsOf(ipaddr.parse(base)).slice(0, length) + this.turned(bitsOf(address), 0).slice(length));
    }
    for (const [base, length] of INTERNAL) {
      const start = ipaddr.parse(base);
      if (start.kind() === address.kind() && matches(address, start, length)) {
        return written(this.turned(bitsOf(address), length));
      }
    }
    return undefined;
  }

  private ownBlock(address: ipaddr.IPv4 | ipaddr.IPv6): Block | undefined {
    return this.own.find(
      (block) => block.address.kind() === address.kind() && matches(address, block.address, block.length),
    );
  }

  /** The block itself goes where its bits, turned, lead within the range that stands in. */
  private elsewhere(address: ipaddr.IPv4 | ipaddr.IPv6, block: Block): string {
    const [base, length] = STAND_INS[address.kind()];
    const turned = this.turned(bitsOf(address), 0);
    const kept = bitsOf(ipaddr.parse(base)).slice(0, length);
    const index = this.own.indexOf(block);
    const blockBits = block.length - length;
    const place = blockBits === 0 ? '' : (index % 2 ** Math.min(blockBits, 30)).toString(2).padStart(blockBits, '0');
    return written(kept + place + turned.slice(block.length));
  }

  private turned(bits: string, fixed: number): string {
    let out = bits.slice(0, fixed);
    for (let i = fixed; i < bits.length; i += 1) {
      out += Number(bits[i]) ^ this.pseudonyms.bit(`address ${this.salt} ${bits.length} ${bits.slice(0, i)}`);
    }
    return out;
  }
}

/** Of IPv4 the address itself, of IPv6 its network. */
function networkOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return bitsOf(address).slice(0, 64);
}

function matches(address: ipaddr.IPv4 | ipaddr.IPv6, base: ipaddr.IPv4 | ipaddr.IPv6, length: number): boolean {
  return bitsOf(address).startsWith(bitsOf(base).slice(0, length));
}

function bitsOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address
    .toByteArray()
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
}

function written(bits: string): string {
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return ipaddr.fromByteArray(bytes).toString();
}
