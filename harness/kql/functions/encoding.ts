/** Functions that encode and decode text: Base64, URLs, Punycode, compression. What does not decode is null or `''`. */
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import punycode from 'punycode/punycode.js';
import type { Dynamic } from '../values/dynamic.js';
import { isArray } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction, Value } from './registry.js';

/** Decompressed text is at most so many bytes, however small its compressed form. */
const MAX_DECOMPRESSED = 16 * 1_048_576;

const encodeText = text('base64_encode_tostring', (value) => Buffer.from(value).toString('base64'));
const decodeText = text('base64_decode_tostring', (value) => {
  const bytes = fromBase64(value);
  return (bytes && utf8(bytes)) ?? '';
});

const decodeArray: HostFunction = {
  name: 'base64_decode_toarray',
  params: ['string'],
  returns: 'dynamic',
  run: (value: string) => {
    const bytes = fromBase64(value);
    return bytes ? Array.from(bytes, BigInt) : null;
  },
};

const encodeArray: HostFunction = {
  name: 'base64_encode_fromarray',
  params: ['dynamic'],
  returns: 'string',
  run: (value: Dynamic) => {
    const isByte = (item: Dynamic) => typeof item === 'bigint' && item >= 0n && item <= 255n;
    return isArray(value) && value.every(isByte) ? Buffer.from(value.map(Number)).toString('base64') : '';
  },
};

const decodeGuid: HostFunction = {
  name: 'base64_decode_toguid',
  params: ['string'],
  returns: 'guid',
  run: (value: string) => {
    const bytes = fromBase64(value);
    return bytes?.length === 16 ? guidOfBytes(bytes) : null;
  },
};

const encodeGuid: HostFunction = {
  name: 'base64_encode_fromguid',
  params: ['guid'],
  returns: 'string',
  run: (value: string) => swapped(Buffer.from(value.replaceAll('-', ''), 'hex')).toString('base64'),
};

const compressions: readonly HostFunction[] = [
  text('gzip_compress_to_base64_string', (value) => {
    const bytes = gzipSync(value, { level: 0 });
    // The engine's header names neither a level nor an operating system.
    bytes.set([0, 0xff], 8);
    return bytes.toString('base64');
  }),
  text('zlib_compress_to_base64_string', (value) => deflateSync(value, { level: 0 }).toString('base64')),
  text('gzip_decompress_from_base64_string', (value) => decompress(value, gunzipSync)),
  text('zlib_decompress_from_base64_string', (value) => decompress(value, inflateSync)),
];

const urls: readonly HostFunction[] = [
  text('url_encode', (value) => percentEncode(value).replaceAll('%20', '+')),
  text('url_encode_component', percentEncode),
  text('url_decode', percentDecode),
];

const punycodes: readonly HostFunction[] = [
  text('punycode_from_string', (value) => punycode.encode(value)),
  text('punycode_to_string', (value) => orEmpty(() => punycode.decode(value))),
  text('punycode_domain_from_string', (value) =>
    orEmpty(() => labels(value, (label) => (/^xn--/i.test(label) ? punycode.decode(label.slice(4)) : label))),
  ),
  text('punycode_domain_to_string', (value) =>
    labels(value, (label) => (/[^\0-\x7f]/.test(label) ? `xn--${punycode.encode(label)}` : label)),
  ),
];

export const hosts: readonly HostFunction[] = [
  encodeText,
  decodeText,
  decodeArray,
  encodeArray,
  decodeGuid,
  encodeGuid,
  ...compressions,
  ...urls,
  ...punycodes,
];

export const functions: readonly ScalarFunction[] = [
  hostCall('string', encodeText, [], ['base64_encodestring']),
  hostCall('string', decodeText, [], ['base64_decodestring']),
  ...[decodeArray, encodeArray, decodeGuid, encodeGuid, ...compressions, ...urls, ...punycodes].map((host) =>
    hostCall('string', host),
  ),
];

/** `%xx` and `+` decoded; what is no escape stays, and bytes that are not UTF-8 become U+FFFD. */
export function percentDecode(value: string): string {
  const parts = value.replaceAll('+', ' ').split(/((?:%[0-9A-Fa-f]{2})+)/);
  return parts
    .map((part, i) => (i % 2 === 0 ? part : Buffer.from(part.replaceAll('%', ''), 'hex').toString('utf8')))
    .join('');
}

function percentEncode(value: string): string {
  return Array.from(Buffer.from(value), (byte) => {
    const char = String.fromCharCode(byte);
    return /[0-9A-Za-z_.!*()-]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0')}`;
  }).join('');
}

function text(name: string, run: (value: string) => Value): HostFunction {
  return { name, params: ['string'], returns: 'string', run };
}

/** Bytes of a Base64 text with its padding; `undefined` when it is none. */
function fromBase64(value: string): Buffer | undefined {
  return value.length % 4 === 0 && /^[0-9A-Za-z+/]*={0,2}$/.test(value) ? Buffer.from(value, 'base64') : undefined;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decompress(value: string, run: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer): string {
  const bytes = fromBase64(value);
  if (!bytes) return '';
  try {
    return utf8(run(bytes, { maxOutputLength: MAX_DECOMPRESSED })) ?? '';
  } catch {
    return '';
  }
}

/** A domain with each label rewritten, in whatever case it stands; all of Unicode's full stops become dots. */
function labels(domain: string, rewrite: (label: string) => string): string {
  return domain
    .split(/[.\u3002\uff0e\uff61]/)
    .map(rewrite)
    .join('.');
}

function orEmpty(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}

/** A guid's bytes hold its first three parts in little-endian order. */
function guidOfBytes(bytes: Uint8Array): string {
  return swapped(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function swapped(bytes: Uint8Array): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((i) => bytes[i] ?? 0));
}
