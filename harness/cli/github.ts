import { appendFileSync } from 'node:fs';
import type { WorkflowCommands } from '../../reports/github.js';

/**
 * In GitHub Actions, marks findings in the files and adds to the summary of the job; elsewhere it does nothing.
 * The commands go to stderr, which Actions reads as well, so that what a command answers stays as it is.
 *
 * @param summary Markdown, made only where there is a summary
 */
export async function tellGitHub(
  commands: () => Promise<WorkflowCommands>,
  summary?: () => Promise<string>,
): Promise<void> {
  if (process.env['GITHUB_ACTIONS'] !== 'true') return;
  process.stderr.write(await commands());
  const file = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (file !== '' && summary !== undefined) appendFileSync(file, await summary());
}
