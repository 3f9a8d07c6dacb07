import { z } from 'zod';
import { howToRaise, type LimitName, limit } from './limits.js';

/** A whole number of a file, from `least` to a limit that is asked when the file is read. */
export function boundedInt(name: LimitName, least: number): z.ZodInt {
  return z
    .int()
    .min(least)
    .superRefine((value, context) => {
      if (value <= limit(name)) return;
      context.addIssue({ code: 'custom', message: `${value} is too many. ${howToRaise(name)}`, input: value });
    });
}
