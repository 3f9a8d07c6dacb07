#!/usr/bin/env node
import { askToStop, endOnSignals } from '../files/ending.js';
import { printable } from '../files/printable.js';
import { systemWords } from '../files/system.js';
import { writeErr } from './console.js';
import { EXIT } from './exit.js';
import { report, run } from './program.js';

endOnSignals();

process.stdout.on('error', ({ code = 'EIO' }: NodeJS.ErrnoException) => {
  askToStop();
  // A reader that has seen enough (`assay query … | head`) closes the pipe; the outcome is what it is.
  if (code !== 'EPIPE') loseAnswer(code);
});
// Nobody is left to tell; the exit code still says how it ended.
process.stderr.on('error', () => undefined);

let isLost = false;

/** An answer that nobody gets is no success, whatever it says. */
function loseAnswer(code: string): void {
  if (isLost) return;
  isLost = true;
  writeErr(printable(`stdout: ${systemWords(code, '', 'write')}`));
  process.on('exit', () => {
    process.exitCode = EXIT.usage;
  });
}

// Node would print these itself, and with them whatever text they quote.
process.on('uncaughtException', (error) => process.exit(report(error)));
process.removeAllListeners('warning').on('warning', (warning) => writeErr(printable(String(warning))));

process.exitCode = await run(process.argv.slice(2));
