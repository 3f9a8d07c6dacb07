import { z } from 'zod';

const count = z.int().min(0);

/** Events, by where they come from: the detection's tests, and the attacks and the everyday life of its workload. */
const counts = z.strictObject({ tests: count, malicious: count, benign: count });

const part = z.strictObject({
  /** A condition, an entry of a list, or what chooses a branch. */
  kind: z.enum(['clause', 'entry', 'branch']),
  /** As written, on one line. */
  text: z.string(),
  /** The condition that it is part of, on one line; the name of the column before it, where it makes one. */
  site: z.string(),
  /** Place in the rule's file, 1-based; the end is the first character after it. */
  line: count,
  column: count,
  endLine: count,
  endColumn: count,
  /** Events that reached it and for which it holds. */
  held: counts,
  /** Events for which the whole condition would be another without it. */
  decided: counts,
  /** Why it decides nothing, where it does not. */
  finding: z.string().optional(),
});

export const coverageSchema = z.strictObject({
  parts: z.array(part),
  /** How many of the parts decide something in the tests. */
  covered: count,
  /** Columns that the rule computes and that are the same in every row it returns. */
  constants: z.array(z.strictObject({ column: z.string(), value: z.string() })),
});

export type Coverage = z.infer<typeof coverageSchema>;
export type CoveredPart = z.infer<typeof part>;
export type EventCounts = z.infer<typeof counts>;
