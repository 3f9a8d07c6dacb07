/** `format_bytes()`: a size in the greatest unit of 1024 by which it is 1 or more, or in a given one. */
import { Refusal } from '../errors.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction } from './registry.js';

const UNITS = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const MOST_DIGITS = 15;

/**
 * Documented is that the size is rounded to so many decimals. How the cloud writes a size that ends in zeros then, rounds
 * one that is half-way, or takes what is negative, is not.
 */
const formatBytes: HostFunction = {
  name: 'format_bytes',
  params: ['real', 'long', 'string'],
  returns: 'string',
  run: (size: number, precision: bigint, unit: string) => {
    const chosen = unit === '' ? greatest(size) : UNITS.indexOf(unit);
    const digits = Number(precision);
    if (chosen < 0 || !(size >= 0) || !Number.isFinite(size) || digits < 0 || digits > MOST_DIGITS) refuse(size);
    const value = size / 1024 ** chosen;
    const text = value.toFixed(digits);
    const halfWay = Number.isInteger(value * 10 ** digits * 2) && !Number.isInteger(value * 10 ** digits);
    if (halfWay || (digits > 0 && text.endsWith('0'))) refuse(size);
    return `${text} ${UNITS[chosen]}`;
  },
};

function greatest(size: number): number {
  const exponent = UNITS.findLastIndex((_, i) => size >= 1024 ** i);
  return Math.max(exponent, 0);
}

function refuse(size: number): never {
  throw new Refusal(
    'unsupported-argument',
    `How format_bytes() writes ${size} with these arguments is not documented.`,
    'Round the number yourself: strcat(round(size / 1024, 1), " KB").',
  );
}

export const functions: readonly ScalarFunction[] = [hostCall('string', formatBytes, [0n, ''])];

export const hosts: readonly HostFunction[] = [formatBytes];
