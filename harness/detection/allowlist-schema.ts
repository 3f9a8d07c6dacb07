import { z } from 'zod';

/** `allowlist.yaml`: reviewed exceptions of a rule. */
export const allowlistSchema = z.strictObject({
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
