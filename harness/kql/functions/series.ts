/** Arithmetic over arrays of numbers, element by element; what is not a number gives null at its place. */
import { type Dynamic, isArray } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction } from './registry.js';
import * as fft from './series-fft.js';
import * as fill from './series-fill.js';
import * as shape from './series-shape.js';

type Numeric = bigint | number;

function isNumeric(value: Dynamic | undefined): value is Numeric {
  return typeof value === 'bigint' || typeof value === 'number';
}

function unary(name: string, run: (x: Numeric) => Numeric): HostFunction {
  return {
    name,
    params: ['dynamic'],
    returns: 'dynamic',
    run: (series: Dynamic) => (isArray(series) ? series.map((x) => (isNumeric(x) ? run(x) : null)) : null),
  };
}

/** The result is as long as the longer series, null where the shorter one has ended. */
function binary(name: string, run: (x: Numeric, y: Numeric) => Numeric | boolean): HostFunction {
  return {
    name,
    params: ['dynamic', 'dynamic'],
    returns: 'dynamic',
    run: (a: Dynamic, b: Dynamic) => {
      if (!isArray(a) || !isArray(b)) return null;
      return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => {
        const [x, y] = [a[i], b[i]];
        return isNumeric(x) && isNumeric(y) ? run(x, y) : null;
      });
    },
  };
}

/** Whole numbers stay whole, and wrap as longs do. */
function arithmetic(
  name: string,
  whole: (x: bigint, y: bigint) => bigint,
  real: (x: number, y: number) => number,
): HostFunction {
  return binary(name, (x, y) =>
    typeof x === 'bigint' && typeof y === 'bigint' ? BigInt.asIntN(64, whole(x, y)) : real(Number(x), Number(y)),
  );
}

const asReal =
  (run: (x: number) => number) =>
  (x: Numeric): number =>
    run(Number(x));
const keepWhole =
  (run: (x: number) => number) =>
  (x: Numeric): Numeric =>
    typeof x === 'bigint' ? x : run(x);

const elementwise: readonly HostFunction[] = [
  unary('series_abs', (x) => (typeof x === 'bigint' ? BigInt.asIntN(64, x < 0n ? -x : x) : Math.abs(x))),
  unary('series_sign', (x) => (x > 0 ? 1n : x < 0 ? -1n : 0n)),
  unary('series_ceiling', keepWhole(Math.ceil)),
  unary('series_floor', keepWhole(Math.floor)),
  unary('series_exp', asReal(Math.exp)),
  unary('series_log', asReal(Math.log)),
  unary('series_sin', asReal(Math.sin)),
  unary('series_cos', asReal(Math.cos)),
  unary('series_tan', asReal(Math.tan)),
  unary('series_asin', asReal(Math.asin)),
  unary('series_acos', asReal(Math.acos)),
  unary('series_atan', asReal(Math.atan)),
  arithmetic(
    'series_add',
    (x, y) => x + y,
    (x, y) => x + y,
  ),
  arithmetic(
    'series_subtract',
    (x, y) => x - y,
    (x, y) => x - y,
  ),
  arithmetic(
    'series_multiply',
    (x, y) => x * y,
    (x, y) => x * y,
  ),
  binary('series_divide', (x, y) => Number(x) / Number(y)),
  binary('series_pow', (x, y) => Number(x) ** Number(y)),
  binary('series_less', (x, y) => x < y),
  binary('series_less_equals', (x, y) => x <= y),
  binary('series_greater', (x, y) => x > y),
  binary('series_greater_equals', (x, y) => x >= y),
  // Whole and real numbers are equal by value.
  // biome-ignore lint/suspicious/noDoubleEquals: `1n === 1` is false.
  binary('series_equals', (x, y) => x == y),
  // biome-ignore lint/suspicious/noDoubleEquals: `1n !== 1` is true.
  binary('series_not_equals', (x, y) => x != y),
];

/** One number of a series; null when any element is not a number. */
function reduction(name: string, run: (values: readonly number[]) => number): HostFunction {
  return {
    name,
    params: ['dynamic'],
    returns: 'real',
    run: (series: Dynamic) => {
      const values = numbers(series);
      return values ? run(values) : null;
    },
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);
const magnitudeOf = (values: readonly number[]): number => Math.sqrt(sumOf(values.map((x) => x * x)));

/**
 * Counts as far as both series go, over the places where both hold a number; null when one is empty. A single number
 * stands for a series of it.
 */
const dotProduct: HostFunction = {
  name: 'series_dot_product',
  params: ['dynamic', 'dynamic'],
  returns: 'real',
  run: (a: Dynamic, b: Dynamic) => {
    const x = isNumeric(a) && isArray(b) ? b.map(() => a) : a;
    const y = isNumeric(b) && isArray(a) ? a.map(() => b) : b;
    return isArray(x) && isArray(y) && x.length > 0 && y.length > 0 ? dot(x, y) : null;
  },
};

const cosineSimilarity: HostFunction = {
  name: 'series_cosine_similarity',
  params: ['dynamic', 'dynamic', 'real', 'real'],
  returns: 'real',
  handlesNull: true,
  run: (a: Dynamic, b: Dynamic, magnitudeA: number | null, magnitudeB: number | null) => {
    const [x, y] = [numbers(a), numbers(b)];
    if (!x || !y || x.length !== y.length) return null;
    return dot(x, y) / ((magnitudeA ?? magnitudeOf(x)) * (magnitudeB ?? magnitudeOf(y)));
  },
};

const pearsonCorrelation: HostFunction = {
  name: 'series_pearson_correlation',
  params: ['dynamic', 'dynamic'],
  returns: 'real',
  run: (a: Dynamic, b: Dynamic) => {
    const [x, y] = [numbers(a), numbers(b)];
    if (!x || !y || x.length !== y.length) return null;
    const [dx, dy] = [x, y].map((values) => values.map((value) => value - sumOf(values) / values.length));
    return dot(dx ?? [], dy ?? []) / (magnitudeOf(dx ?? []) * magnitudeOf(dy ?? []));
  },
};

function dot(a: readonly Dynamic[], b: readonly Dynamic[]): number {
  let total = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (isNumeric(x) && isNumeric(y)) total += Number(x) * Number(y);
  }
  return total;
}

/** The elements as real numbers, or nothing when one of them is no number. */
function numbers(series: Dynamic): readonly number[] | undefined {
  return isArray(series) && series.every(isNumeric) ? series.map(Number) : undefined;
}

const reductions: readonly HostFunction[] = [
  reduction('series_sum', sumOf),
  reduction('series_product', (values) => values.reduce((total, x) => total * x, 1)),
  reduction('series_magnitude', magnitudeOf),
  dotProduct,
  pearsonCorrelation,
];

export const functions: readonly ScalarFunction[] = [
  ...[...elementwise, ...reductions].map((host) => hostCall('series', host)),
  hostCall('series', cosineSimilarity, [null, null]),
  ...fill.functions,
  ...shape.functions,
  ...fft.functions,
];

export const hosts: readonly HostFunction[] = [
  ...elementwise,
  ...reductions,
  cosineSimilarity,
  ...fill.hosts,
  ...shape.hosts,
  ...fft.hosts,
];
