import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterBootstrap, wilson } from '../../harness/measure/statistics.js';

describe('wilson', () => {
  it('gives the interval that textbooks give', () => {
    const { low, high } = wilson(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
  });

  it('keeps a width where every unit agrees', () => {
    expect(wilson(0, 20)).toMatchObject({ estimate: 0, low: 0 });
    expect(wilson(0, 20).high).toBeCloseTo(0.1611, 4);
    expect(wilson(20, 20)).toMatchObject({ estimate: 1, high: 1 });
  });

  it('holds the estimate, mirrors around a half, and narrows with more units', () => {
    const draw = fc
      .integer({ min: 1, max: 5000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(draw, ([successes, n]) => {
        const { estimate, low, high } = wilson(successes, n);
        const mirrored = wilson(n - successes, n);
        const wider = wilson(successes * 2, n * 2);
        expect(low).toBeLessThanOrEqual(estimate);
        expect(high).toBeGreaterThanOrEqual(estimate);
        expect(1 - mirrored.high).toBeCloseTo(low, 9);
        expect(wider.high - wider.low).toBeLessThan(high - low);
      }),
    );
  });

  it('refuses a share of nothing', () => {
    expect(() => wilson(0, 0)).toThrow(RangeError);
  });
});

describe('clusterBootstrap', () => {
  const mixed = [
    { successes: 3, n: 3 },
    { successes: 0, n: 40 },
    { successes: 0, n: 7 },
    { successes: 1, n: 1 },
    { successes: 0, n: 12 },
  ];

  it('pools all units and is the same for the same seed', () => {
    const once = clusterBootstrap(mixed, 7);
    expect(once).toMatchObject({ estimate: 4 / 63, n: 63, clusters: 5 });
    expect(once.low).toBeLessThan(once.estimate);
    expect(once.high).toBeGreaterThan(once.estimate);
    expect(clusterBootstrap(mixed, 7)).toEqual(once);
  });

  it('is wider than an interval that takes the units of a cluster for independent', () => {
    const lumps = Array.from({ length: 20 }, (_, i) => ({ successes: i % 4 === 0 ? 50 : 0, n: 50 }));
    const clustered = clusterBootstrap(lumps, 1);
    const naive = wilson(250, 1000);
    expect(clustered.high - clustered.low).toBeGreaterThan(3 * (naive.high - naive.low));
  });

  it('agrees with Wilson where every cluster is one unit', () => {
    const single = Array.from({ length: 400 }, (_, i) => ({ successes: i < 100 ? 1 : 0, n: 1 }));
    const { low, high } = clusterBootstrap(single, 3);
    expect(low).toBeCloseTo(wilson(100, 400).low, 1);
    expect(high).toBeCloseTo(wilson(100, 400).high, 1);
  });

  it('does not claim certainty where all clusters agree', () => {
    const none = clusterBootstrap(
      [
        { successes: 0, n: 500 },
        { successes: 0, n: 3 },
      ],
      1,
    );
    expect(none).toMatchObject({ estimate: 0, low: 0, n: 503, clusters: 2 });
    expect(none.high).toBeCloseTo(wilson(0, 2).high, 9);
  });
});
