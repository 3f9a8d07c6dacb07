import type { Shared } from '../../plan/plan.js';

/** What each node is told apart by: the column that parts the graph, where there is one, and the node's id. */
type Key = readonly number[];

/** A graph. Columns are given by their place in the shared plan: each use of it has columns of its own. */
export interface Graph {
  readonly nodes: Shared;
  readonly nodeKey: Key;
  /** Names of the nodes' properties; they are the columns of these names among the first `properties.length`. */
  readonly nodeProperties: number;
  readonly edges: Shared;
  readonly source: Key;
  readonly target: Key;
  /** A number of each edge. */
  readonly edgeNumber: number;
  readonly edgeProperties: number;
}
