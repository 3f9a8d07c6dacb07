#!/usr/bin/env node
import { EXIT } from './exit.js';
import { run } from './program.js';

// A reader that has seen enough (`assay query … | head`) closes the pipe; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await run(process.argv.slice(2));
