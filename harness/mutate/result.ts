/** What mutating a rule found. Reports read this document and nothing else. */

/** Raised whenever a reader of the older document would misread the newer one. */
export const MUTATION_VERSION = 1;

/**
 * `killed`: a test fails on it. `survived`: no test does, though an event shows the difference. `equivalent`: no test
 * does, and no event that was tried shows a difference. `invalid`: it does not bind or run, and so could not be deployed.
 */
export type MutantStatus = 'killed' | 'survived' | 'equivalent' | 'invalid';

export interface MutantResult {
  readonly id: number;
  readonly mutator: string;
  /** What the mistake is, in words. */
  readonly does: string;
  /** What stands in place of the text between the two places. */
  readonly replacement: string;
  /** Places in the rule's file, 1-based; the end is the first character that stays. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** The step or declaration of the rule that it is in, on one line. */
  readonly clause: string;
  readonly status: MutantStatus;
  /** The test that fails on it. */
  readonly killedBy?: string;
  /** Why it is invalid. */
  readonly reason?: string;
  /** Of a survivor: what the rule does with an event on which the two part, and what the mutant does. */
  readonly witness?: Witness;
  /** Events of the workload on which it parts from the rule, where one was played. */
  readonly workload?: { readonly gained: number; readonly lost: number; readonly altered: number };
}

export interface Witness {
  /** How the two differ, in words. */
  readonly difference: string;
  /** The test that is missing, as YAML to go into `tests.yaml`. */
  readonly test: string;
}

export interface MutationResult {
  readonly version: typeof MUTATION_VERSION;
  readonly detection: string;
  readonly title: string;
  readonly rule: {
    readonly file: string;
    /** The whole text of the file. */
    readonly source: string;
  };
  /** Names of the tests that judged, in the order of their file. */
  readonly tests: readonly string[];
  readonly mutants: readonly MutantResult[];
  /** Share of killed mutants among those killed and survived; nothing when there are none. */
  readonly score: number | null;
  /** Events or sets of events that were tried in search of witnesses. */
  readonly searched: number;
}

export function scoreOf(mutants: readonly Pick<MutantResult, 'status'>[]): number | null {
  const of = (status: MutantStatus): number => mutants.filter((mutant) => mutant.status === status).length;
  const judged = of('killed') + of('survived');
  return judged === 0 ? null : of('killed') / judged;
}
