import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { quantileSorted } from 'simple-statistics';
import type { Interval } from './measurement.js';

/** The 97.5% quantile of the standard normal distribution: two-sided 95%. */
const Z95 = 1.959963984540054;

export const RESAMPLES = 1000;

/**
 * A proportion of independent units with its 95% score interval (Wilson 1927, "Probable inference, the law of
 * succession, and statistical inference").
 *
 * @param n at least 1: a share of nothing has no value
 */
export function wilson(successes: number, n: number): Interval {
  if (n < 1) throw new RangeError('A proportion needs at least one unit.');
  const estimate = successes / n;
  const z2 = Z95 * Z95;
  const centre = (estimate + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((estimate * (1 - estimate)) / n + z2 / (4 * n * n));
  return {
    estimate,
    // At the edges the bound is the edge itself; floating point misses it by a hair.
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
    n,
  };
}

/** Units that are not independent of each other: `successes` of `n`. */
export interface Cluster {
  readonly successes: number;
  readonly n: number;
}

/**
 * The pooled proportion over clusters with a 95% percentile interval from resampling whole clusters (Davison & Hinkley
 * 1997, ch. 2.4 and 3.8). Clusters that all agree say nothing of the variation between clusters, and resampling would
 * give an interval without width: then it is Wilson's on the clusters.
 *
 * @param seed the same seed and clusters give the same interval
 */
export function clusterBootstrap(clusters: readonly Cluster[], seed: number): Interval & { clusters: number } {
  const filled = clusters.filter((cluster) => cluster.n > 0);
  const n = filled.reduce((sum, cluster) => sum + cluster.n, 0);
  const successes = filled.reduce((sum, cluster) => sum + cluster.successes, 0);
  if (n === 0) throw new RangeError('A proportion needs at least one unit.');
  const estimate = successes / n;
  if (filled.every((cluster) => cluster.successes / cluster.n === estimate)) {
    const { low, high } = wilson(estimate * filled.length, filled.length);
    return { estimate, low, high, n, clusters: filled.length };
  }
  const shares = resampledShares(filled, seed).sort((a, b) => a - b);
  return {
    estimate,
    low: quantileSorted(shares, 0.025),
    high: quantileSorted(shares, 0.975),
    n,
    clusters: filled.length,
  };
}

function resampledShares(clusters: readonly Cluster[], seed: number): number[] {
  const hits = Int32Array.from(clusters, (cluster) => cluster.successes);
  const units = Int32Array.from(clusters, (cluster) => cluster.n);
  const random = xoroshiro128plus(seed);
  // 32 random bits scaled to an index: its bias, at most clusters / 2^32, is far below the interval's own error.
  const scale = clusters.length / 2 ** 32;
  return Array.from({ length: RESAMPLES }, () => {
    let successes = 0;
    let n = 0;
    for (let i = 0; i < clusters.length; i++) {
      const drawn = Math.floor((random.next() >>> 0) * scale);
      successes += hits[drawn] ?? 0;
      n += units[drawn] ?? 0;
    }
    return successes / n;
  });
}
