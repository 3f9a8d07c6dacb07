import { Command, InvalidArgumentError, Option } from 'commander';
import { FORMATS, type Format } from '../../simulators/files.js';
import { loadScenarios } from '../../simulators/load.js';
import { RATES, type Rates } from '../../simulators/scenario.js';
import { type Simulation, simulate } from '../../simulators/simulate.js';
import { loadWorkload } from '../../simulators/workload.js';
import { jsonText, printable } from '../files/printable.js';
import { ENVIRONMENTS, type Environment } from '../tables/schema.js';
import { writeOut } from './console.js';
import { EXIT, UsageError } from './exit.js';
import { progress } from './progress.js';
import { descriptionText, filesText, playedJson } from './simulation-text.js';

interface Flags {
  readonly workload: string;
  readonly hosts?: number;
  readonly days?: number;
  readonly seed?: number;
  readonly start?: string;
  readonly rates?: Rates;
  readonly runs?: number;
  readonly environment: Environment;
  readonly format: Format;
  readonly out?: string;
  readonly describe?: boolean;
  readonly check?: string | true;
  readonly json?: boolean;
}

/** `assay simulate`: writes labelled events of a simulated organisation, and describes them. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('Writes the labelled events of a simulated organisation, one file a table, or describes them.')
    .option('--workload <name or file>', 'what is played', 'enterprise')
    .option('--hosts <n>', 'hosts, instead of as many as the workload says', atLeast(1))
    .option('--days <n>', 'days', atLeast(1))
    .option('--seed <n>', 'the same seed gives the same bytes', atLeast(0))
    .option('--start <date>', 'the first day, as 2026-03-02', date)
    .addOption(new Option('--rates <level>', 'which estimate of shares and rates').choices(RATES))
    .option('--runs <n>', 'activities of each malicious scenario', atLeast(0))
    .addOption(
      new Option('--environment <name>', 'whose columns the tables have').choices(ENVIRONMENTS).default('defender-xdr'),
    )
    .addOption(new Option('--format <name>', 'of the files').choices(FORMATS).default('ndjson'))
    .option('--out <dir>', 'where the files go')
    .option('--describe', 'show what was made: volumes, hours, columns, procedures')
    .option('--check [path]', 'only validate scenarios: a file, a folder, or those that ship with the project')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExample:\n  assay simulate --workload small-office --out events --describe')
    .action(async (flags: Flags) => {
      if (flags.check !== undefined) return checkScenarios(flags);
      await play(flags);
    });
}

async function play(flags: Flags): Promise<void> {
  const { out, format, describe = false, json = false, workload, hosts, days, seed, rates, runs, start } = flags;
  if (out === undefined && !describe) {
    throw new UsageError('Say where the events go with `--out DIR`, or ask what would be made with `--describe`.');
  }
  const line = progress(process.stderr);
  try {
    const simulation: Simulation = await simulate(
      loadWorkload(workload),
      { hosts, days, seed, rates, runs, start, environment: flags.environment },
      { describe, stage: line.stage, ...(out !== undefined && { files: { folder: out, format } }) },
    );
    line.end();
    writeOut(json ? playedJson(simulation) : printable(filesText(simulation)));
    if (!json && simulation.description) writeOut(printable(descriptionText(simulation.description)));
  } finally {
    line.end();
  }
}

function checkScenarios({ check, json }: Flags): void {
  const scenarios = loadScenarios(check === true ? undefined : check);
  const of = (label: string): number => scenarios.filter((scenario) => scenario.label === label).length;
  const counts = { malicious: of('malicious'), benign: of('benign') };
  const many = scenarios.length === 1 ? '1 scenario is' : `${scenarios.length} scenarios are`;
  writeOut(
    json
      ? jsonText({ version: 1, scenarios: scenarios.map(({ id, label }) => ({ id, label })), ...counts }, 2)
      : printable(`${many} well formed: ${counts.malicious} malicious, ${counts.benign} benign.`),
  );
  process.exitCode = EXIT.ok;
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

function date(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))) return text;
  throw new InvalidArgumentError('It must be a date as 2026-03-02.');
}
