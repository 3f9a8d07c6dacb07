import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Command, Option } from 'commander';
import { findDetections } from '../detection/detection.js';
import { checkCommand } from './check.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { whole } from './flags.js';
import { testCommand } from './test.js';

interface Flags {
  readonly base?: string;
  readonly in: string;
  readonly out: string;
  readonly hosts?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** GitHub takes no longer comment. */
const LONGEST_COMMENT = 65_536;

/** By this line the comment of an earlier run is found again. */
const MARK = '<!-- assay -->';

/** `assay ci`: all that a pull request needs, in one run. */
export function ciCommand(): Command {
  return new Command('ci')
    .description('Checks, tests and compares the detections that a change touches, and writes every report for CI.')
    .option('--base <revision>', 'what the change is compared with; without it nothing is compared')
    .option('--in <folder>', 'where the detections are', 'detections')
    .option('--out <folder>', 'where the reports go', 'out')
    .option('--all', 'also those that the change does not touch')
    .option('--json', 'print what was run and written as JSON; what the parts say goes to stderr')
    .addOption(new Option('--hosts <n>', 'hosts of the simulated organisation').argParser(whole(1)))
    .addHelpText(
      'after',
      `
Writes into the folder: report.html, assay.sarif, check.sarif, diff.sarif, junit.xml, measurement.json, …, and comment.md for the
pull request.

Example:
  assay ci --base origin/main`,
    )
    .action(async (flags: Flags) => {
      process.exitCode = await runCi(flags);
    });
}

async function runCi({ base, in: within, out, hosts, all = false, json = false }: Flags): Promise<ExitCode> {
  const folders = findDetections([within]);
  if (folders.length === 0) throw new UsageError(`Nothing to test: no detection.yaml in or below ${within}.`);
  const touched = base === undefined || all ? folders : touchedBy(base, folders);
  mkdirSync(out, { recursive: true });
  const sized = hosts === undefined ? [] : ['--hosts', String(hosts)];
  const steps: { readonly command: string; readonly code: ExitCode }[] = [];
  const step = async (command: Command, args: readonly string[]): Promise<void> => {
    const run = (): Promise<ExitCode> => outcome(command, args);
    steps.push({ command: command.name(), code: await (json ? onStderr(run) : run()) });
  };
  await step(checkCommand(), [...touched, '--sarif', join(out, 'check.sarif')]);
  await step(testCommand(), [...touched, '--out', out, ...sized]);
  const parts = [readFileSync(join(out, 'measurement.md'), 'utf8')];
  if (base !== undefined) {
    const { diffCommand } = await import('./diff.js');
    const file = join(out, 'diff.md');
    const written = ['--markdown', file, '--sarif', join(out, 'diff.sarif')];
    await step(diffCommand(), [base, '--in', within, ...written, ...sized]);
    parts.unshift(readFileSync(file, 'utf8'));
  }
  writeFileSync(join(out, 'comment.md'), commentOf(parts));
  const code = worst(steps.map((each) => each.code));
  if (json) {
    const files = readdirSync(out).sort();
    process.stdout.write(`${JSON.stringify({ version: 1, code, detections: touched, steps, out, files }, null, 2)}\n`);
  }
  return code;
}

/** Runs something whose answer is not what was asked for. */
async function onStderr<T>(run: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return await run();
  } finally {
    process.stdout.write = write;
  }
}

/** As many of the parts as one comment holds, the first of them always. */
function commentOf(parts: readonly string[]): string {
  return parts.reduce((text, part) => {
    const longer = `${text}\n${part}`;
    return longer.length < LONGEST_COMMENT ? longer : text;
  }, `${MARK}\n`);
}

/** Detections with a changed file; all of them when something changed that any of them may rest on, or none did. */
function touchedBy(base: string, folders: readonly string[]): readonly string[] {
  const root = git(['rev-parse', '--show-toplevel']).trim();
  const changed = git(['diff', '--name-only', '-z', '--merge-base', base, '--'])
    .split('\0')
    .filter((file) => file !== '' && !file.endsWith('.md'))
    .map((file) => resolve(root, file));
  const touched = folders.filter((folder) => changed.some((file) => isIn(file, folder)));
  const elsewhere = changed.some((file) => !folders.some((folder) => isIn(file, folder)) && !isGone(file));
  return elsewhere || touched.length === 0 ? folders : touched;
}

function isIn(file: string, folder: string): boolean {
  const path = relative(resolve(folder), file);
  return path !== '' && !path.startsWith(`..${sep}`) && path !== '..';
}

/** A file of a detection that the change deletes: nothing rests on it, and the comparison tells of it. */
function isGone(file: string): boolean {
  return !existsSync(dirname(file));
}

function git(args: readonly string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new UsageError(`git ${args[0]} fails: ${said} In CI, fetch the whole history (fetch-depth: 0).`);
  }
}

/** Runs another command; gives its exit code. */
async function outcome(command: Command, args: readonly string[]): Promise<ExitCode> {
  process.exitCode = EXIT.ok;
  await command.exitOverride().parseAsync(args, { from: 'user' });
  return process.exitCode as ExitCode;
}

/** A rule that does not run weighs more than a demand that is not met; wrong usage more than either. */
function worst(codes: readonly ExitCode[]): ExitCode {
  return ([EXIT.usage, EXIT.rule, EXIT.findings] as const).find((code) => codes.includes(code)) ?? EXIT.ok;
}
