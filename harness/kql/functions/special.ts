/** Special functions: gamma, error and beta functions. The library is read when one of them is first called. */
import { createRequire } from 'node:module';
import { Refusal } from '../errors.js';
import { type HostFunction, hostFunction, type ScalarFunction } from './registry.js';

const load = createRequire(import.meta.url);

type Real = (...args: number[]) => number;

/** A function of the library by its package. */
function library(name: string): Real {
  let loaded: Real | undefined;
  return (...args) => {
    loaded ??= load(`@stdlib/${name}`) as Real;
    return loaded(...args);
  };
}

const betaCdf = library('stats-base-dists-beta-cdf');
const betaPdf = library('stats-base-dists-beta-pdf');
const betaQuantile = library('stats-base-dists-beta-quantile');

/** The two-sided p-value of Welch's t-test, from mean, variance and count of two samples. */
const welchTest: HostFunction = {
  name: 'welch_test',
  params: ['real', 'real', 'real', 'real', 'real', 'real'],
  returns: 'real',
  run: (mean1: number, variance1: number, count1: number, mean2: number, variance2: number, count2: number) => {
    const [a, b] = [variance1 / count1, variance2 / count2];
    if (!(count1 > 1 && count2 > 1 && variance1 >= 0 && variance2 >= 0 && a + b > 0))
      throw new Refusal(
        'unsupported-argument',
        'welch_test() is documented for two samples of two values or more that are not all the same.',
      );
    const freedom = (a + b) ** 2 / (a ** 2 / (count1 - 1) + b ** 2 / (count2 - 1));
    const t = (mean1 - mean2) ** 2 / (a + b);
    return betaCdf(freedom / (freedom + t), freedom / 2, 0.5);
  },
};

export const hosts: readonly HostFunction[] = [
  welchTest,
  host('gamma', 1, library('math-base-special-gamma')),
  host('loggamma', 1, library('math-base-special-gammaln')),
  host('erf', 1, library('math-base-special-erf')),
  host('erfc', 1, library('math-base-special-erfc')),
  host('beta_cdf', 3, (x, alpha, beta) => {
    if (!(x >= 0 && x <= 1)) return Number.NaN;
    if (alpha > 0 && beta > 0) return betaCdf(x, alpha, beta);
    // The engine's continued fraction has no value here and leaves the side that x lies on.
    return x < (alpha + 1) / (alpha + beta + 2) ? 0 : 1;
  }),
  host('beta_pdf', 3, (x, alpha, beta) => (x >= 0 && x <= 1 ? betaPdf(x, alpha, beta) : Number.NaN)),
  host('beta_inv', 3, (p, alpha, beta) => betaQuantile(p, alpha, beta)),
];

export const functions: readonly ScalarFunction[] = hosts.map((fn) => hostFunction('number', fn));

function host(name: string, arity: 1 | 3, run: (x: number, a: number, b: number) => number): HostFunction {
  return { name, params: Array.from({ length: arity }, () => 'real' as const), returns: 'real', run };
}
