/** Equality and order of dynamic values. */
import { type Dynamic, isArray, isBag, printDynamic } from './dynamic.js';

/** Numbers are equal by value, whether whole or real; everything else by kind and content, bags in any order of keys. */
export function same(a: Dynamic, b: Dynamic): boolean {
  return identity(a) === identity(b);
}

/** A text that two values share exactly when they are the same. */
export function identity(value: Dynamic): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(BigInt(value)) : printDynamic(value);
  if (isArray(value)) return `[${value.map(identity).join()}]`;
  if (isBag(value))
    return `{${[...value]
      .map(([key, item]) => `${JSON.stringify(key)}:${identity(item)}`)
      .sort()
      .join()}}`;
  return printDynamic(value);
}

/**
 * Order of two values in a sorted array: numbers, then strings, then the rest, in both directions; only inside a kind
 * does the direction turn.
 */
export function ascending(a: Dynamic, b: Dynamic, direction: 1 | -1): number {
  const [kindA, kindB] = [kind(a), kind(b)];
  if (kindA !== kindB) return kindA - kindB;
  if (kindA === 2) return 0;
  const [x, y] = [a as bigint | number | string, b as bigint | number | string];
  return direction * (x < y ? -1 : x > y ? 1 : 0);
}

function kind(value: Dynamic): number {
  if (typeof value === 'bigint' || typeof value === 'number') return 0;
  return typeof value === 'string' ? 1 : 2;
}
