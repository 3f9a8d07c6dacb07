import { createHmac } from 'node:crypto';
import { Cache } from './cache.js';

/** What a value is, and so what stands in for it. */
export type Kind =
  | 'host'
  | 'user'
  | 'domain'
  | 'sid'
  | 'id'
  | 'address'
  | 'own public address'
  | 'MAC address'
  | 'e-mail address'
  | 'random text'
  | 'encoded text'
  | 'name of a file'
  | `secret: ${string}`;

const BASE32 = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * Names that stand in for others: the same for the same value under one key, and told back by nobody without it
 * (HMAC-SHA-256). Case does not matter, for neither product minds it.
 */
export class Pseudonyms {
  private readonly made = new Cache<string>();

  /** @param key at least 32 bytes that nobody else knows */
  constructor(private readonly key: Uint8Array) {}

  /** `host-` and ten characters: 50 bits, so that a million names hardly meet. */
  name(prefix: string, value: string): string {
    return this.keep(`name ${prefix} ${value.toLowerCase()}`, (message) => {
      const bytes = this.bytes(message, 10);
      return `${prefix}-${Array.from(bytes, (byte) => BASE32[byte % 32]).join('')}`;
    });
  }

  /** A text of the same length whose characters are of the same kinds: digits, hexadecimals, small and large letters. */
  shape(value: string): string {
    return this.keep(`shape ${value}`, (message) => {
      const bytes = this.bytes(message, value.length);
      const isHex = /^[0-9a-f{}()-]+$/i.test(value);
      return Array.from(value, (char, i) => like(char, bytes[i] ?? 0, isHex)).join('');
    });
  }

  /** A number below 2^32. */
  number(message: string): number {
    return new DataView(this.bytes(`number ${message}`, 4).buffer).getUint32(0);
  }

  /** One bit. */
  bit(message: string): 0 | 1 {
    return ((this.bytes(`bit ${message}`, 1)[0] ?? 0) & 1) as 0 | 1;
  }

  /** Forgets what was made, so that the key alone leads back to it. */
  forget(): void {
    this.made.clear();
    this.key.fill(0);
  }

  private keep(message: string, make: (message: string) => string): string {
    let made = this.made.get(message);
    if (made === undefined) {
      made = make(message);
      this.made.set(message, made, made.length);
    }
    return made;
  }

  /** The message is read once, however many bytes come of it. */
  private bytes(message: string, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const first = createHmac('sha256', this.key).update(`0 ${message}`).digest();
    for (let at = 0; at < length; at += 32) {
      const digest = at === 0 ? first : createHmac('sha256', this.key).update(`${at} `).update(first).digest();
      bytes.set(digest.subarray(0, Math.min(32, length - at)), at);
    }
    return bytes;
  }
}

const DIGITS = '0123456789';
const HEX = '0123456789abcdef';
const SMALL = 'abcdefghijklmnopqrstuvwxyz';

function like(char: string, byte: number, isHex: boolean): string {
  const from = (alphabet: string): string => alphabet[byte % alphabet.length] ?? char;
  if (isHex && /[0-9a-f]/.test(char)) return from(HEX);
  if (isHex && /[A-F]/.test(char)) return from(HEX).toUpperCase();
  if (/[0-9]/.test(char)) return from(DIGITS);
  if (/[a-z]/.test(char)) return from(SMALL);
  return /[A-Z]/.test(char) ? from(SMALL).toUpperCase() : char;
}
