/** Filling gaps in an array of numbers. A gap is what equals the placeholder; null by default. */
import { type Dynamic, isArray } from '../values/dynamic.js';
import { same } from '../values/dynamic-order.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction } from './registry.js';

type Items = readonly Dynamic[];

const forward = filling('series_fill_forward', filledForward);
const backward = filling('series_fill_backward', (items, gap) => filledForward(items.toReversed(), gap).toReversed());

/** Each gap takes the value before it; gaps at the start stay. */
function filledForward(items: Items, gap: (item: Dynamic) => boolean): Dynamic[] {
  const filled: Dynamic[] = [];
  for (const item of items) {
    const before = filled.at(-1);
    filled.push(gap(item) && before !== undefined && !gap(before) ? before : item);
  }
  return filled;
}

function filling(name: string, run: (items: Items, gap: (item: Dynamic) => boolean) => Dynamic): HostFunction {
  return {
    name,
    params: ['dynamic', 'dynamic'],
    returns: 'dynamic',
    handlesNull: true,
    run: (series: Dynamic, placeholder: Dynamic) =>
      isArray(series) ? run(series, (item) => same(item, placeholder)) : null,
  };
}

const constant: HostFunction = {
  name: 'series_fill_const',
  params: ['dynamic', 'dynamic', 'dynamic'],
  returns: 'dynamic',
  handlesNull: true,
  run: (series: Dynamic, value: Dynamic, placeholder: Dynamic) =>
    isArray(series) ? series.map((item) => (same(item, placeholder) ? value : item)) : null,
};

/** Gaps lie on the line between their neighbours, cut to whole numbers when all the others are whole. */
const linear: HostFunction = {
  name: 'series_fill_linear',
  params: ['dynamic', 'dynamic', 'bool', 'dynamic'],
  returns: 'dynamic',
  handlesNull: true,
  run: (series: Dynamic, placeholder: Dynamic, edges: boolean | null, value: Dynamic) => {
    if (!isArray(series)) return null;
    const known = [...series.entries()].filter(([, item]) => !same(item, placeholder));
    if (known.length === 0) return series.map(() => value);
    const whole = known.every(([, item]) => typeof item === 'bigint');
    let next = 0;
    return series.map((item, i) => {
      while (next < known.length && (known[next]?.[0] ?? 0) < i) next++;
      const [before, after] = [known[next - 1], known[next]];
      if (after?.[0] === i) return item;
      if (!before || !after) return edges === false ? item : ((before ?? after)?.[1] ?? null);
      const [from, to] = [Number(before[1]), Number(after[1])];
      const y = from + ((to - from) / (after[0] - before[0])) * (i - before[0]);
      return whole ? BigInt(Math.trunc(y)) : y;
    });
  },
};

export const functions: readonly ScalarFunction[] = [
  hostCall('series', forward, [null]),
  hostCall('series', backward, [null]),
  hostCall('series', constant, [null]),
  hostCall('series', linear, [null, true, 0n]),
];

export const hosts: readonly HostFunction[] = [forward, backward, constant, linear];
