import { run } from '../../harness/cli/program.js';

/** What a command writes to a stream that is no terminal, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process. */
export async function assay(args: readonly string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const original = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (chunk: string | Uint8Array) => {
      written[name] += String(chunk);
      return true;
    };
  }
  try {
    return { code: await run(args), ...written };
  } finally {
    process.stdout.write = original.stdout;
    process.stderr.write = original.stderr;
    process.exitCode = undefined;
  }
}

/** The words of a command as a POSIX shell parts them: quotes group, nothing is expanded. */
export function words(line: string): string[] {
  const found: string[] = [];
  for (const [, single, double, bare] of line.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
    found.push(single ?? double?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  }
  return found;
}
