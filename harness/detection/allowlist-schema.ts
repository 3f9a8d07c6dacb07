import { z } from 'zod';

/** `allowlist.yaml`: reviewed exceptions of a rule. */
export const allowlistSchema = z.strictObject({
  /** Where in the rule they stand, for a rule with several places: a table that it names, or a variable over one. */
  place: z.string().min(1).optional(),
  /** The Sentinel watchlist that holds them in production; in the rule itself when absent. */
  watchlist: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/)
    .optional(),
  exceptions: z.array(
    z.strictObject({
      /** A KQL condition; rows for which it holds raise no alert. */
      condition: z.string().min(1),
      reason: z.string().min(1),
      owner: z.string().min(1),
      /** The last day on which the exception holds. */
      expiry: z.iso.date(),
    }),
  ),
});

export type Allowlist = z.infer<typeof allowlistSchema>;
