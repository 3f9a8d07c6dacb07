import type { Visit } from './json-strings.js';

/** Where the texts of a file go: what stands in for each, and a word after each record. */
export interface Reader {
  readonly visit: Visit;
  settle(): void;
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
