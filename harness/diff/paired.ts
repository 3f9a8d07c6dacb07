import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { quantileSorted } from 'simple-statistics';
import { RESAMPLES, wilson } from '../measure/statistics.js';

/** Units that two versions decided: how many both, only one, or neither counted as a success. */
export interface Pairs {
  readonly both: number;
  readonly onlyBase: number;
  readonly onlyHead: number;
  readonly neither: number;
}

/** A difference, newer less older, with its 95% interval. */
export interface Difference {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The two-sided exact test of whether units changed more often in one direction than in the other: the binomial test of
 * the discordant pairs against one half (McNemar 1947, "Note on the sampling error of the difference between correlated
 * proportions or percentages"; exact form in Agresti 2013, "Categorical Data Analysis", ch. 11.1).
 *
 * @returns the probability of a split at least as uneven if both directions were equally likely; 1 without a change
 */
export function mcNemarExact({ onlyBase, onlyHead }: Pick<Pairs, 'onlyBase' | 'onlyHead'>): number {
  const changed = onlyBase + onlyHead;
  return changed === 0 ? 1 : Math.min(1, 2 * binomialCdf(Math.min(onlyBase, onlyHead), changed, 0.5));
}

/**
 * The difference of two proportions of the same units with its 95% interval (Newcombe 1998, "Improved confidence
 * intervals for the difference between binomial proportions based on paired data", method 10: score limits of both
 * proportions, joined by their correlation with a continuity correction).
 */
export function pairedDifference({ both, onlyBase, onlyHead, neither }: Pairs): Difference {
  const n = both + onlyBase + onlyHead + neither;
  const head = wilson(both + onlyHead, n);
  const base = wilson(both + onlyBase, n);
  const estimate = (onlyHead - onlyBase) / n;
  const phi = correlation({ both, onlyBase, onlyHead, neither }, n);
  const reach = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  return {
    estimate,
    low: Math.max(-1, estimate - reach(head.estimate - head.low, base.high - base.estimate)),
    high: Math.min(1, estimate + reach(head.high - head.estimate, base.estimate - base.low)),
  };
}

function correlation({ both, onlyBase, onlyHead, neither }: Pairs, n: number): number {
  const margins = (both + onlyHead) * (onlyBase + neither) * (both + onlyBase) * (onlyHead + neither);
  if (margins === 0) return 0;
  const product = both * neither - onlyBase * onlyHead;
  return (product > 0 ? Math.max(0, product - n / 2) : product) / Math.sqrt(margins);
}

/** Numbers that one independent unit brings: a scenario on a host, or a host. */
export type Unit = readonly number[];

/**
 * A 95% percentile interval of a figure of sums over several kinds of units, from resampling the units of each kind
 * (Davison & Hinkley 1997, ch. 2.4 and 3.8).
 *
 * @param kinds units that are there, and how many further ones bring nothing but zeros
 * @param figure of the sums of each kind; what is not finite is left out
 * @param seed the same seed and units give the same interval
 */
export function bootstrapInterval(
  kinds: readonly { readonly units: readonly Unit[]; readonly zeros: number }[],
  figure: (sums: readonly (readonly number[])[]) => number,
  seed: number,
): { readonly low: number; readonly high: number } | undefined {
  const random = xoroshiro128plus(seed);
  const figures = Array.from({ length: RESAMPLES }, () =>
    figure(kinds.map(({ units, zeros }) => resampledSums(units, zeros, () => (random.next() >>> 0) / 2 ** 32))),
  )
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (figures.length === 0) return undefined;
  return { low: quantileSorted(figures, 0.025), high: quantileSorted(figures, 0.975) };
}

function resampledSums(units: readonly Unit[], zeros: number, random: () => number): number[] {
  const sums = (units[0] ?? []).map(() => 0);
  const total = units.length + zeros;
  for (let i = 0; i < total; i++) {
    const drawn = units[Math.floor(random() * total)];
    if (drawn === undefined) continue;
    for (const [at, value] of drawn.entries()) sums[at] = (sums[at] ?? 0) + value;
  }
  return sums;
}
