/** All aggregates by name, other names included. */
import type { AggregateFunction, HostFunction } from '../functions/registry.js';
import { binary } from './binary.js';
import { collections } from './collect.js';
import { counts } from './count.js';
import { bagOf, schemaOf } from './hosts.js';
import { percentileAggregates } from './percentile.js';
import { picks } from './pick.js';
import { statistics } from './statistics.js';

export { PICKS, pickAny, pickBy, pickedField } from './pick.js';

const SKETCH = "its result is the cloud's own sketch, which shows in results and cannot be rebuilt";

/** Aggregates that the language has and that are not supported, each with the reason. */
export const refusedAggregates: ReadonlyMap<string, string> = new Map([
  ['hll', `${SKETCH}; use dcount()`],
  ['hll_if', `${SKETCH}; use dcountif()`],
  ['hll_merge', `${SKETCH}; use dcount()`],
  ['tdigest', `${SKETCH}; use percentile()`],
  ['tdigest_merge', `${SKETCH}; use percentile()`],
  ['merge_tdigest', `${SKETCH}; use percentile()`],
]);

const supported = [...counts, ...statistics, ...picks, ...collections, ...percentileAggregates, ...binary];

export const aggregates: ReadonlyMap<string, AggregateFunction> = new Map(
  supported.flatMap((aggregate) => [aggregate.name, ...(aggregate.aliases ?? [])].map((name) => [name, aggregate])),
);

/** What the engine must provide for aggregates. */
export const aggregateHosts: readonly HostFunction[] = [bagOf, schemaOf];
