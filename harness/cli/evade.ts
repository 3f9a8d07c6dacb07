import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { EVASION_FILES, renderEvasion } from '../../reports/evade.js';
import type { EvasionResult } from '../evade/result.js';
import { makeFolder, writeWhole } from '../files/output.js';
import { KqlError } from '../kql/errors.js';
import { nothingTo } from './begin.js';
import { writeErr, writeOut } from './console.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { share, whole } from './flags.js';
import { ruleErrors } from './output.js';
import { progress } from './progress.js';
import { terminalOf } from './terminal.js';

interface EvadeFlags {
  readonly scenario?: readonly string[];
  readonly transformation?: readonly string[];
  readonly depth: 1 | 2;
  readonly atLeast?: number;
  readonly hosts?: number;
  readonly days?: number;
  readonly seed?: number;
  readonly quick?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** `assay evade`: which changes of an attack a rule no longer sees, and what each costs the attacker. */
export function evadeCommand(): Command {
  return new Command('evade')
    .description('Changes attacks as attackers do, and tells which of them a rule still catches.')
    .argument('<detection>', 'folder of a detection')
    .option('--scenario <ids>', 'the only scenarios to change, parted by commas', listed)
    .option('--transformation <ids>', 'the only transformations to try, parted by commas', listed)
    .option('--depth <n>', 'transformations at once: 1, or 2 to search pairs as well', depth, 1)
    .option('--at-least <share>', 'share of pairs that must still be detected', share)
    .option('--hosts <n>', 'hosts of the simulated organisation', whole(1))
    .option('--days <n>', 'days that are simulated', whole(1))
    .option('--seed <n>', 'the same seed makes the same events', whole(0))
    .option('--quick', 'judge each pair by one activity: less certain, and sooner where a rule needs the world around')
    .option('--out <folder>', 'write the reports into this folder')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  assay evade detections/dead-drop-repaired --depth 2 --at-least 0.6')
    .action(async (path: string, flags: EvadeFlags) => {
      process.exitCode = await run(path, flags);
    });
}

async function run(path: string, flags: EvadeFlags): Promise<ExitCode> {
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const { evade } = await import('../evade/evade.js');
  const { NothingToEvade } = await import('../evade/ground.js');
  const { hosts, days, seed, scenario, transformation, out } = flags;
  const [folder, other] = findDetections([path]);
  if (folder === undefined) throw nothingTo('evade', [path]);
  if (other !== undefined) throw new UsageError(`${path} holds several detections; name one, such as ${folder}.`);
  const shown = progress(process.stderr);
  const detection = readDetection(folder);
  let result: EvasionResult;
  try {
    result = await evade(detection, {
      workload: {
        ...(hosts !== undefined && { hosts }),
        ...(days !== undefined && { days }),
        ...(seed !== undefined && { seed }),
      },
      ...(scenario !== undefined && { scenarios: scenario }),
      ...(transformation !== undefined && { transformations: transformation }),
      depth: flags.depth,
      quick: flags.quick === true,
      onStage: shown.stage,
    });
  } catch (error) {
    if (error instanceof NothingToEvade) throw new UsageError(error.message);
    if (!(error instanceof KqlError)) throw error;
    writeErr(ruleErrors(error, detection.deployed));
    return EXIT.rule;
  } finally {
    shown.end();
  }
  const options = terminalOf(process.stdout);
  if (out !== undefined) {
    makeFolder(out);
    for (const [format, file] of Object.entries(EVASION_FILES))
      writeWhole(
        join(out, file),
        renderEvasion(format as keyof typeof EVASION_FILES, result, { ...options, color: false }),
      );
  }
  writeOut(renderEvasion(flags.json === true ? 'json' : 'terminal', result, options));
  const { stillDetected } = result;
  if ('unmeasured' in stillDetected) return flags.atLeast === undefined ? EXIT.ok : EXIT.findings;
  return stillDetected.estimate >= (flags.atLeast ?? 0) ? EXIT.ok : EXIT.findings;
}

/** Names parted by commas, of all times that the flag is given. */
function listed(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(',').map((name) => name.trim())];
}

function depth(text: string): 1 | 2 {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('Expected 1 or 2.');
}
