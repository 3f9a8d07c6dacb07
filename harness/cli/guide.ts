import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { renderGuides } from '../../reports/guide/render.js';
import type { Guide } from '../guide/result.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { progress } from './progress.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface GuideFlags extends WorkloadFlags {
  readonly write?: boolean;
  readonly json?: boolean;
}

/** `assay guide`: what alerts of a rule look like, for whoever has to judge them. */
export function guideCommand(): Command {
  return withWorkload(
    new Command('guide')
      .description('Tells what alerts of a rule look like, by where they come from, and what to look at first.')
      .argument('<detection...>', 'folders of detections, searched with all below them'),
  )
    .option('--write', 'write guide.md into the folder of each detection')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  assay guide detections/dead-drop-correlated --write')
    .action(async (paths: string[], flags: GuideFlags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: GuideFlags): Promise<ExitCode> {
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const detections = findDetections(paths)
    .map(readDetection)
    // A rule that must be refused raises no alerts.
    .filter(({ expects }) => expects === undefined);
  if (detections.length === 0)
    throw new UsageError(`No guide can be made: no detection with a rule that runs in or below ${paths.join(', ')}.`);
  const { Worlds } = await import('../measure/worlds.js');
  const { catalogOf } = await import('../measure/catalog.js');
  const { guideTo } = await import('../guide/guide.js');
  const { GUIDE_FILE } = await import('../guide/result.js');
  const shown = progress(process.stderr);
  const worlds = new Worlds({ workload: workloadChoice(flags), onStage: shown.stage });
  const guides: Guide[] = [];
  try {
    for (const detection of detections) {
      const catalog = catalogOf(detection);
      guides.push(await guideTo(detection, catalog, await worlds.of(detection, catalog), shown.stage));
    }
  } finally {
    worlds.close();
    shown.end();
  }
  if (flags.write === true) {
    for (const [index, { folder }] of detections.entries()) {
      const guide = guides[index];
      if (guide === undefined) continue;
      writeFileSync(join(folder, GUIDE_FILE), renderGuides('markdown', [guide]));
      process.stderr.write(`${join(folder, GUIDE_FILE)} written.\n`);
    }
  }
  if (flags.json === true || flags.write !== true)
    process.stdout.write(renderGuides(flags.json === true ? 'json' : 'markdown', guides));
  return EXIT.ok;
}
