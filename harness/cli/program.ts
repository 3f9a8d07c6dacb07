import { type Argument, Command, CommanderError, InvalidArgumentError, type Option } from 'commander';
import { FileError, type FileProblem } from '../files/errors.js';
import { didYouMean } from '../files/nearest.js';
import { printable } from '../files/printable.js';
import { MISSING, systemFault } from '../files/system.js';
import { KqlError, shortened } from '../kql/errors.js';
import { ASSAY_VERSION } from '../version.js';
import { BEGIN } from './begin.js';
import { COMMANDER_OUTPUT, writeErr } from './console.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { diagnosticLine } from './output.js';
import { setQuiet } from './progress.js';
import { RuleFault } from './rule-fault.js';

/** Each command is loaded when it is called: `assay query` waits for nothing that only `assay test` needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  test: async () => (await import('./test.js')).testCommand(),
  query: async () => (await import('./query.js')).queryCommand(),
  check: async () => (await import('./check.js')).checkCommand(),
  diff: async () => (await import('./diff.js')).diffCommand(),
  explain: async () => (await import('./explain.js')).explainCommand(),
  mutate: async () => (await import('./mutate.js')).mutateCommand(),
  evade: async () => (await import('./evade.js')).evadeCommand(),
  tune: async () => (await import('./tune.js')).tuneCommand(),
  allowlist: async () => (await import('./allowlist.js')).allowlistCommand(),
  guide: async () => (await import('./guide.js')).guideCommand(),
  advise: async () => (await import('./advise.js')).adviseCommand(),
  watch: async () => (await import('./watch.js')).watchCommand(),
  simulate: async () => (await import('./simulate.js')).simulateCommand(),
  sensor: async () => (await import('./sensor.js')).sensorCommand(),
  anonymize: async () => (await import('./anonymize.js')).anonymizeCommand(),
  report: async () => (await import('./report.js')).reportCommand(),
  ci: async () => (await import('./ci.js')).ciCommand(),
  init: async () => (await import('./scaffold.js')).initCommand(),
  new: async () => (await import('./scaffold.js')).newCommand(),
  import: async () => (await import('./import.js')).importCommand(),
  schemas: async () => (await import('./scaffold.js')).schemasCommand(),
  completion: async () => (await import('./completion.js')).completionCommand(() => program([])),
};

/** Runs the command line; whatever goes wrong is told on stderr. A command with findings sets `process.exitCode`. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  process.exitCode = EXIT.ok;
  try {
    await (await program(args)).parseAsync(args, { from: 'user' });
    return process.exitCode as ExitCode;
  } catch (error) {
    return report(error);
  }
}

async function program(args: readonly string[]): Promise<Command> {
  const assay = new Command('assay')
    .description('Tests detections written in KQL: what they catch, what they miss, how many alerts they raise.')
    .version(ASSAY_VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'show help');
  // Help, and the suggestion for a mistyped command, need them all.
  const name = args[0] ?? '';
  const called = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  for (const load of called === undefined ? Object.values(COMMANDS) : [called]) assay.addCommand(await load());
  for (const command of allOf(assay)) {
    command.exitOverride().configureOutput(COMMANDER_OUTPUT).showHelpAfterError('`--help` shows what there is.');
    // With their arguments the commands would leave no room for what they do.
    command.configureHelp({ subcommandTerm: (inner) => inner.name() });
    for (const taken of [...command.options, ...command.registeredArguments]) explained(taken);
    if (command.commands.length === 0) command.option('-q, --quiet', 'show no progress');
  }
  return assay.hook('preAction', (_, command) => setQuiet(command.opts<{ quiet?: boolean }>().quiet === true));
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

/** Has defaults that are lists read as people write them, and the nearest of several choices named. */
function explained(taken: Option | Argument): void {
  const { defaultValue: byDefault, argChoices: choices } = taken;
  if (Array.isArray(byDefault) && taken.defaultValueDescription === undefined)
    taken.default(byDefault, byDefault.length === 0 ? 'none' : byDefault.join(' '));
  if (choices === undefined) return;
  taken.argParser((text: string) => {
    if (choices.includes(text)) return text;
    const nearest = didYouMean(text, choices);
    const hint = nearest === undefined ? '' : ` ${nearest}`;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.${hint}`);
  });
}

/** Says what went wrong, on stderr; gives the exit code for it. */
export function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError || error instanceof FileError) {
    writeErr(printable(error.message));
    if (error instanceof FileError && error.problems.some(isMissingDefault)) writeErr(printable(BEGIN));
    return EXIT.usage;
  }
  if (error instanceof RuleFault) {
    writeErr(printable(error.message));
    return EXIT.rule;
  }
  if (error instanceof KqlError) {
    for (const diagnostic of error.diagnostics) writeErr(diagnosticLine(diagnostic));
    return EXIT.rule;
  }
  const fault = systemFault(error, 'write');
  if (fault !== undefined) {
    writeErr(printable(`${fault.file}: ${fault.message}`));
    return EXIT.usage;
  }
  return reportFault(error);
}

/** Says that Assay met an error that is its own fault. */
export function reportFault(error: unknown): ExitCode {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeErr(printable(`Assay met an error that it should have named; please report it.\n${shortened(stack)}`));
  return EXIT.fault;
}

/** Whether the folder is missing that commands look at where none is named. */
function isMissingDefault({ file, message }: FileProblem): boolean {
  return file === 'detections' && message === MISSING;
}
