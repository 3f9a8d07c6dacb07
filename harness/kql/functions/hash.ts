/**
 * Hashes. `hash()` is xxHash64 with seed 0 over the UTF-8 of a string, or over the eight little-endian bytes of a
 * number, datetime or timespan, read as a signed long; the cryptographic ones go over what `tostring()` gives.
 */
import xxhash from 'xxhash-wasm';
import { Refusal } from '../errors.js';
import { convert } from './conversion.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

const { h64, h64Raw } = await xxhash();

const ofString: HostFunction = {
  name: 'hash_of_string',
  params: ['string'],
  returns: 'long',
  run: (text: string) => BigInt.asIntN(64, h64(text)),
};

const ofLong: HostFunction = {
  name: 'hash_of_long',
  params: ['long'],
  returns: 'long',
  run: (value: bigint) => ofBytes((view) => view.setBigInt64(0, value, true)),
};

const ofReal: HostFunction = {
  name: 'hash_of_real',
  params: ['real'],
  returns: 'long',
  run: (value: number) => ofBytes((view) => view.setFloat64(0, value, true)),
};

export const hosts: readonly HostFunction[] = [ofString, ofLong, ofReal];

export const functions: readonly ScalarFunction[] = [
  sqlFunction('hash', 'hash', ([source, modulus], _type, context) => hash(source, modulus, context), ['hash_xxhash64']),
  ...(['md5', 'sha1', 'sha256'] as const).map((digest) =>
    sqlFunction('hash', `hash_${digest}`, ([source], _type, context) => `${digest}(${text(source, context)})`),
  ),
];

/** With a modulus, the hash counts as unsigned; a modulus below 1 gives null. */
function hash(source: Arg | undefined, modulus: Arg | undefined, context: EmitContext): string {
  const value = hashed(source, context);
  if (modulus === undefined) return value;
  const by = `(${convert(modulus, 'long', context)})`;
  return `CASE WHEN ${by} > 0 THEN (((${value})::HUGEINT & ${2n ** 64n - 1n}::HUGEINT) % ${by})::BIGINT END`;
}

function hashed(source: Arg | undefined, context: EmitContext): string {
  switch (source?.type) {
    case 'string':
      return context.host(ofString, [source.sql]);
    case 'long':
    case 'datetime':
    case 'timespan':
      return context.host(ofLong, [source.sql]);
    case 'real':
      return context.host(ofReal, [source.sql]);
    default:
      throw new Refusal(
        'unsupported-argument',
        `hash() of a value of type ${source?.type} is not supported.`,
        'Hash its text, as in hash(tostring(…)).',
      );
  }
}

function text(source: Arg | undefined, context: EmitContext): string {
  if (source === undefined) throw new Refusal('unsupported-argument', 'The function lacks an argument.');
  return convert(source, 'string', context);
}

function ofBytes(write: (view: DataView) => void): bigint {
  const bytes = new Uint8Array(8);
  write(new DataView(bytes.buffer));
  return BigInt.asIntN(64, h64Raw(bytes));
}
