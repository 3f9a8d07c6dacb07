import { Command } from 'commander';
import { explanationJson, explanationTerminal } from '../../reports/explanation.js';
import type { PlacedEvent } from '../explain/event.js';
import type { Explanation } from '../explain/result.js';
import { KqlError } from '../kql/errors.js';
import { nothingTo } from './begin.js';
import { writeErr, writeOut } from './console.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { ruleErrors } from './output.js';
import { progress } from './progress.js';
import { terminalOf } from './terminal.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface ExplainFlags extends WorkloadFlags {
  readonly event: string;
  readonly json?: boolean;
}

/** `assay explain`: what a rule did with one event, clause by clause. */
export function explainCommand(): Command {
  return withWorkload(
    new Command('explain')
      .description('Tells what a rule did with one event, clause by clause, and what would turn the outcome.')
      .argument('<detection>', 'folder of the detection')
      .requiredOption(
        '--event <id or file>',
        'id of an event of the workload, or a file with events as a test has them',
      ),
  )
    .option('--json', 'print the explanation as JSON')
    .addHelpText('after', '\nExample:\n  assay explain detections/dead-drop-repaired --event event.yaml')
    .action(async (folder: string, flags: ExplainFlags) => {
      process.exitCode = await run(folder, flags);
    });
}

async function run(folder: string, flags: ExplainFlags): Promise<ExitCode> {
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const { catalogOf } = await import('../measure/catalog.js');
  const { explain } = await import('../explain/explain.js');
  const [found, ...more] = findDetections([folder]);
  if (found === undefined) throw nothingTo('explain', [folder]);
  if (more.length > 0) throw new UsageError(`There are ${more.length + 1} detections in ${folder}; name one of them.`);
  const detection = readDetection(found);
  const catalog = catalogOf(detection);

  const explained = async (event: PlacedEvent): Promise<ExitCode> => {
    let explanation: Explanation;
    try {
      explanation = await explain(detection, event, catalog);
    } catch (error) {
      if (!(error instanceof KqlError)) throw error;
      writeErr(ruleErrors(error, detection.deployed));
      return EXIT.rule;
    }
    const text =
      flags.json === true ? explanationJson(explanation) : explanationTerminal(explanation, terminalOf(process.stdout));
    writeOut(text);
    return EXIT.ok;
  };

  if (!/^\d+$/.test(flags.event)) {
    const { eventInFile } = await import('../explain/event.js');
    const event = await eventInFile(flags.event, detection, catalog);
    return await explained(event).finally(event.close);
  }
  const { Worlds } = await import('../measure/worlds.js');
  const { eventInWorkload } = await import('../explain/event.js');
  const shown = progress(process.stderr);
  const worlds = new Worlds({
    workload: workloadChoice(flags),
    onStage: shown.stage,
  });
  try {
    const played = await worlds.of(detection, catalog).finally(shown.end);
    const event = await eventInWorkload(BigInt(flags.event), played, detection, catalog);
    if (event === undefined)
      throw new UsageError(
        `The workload has no event ${flags.event}: its ${played.described.events} events have others.`,
      );
    return await explained(event);
  } finally {
    worlds.close();
  }
}
