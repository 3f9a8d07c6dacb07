/** Functions over dynamic bags. A key that starts with `$` is a path into nested bags; what is not a bag gives null. */
import { type Dynamic, type DynamicBag, isArray, isBag } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import type { HostFunction, ScalarFunction } from './registry.js';

const PATH_STEP = /\.([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)")\]/y;

const keys: HostFunction = {
  name: 'bag_keys',
  params: ['dynamic'],
  returns: 'dynamic',
  run: (bag: Dynamic) => (isBag(bag) ? [...bag.keys()] : null),
};

const hasKey: HostFunction = {
  name: 'bag_has_key',
  params: ['dynamic', 'string'],
  returns: 'bool',
  run: (bag: Dynamic, key: string) => {
    if (!isBag(bag)) return null;
    let at: Dynamic | undefined = bag;
    for (const step of steps(key)) {
      if (at === undefined || !isBag(at) || !at.has(step)) return false;
      at = at.get(step);
    }
    return true;
  },
};

/** Of several values for one key the leftmost stays; what is not a bag is passed over. */
const merge: HostFunction = {
  name: 'bag_merge',
  params: [],
  variadic: 'dynamic',
  returns: 'dynamic',
  handlesNull: true,
  run: (...bags: Dynamic[]) => {
    const merged = new Map<string, Dynamic>();
    const given = bags.filter(isBag);
    for (const bag of given) for (const [key, value] of bag) if (!merged.has(key)) merged.set(key, value);
    return given.length === 0 ? null : merged;
  },
};

const removeKeys: HostFunction = {
  name: 'bag_remove_keys',
  params: ['dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (bag: Dynamic, names: Dynamic) => {
    if (!isBag(bag) || !isArray(names)) return null;
    return names.reduce<DynamicBag>(
      (left, name) => (typeof name === 'string' ? without(left, steps(name)) : left),
      bag,
    );
  },
};

const setKey: HostFunction = {
  name: 'bag_set_key',
  params: ['dynamic', 'string', 'dynamic'],
  returns: 'dynamic',
  handlesNull: true,
  run: (bag: Dynamic, key: string, value: Dynamic) => (isBag(bag) ? withValue(bag, steps(key), value) : null),
};

/** Keys that are not strings are dropped with their values; a key without a value gets null. */
const zip: HostFunction = {
  name: 'bag_zip',
  params: ['dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (names: Dynamic, values: Dynamic) => {
    if (!isArray(names) || !isArray(values)) return null;
    const bag = new Map<string, Dynamic>();
    for (const [i, name] of names.entries()) if (typeof name === 'string') bag.set(name, values[i] ?? null);
    return bag;
  },
};

/** `$.a.b` and `$['a']['b']` are steps; any other text is one key. */
function steps(key: string): readonly string[] {
  if (!key.startsWith('$')) return [key];
  const found: string[] = [];
  PATH_STEP.lastIndex = 1;
  while (PATH_STEP.lastIndex < key.length) {
    const match = PATH_STEP.exec(key);
    if (!match) return [key];
    found.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return found.length === 0 ? [key] : found;
}

function without(bag: DynamicBag, [step, ...rest]: readonly string[]): DynamicBag {
  const inner = step === undefined ? undefined : bag.get(step);
  if (step === undefined || inner === undefined) return bag;
  const left = new Map(bag);
  if (rest.length === 0) left.delete(step);
  else if (isBag(inner)) left.set(step, without(inner, rest));
  return left;
}

/** Bags on the way are made where they are missing; a value on the way that is no bag gives way to one. */
function withValue(bag: DynamicBag, [step, ...rest]: readonly string[], value: Dynamic): DynamicBag {
  if (step === undefined) return bag;
  const inner = bag.get(step) ?? null;
  const set = rest.length === 0 ? value : withValue(isBag(inner) ? inner : new Map<string, Dynamic>(), rest, value);
  return new Map(bag).set(step, set);
}

export const functions: readonly ScalarFunction[] = [keys, hasKey, merge, removeKeys, setKey, zip].map((host) =>
  hostCall('dynamic', host),
);

export const hosts: readonly HostFunction[] = [keys, hasKey, merge, removeKeys, setKey, zip];
