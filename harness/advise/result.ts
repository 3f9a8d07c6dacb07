import { z } from 'zod';
import { playedOverSchema } from '../tune/played-over.js';

/** What the lists of a rule are worth, entry by entry. Reports read this document and nothing else. */

/** Raised whenever a reader of the older document would misread the newer one. */
export const ADVICE_VERSION = 1;

const count = z.int().min(0);

/** Alerts over the workload; of a difference, negative where there are fewer. */
const alerts = z.strictObject({ true: z.int(), false: z.int() });

/** A version of the rule over the workload. */
const worth = z.strictObject({
  alerts,
  falsePerDayPer1000Hosts: z.number(),
  /** Malicious activities that raise an alert, and scenarios of which any does. */
  attacks: count,
  procedures: count,
});

/** What a change of a list would do. */
const change = z.strictObject({
  alerts,
  falsePerDayPer1000Hosts: z.number(),
  attacks: z.int(),
  procedures: z.int(),
});

const host = z.strictObject({ host: z.string(), true: count, false: count });

const entry = z.strictObject({
  list: z.string(),
  entry: z.string(),
  /** Place in the rule's file, 1-based. */
  line: count,
  column: count,
  /** What only it brings: what would be lost without it. Negative where it alone holds alerts back. */
  only: change,
  /**
   * `drop`: it brings false alerts alone, or hides attacks alone; `narrow`: fewer hosts catch as much; `weigh`: it keeps
   * false alerts away and hides attacks; `idle`: without it all stays as it is.
   */
  advice: z.enum(['keep', 'drop', 'narrow', 'weigh', 'idle']),
  why: z.string(),
  /** The hosts behind its alerts, those with most false alerts first. */
  hosts: z.array(host),
  /** What to put in its place, and what that does. */
  narrow: z.strictObject({ to: z.array(z.string()).min(1), does: change }).optional(),
});

const addition = z.strictObject({
  list: z.string(),
  entry: z.string(),
  does: change,
  /** Scenarios that it would catch and that are not caught, with the activities of each. */
  procedures: z.array(z.strictObject({ scenario: z.string(), title: z.string(), attacks: count })),
  /** Scenarios that look something up there, caught or not. */
  usedBy: count,
});

export const adviceSchema = z.strictObject({
  version: z.literal(ADVICE_VERSION),
  detection: z.string(),
  title: z.string(),
  rule: z.strictObject({ file: z.string(), sha256: z.string() }),
  workload: playedOverSchema,
  /** Whether all versions were decided in one scan of the events, or each was run. */
  method: z.enum(['one scan', 'runs']),
  versions: count,
  now: worth,
  entries: z.array(entry),
  additions: z.array(addition),
  /** The rule with all entries dropped and narrowed as advised, and then with all additions that gain a procedure. */
  without: worth,
  complete: worth,
});

export type Advice = Readonly<z.infer<typeof adviceSchema>>;
export type EntryAdvice = z.infer<typeof entry>;
export type Addition = z.infer<typeof addition>;
export type Change = z.infer<typeof change>;
export type Worth = z.infer<typeof worth>;
