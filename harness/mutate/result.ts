import { z } from 'zod';

/** What mutating a rule found. Reports read this document and nothing else. */

/** Raised whenever a reader of the older document would misread the newer one. */
export const MUTATION_VERSION = 1;

const count = z.int().min(0);

/**
 * `killed`: a test fails on it. `survived`: no test does, though an event shows the difference. `equivalent`: no test
 * does, and no event that was tried shows a difference. `invalid`: it does not bind or run, and so could not be deployed.
 */
const status = z.enum(['killed', 'survived', 'equivalent', 'invalid']);

const witness = z.strictObject({
  /** How the two differ, in words. */
  difference: z.string(),
  /** The test that is missing, as YAML to go into `tests.yaml`. */
  test: z.string(),
});

const mutant = z.strictObject({
  id: count,
  mutator: z.string(),
  /** What the mistake is, in words. */
  does: z.string(),
  /** What stands in place of the text between the two places. */
  replacement: z.string(),
  /** Places in the rule's file, 1-based; the end is the first character that stays. */
  line: count,
  column: count,
  endLine: count,
  endColumn: count,
  /** The step or declaration of the rule that it is in, on one line. */
  clause: z.string(),
  status,
  /** The test that fails on it. */
  killedBy: z.string().optional(),
  /** Why it is invalid. */
  reason: z.string().optional(),
  /** Of a survivor: what the rule does with an event on which the two part, and what the mutant does. */
  witness: witness.optional(),
  /** Events of the workload on which it parts from the rule, where one was played. */
  workload: z.strictObject({ gained: count, lost: count, altered: count }).optional(),
});

export const mutationSchema = z.strictObject({
  version: z.literal(MUTATION_VERSION),
  detection: z.string(),
  title: z.string(),
  rule: z.strictObject({
    file: z.string(),
    /** Of the KQL text. */
    sha256: z.string(),
    /** The whole text of the file. */
    source: z.string(),
  }),
  /** Names of the tests that judged, in the order of their file. */
  tests: z.array(z.string()),
  mutants: z.array(mutant),
  /** Share of killed mutants among those killed and survived; nothing when there are none. */
  score: z.number().min(0).max(1).nullable(),
  /** Events or sets of events that were tried in search of witnesses. */
  searched: count,
});

export type MutationResult = Readonly<z.infer<typeof mutationSchema>>;
export type MutantResult = Readonly<z.infer<typeof mutant>>;
export type MutantStatus = z.infer<typeof status>;
export type Witness = Readonly<z.infer<typeof witness>>;

export function scoreOf(mutants: readonly Pick<MutantResult, 'status'>[]): number | null {
  const of = (wanted: MutantStatus): number => mutants.filter((each) => each.status === wanted).length;
  const judged = of('killed') + of('survived');
  return judged === 0 ? null : of('killed') / judged;
}

const DROPS: ReadonlySet<string> = new Set([
  'drop-clause',
  'drop-entry',
  'drop-join-key',
  'drop-summarize-key',
  'drop-where',
]);

/** Whether a mutant shows that the part of the rule that it leaves out decides nothing on any event that was tried. */
export function showsDead({ mutator, status }: Pick<MutantResult, 'mutator' | 'status'>): boolean {
  return status === 'equivalent' && DROPS.has(mutator);
}
