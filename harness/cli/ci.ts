import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Command, Option } from 'commander';
import { ADVICE_FILES } from '../../reports/advice/render.js';
import { pullRequestComment } from '../../reports/comment.js';
import { EVASION_FILES } from '../../reports/evade.js';
import { MUTATION_FILES } from '../../reports/mutation/render.js';
import { REPORT_FILES } from '../../reports/render.js';
import { TUNING_FILES } from '../../reports/tuning/render.js';
import { findDetections, readDetection } from '../detection/detection.js';
import { Repository } from '../files/git.js';
import { emptyFolder, makeFolder, writeWhole } from '../files/output.js';
import { jsonText } from '../files/printable.js';
import { GUIDE_FILE } from '../guide/result.js';
import { nothingTo } from './begin.js';
import { checkCommand } from './check.js';
import { COMMANDER_OUTPUT, onStderr, writeOut } from './console.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { namesAmong, whole } from './flags.js';
import { testCommand } from './test.js';

interface Flags {
  readonly base?: string;
  readonly in: string;
  readonly out: string;
  readonly hosts?: number;
  readonly with: readonly Look[];
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Commands that look at a rule from other sides; what they find is shown, and fails nothing. */
const LOOKS = ['mutate', 'tune', 'evade', 'advise', 'guide'] as const;
type Look = (typeof LOOKS)[number];

/** `assay ci`: all that a pull request needs, in one run. */
export function ciCommand(): Command {
  return new Command('ci')
    .description('Checks, tests and compares the detections that a change touches, and writes every report for CI.')
    .option('--base <revision>', 'what the change is compared with; without it nothing is compared')
    .option('--in <folder>', 'where the detections are', 'detections')
    .option('--out <folder>', 'where the reports go', 'out')
    .addOption(
      new Option(
        '--with <names>',
        `run these too, parted by commas: ${LOOKS.join(', ')}; what they find is shown, and fails nothing`,
      )
        .argParser(namesAmong('command', LOOKS))
        .default([], 'none of them'),
    )
    .option('--all', 'also those that the change does not touch')
    .option('--json', 'print what was run and written as JSON; what the parts say goes to stderr')
    .addOption(new Option('--hosts <n>', 'hosts of the simulated organisation').argParser(whole(1)))
    .addHelpText(
      'after',
      `
Writes into the folder: report.html, diff.html, assay.sarif, check.sarif, diff.sarif, junit.xml, measurement.json, …, and
comment.md for the pull request.

Examples:
  assay ci --base origin/main
  assay ci --base origin/main --with mutate,evade`,
    )
    .action(async (flags: Flags) => {
      process.exitCode = await runCi(flags);
    });
}

async function runCi(flags: Flags): Promise<ExitCode> {
  const { base, in: within, out, hosts, all = false, json = false } = flags;
  // What is in it at the end is posted and uploaded, however the run ends.
  emptyFolder(out, isReport);
  const folders = findDetections([within]);
  if (folders.length === 0) throw nothingTo('test', [within]);
  const change = base === undefined ? undefined : await changeSince(base, within);
  const touched = change === undefined || all ? folders : await touchedBy(change, folders);
  makeFolder(out);
  const sized = hosts === undefined ? [] : ['--hosts', String(hosts)];
  const steps: { readonly command: string; readonly code: ExitCode }[] = [];
  const step = async (command: Command, args: readonly string[]): Promise<void> => {
    const run = (): Promise<ExitCode> => outcome(command, args);
    steps.push({ command: command.name(), code: await (json ? onStderr(run) : run()) });
  };
  await step(checkCommand(), [...touched, '--sarif', join(out, 'check.sarif')]);
  const runnable = touched.filter((folder) => readDetection(folder).expects === undefined);
  const beside: string[] = [];
  for (const name of LOOKS.filter((each) => flags.with.includes(each))) {
    for (const { args, folder, file } of runnable.length === 0 ? [] : looks(name, runnable, out)) {
      const command = await LOOK_COMMANDS[name]();
      const run = (): Promise<ExitCode> => outcome(command(), [...args, '--out', folder, ...sized]);
      const code = await (json ? onStderr(run) : run());
      // What is found is shown; what could not be looked at fails.
      steps.push({ command: name, code: code === EXIT.findings ? EXIT.ok : code });
      if (existsSync(join(folder, file))) beside.push(join(folder, file));
    }
  }
  await step(testCommand(), [...touched, '--out', out, ...(beside.length > 0 ? ['--with', ...beside] : []), ...sized]);
  const parts = [readFileSync(join(out, 'measurement.md'), 'utf8')];
  if (base !== undefined) {
    const { diffCommand } = await import('./diff.js');
    const file = join(out, 'diff.md');
    const written = ['--markdown', file, '--sarif', join(out, 'diff.sarif'), '--html', join(out, 'diff.html')];
    await step(diffCommand(), [base, '--in', within, ...written, ...sized]);
    parts.unshift(readFileSync(file, 'utf8'));
  }
  writeWhole(join(out, 'comment.md'), pullRequestComment(parts));
  const code = worst(steps.map((each) => each.code));
  if (json) {
    const files = readdirSync(out).sort();
    writeOut(jsonText({ version: 1, code, detections: touched, steps, out, files }, 2));
  }
  return code;
}

const REPORTS: ReadonlySet<string> = new Set([
  ...[REPORT_FILES, MUTATION_FILES, TUNING_FILES, ADVICE_FILES].flatMap((files) => Object.values(files)),
  ...[GUIDE_FILE, 'guide.json', 'check.sarif', 'diff.md', 'diff.html', 'diff.sarif', 'comment.md'],
]);

/** Whether a path within the folder is one that this command writes. */
function isReport(file: string): boolean {
  const [, evasion] = /^evasion\/[^/]+\/([^/]+)$/.exec(file) ?? [];
  return REPORTS.has(file) || (Object.values(EVASION_FILES) as (string | undefined)[]).includes(evasion);
}

const LOOK_COMMANDS: Readonly<Record<Look, () => Promise<() => Command>>> = {
  mutate: async () => (await import('./mutate.js')).mutateCommand,
  tune: async () => (await import('./tune.js')).tuneCommand,
  evade: async () => (await import('./evade.js')).evadeCommand,
  advise: async () => (await import('./advise.js')).adviseCommand,
  guide: async () => (await import('./guide.js')).guideCommand,
};

/** How a command is called: for all detections at once, or for one after the other, each into a folder of its own. */
function looks(
  name: Look,
  detections: readonly string[],
  out: string,
): { readonly args: readonly string[]; readonly folder: string; readonly file: string }[] {
  switch (name) {
    case 'mutate':
      return [{ args: detections, folder: out, file: 'mutation.json' }];
    case 'tune':
      return [{ args: detections, folder: out, file: 'tuning.json' }];
    case 'advise':
      return [{ args: detections, folder: out, file: 'advice.json' }];
    case 'guide':
      return [{ args: detections, folder: out, file: 'guide.json' }];
    case 'evade':
      return detections.map((detection) => ({
        args: [detection],
        folder: join(out, 'evasion', basename(detection)),
        file: 'evasion.json',
      }));
  }
}

/** Where a change began. */
interface Change {
  readonly repository: Repository;
  readonly commit: string;
}

/** @throws UsageError where the base is no revision that the change shares a past with */
async function changeSince(base: string, within: string): Promise<Change> {
  const repository = await Repository.of(within);
  if (repository === undefined) throw new UsageError(`There is no git repository here to compare with '${base}' in.`);
  const [older, newer] = [await repository.commit(base), await repository.commit('HEAD')];
  if (older === undefined) throw new UsageError(`'${base}' is not a git revision here. ${FETCH}`);
  const commit = newer === undefined ? undefined : await repository.mergeBase(older, newer);
  if (commit === undefined) throw new UsageError(`'${base}' and HEAD share no commit here. ${FETCH}`);
  return { repository, commit };
}

const FETCH = 'Name one that is, with --base; in CI, fetch the whole history (fetch-depth: 0).';

/** Detections with a changed file; all of them when something changed that any of them may rest on, or none did. */
async function touchedBy({ repository, commit }: Change, folders: readonly string[]): Promise<readonly string[]> {
  const changed = (await repository.changedSince(commit))
    .filter((file) => !file.endsWith('.md'))
    .map((file) => resolve(repository.root, file));
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

/** Runs another command; gives its exit code. */
async function outcome(command: Command, args: readonly string[]): Promise<ExitCode> {
  process.exitCode = EXIT.ok;
  await command.exitOverride().configureOutput(COMMANDER_OUTPUT).parseAsync(args, { from: 'user' });
  return process.exitCode as ExitCode;
}

/** A rule that does not run weighs more than a demand that is not met; wrong usage more than either. */
function worst(codes: readonly ExitCode[]): ExitCode {
  return ([EXIT.usage, EXIT.rule, EXIT.findings] as const).find((code) => codes.includes(code)) ?? EXIT.ok;
}
