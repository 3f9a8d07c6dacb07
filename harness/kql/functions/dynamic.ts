/** All functions over dynamic values. */
import * as arrays from './arrays.js';
import * as bags from './bags.js';
import * as json from './json.js';
import * as pack from './pack.js';
import * as path from './path.js';
import type { HostFunction, ScalarFunction } from './registry.js';
import * as sequences from './sequences.js';
import * as sets from './sets.js';

export const functions: readonly ScalarFunction[] = [json, pack, arrays, bags, sets, sequences].flatMap(
  (family) => family.functions,
);

export const hosts: readonly HostFunction[] = [path, json, pack, arrays, bags, sets, sequences].flatMap(
  (family) => family.hosts,
);
