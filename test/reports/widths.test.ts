import { describe, expect, it } from 'vitest';
import { adviceTerminal } from '../../reports/advice/terminal.js';
import { evasionTerminal } from '../../reports/evade-terminal.js';
import { wrapped } from '../../reports/text.js';
import { sampleAdvice, sampleEvasion } from './companions.js';

/** Evasion by many transformations: far more than a line has room for. */
function manyChanges(): ReturnType<typeof sampleEvasion> {
  const sample = sampleEvasion();
  const [transformation] = sample.transformations;
  const [pair] = sample.pairs;
  if (transformation === undefined || pair === undefined) throw new Error('The sample has both.');
  const ids = Array.from({ length: 40 }, (_, i) => `change-${i}`);
  return {
    ...sample,
    transformations: ids.map((id) => ({ ...transformation, id, title: 'A change that takes a long sentence to tell' })),
    pairs: ids.map((id) => ({ ...pair, transformation: id })),
  };
}

describe('what the terminal shows', () => {
  for (const width of [60, 80, 120]) {
    it(`fits ${width} columns`, () => {
      for (const text of [
        evasionTerminal(manyChanges(), { color: false, width }),
        adviceTerminal([sampleAdvice()], { color: false, width }),
      ])
        expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
    });
  }

  it('has every column of the evasion matrix, however narrow', () => {
    const text = evasionTerminal(manyChanges(), { color: false, width: 60 });
    const heads = text.split('\n').filter((line) => /^ +\d+( +\d+)*$/.test(line));
    expect(heads.length).toBeGreaterThan(1);
    expect(heads.flatMap((line) => line.trim().split(/ +/))).toEqual(Array.from({ length: 40 }, (_, i) => `${i + 1}`));
  });

  it('breaks lines at spaces alone', () => {
    expect(wrapped('one two three', 9, '  ')).toBe('  one two\n  three');
    expect(wrapped('a'.repeat(20), 9)).toBe('a'.repeat(20));
  });
});
