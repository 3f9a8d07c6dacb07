import { Command } from 'commander';
import { untilStopped } from '../files/ending.js';
import { jsonText, printable } from '../files/printable.js';
import type { Report } from '../watch/rounds.js';
import { nothingTo } from './begin.js';
import { writeOut } from './console.js';
import { EXIT } from './exit.js';
import { rate } from './flags.js';
import { progress } from './progress.js';
import { terminalOf } from './terminal.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface WatchFlags extends WorkloadFlags {
  readonly attackRate?: number;
  readonly json?: boolean;
}

/** `assay watch`: answers on saving. */
export function watchCommand(): Command {
  return withWorkload(
    new Command('watch')
      .description('Runs tests and measurements again when a rule, a test or a scenario is saved, until it is stopped.')
      .argument('[path...]', 'folders of detections, searched with all below them', ['detections']),
  )
    .option('--attack-rate <n>', 'claimed attacks a day per 1,000 hosts (default: 0.01)', rate)
    .option('--json', 'print each result as JSON, one a line')
    .addHelpText('after', '\nExample:\n  assay watch detections/my-detection --hosts 200')
    .action(async (paths: string[], flags: WatchFlags) => {
      await runWatch(paths, flags);
      process.exitCode = EXIT.ok;
    });
}

async function runWatch(paths: readonly string[], flags: WatchFlags): Promise<void> {
  const { findDetections } = await import('../detection/detection.js');
  if (findDetections(paths).length === 0) {
    throw nothingTo('watch', paths);
  }
  const { DEFAULT_ATTACK_RATE } = await import('../measure/measure.js');
  const { contentFolder } = await import('../../simulators/folder.js');
  const { watch } = await import('../watch/watch.js');
  const { diffTerminal } = await import('../../reports/diff-terminal.js');
  const { watchReport } = await import('../../reports/watch.js');
  const shown = progress(process.stderr);
  const show = (report: Report): void => {
    shown.end();
    if (flags.json === true) {
      writeOut(jsonText(report));
      return;
    }
    const options = terminalOf(process.stdout);
    writeOut(
      report.kind === 'problem'
        ? printable(`✘ ${report.id}: ${report.message}`)
        : report.kind === 'tests'
          ? watchReport.tests(report.id, report.tests, report.changed, options)
          : watchReport.measurement(report.measurement, options),
    );
    if (report.kind === 'measurement' && report.comparison !== undefined) {
      writeOut(diffTerminal(report.comparison, options));
    }
  };
  const options = {
    paths,
    content: contentFolder(),
    workload: workloadChoice(flags),
    attackRate: flags.attackRate ?? DEFAULT_ATTACK_RATE,
    onStage: shown.stage,
  };
  const watching = await watch(options, show);
  try {
    await Promise.race([untilStopped(), watching.failed]);
  } finally {
    shown.end();
    await watching.close();
  }
}
