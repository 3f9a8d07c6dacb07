import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { renderTuning, TUNING_FILES, TUNING_FORMATS, type TuningFormat } from '../../reports/tuning/render.js';
import { GRADES, type Grade } from '../exceptions/result.js';
import type { Tuning } from '../tune/result.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { namesAmong, whole } from './flags.js';
import { progress } from './progress.js';
import { terminalOf } from './terminal.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface TuneFlags extends WorkloadFlags {
  readonly budget: number;
  readonly maxTrueLost: number;
  readonly worstGrade: Grade;
  readonly place?: string;
  readonly watchlist?: string;
  readonly evade: boolean;
  readonly apply?: boolean;
  readonly owner?: string;
  readonly expiry?: string;
  readonly format: readonly TuningFormat[];
  readonly out?: string;
  readonly json?: boolean;
}

/** `assay tune`: exceptions for a rule, with what each costs. */
export function tuneCommand(): Command {
  return withWorkload(
    new Command('tune')
      .description('Proposes exceptions for a rule from its false alerts, and tells what each costs.')
      .argument('<detection...>', 'folders of detections, searched with all below them')
      .option('--budget <n>', 'exceptions at most', whole(1), 10)
      .option('--max-true-lost <n>', 'attacks that may be lost', whole(0), 0)
      .addOption(
        new Option('--worst-grade <grade>', 'propose no exception of a worse grade').choices(GRADES).default('D'),
      )
      .option('--place <name>', 'where in the rule they stand, for a rule with several places')
      .option('--watchlist <alias>', 'have a Sentinel watchlist hold them: only texts that are equal'),
  )
    .option('--no-evade', 'do not change the attacks as attackers do, to tell which of them each exception hides')
    .option('--apply', 'add them to allowlist.yaml and render them into the rule')
    .option('--owner <name>', 'who answers for those that are added')
    .option('--expiry <date>', 'their last day, such as 2027-03-01 (default: half a year from today)', date)
    .option(
      '--format <names>',
      `reports to make, parted by commas: ${TUNING_FORMATS.join(', ')}`,
      namesAmong('format', TUNING_FORMATS),
      [],
    )
    .option('--out <folder>', 'write the reports into this folder')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  assay tune detections/dead-drop-repaired --budget 15 --hosts 200\n  assay tune detections/dead-drop-repaired --apply --owner secops@contoso.example',
    )
    .action(async (paths: string[], flags: TuneFlags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: TuneFlags): Promise<ExitCode> {
  const { out, format, owner } = flags;
  if (out === undefined && format.length > 1)
    throw new UsageError('Several reports need a folder to be written to: add --out FOLDER.');
  if (flags.apply === true && owner === undefined)
    throw new UsageError('Exceptions need somebody who answers for them: add --owner NAME to --apply.');
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const detections = findDetections(paths)
    .map(readDetection)
    // A rule that must be refused raises no alerts.
    .filter(({ expects }) => expects === undefined);
  if (detections.length === 0)
    throw new UsageError(`Nothing to tune: no detection with a rule that runs in or below ${paths.join(', ')}.`);
  const { Worlds } = await import('../measure/worlds.js');
  const { catalogOf } = await import('../measure/catalog.js');
  const { tune } = await import('../tune/tune.js');
  const shown = progress(process.stderr);
  const worlds = new Worlds({ workload: workloadChoice(flags), onStage: shown.stage });
  const results: Tuning[] = [];
  try {
    for (const detection of detections) {
      const catalog = catalogOf(detection);
      const played = await worlds.of(detection, catalog);
      results.push(await tune(detection, catalog, played, { ...settingsOf(flags), onStage: shown.stage }));
    }
  } finally {
    worlds.close();
    shown.end();
  }

  const options = { ...terminalOf(process.stdout) };
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    for (const name of format.length > 0 ? format : TUNING_FORMATS)
      writeFileSync(join(out, TUNING_FILES[name]), renderTuning(name, results, { ...options, color: false }));
  }
  const onScreen = flags.json === true ? 'json' : out === undefined ? (format[0] ?? 'terminal') : 'terminal';
  process.stdout.write(renderTuning(onScreen, results, options));
  if (flags.apply === true && owner !== undefined) {
    const { applyTuning } = await import('../tune/apply.js');
    for (const [index, detection] of detections.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      const added = applyTuning(detection, catalogOf(detection), result, {
        owner,
        expiry: flags.expiry ?? halfAYearOn(),
      });
      process.stderr.write(
        `${detection.id}: ${added} exceptions added to allowlist.yaml and rendered into the rule.\n`,
      );
    }
  }
  return EXIT.ok;
}

function settingsOf(flags: TuneFlags) {
  const { budget, maxTrueLost, worstGrade, place, watchlist, evade } = flags;
  return {
    ...{ budget, maxTrueLost, worstGrade },
    ...(watchlist !== undefined && { watchlist }),
    ...(place !== undefined && { place }),
    ...(evade && { evade: workloadChoice(flags) }),
  };
}

/** Half a year is how long a reviewer can be expected to remember why. */
const DAYS = 182;

function halfAYearOn(): string {
  return new Date(Date.now() + DAYS * 86_400_000).toISOString().slice(0, 10);
}

function date(text: string): string {
  const day = new Date(`${text}T00:00:00Z`);
  // A day that there is not, such as 31 February, comes back as another.
  if (!Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text) return text;
  throw new InvalidArgumentError('Expected a day such as 2027-03-01.');
}
