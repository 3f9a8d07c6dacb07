import type { Node } from '../../syntax.js';

/** A node of a pattern: `(x)`. */
export interface NodeElement {
  readonly name: string;
  readonly node: Node;
}

/** An edge of a pattern: `-[e]->`. */
export interface EdgeElement {
  readonly name: string;
  readonly node: Node;
  readonly direction: 'out' | 'in' | 'any';
  /** Least and greatest number of steps of an edge of variable length. */
  readonly steps?: readonly [number, number];
}
