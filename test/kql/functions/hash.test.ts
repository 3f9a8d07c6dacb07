import { describe, expect, it } from 'vitest';
import { functions } from '../../../harness/kql/functions/hash.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { parseDatetime } from '../../../harness/kql/values/datetime.js';
import { arg, evaluate, type Given } from '../support.js';

function run(name: string, given: readonly Given[], type: KqlType): Promise<unknown> {
  const found = functions.find((fn) => fn.name === name || fn.aliases?.includes(name));
  if (!found) throw new Error(`no function ${name}`);
  return evaluate(found, given, type);
}

describe('hash', () => {
  it('is xxHash64', async () => {
    // The reference value of xxHash64 for no input and seed 0.
    expect(await run('hash', [arg('')], 'long')).toBe(BigInt.asIntN(64, 0xef46db3751d8e999n));
    expect(await run('hash_xxhash64', [arg('a')], 'long')).toBe(BigInt.asIntN(64, 0xd24ec4f1a98c6e5bn));
  });

  it('stays below a modulus', async () => {
    for (const text of ['', 'a', 'b', 'c', 'ñ']) {
      const rest = (await run('hash', [arg(text), arg(7n)], 'long')) as bigint;
      expect(rest >= 0n && rest < 7n).toBe(true);
    }
    expect(await run('hash', [arg('a'), arg(0n)], 'long')).toBeNull();
  });

  it('takes a datetime as its ticks', async () => {
    const ticks = parseDatetime('2024-05-08');
    expect(await run('hash', [arg(ticks, 'datetime')], 'long')).toBe(await run('hash', [arg(ticks, 'long')], 'long'));
    expect(await run('hash', [arg(null, 'datetime')], 'long')).toBeNull();
  });

  it('refuses a type of which the bytes are not known', async () => {
    await expect(run('hash', [arg(true)], 'long')).rejects.toThrow('hash() of a value of type bool is not supported.');
  });
});

it('digests text', async () => {
  expect(await run('hash_md5', [arg('')], 'string')).toBe('d41d8cd98f00b204e9800998ecf8427e');
  expect(await run('hash_sha1', [arg('')], 'string')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
  expect(await run('hash_sha256', [arg('')], 'string')).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
  expect(await run('hash_md5', [arg(1)], 'string')).toBe(await run('hash_md5', [arg('1.0')], 'string'));
});
