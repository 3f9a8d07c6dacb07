/** A sample of what `npm run fuzz` does at length. */
import { afterAll, describe, expect, it } from 'vitest';
import { CORPUS } from './corpus.js';
import { randomText } from './generate.js';
import { Judge } from './judge.js';
import { MODES } from './modes/index.js';
import { Random } from './random.js';

const judge = await Judge.open();
afterAll(() => judge.close());

describe('whatever the text', () => {
  it('the compiler and the engine answer or refuse by name', { timeout: 300_000 }, async () => {
    const ends = new Map<string, number>();
    for (let i = 0; i < 500; i++) {
      const text = randomText(new Random(4_000_037 + i));
      const { end, fault } = await judge.judge(text, true);
      expect(fault, text).toBeUndefined();
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    // Were nearly all refused, nothing would be tested of what comes after the parser.
    expect(ends.get('ran') ?? 0).toBeGreaterThan(100);
  });

  it.each(CORPUS)('what is mutated is sound: %s', async (text) => {
    const { end, fault } = await judge.judge(text, true);
    expect(fault).toBeUndefined();
    expect(end).toMatch(/^(ran|unsupported-operator|missing-source)$/);
  });

  it('the same seed gives the same text', () => {
    const texts = (seed: number): string[] => Array.from({ length: 20 }, (_, i) => randomText(new Random(seed + i)));
    expect(texts(7)).toEqual(texts(7));
    expect(texts(7)).not.toEqual(texts(900));
  });
});

describe('whatever strangers hand in', () => {
  const modes = MODES.filter(({ name }) => name !== 'kql');

  it.each(modes)('gives an answer or a named error: $name', async ({ name, open }) => {
    const fuzzer = await open(1_000);
    const ends = new Set<string>();
    for (let i = 0; i < (name === 'repository' ? 15 : 60); i++) {
      const { end, fault, input } = await fuzzer.judge(new Random(7_000_003 + i));
      expect(fault, input).toBeUndefined();
      ends.add(end);
    }
    fuzzer.close();
    // Were all refused, nothing would be tested of what comes after the first look.
    expect(ends.size).toBeGreaterThan(1);
  });
});
