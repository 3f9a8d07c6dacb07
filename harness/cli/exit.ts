import { shortened } from '../kql/errors.js';

/** What the exit code says. */
export const EXIT = {
  ok: 0,
  /** A failed test, a failed gate, a regression. */
  findings: 1,
  /** A rule that does not parse, bind or run. */
  rule: 2,
  /** Wrong flags, wrong files; also a run in which nothing was tested. */
  usage: 3,
  /** A fault of Assay itself. */
  fault: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Wrong use of a command, in words for the person who typed it. */
export class UsageError extends Error {
  constructor(message: string) {
    super(shortened(message));
    this.name = 'UsageError';
  }
}
