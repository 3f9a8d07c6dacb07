/** Every function and operator of the language that Assay runs. What is not here is refused by name. */
import { aggregateHosts } from '../aggregates/index.js';
import * as arithmetic from './arithmetic.js';
import * as conditional from './conditional.js';
import * as conversion from './conversion.js';
import * as dynamic from './dynamic.js';
import * as operators from './operators.js';
import type { HostFunction, ScalarFunction } from './registry.js';

interface FunctionFamily {
  readonly functions?: readonly ScalarFunction[];
  readonly operators?: readonly ScalarFunction[];
  readonly hosts?: readonly HostFunction[];
}

const families: readonly FunctionFamily[] = [arithmetic, conditional, conversion, dynamic, operators, { hosts: aggregateHosts }];

/** Functions by name and by alias. */
export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = byName(families.flatMap((family) => family.functions ?? []));

/** Operators by the text that stands for them (`==`, `has`, `unary-`). */
export const scalarOperators: ReadonlyMap<string, ScalarFunction> = byName(families.flatMap((family) => family.operators ?? []));

/** Functions in TypeScript that SQL may call, by name. */
export const hostFunctions: ReadonlyMap<string, HostFunction> = new Map(
  families.flatMap((family) => family.hosts ?? []).map((host) => [host.name, host]),
);

function byName(functions: readonly ScalarFunction[]): ReadonlyMap<string, ScalarFunction> {
  const map = new Map<string, ScalarFunction>();
  for (const fn of functions) {
    for (const name of [fn.name, ...(fn.aliases ?? [])]) {
      if (map.has(name)) throw new Error(`The function '${name}' is defined twice.`);
      map.set(name, fn);
    }
  }
  return map;
}
