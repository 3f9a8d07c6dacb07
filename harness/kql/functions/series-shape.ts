/** What an array of numbers looks like as a whole: filters over it, its statistics, its line, its season. */
import { Refusal } from '../errors.js';
import { type Dynamic, isArray } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction } from './registry.js';

/** The statistics in the order in which `series_stats` gives its columns. */
const STATISTICS = ['min', 'min_idx', 'max', 'max_idx', 'avg', 'stdev', 'variance'] as const;
/** The columns of `series_fit_line`, in order. */
const LINE = ['rsquare', 'slope', 'variance', 'rvariance', 'interception', 'line_fit'] as const;

/** A filter that takes more products than this, of a series and its weights, gives null: nothing could stop it. */
const MOST_PRODUCTS = 100_000_000;

/**
 * Each element becomes the sum of itself and those before it, weighted; before the first all is zero. Unless told
 * otherwise the weights are scaled to sum to 1, but not when one is negative; to ask for both gives null.
 */
const fir: HostFunction = {
  name: 'series_fir',
  params: ['dynamic', 'dynamic', 'bool', 'bool'],
  returns: 'dynamic',
  handlesNull: true,
  run: (series: Dynamic, filter: Dynamic, normalize: boolean | null, center: boolean | null) => {
    const [x, weights] = [numbers(series), numbers(filter)];
    if (!x || !weights || weights.length === 0 || x.length * weights.length > MOST_PRODUCTS) return null;
    const negative = weights.some((weight) => weight < 0);
    if (normalize && negative) return null;
    const scaled = normalize ?? !negative;
    const scale = scaled ? sum(weights) : 1;
    const whole =
      !scaled && [series, filter].every((items) => isArray(items) && items.every((item) => typeof item === 'bigint'));
    const shift = center ? Math.floor(weights.length / 2) : 0;
    return x.map((_, i) => {
      const y = sum(weights.map((weight, j) => (weight / scale) * (x[i + shift - j] ?? 0)));
      return whole && Number.isSafeInteger(y) ? BigInt(y) : y;
    });
  },
};

/** y(t) = (b0 x(t) + b1 x(t-1) + … - a1 y(t-1) - …) / a0, where `b` is the numerator and `a` the denominator. */
const iir: HostFunction = {
  name: 'series_iir',
  params: ['dynamic', 'dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (series: Dynamic, numerator: Dynamic, denominator: Dynamic) => {
    const [x, b, a] = [numbers(series), numbers(numerator), numbers(denominator)];
    const lead = a?.[0];
    if (!x || !b || !a || lead === undefined || x.length * (a.length + b.length) > MOST_PRODUCTS) return null;
    const y: number[] = [];
    for (let t = 0; t < x.length; t++) {
      const fed = sum(b.map((weight, i) => weight * (x[t - i] ?? 0)));
      const back = sum(a.map((weight, i) => (i === 0 ? 0 : weight * (y[t - i] ?? 0))));
      y.push((fed - back) / lead);
    }
    return y;
  },
};

const stats = ofSeries('series_stats', ['bool'], (x) => STATISTICS.map((name) => statistics(x)?.[name] ?? null));
const statsDynamic = ofSeries('series_stats_dynamic', ['bool'], (x) => asBag(statistics(x)));
const fitLine = ofSeries('series_fit_line', [], (x) => LINE.map((name) => line(x)?.[name] ?? null));
const fitLineDynamic = ofSeries('series_fit_line_dynamic', [], (x) => asBag(line(x)));

/**
 * A function of the numbers of a series. Anything else in it makes the result null, unless the second argument says to
 * pass over what is not a finite number.
 */
function ofSeries(name: string, more: readonly 'bool'[], run: (values: readonly number[]) => Dynamic): HostFunction {
  return {
    name,
    params: ['dynamic', ...more],
    returns: 'dynamic',
    run: (series: Dynamic, passOver?: boolean) => {
      if (!isArray(series)) return null;
      const values = numbers(passOver ? series.filter(isFiniteNumber) : series);
      return values ? run(values) : run([]);
    },
  };
}

function asBag(fields: Readonly<Record<string, Dynamic>> | undefined): Dynamic {
  return fields ? new Map(Object.entries(fields)) : null;
}

function isFiniteNumber(item: Dynamic): boolean {
  return typeof item === 'bigint' || Number.isFinite(item);
}

/** Variance is that of a sample: over one less than the count. */
function statistics(
  x: readonly number[],
): Record<(typeof STATISTICS)[number] | 'sum' | 'len', bigint | number> | undefined {
  if (x.length === 0) return undefined;
  const [min, max] = x.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  const variance = varianceOf(x);
  return {
    min,
    min_idx: BigInt(x.indexOf(min)),
    max,
    max_idx: BigInt(x.indexOf(max)),
    avg: sum(x) / x.length,
    stdev: Math.sqrt(variance),
    variance,
    sum: sum(x),
    len: BigInt(x.length),
  };
}

/** Least squares over positions that count from 1, which is where the interception is meant; variances of samples. */
function line(y: readonly number[]): Record<(typeof LINE)[number], number | readonly number[]> | undefined {
  if (y.length < 2) return undefined;
  const [middle, average] = [(y.length + 1) / 2, sum(y) / y.length];
  const spread = sum(y.map((_, i) => (i + 1 - middle) ** 2));
  const slope = sum(y.map((value, i) => (i + 1 - middle) * (value - average))) / spread;
  const interception = average - slope * middle;
  const fit = y.map((_, i) => interception + slope * (i + 1));
  const variance = varianceOf(y);
  const rvariance = sum(y.map((value, i) => (value - (fit[i] ?? 0)) ** 2)) / (y.length - 1);
  return { rsquare: 1 - rvariance / variance, slope, variance, rvariance, interception, line_fit: fit };
}

/** The median of each phase of the period, repeated over the length of the series. */
const seasonal: HostFunction = {
  name: 'series_seasonal',
  params: ['dynamic', 'long'],
  returns: 'dynamic',
  run: (series: Dynamic, period: bigint) => {
    const x = numbers(series);
    const size = Number(period);
    if (!x || size < 1) return null;
    const phases = Array.from({ length: Math.min(size, x.length) }, (_, phase) =>
      median(x.filter((_x, i) => i % size === phase)),
    );
    return x.map((_, i) => phases[i % size] ?? null);
  },
};

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? NaN, sorted[sorted.length >> 1] ?? NaN];
  return (low + high) / 2;
}

function varianceOf(x: readonly number[]): number {
  const mean = sum(x) / x.length;
  return x.length < 2 ? 0 : sum(x.map((value) => (value - mean) ** 2)) / (x.length - 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, x) => total + x, 0);
}

function numbers(series: Dynamic): readonly number[] | undefined {
  if (!isArray(series) || !series.every((item) => typeof item === 'bigint' || typeof item === 'number'))
    return undefined;
  return series.map(Number);
}

const seasonalFunction: ScalarFunction = {
  name: 'series_seasonal',
  family: 'series',
  emit: (args, type, context) => {
    const period = args[1]?.constant;
    if (typeof period !== 'bigint' || period < 1n) {
      throw new Refusal(
        'unsupported-argument',
        'series_seasonal without a period would have to detect it, which cannot be done as the service does it.',
        'Give the period as the second argument: series_seasonal(series, 7).',
      );
    }
    return hostCall('series', seasonal).emit(args, type, context);
  },
};

export const functions: readonly ScalarFunction[] = [
  hostCall('series', fir, [null, false]),
  hostCall('series', iir),
  hostCall('series', stats, [false]),
  hostCall('series', statsDynamic, [false]),
  hostCall('series', fitLine),
  hostCall('series', fitLineDynamic),
  seasonalFunction,
];

export const hosts: readonly HostFunction[] = [fir, iir, stats, statsDynamic, fitLine, fitLineDynamic, seasonal];
