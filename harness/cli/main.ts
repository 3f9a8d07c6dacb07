#!/usr/bin/env node
import { printable } from '../files/printable.js';
import { writeErr } from './console.js';
import { EXIT } from './exit.js';
import { reportFault, run } from './program.js';

// A reader that has seen enough (`assay query … | head`) closes the pipe; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

// Node would print these itself, and with them whatever text they quote.
process.on('uncaughtException', (error) => process.exit(reportFault(error)));
process.removeAllListeners('warning').on('warning', (warning) => writeErr(printable(String(warning))));

process.exitCode = await run(process.argv.slice(2));
