import type { Link, Visit } from './json-strings.js';

/** Where the texts of a file go: what stands in for each, and what a record calls people. */
export interface Reader {
  readonly visit: Visit;
  readonly link?: Link;
}

/** A record that could not be read, and so is not written either. */
export interface LostRecord {
  readonly line: number;
  readonly reason: string;
}

export interface FileResult {
  readonly records: number;
  readonly lostCount: number;
  /** The first of the lost records. */
  readonly lost: readonly LostRecord[];
}
