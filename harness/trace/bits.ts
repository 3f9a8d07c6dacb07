/** Sets of rows as bits, so that a condition is decided for all rows at once, 32 at a time. */
export type Bits = Uint32Array;

/** A condition over rows, of which each is true, false or null. */
export interface Truth {
  readonly yes: Bits;
  readonly no: Bits;
}

export function bits(size: number): Bits {
  return new Uint32Array(Math.ceil(size / 32));
}

/** All rows, and no bit beyond the last. */
export function every(size: number): Bits {
  const all = bits(size).fill(0xffffffff);
  if (size % 32 !== 0) all[all.length - 1] = 2 ** (size % 32) - 1;
  return all;
}

export function setBit(set: Bits, index: number): void {
  set[index >>> 5] = (set[index >>> 5] ?? 0) | (1 << (index & 31));
}

export function hasBit(set: Bits, index: number): boolean {
  return (((set[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
}

export function and(a: Bits, b: Bits): Bits {
  return a.map((word, i) => word & (b[i] ?? 0));
}

export function or(a: Bits, b: Bits): Bits {
  return a.map((word, i) => word | (b[i] ?? 0));
}

export function xor(a: Bits, b: Bits): Bits {
  return a.map((word, i) => word ^ (b[i] ?? 0));
}

export function andNot(a: Bits, b: Bits): Bits {
  return a.map((word, i) => word & ~(b[i] ?? 0));
}

export function isEmpty(set: Bits): boolean {
  return set.every((word) => word === 0);
}

/** The rows of a set, in order. */
export function* members(set: Bits): Generator<number> {
  for (const [at, word] of set.entries()) {
    for (let left = word; left !== 0; left &= left - 1) yield at * 32 + (31 - Math.clz32(left & -left));
  }
}
