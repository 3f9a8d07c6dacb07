import { join } from 'node:path';
import { Command } from 'commander';
import { renderGuides } from '../../reports/guide/render.js';
import { makeFolder, writeWhole } from '../files/output.js';
import { printable } from '../files/printable.js';
import { writeErr, writeOut } from './console.js';
import { EXIT, type ExitCode } from './exit.js';
import { overWorlds } from './over-worlds.js';
import { type WorkloadFlags, withWorkload } from './workload-flags.js';

interface GuideFlags extends WorkloadFlags {
  readonly write?: boolean;
  readonly out?: string;
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
    .option('--out <folder>', 'write guide.md and guide.json into this folder')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  assay guide detections/dead-drop-correlated --write')
    .action(async (paths: string[], flags: GuideFlags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: GuideFlags): Promise<ExitCode> {
  const { guideTo } = await import('../guide/guide.js');
  const { GUIDE_FILE } = await import('../guide/result.js');
  const all = await overWorlds(paths, flags, 'make a guide to', guideTo);
  if (flags.write === true) {
    for (const { detection, found } of all) {
      const file = join(detection.folder, GUIDE_FILE);
      writeWhole(file, renderGuides('markdown', [found]));
      writeErr(printable(`${file} written.`));
    }
  }
  const guides = all.map(({ found }) => found);
  if (flags.out !== undefined) {
    makeFolder(flags.out);
    writeWhole(join(flags.out, GUIDE_FILE), renderGuides('markdown', guides));
    writeWhole(join(flags.out, 'guide.json'), renderGuides('json', guides));
  }
  if (flags.json === true || (flags.write !== true && flags.out === undefined))
    writeOut(renderGuides(flags.json === true ? 'json' : 'markdown', guides));
  return EXIT.ok;
}
