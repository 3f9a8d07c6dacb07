import { type Diagnostic, KqlError } from './errors.js';
import type { Bound, Bounds } from './types.js';

/** What holds where nobody says otherwise. */
export const BOUNDS: Bounds = {
  columns: bound(5_000),
  parts: bound(500_000),
  sql: bound(16_000_000),
  text: bound(2_000_000),
  tokens: bound(250_000),
  time: bound(60),
};

function bound(most: number): Bound {
  return { most, raise: `The limit is ${most.toLocaleString('en-US')}.` };
}

/** When a query has to be done, and what is said where it is not. */
export interface Deadline {
  /** On the clock of `performance.now()`, in milliseconds. */
  readonly at: number;
  readonly message: string;
}

/** The end of the time that a query gets, from now on. */
export function deadlineIn({ most, raise }: Bound): Deadline {
  return { at: performance.now() + most * 1000, message: tooLong(most, raise) };
}

/** What is said of a query that took longer than so many seconds. */
export function tooLong(seconds: number, raise: string): string {
  return `The query was stopped: it took longer than ${seconds} seconds. ${raise}`.trimEnd();
}

/** @throws KqlError where the time is over */
export function inTime({ at, message }: Deadline): void {
  if (performance.now() > at) throw new KqlError([nowhere(message)]);
}

/** A limit that was exceeded at no place in particular. */
export function nowhere(message: string): Diagnostic {
  return { code: 'resource-limit', severity: 'error', message, line: 0, column: 0, length: 0 };
}
