import { describe, expect, it } from 'vitest';
import { bootstrapInterval, mcNemarExact, pairedDifference } from '../../harness/diff/paired.js';

describe('mcNemarExact', () => {
  it('is the binomial test of the discordant pairs', () => {
    expect(mcNemarExact({ onlyBase: 0, onlyHead: 0 })).toBe(1);
    expect(mcNemarExact({ onlyBase: 5, onlyHead: 0 })).toBeCloseTo(2 / 32, 12);
    expect(mcNemarExact({ onlyBase: 1, onlyHead: 7 })).toBeCloseTo((2 * 9) / 256, 12);
    expect(mcNemarExact({ onlyBase: 4, onlyHead: 4 })).toBe(1);
    expect(mcNemarExact({ onlyBase: 7, onlyHead: 1 })).toBe(mcNemarExact({ onlyBase: 1, onlyHead: 7 }));
  });
});

describe('pairedDifference', () => {
  it('is a score interval that knows of the pairing', () => {
    // 50 pairs: 36 both, 12 only newer, 2 only older: the first example of the paper, method 10.
    const { estimate, low, high } = pairedDifference({ both: 36, onlyHead: 12, onlyBase: 2, neither: 0 });
    expect(estimate).toBeCloseTo(0.2, 12);
    expect(low).toBeCloseTo(0.0569, 4);
    expect(high).toBeCloseTo(0.3404, 4);
  });

  it('is symmetric in the two versions', () => {
    const there = pairedDifference({ both: 20, onlyBase: 3, onlyHead: 9, neither: 18 });
    const back = pairedDifference({ both: 20, onlyBase: 9, onlyHead: 3, neither: 18 });
    expect(back.estimate).toBeCloseTo(-there.estimate, 12);
    expect(back.low).toBeCloseTo(-there.high, 12);
    expect(back.high).toBeCloseTo(-there.low, 12);
  });

  it('still has a width where no unit changed', () => {
    const { estimate, low, high } = pairedDifference({ both: 10, onlyBase: 0, onlyHead: 0, neither: 10 });
    expect(estimate).toBe(0);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });
});

describe('bootstrapInterval', () => {
  it('covers the figure, and is the same for the same seed', () => {
    const kinds = [{ units: Array.from({ length: 40 }, (_, i) => [i % 4]), zeros: 60 }];
    const sum = (sums: readonly (readonly number[])[]): number => sums[0]?.[0] ?? 0;
    const interval = bootstrapInterval(kinds, sum, 1);
    expect(interval?.low).toBeLessThan(60);
    expect(interval?.high).toBeGreaterThan(60);
    expect(bootstrapInterval(kinds, sum, 1)).toEqual(interval);
  });
});
