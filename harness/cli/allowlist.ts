import { Command } from 'commander';
import { jsonText, printable } from '../files/printable.js';
import { nothingTo } from './begin.js';
import { writeOut } from './console.js';
import { EXIT, type ExitCode } from './exit.js';

interface AllowlistFlags {
  readonly json?: boolean;
}

/** `assay allowlist`: the exceptions of rules, as they stand. */
export function allowlistCommand(): Command {
  const command = new Command('allowlist').description(
    'Shows the exceptions of rules, and renders them into the rules.',
  );
  command
    .command('show')
    .description('Tells of each exception how safe it is, and why.')
    .argument('[path...]', 'folders of detections, searched with all below them', ['detections'])
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  assay allowlist show detections/dead-drop-tuned')
    .action(async (paths: string[], flags: AllowlistFlags) => {
      process.exitCode = await show(paths, flags);
    });
  command
    .command('render')
    .description('Renders allowlist.yaml into the rule, between two comment lines.')
    .argument('[path...]', 'folders of detections, searched with all below them', ['detections'])
    .option('--json', 'print which rules were rendered as JSON')
    .addHelpText('after', '\nExample:\n  assay allowlist render detections')
    .action(async (paths: string[], flags: AllowlistFlags) => {
      process.exitCode = await render(paths, flags);
    });
  return command;
}

async function show(paths: readonly string[], { json }: AllowlistFlags): Promise<ExitCode> {
  const { catalogOf } = await import('../measure/catalog.js');
  const { exceptionsOf } = await import('../exceptions/render.js');
  const { gradeOf } = await import('../exceptions/grade.js');
  const shown = (await detectionsIn(paths)).flatMap((detection) => {
    const found = exceptionsOf(detection, catalogOf(detection));
    return (found?.conditions ?? []).map(({ clause }, i) => ({
      detection: detection.id,
      ...detection.allowlist.exceptions[i],
      ...gradeOf(clause),
    }));
  });
  if (json === true) writeOut(jsonText({ exceptions: shown }, 2));
  else if (shown.length === 0) writeOut(printable('No detection has an exception.'));
  else {
    for (const { detection, grade, condition, reason, owner, expiry, way } of shown) {
      writeOut(
        printable(`${grade}  ${detection}: ${condition}\n   ${reason} (${owner}, until ${expiry})\n   ${way}\n`),
      );
    }
  }
  return EXIT.ok;
}

async function render(paths: readonly string[], { json }: AllowlistFlags): Promise<ExitCode> {
  const { catalogOf } = await import('../measure/catalog.js');
  const { renderExceptions } = await import('../tune/apply.js');
  const rules = (await detectionsIn(paths)).map((detection) => ({
    detection: detection.id,
    file: detection.deployed.file,
    rendered: renderExceptions(detection, catalogOf(detection)),
  }));
  if (json === true) writeOut(jsonText({ version: 1, rules }, 2));
  else for (const { file, rendered } of rules) writeOut(printable(`${file}: ${rendered ? 'rendered' : 'unchanged'}`));
  return EXIT.ok;
}

async function detectionsIn(paths: readonly string[]) {
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const detections = findDetections(paths)
    .map(readDetection)
    .filter(({ expects }) => expects === undefined);
  if (detections.length === 0) throw nothingTo('show', paths, 'detection with a rule that runs');
  return detections;
}
