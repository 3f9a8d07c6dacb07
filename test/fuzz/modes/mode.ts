import { FileError } from '../../../harness/files/errors.js';
import { KqlError } from '../../../harness/kql/errors.js';
import type { Random } from '../random.js';

/** What became of an input. */
export interface Verdict {
  /** In a word or two, to be counted. */
  readonly end: string;
  /** What is wrong with that end, where it is a mistake of ours. */
  readonly fault?: string;
  /** The input as a person can read it, or what it was made of. */
  readonly input: string;
}

/** Judges one input after the other, in a process of its own. */
export interface Fuzzer {
  /** @param random what the input follows from */
  judge(random: Random): Promise<Verdict>;
  close(): void;
}

/** A kind of hostile input. */
export interface Mode {
  readonly name: string;
  readonly what: string;
  /** @param share one of so many inputs is tried at length, where that takes much longer */
  open(share: number): Promise<Fuzzer>;
}

/** Words by which a database, a parser or the runtime speaks, and not Assay. */
const RAW =
  /The file cannot be loaded:|cannot be evaluated|INTERNAL Error|Binder Error|Invalid Input Error|Conversion Error|Cannot read propert|is not a function|is not iterable|Maximum call stack|undefined|\[object Object\]|ENOENT|EISDIR|\bat \S+ \(.*:\d+:\d+\)/;

/** Longest message that a person should have to read of one mistake. */
const LONGEST = 2_000;

/** What an error makes of an input: a named error is an answer, anything else is a fault. */
export function ended(error: unknown, input: string): Verdict {
  if (!(error instanceof FileError || error instanceof KqlError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { end: 'exception', fault: stack, input };
  }
  const messages = error instanceof FileError ? error.problems : error.diagnostics;
  if (messages.length === 0) return { end: 'refused', fault: 'an error without a message', input };
  for (const { message } of messages) {
    const raw = RAW.exec(message);
    if (raw !== null) return { end: 'refused', fault: `speaks as a machine (${raw[0]}): ${message}`, input };
    if (message.length > LONGEST) return { end: 'refused', fault: `is ${message.length} long: ${message}`, input };
  }
  return { end: 'refused', input };
}

/** The start of an input, for a person. */
export function shown(bytes: string | Uint8Array): string {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
  const start = JSON.stringify(text.slice(0, 1_500));
  return text.length > 1_500 ? `${start} … ${text.length} in all` : start;
}
