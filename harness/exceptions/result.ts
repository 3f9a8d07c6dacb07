import { z } from 'zod';

/** How safe an exception is, and why: part of every document that shows one. */
export const evidenceOfGrade = z.strictObject({
  grade: z.enum(['A', 'B', 'C', 'D', 'E']),
  /** The cheapest way to be hidden by it. */
  way: z.string(),
  /** Who controls each field that it asks. */
  fields: z.array(z.strictObject({ field: z.string(), kind: z.string(), control: z.string() })),
});
