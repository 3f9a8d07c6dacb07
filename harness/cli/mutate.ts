import { Command } from 'commander';
import {
  MUTATION_FILES,
  MUTATION_FORMATS,
  type MutationFormat,
  renderMutation,
} from '../../reports/mutation/render.js';
import type { Detection } from '../detection/detection.js';
import { printable } from '../files/printable.js';
import { KqlError } from '../kql/errors.js';
import type { MutationResult } from '../mutate/result.js';
import { ASSAY_VERSION } from '../version.js';
import { nothingTo } from './begin.js';
import { writeErr } from './console.js';
import { EXIT, type ExitCode } from './exit.js';
import { share } from './flags.js';
import { type FormatFlags, refuseHomeless, tell, withFormats } from './formats.js';
import { ruleErrors } from './output.js';
import { progress } from './progress.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface MutateFlags extends WorkloadFlags, FormatFlags<MutationFormat> {
  readonly atLeast: number;
  readonly workload?: boolean;
  readonly writeTests?: boolean;
}

/** `assay mutate`: what about a rule no test would notice breaking. */
export function mutateCommand(): Command {
  const command = withWorkload(
    new Command('mutate')
      .description('Breaks rules in every small way, and tells which of them no test notices.')
      .argument('[path...]', 'folders of detections, searched with all below them', ['detections'])
      .option('--at-least <share>', 'share of mutants that tests must kill, such as 95%', share, 1)
      .option('--workload', 'tell what each mutant changes over the workload of the detection, too'),
  ).option('--write-tests', 'add the missing tests to tests.yaml, as todo for a person to confirm');
  return withFormats(command, MUTATION_FORMATS)
    .addHelpText('after', '\nExample:\n  assay mutate detections/dead-drop-repaired --format html,sarif --out out')
    .action(async (paths: string[], flags: MutateFlags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: MutateFlags): Promise<ExitCode> {
  refuseHomeless(flags);
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const { mutate, UnfitTests } = await import('../mutate/mutate.js');
  const { catalogOf } = await import('../measure/catalog.js');
  const { compileTraced } = await import('../measure/world.js');
  const found = findDetections(paths).map(readDetection);
  const refusedAsStated = (detection: Detection): boolean => {
    const { id, deployed, expects } = detection;
    try {
      compileTraced(deployed.text, catalogOf(detection));
      return false;
    } catch (error) {
      if (!(error instanceof KqlError)) throw error;
      // Another refusal is told as that of any rule.
      if (!error.diagnostics.some(({ code }) => code === expects?.refused.code)) return false;
      writeErr(printable(`${ruleErrors(error, deployed)}${id}: left out, since its rule is refused as stated.`));
      return true;
    }
  };
  // A rule that is stated to be refused has nothing to mutate, unless it runs by now.
  const detections = found.filter((detection) => detection.expects === undefined || !refusedAsStated(detection));
  if (detections.length === 0) throw nothingTo('mutate', paths, 'detection with a rule that runs');
  const shown = progress(process.stderr);
  const { Worlds } = await import('../measure/worlds.js');
  const worlds = new Worlds({
    workload: workloadChoice(flags),
    onStage: shown.stage,
  });
  const results: { readonly detection: Detection; readonly result: MutationResult }[] = [];
  // Those that cannot be judged keep none of the others from being told.
  let worst: ExitCode = EXIT.ok;
  try {
    for (const detection of detections) {
      const mutated = async (): Promise<MutationResult> => {
        const played =
          (flags.workload === true || flags.events !== undefined) && (await worlds.of(detection, catalogOf(detection)));
        return await mutate(detection, { onStage: shown.stage, ...(played !== false && { played }) });
      };
      try {
        results.push({ detection, result: await mutated() });
      } catch (error) {
        shown.end();
        if (error instanceof UnfitTests) {
          writeErr(printable(`${detection.id}: ${error.message}`));
          worst = worse(worst, error.failing.length > 0 ? EXIT.findings : EXIT.usage);
          continue;
        }
        if (!(error instanceof KqlError)) throw error;
        writeErr(ruleErrors(error, detection.deployed));
        worst = worse(worst, EXIT.rule);
      }
    }
  } finally {
    worlds.close();
    shown.end();
  }

  if (results.length === 0) return worst;
  const { atLeast } = flags;
  const told = results.map(({ result }) => result);
  tell(flags, MUTATION_FILES, (format, options) =>
    renderMutation(format, told, { ...options, version: ASSAY_VERSION, atLeast }),
  );
  if (flags.writeTests === true) {
    const { writeTests } = await import('../mutate/write-tests.js');
    for (const { detection, result } of results)
      writeErr(printable(`${detection.id}: ${writeTests(detection, result)} tests added as todo.`));
  }
  // Nothing was tested where no rule has a mutant that could be judged.
  if (told.every(({ score }) => score === null)) return worse(worst, EXIT.usage);
  const passed = told.every(({ score }) => score === null || score >= atLeast);
  return worse(worst, passed ? EXIT.ok : EXIT.findings);
}

/** What is wrong with a rule goes before findings, and those before what was not tested. */
function worse(one: ExitCode, other: ExitCode): ExitCode {
  const order: readonly ExitCode[] = [EXIT.ok, EXIT.usage, EXIT.findings, EXIT.rule];
  return order.indexOf(one) >= order.indexOf(other) ? one : other;
}
