/**
 * Randomness that is the same on every machine: draws are a function of a key, in 32-bit whole-number arithmetic that
 * TypeScript and DuckDB do alike. `Math.random`, `hash()` and floating point have no part in it.
 *
 * A key names what is drawn for (a scenario on a host on a day), a salt what is drawn (its time, its port), so a
 * scenario's draws depend on nothing but the seed and itself.
 */
const MASK = 0xffffffff;
const OFFSET = 0x9e3779b9;
const FIRST = 0x7feb352d;
const SECOND = 0x045d9f3b;
/** Below 2^31, so that its product with a 32-bit number fits DuckDB's BIGINT. */
const STRIDE = 0x5bd1e995;

/** Scrambles a 32-bit number into another, one to one (xor-shift-multiply). */
export function mix(value: number): number {
  let x = Math.imul((value + OFFSET) >>> 0, FIRST) >>> 0;
  x = (x ^ (x >>> 15)) >>> 0;
  x = Math.imul(x, SECOND) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

/** The key of `part` within `key`. */
export function combine(key: number, part: number): number {
  return mix((key + Math.imul(part, STRIDE)) >>> 0);
}

/** The 32-bit key of a name (FNV-1a over UTF-8, then scrambled). */
export function keyOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(parts.join('\u0000'), 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return mix(hash);
}

/** SQL text of `mix(x)`; `x` is SQL that gives a BIGINT of 0 to 2^32-1. */
export function mixSql(x: string): string {
  const a = `((((${x}) + ${OFFSET}) & ${MASK}) * ${FIRST} & ${MASK})`;
  const b = `(xor(${a}, ${a} >> 15) * ${SECOND} & ${MASK})`;
  return `xor(${b}, ${b} >> 16)`;
}

/** SQL text of `combine(key, part)`. Pass columns, not long expressions: the text holds `key` four times. */
export function combineSql(key: string, part: string | number): string {
  const step =
    typeof part === 'number' ? String(Math.imul(part, STRIDE) >>> 0) : `((${part})::BIGINT * ${STRIDE} & ${MASK})`;
  return mixSql(`(${key} + ${step}) & ${MASK}`);
}

/** A stream of draws for what is made in TypeScript. */
export class Draws {
  private readonly key: number;
  private count = 0;

  constructor(key: number) {
    this.key = key;
  }

  /** A number of 0 to `limit - 1`. */
  below(limit: number): number {
    this.count += 1;
    return combine(this.key, this.count) % limit;
  }

  /** One of the items; throws on an empty list. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  /** `length` characters of an alphabet. */
  text(alphabet: string, length: number): string {
    let text = '';
    for (let index = 0; index < length; index += 1) text += alphabet.charAt(this.below(alphabet.length));
    return text;
  }
}
