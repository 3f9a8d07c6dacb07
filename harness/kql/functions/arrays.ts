/** Functions over dynamic arrays. Positions count from 0, negative ones from the end; what is not an array gives null. */
import { type Dynamic, isArray } from '../values/dynamic.js';
import { ascending, same } from '../values/dynamic-order.js';
import { coerce, hostCall } from './calls.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

type Items = readonly Dynamic[];

/** A host function of an array and whole numbers, whose result is dynamic. */
function overArray(name: string, numbers: number, run: (items: Items, ...numbers: number[]) => Dynamic): HostFunction {
  return {
    name,
    params: ['dynamic', ...Array<'long'>(numbers).fill('long')],
    returns: 'dynamic',
    run: (array: Dynamic, ...rest: bigint[]) => (isArray(array) ? run(array, ...rest.map(Number)) : null),
  };
}

const reverse = overArray('array_reverse', 0, (items) => items.toReversed());
const rotateLeft = overArray('array_rotate_left', 1, (items, by) => rotated(items, by));
const rotateRight = overArray('array_rotate_right', 1, (items, by) => rotated(items, -by));

/** Both ends belong to the slice. */
const slice = overArray('array_slice', 2, (items, from, to) => {
  const place = (index: number): number => (index < 0 ? index + items.length : index);
  return items.slice(Math.max(0, place(from)), Math.max(0, place(to) + 1));
});

function rotated(items: Items, by: number): Items {
  const cut = items.length === 0 ? 0 : ((by % items.length) + items.length) % items.length;
  return [...items.slice(cut), ...items.slice(0, cut)];
}

const shiftLeft = shift('array_shift_left', 1);
const shiftRight = shift('array_shift_right', -1);

/** The filling is null unless given, or an empty string in an array of strings. */
function shift(name: string, direction: number): HostFunction {
  return {
    name,
    params: ['dynamic', 'long', 'dynamic'],
    returns: 'dynamic',
    handlesNull: true,
    run: (array: Dynamic, by: bigint | null, given: Dynamic) => {
      if (!isArray(array) || by === null) return null;
      const text = array.length > 0 && array.every((item) => typeof item === 'string');
      const filling = given ?? (text ? '' : null);
      const offset = direction * Number(by);
      return array.map((_, i) => {
        const from = i + offset;
        return from < 0 || from >= array.length ? filling : (array[from] ?? null);
      });
    },
  };
}

const split: HostFunction = {
  name: 'array_split',
  params: ['dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (array: Dynamic, at: Dynamic) => {
    if (!isArray(array)) return null;
    const cuts: number[] = [];
    for (const index of isArray(at) ? at : [at]) {
      if (typeof index !== 'bigint') return null;
      const place = Number(index);
      cuts.push(Math.min(array.length, Math.max(0, place < 0 ? place + array.length : place)));
    }
    return [0, ...cuts].map((from, i) => array.slice(from, cuts[i] ?? array.length));
  },
};

const sum: HostFunction = {
  name: 'array_sum',
  params: ['dynamic'],
  returns: 'real',
  run: (array: Dynamic) => {
    if (!isArray(array)) return null;
    let total = 0;
    for (const item of array) {
      if (typeof item !== 'bigint' && typeof item !== 'number') return null;
      total += Number(item);
    }
    return total;
  },
};

/** -1 when the value is not there; a negative length means all, a start before the first item is the first. */
const indexOf: HostFunction = {
  name: 'array_index_of',
  params: ['dynamic', 'dynamic', 'long', 'long', 'long'],
  returns: 'long',
  run: (array: Dynamic, value: Dynamic, start: bigint, length: bigint, occurrence: bigint) => {
    if (!isArray(array) || length < -1n || occurrence < 1n) return null;
    const from = Math.max(0, start < 0n ? array.length + Number(start) : Number(start));
    const to = length < 0n ? array.length : Math.min(array.length, from + Number(length));
    let left = occurrence;
    for (let i = from; i < to; i++) {
      if (same(array[i] ?? null, value) && --left === 0n) return BigInt(i);
    }
    return -1n;
  },
};

/** A condition is a boolean or a number; any other gives null, as does a branch that is too short. */
const iff: HostFunction = {
  name: 'array_iff',
  params: ['dynamic', 'dynamic', 'dynamic'],
  returns: 'dynamic',
  handlesNull: true,
  run: (conditions: Dynamic, whenTrue: Dynamic, whenFalse: Dynamic) => {
    if (!isArray(conditions)) return null;
    return conditions.map((condition, i) => {
      if (typeof condition !== 'boolean' && typeof condition !== 'bigint' && typeof condition !== 'number') return null;
      const branch = Number(condition) === 0 ? whenFalse : whenTrue;
      return isArray(branch) ? (branch[i] ?? null) : branch;
    });
  },
};

const zip: HostFunction = {
  name: 'zip',
  params: [],
  variadic: 'dynamic',
  returns: 'dynamic',
  run: (...arrays: Dynamic[]) => {
    if (!arrays.every(isArray)) return null;
    const longest = Math.max(...arrays.map((array) => array.length));
    return Array.from({ length: longest }, (_, i) => arrays.map((array) => array[i] ?? null));
  },
};

const sortAscending = sort('array_sort_asc', 1);
const sortDescending = sort('array_sort_desc', -1);

/**
 * Sorts the first array and puts the others in the same order; nulls go last unless told otherwise. One array gives
 * the array, more give an array of arrays. An array whose length is not the first one's becomes null.
 */
function sort(name: string, direction: 1 | -1): HostFunction {
  return {
    name,
    params: ['bool'],
    variadic: 'dynamic',
    returns: 'dynamic',
    handlesNull: true,
    run: (nullsLast: boolean | null, ...arrays: Dynamic[]) => {
      const first = arrays[0] ?? null;
      if (!isArray(first)) return arrays.length === 1 ? null : arrays.map(() => null);
      const order = first
        .map((item, at) => ({ item, at }))
        .sort((a, b) =>
          a.item === null || b.item === null
            ? (Number(a.item === null) - Number(b.item === null)) * (nullsLast === false ? -1 : 1)
            : ascending(a.item, b.item, direction),
        )
        .map(({ at }) => at);
      const results = arrays.map((array) =>
        isArray(array) && array.length === first.length ? order.map((at) => array[at] ?? null) : null,
      );
      return results.length === 1 ? (results[0] ?? null) : results;
    },
  };
}

function sortFunction(host: HostFunction): ScalarFunction {
  return sqlFunction('dynamic', host.name, (args, _type, context) => {
    const arrays = args.filter((arg) => arg.type !== 'bool');
    const [nullsLast] = args.filter((arg) => arg.type === 'bool');
    return context.host(host, [nullsLast?.sql ?? 'true', ...arrays.map((arg) => coerce(arg, 'dynamic', context))]);
  });
}

function length([array]: readonly Arg[], _type: unknown, context: EmitContext): string {
  if (array === undefined) throw new Error('array_length takes one argument');
  return `len(json_transform(${coerce(array, 'dynamic', context)}, '["JSON"]'))`;
}

/** What is not an array adds nothing. */
function concat(args: readonly Arg[], _type: unknown, context: EmitContext): string {
  const inner = args.map((arg) =>
    once(
      [coerce(arg, 'dynamic', context)],
      (json) => `CASE WHEN starts_with(${json}, '[') AND ${json} <> '[]' THEN (${json})[2:-2] END`,
    ),
  );
  return `('[' || concat_ws(',', ${inner.join(', ')}) || ']')`;
}

export const functions: readonly ScalarFunction[] = [
  sqlFunction('dynamic', 'array_length', length, ['arraylength']),
  sqlFunction('dynamic', 'array_concat', concat),
  sortFunction(sortAscending),
  sortFunction(sortDescending),
  hostCall('dynamic', reverse),
  hostCall('dynamic', rotateLeft),
  hostCall('dynamic', rotateRight),
  hostCall('dynamic', shiftLeft, [null]),
  hostCall('dynamic', shiftRight, [null]),
  hostCall('dynamic', slice),
  hostCall('dynamic', split),
  hostCall('dynamic', sum),
  hostCall('dynamic', indexOf, [0n, -1n, 1n]),
  hostCall('dynamic', iff, [], ['array_iif']),
  hostCall('dynamic', zip),
];

export const hosts: readonly HostFunction[] = [
  sortAscending,
  sortDescending,
  reverse,
  rotateLeft,
  rotateRight,
  shiftLeft,
  shiftRight,
  slice,
  split,
  sum,
  indexOf,
  iff,
  zip,
];
