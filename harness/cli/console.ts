import type { OutputConfiguration } from 'commander';
import { type Printable, printable } from '../files/printable.js';
import { shortened } from '../kql/errors.js';

/** Where answers go. */
let answers: 'stdout' | 'stderr' = 'stdout';

/** Prints what a command answers, as whole lines. */
export function writeOut(text: Printable): void {
  process[answers].write(lines(text));
}

/** Prints what else there is to say, as whole lines. */
export function writeErr(text: Printable): void {
  process.stderr.write(lines(text));
}

/** Runs something whose answer is not what was asked for: it goes to stderr. */
export async function onStderr<T>(run: () => Promise<T>): Promise<T> {
  const before = answers;
  answers = 'stderr';
  try {
    return await run();
  } finally {
    answers = before;
  }
}

/** A terminal on which one line is rewritten in place. */
export interface LineStream {
  write(text: string): unknown;
}

const CLEAR = '\r\u001b[2K';

/** Shows a line in place of what was on the last one. */
export function replaceLine(stream: LineStream, line: Printable): void {
  stream.write(`${CLEAR}${line}`);
}

/** How commander prints: help, and what is wrong with the arguments, which may be names of a stranger's files. */
export const COMMANDER_OUTPUT: OutputConfiguration = {
  writeOut: (text) => writeOut(printable(text)),
  writeErr: (text) => writeErr(printable(text)),
  outputError: (text, write) => write(shortened(text)),
};

/** What is printed next begins a line, so that no command is made of two texts. */
function lines(text: Printable): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
