import { run } from '../../harness/cli/program.js';

/** What a command writes to a stream that is no terminal, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a build server sets, and a command then does otherwise than for a person. */
const OF_BUILD_SERVERS = ['CI', 'GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY'];

/** Runs the command line in this process as at a person's desk, also where a build server runs the tests. */
export async function assay(args: readonly string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const environment = { ...process.env };
  for (const name of OF_BUILD_SERVERS) delete process.env[name];
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
    Object.assign(process.env, environment);
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
