import { Command, InvalidArgumentError, Option } from 'commander';
import { renderTuning, TUNING_FILES, TUNING_FORMATS, type TuningFormat } from '../../reports/tuning/render.js';
import { GRADES, type Grade } from '../exceptions/result.js';
import { printable } from '../files/printable.js';
import { writeErr } from './console.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { whole } from './flags.js';
import { type FormatFlags, refuseHomeless, tell, withFormats } from './formats.js';
import { overWorlds } from './over-worlds.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface TuneFlags extends WorkloadFlags, FormatFlags<TuningFormat> {
  readonly budget: number;
  readonly maxTrueLost: number;
  readonly worstGrade: Grade;
  readonly place?: string;
  readonly watchlist?: string;
  readonly evade: boolean;
  readonly apply?: boolean;
  readonly owner?: string;
  readonly expiry?: string;
}

/** `assay tune`: exceptions for a rule, with what each costs. */
export function tuneCommand(): Command {
  const command = withWorkload(
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
    .option('--expiry <date>', 'their last day, such as 2027-03-01 (default: half a year from today)', date);
  return withFormats(command, TUNING_FORMATS)
    .addHelpText(
      'after',
      '\nExamples:\n  assay tune detections/dead-drop-repaired --budget 15 --hosts 200\n  assay tune detections/dead-drop-repaired --apply --owner secops@contoso.example',
    )
    .action(async (paths: string[], flags: TuneFlags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: TuneFlags): Promise<ExitCode> {
  const { owner, expiry = halfAYearOn() } = flags;
  refuseHomeless(flags);
  if (flags.apply === true && owner === undefined)
    throw new UsageError('Exceptions need somebody who answers for them: add --owner NAME to --apply.');
  const { tune } = await import('../tune/tune.js');
  const all = await overWorlds(paths, flags, 'tune', (detection, catalog, played, onStage) =>
    tune(detection, catalog, played, { ...settingsOf(flags), onStage }),
  );
  const results = all.map(({ found }) => found);
  tell(flags, TUNING_FILES, (format, options) => renderTuning(format, results, options));
  if (flags.apply === true && owner !== undefined) {
    const { applyTuning } = await import('../tune/apply.js');
    for (const { detection, catalog, found } of all) {
      const added = applyTuning(detection, catalog, found, { owner, expiry });
      const exceptions = `${added} ${added === 1 ? 'exception' : 'exceptions'}`;
      const did = added === 0 ? 'nothing to add' : `${exceptions} added to allowlist.yaml and rendered into the rule`;
      writeErr(printable(`${detection.id}: ${did}.`));
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
