import { Command } from 'commander';
import { jsonText } from '../files/printable.js';
import { KqlError } from '../kql/errors.js';
import type { SensorResult } from '../sensor/result.js';
import { nothingTo } from './begin.js';
import { writeOut } from './console.js';
import { EXIT, type ExitCode } from './exit.js';
import { progress } from './progress.js';
import { RuleFault } from './rule-fault.js';
import { terminalOf } from './terminal.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface SensorFlags extends WorkloadFlags {
  readonly json?: boolean;
}

/** `assay sensor`: what is lost before any rule sees it. */
export function sensorCommand(): Command {
  return withWorkload(
    new Command('sensor')
      .description('Tells what each part of the sensor costs in recall: the same attacks, with each part switched off.')
      .argument('[path...]', 'folders of detections, searched with all below them', ['detections']),
  )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  assay sensor detections/dead-drop-repaired --hosts 100')
    .action(async (paths: string[], flags: SensorFlags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: SensorFlags): Promise<ExitCode> {
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const { sensorCost } = await import('../sensor/sensor.js');
  const detections = findDetections(paths)
    .map(readDetection)
    // A rule that must be refused catches nothing.
    .filter(({ expects }) => expects === undefined);
  if (detections.length === 0) {
    throw nothingTo('measure', paths, 'detection with a rule that runs');
  }
  const shown = progress(process.stderr);
  const results: SensorResult[] = [];
  try {
    for (const detection of detections) {
      try {
        results.push(await sensorCost(detection, { workload: workloadChoice(flags), onStage: shown.stage }));
      } catch (error) {
        throw error instanceof KqlError ? new RuleFault(error, detection.deployed) : error;
      }
    }
  } finally {
    shown.end();
  }
  const { sensorText } = await import('../../reports/sensor.js');
  writeOut(flags.json === true ? jsonText(results, 2) : sensorText(results, terminalOf(process.stdout)));
  return EXIT.ok;
}
