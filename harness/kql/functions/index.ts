/** Every function and operator of the language that Assay runs. What is not here is refused by name. */
import { aggregateHosts } from '../aggregates/index.js';
import * as arithmetic from './arithmetic.js';
import * as bagShape from './bag-shape.js';
import * as conditional from './conditional.js';
import * as conversion from './conversion.js';
import * as datetime from './datetime.js';
import * as datetimeFormat from './datetime-format.js';
import * as dynamic from './dynamic.js';
import * as encoding from './encoding.js';
import * as formatBytes from './format-bytes.js';
import * as geo from './geo.js';
import * as hash from './hash.js';
import * as network from './network.js';
import * as number from './number.js';
import * as operators from './operators.js';
import * as parseText from './parse-text.js';
import * as parsing from './parsing.js';
import * as regex from './regex-sql.js';
import type { HostFunction, ScalarFunction } from './registry.js';
import * as room from './room.js';
import * as series from './series.js';
import * as seriesMake from './series-make.js';
import * as special from './special.js';
import * as string from './string.js';
import * as timezone from './timezone.js';
import * as units from './units.js';

interface FunctionFamily {
  readonly functions?: readonly ScalarFunction[];
  readonly operators?: readonly ScalarFunction[];
  readonly hosts?: readonly HostFunction[];
}

const families: readonly FunctionFamily[] = [
  arithmetic,
  conditional,
  conversion,
  datetime,
  datetimeFormat,
  dynamic,
  encoding,
  formatBytes,
  geo,
  hash,
  network,
  number,
  operators,
  parseText,
  parsing,
  bagShape,
  regex,
  room,
  series,
  seriesMake,
  special,
  string,
  timezone,
  units,
  { hosts: aggregateHosts },
];

/** Functions by name and by alias. */
export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = byName(
  families.flatMap((family) => family.functions ?? []),
);

/** Operators by the text that stands for them (`==`, `has`, `unary-`). */
export const scalarOperators: ReadonlyMap<string, ScalarFunction> = byName(
  families.flatMap((family) => family.operators ?? []),
);

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
