import { Command } from 'commander';
import { ADVICE_FILES, ADVICE_FORMATS, type AdviceFormat, renderAdvice } from '../../reports/advice/render.js';
import { EXIT, type ExitCode } from './exit.js';
import { type FormatFlags, refuseHomeless, tell, withFormats } from './formats.js';
import { overWorlds } from './over-worlds.js';
import { type WorkloadFlags, withWorkload } from './workload-flags.js';

type AdviseFlags = WorkloadFlags & FormatFlags<AdviceFormat>;

/** `assay advise`: what each entry of a rule's lists is worth, and what the lists lack. */
export function adviseCommand(): Command {
  const command = withWorkload(
    new Command('advise')
      .description('Tells what each entry of a list is worth, which to drop or narrow, and what the lists lack.')
      .argument('<detection...>', 'folders of detections, searched with all below them'),
  );
  return withFormats(command, ADVICE_FORMATS)
    .addHelpText('after', '\nExample:\n  assay advise detections/dead-drop-repaired --hosts 200')
    .action(async (paths: string[], flags: AdviseFlags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: AdviseFlags): Promise<ExitCode> {
  refuseHomeless(flags);
  const { advise } = await import('../advise/advise.js');
  const all = await overWorlds(paths, flags, 'advise on', (detection, catalog, played, onStage) =>
    advise(detection, catalog, played, { onStage }),
  );
  const results = all.map(({ found }) => found);
  tell(flags, ADVICE_FILES, (format, options) => renderAdvice(format, results, options));
  return EXIT.ok;
}
