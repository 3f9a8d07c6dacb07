/** The discrete Fourier transform and its inverse: two columns, the real and the imaginary part. */
import { Refusal } from '../errors.js';
import { type Dynamic, isArray } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction } from './registry.js';

interface Complex {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Longest series of an odd length, or odd part of a length, which takes a product of terms. */
const MOST_ODD = 8_192;

const fft = transform('series_fft', (x) => fourier(x, -1));
const ifft = transform('series_ifft', (x) => {
  const size = x.real.length;
  const { real, imaginary } = fourier(x, 1);
  return { real: real.map((value) => value / size), imaginary: imaginary.map((value) => value / size) };
});

function transform(name: string, run: (x: Complex) => Complex): HostFunction {
  return {
    name,
    params: ['dynamic', 'dynamic'],
    returns: 'dynamic',
    handlesNull: true,
    run: (real: Dynamic, imaginary: Dynamic) => {
      const x = numbers(real);
      const y = imaginary === null ? x?.map(() => 0) : numbers(imaginary);
      if (!x || !y || x.length !== y.length || x.length === 0) return [null, null];
      const result = run({ real: x, imaginary: y });
      return [[...result.real], [...result.imaginary]];
    },
  };
}

/** Halves even lengths (Cooley and Tukey, 1965); sums the terms of an odd one. */
function fourier(x: Complex, sign: 1 | -1): Complex {
  const size = x.real.length;
  if (size === 1) return x;
  if (size % 2 === 1) return summed(x, sign);
  const half = size / 2;
  const [even, odd] = [fourier(every2nd(x, 0), sign), fourier(every2nd(x, 1), sign)];
  const out = { real: new Float64Array(size), imaginary: new Float64Array(size) };
  for (let k = 0; k < half; k++) {
    const turn = (sign * 2 * Math.PI * k) / size;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const [re, im] = [at(odd.real, k), at(odd.imaginary, k)];
    const [dx, dy] = [re * cos - im * sin, re * sin + im * cos];
    out.real[k] = at(even.real, k) + dx;
    out.imaginary[k] = at(even.imaginary, k) + dy;
    out.real[k + half] = at(even.real, k) - dx;
    out.imaginary[k + half] = at(even.imaginary, k) - dy;
  }
  return out;
}

function summed(x: Complex, sign: 1 | -1): Complex {
  const size = x.real.length;
  if (size > MOST_ODD) {
    throw new Refusal('resource-limit', `A Fourier transform of a length with the odd part ${size} is not supported.`);
  }
  const out = { real: new Float64Array(size), imaginary: new Float64Array(size) };
  for (let k = 0; k < size; k++) {
    for (let t = 0; t < size; t++) {
      const turn = (sign * 2 * Math.PI * ((k * t) % size)) / size;
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      out.real[k] = at(out.real, k) + at(x.real, t) * cos - at(x.imaginary, t) * sin;
      out.imaginary[k] = at(out.imaginary, k) + at(x.real, t) * sin + at(x.imaginary, t) * cos;
    }
  }
  return out;
}

function every2nd(x: Complex, from: number): Complex {
  const pick = (_: number, i: number): boolean => i % 2 === from;
  return { real: x.real.filter(pick), imaginary: x.imaginary.filter(pick) };
}

function at(values: Float64Array, i: number): number {
  return values[i] ?? 0;
}

function numbers(series: Dynamic): Float64Array | undefined {
  if (!isArray(series) || !series.every((x) => typeof x === 'bigint' || typeof x === 'number')) return undefined;
  return Float64Array.from(series, Number);
}

export const functions: readonly ScalarFunction[] = [hostCall('series', fft, [null]), hostCall('series', ifft, [null])];

export const hosts: readonly HostFunction[] = [fft, ifft];
