import { Command, InvalidArgumentError, Option } from 'commander';
import { DIFF_FORMATS, type DiffFormat } from '../../reports/diff.js';
import type { CompareOptions } from '../diff/compare.js';
import { type Limit, parseLimit } from '../diff/limits.js';
import { writeWhole } from '../files/output.js';
import type { Environment } from '../tables/schema.js';
import { writeOut } from './console.js';
import { EXIT, type ExitCode } from './exit.js';
import { rate } from './flags.js';
import { progress } from './progress.js';
import { terminalOf } from './terminal.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface DiffFlags extends WorkloadFlags {
  readonly in: string;
  readonly environment?: Environment;
  readonly attackRate?: number;
  readonly failOn?: readonly Limit[];
  readonly format: DiffFormat;
  readonly json?: boolean;
  readonly markdown?: string;
  readonly html?: string;
  readonly sarif?: string;
}

const EXIT_OF = { passed: EXIT.ok, failed: EXIT.findings, refused: EXIT.rule } as const;

const EXAMPLES = `
Limits: lost-true, gained-false=N, recall-drop=X%, precision-drop=X%, alerts-rise=N, lost-outputs, deleted; or none.

Examples:
  assay diff main
  assay diff v1.2 HEAD --in detections/my-detection --fail-on lost-true,gained-false=20
  assay diff old.kql detections/my-detection --format markdown
  assay diff main --html diff.html`;

/** `assay diff`: both sides of a change. */
export function diffCommand(): Command {
  return withWorkload(
    new Command('diff')
      .description('Shows what a change of detections gained and lost over the same events, and which clause did it.')
      .argument('<base>', 'a git revision (or revision:path), a rule file, or a folder of detections')
      .argument('[head]', 'what it is compared with; the working tree where it is left out')
      .option('--in <folder>', 'where a revision holds its detections', 'detections')
      .addOption(
        new Option('--environment <name>', 'where a bare .kql rule runs').choices(['defender-xdr', 'sentinel']),
      ),
  )
    .option('--attack-rate <n>', 'claimed attacks a day per 1,000 hosts (default: 0.01)', rate)
    .option('--fail-on <limits>', 'exit 1 beyond these, parted by commas (default with CI set: lost-true)', limits)
    .addOption(new Option('--format <name>', 'how to show it').choices(DIFF_FORMATS).default('terminal'))
    .option('--json', 'print the comparison as JSON')
    .option('--markdown <file>', 'also write it into this file as a comment for a pull request')
    .option('--html <file>', 'also write it into this file as a page for a person who decides')
    .option('--sarif <file>', 'also write what is lost into this file, for code scanning')
    .addHelpText('after', EXAMPLES)
    .action(async (base: string, head: string | undefined, flags: DiffFlags) => {
      process.exitCode = await runDiff(base, head, flags);
    });
}

async function runDiff(base: string, head: string | undefined, flags: DiffFlags): Promise<ExitCode> {
  const { readSides } = await import('../diff/sides.js');
  const { compareSides } = await import('../diff/compare.js');
  const { DEFAULT_ATTACK_RATE } = await import('../measure/measure.js');
  const sides = await readSides(base, head, { within: flags.in, environment: flags.environment });
  const shown = progress(process.stderr);
  const options: CompareOptions = {
    workload: workloadChoice(flags),
    attackRate: flags.attackRate ?? DEFAULT_ATTACK_RATE,
    limits: flags.failOn ?? (inCi() ? [parseLimit('lost-true')] : []),
    onStage: shown.stage,
  };
  try {
    const comparison = await compareSides(sides.base, sides.head, options).finally(shown.end);
    const { diffReport } = await import('../../reports/diff.js');
    const format = flags.json === true ? 'json' : flags.format;
    writeOut(await diffReport(format, comparison, terminalOf(process.stdout)));
    for (const name of ['markdown', 'sarif', 'html'] as const) {
      const file = flags[name];
      if (file !== undefined) writeWhole(file, await diffReport(name, comparison, terminalOf(process.stdout)));
    }
    return EXIT_OF[comparison.status];
  } finally {
    sides.base.close();
    sides.head.close();
  }
}

/** Whether a build server runs this; they all set `CI`. */
function inCi(): boolean {
  return !['', 'false', '0'].includes(process.env['CI'] ?? '');
}

/** Limits parted by commas, of all times that the flag is given. */
function limits(text: string, before: readonly Limit[] = []): Limit[] {
  if (text.trim() === 'none') return [];
  try {
    return [...before, ...text.split(',').map(parseLimit)];
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
