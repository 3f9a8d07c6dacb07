import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { ADVICE_FILES, ADVICE_FORMATS, type AdviceFormat, renderAdvice } from '../../reports/advice/render.js';
import type { Advice } from '../advise/result.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { namesAmong } from './flags.js';
import { progress } from './progress.js';
import { terminalOf } from './terminal.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface AdviseFlags extends WorkloadFlags {
  readonly format: readonly AdviceFormat[];
  readonly out?: string;
  readonly json?: boolean;
}

/** `assay advise`: what each entry of a rule's lists is worth, and what the lists lack. */
export function adviseCommand(): Command {
  return withWorkload(
    new Command('advise')
      .description('Tells what each entry of a list is worth, which to drop or narrow, and what the lists lack.')
      .argument('<detection...>', 'folders of detections, searched with all below them'),
  )
    .option(
      '--format <names>',
      `reports to make, parted by commas: ${ADVICE_FORMATS.join(', ')}`,
      namesAmong('format', ADVICE_FORMATS),
      [],
    )
    .option('--out <folder>', 'write the reports into this folder')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  assay advise detections/dead-drop-repaired --hosts 200')
    .action(async (paths: string[], flags: AdviseFlags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: AdviseFlags): Promise<ExitCode> {
  const { out, format } = flags;
  if (out === undefined && format.length > 1)
    throw new UsageError('Several reports need a folder to be written to: add --out FOLDER.');
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const detections = findDetections(paths)
    .map(readDetection)
    .filter(({ expects }) => expects === undefined);
  if (detections.length === 0)
    throw new UsageError(`Nothing to advise on: no detection with a rule that runs in or below ${paths.join(', ')}.`);
  const { Worlds } = await import('../measure/worlds.js');
  const { catalogOf } = await import('../measure/catalog.js');
  const { advise } = await import('../advise/advise.js');
  const shown = progress(process.stderr);
  const worlds = new Worlds({ workload: workloadChoice(flags), onStage: shown.stage });
  const results: Advice[] = [];
  try {
    for (const detection of detections) {
      const catalog = catalogOf(detection);
      results.push(await advise(detection, catalog, await worlds.of(detection, catalog), { onStage: shown.stage }));
    }
  } finally {
    worlds.close();
    shown.end();
  }
  const options = terminalOf(process.stdout);
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    for (const name of format.length > 0 ? format : ADVICE_FORMATS)
      writeFileSync(join(out, ADVICE_FILES[name]), renderAdvice(name, results, { ...options, color: false }));
  }
  const onScreen = flags.json === true ? 'json' : out === undefined ? (format[0] ?? 'terminal') : 'terminal';
  process.stdout.write(renderAdvice(onScreen, results, options));
  return EXIT.ok;
}
