/** Arrays as sets. Results keep the order in which values first appear; what is not an array gives null. */
import { type Dynamic, isArray } from '../values/dynamic.js';
import { identity } from '../values/dynamic-order.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction } from './registry.js';

type Items = readonly Dynamic[];

function overSets(name: string, run: (first: Items, ...rest: Items[]) => Dynamic): HostFunction {
  return {
    name,
    params: ['dynamic'],
    variadic: 'dynamic',
    returns: 'dynamic',
    run: (first: Dynamic, ...rest: Dynamic[]) => (isArray(first) && rest.every(isArray) ? run(first, ...rest) : null),
  };
}

const union = overSets('set_union', (...sets) => distinct(sets.flat()));

const intersect = overSets('set_intersect', (first, ...rest) => {
  const others = rest.map(identities);
  return distinct(first).filter((item) => others.every((other) => other.has(identity(item))));
});

const difference = overSets('set_difference', (first, ...rest) => {
  const others = identities(rest.flat());
  return distinct(first).filter((item) => !others.has(identity(item)));
});

const hasElement: HostFunction = {
  name: 'set_has_element',
  params: ['dynamic', 'dynamic'],
  returns: 'bool',
  run: (set: Dynamic, value: Dynamic) => (isArray(set) ? identities(set).has(identity(value)) : null),
};

/** Whether two sets hold the same elements, however often and in whatever order. */
const setEquals: HostFunction = {
  name: 'set_equals',
  params: ['dynamic', 'dynamic'],
  returns: 'bool',
  run: (a: Dynamic, b: Dynamic) => {
    if (!isArray(a) || !isArray(b)) return null;
    const [left, right] = [identities(a), identities(b)];
    return left.size === right.size && [...left].every((item) => right.has(item));
  },
};

/** Size of the intersection over size of the union; NaN for two empty sets. */
const jaccard: HostFunction = {
  name: 'jaccard_index',
  params: ['dynamic', 'dynamic'],
  returns: 'real',
  run: (a: Dynamic, b: Dynamic) => {
    if (!isArray(a) || !isArray(b)) return null;
    const [left, right] = [identities(a), identities(b)];
    const shared = [...left].filter((item) => right.has(item)).length;
    return shared / (left.size + right.size - shared);
  },
};

function identities(items: Items): ReadonlySet<string> {
  return new Set(items.map(identity));
}

function distinct(items: Items): Items {
  const seen = new Set<string>();
  return items.filter((item) => seen.size < seen.add(identity(item)).size);
}

const sets: readonly HostFunction[] = [union, intersect, difference, hasElement, setEquals, jaccard];

export const functions: readonly ScalarFunction[] = sets.map((host) => hostCall('dynamic', host));

export const hosts: readonly HostFunction[] = sets;
