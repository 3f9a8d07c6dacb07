import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { check, type Judgement } from '../check/check.js';
import type { Finding } from '../check/finding.js';
import { CHECKS } from '../check/registry.js';
import { findTargets } from '../check/targets.js';
import { FileError } from '../files/errors.js';
import { ENVIRONMENTS, type Environment } from '../tables/schema.js';
import { ASSAY_VERSION } from '../version.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { tellGitHub } from './github.js';
import { printable } from './output.js';

interface Flags {
  readonly environment?: Environment;
  readonly json?: boolean;
  readonly sarif?: string;
}

/** `assay check [PATH…]`: judges rules without running them. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'Judge rules without running them: do they bind, would the portal take them, do their lists make sense.',
    )
    .argument('[path...]', 'detections, folders of them, or rules (.kql, .yaml)', ['detections'])
    .addOption(new Option('--environment <name>', 'where a bare .kql rule runs').choices(ENVIRONMENTS))
    .option('--json', 'print the findings as JSON')
    .option('--sarif <file>', 'write the findings into this file, as SARIF 2.1.0 for code scanning')
    .addHelpText('after', '\nExample:\n  assay check detections --sarif check.sarif')
    .action(async (paths: string[], flags: Flags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], { environment, json, sarif }: Flags): Promise<ExitCode> {
  const targets = findTargets(paths);
  if (targets.length === 0) throw new UsageError(`There is no detection and no rule in ${paths.join(', ')}.`);
  const judgements: Judgement[] = [];
  const broken: FileError[] = [];
  for (const target of targets) {
    try {
      judgements.push(check(target, environment === undefined ? {} : { environment }));
    } catch (error) {
      // The other rules are worth judging all the same.
      if (!(error instanceof FileError)) throw error;
      broken.push(error);
    }
  }
  process.stdout.write(json ? `${findingsJson(judgements)}\n` : findingsText(judgements));
  const findings = judgements.flatMap((judgement) => judgement.findings).map(inRepository);
  if (sarif !== undefined) {
    const { sarifLog } = await import('../../reports/sarif.js');
    const titles = Object.fromEntries(CHECKS.map(({ code, title }) => [code, title]));
    writeFileSync(sarif, sarifLog(findings, ASSAY_VERSION, titles));
  }
  await tellGitHub(async () => (await import('../../reports/github.js')).annotations(findings));
  for (const error of broken) process.stderr.write(`${printable(error.message)}\n`);
  return broken.length > 0 ? EXIT.usage : exitCode(judgements);
}

/** The finding with its file as repositories write it. */
function inRepository(finding: Finding): Finding {
  return { ...finding, file: finding.file.replaceAll('\\', '/') };
}

/** A rule that does not bind outweighs what else is found. */
function exitCode(judgements: readonly Judgement[]): ExitCode {
  if (judgements.some(({ binds }) => !binds)) return EXIT.rule;
  const errors = judgements.some(({ findings }) => findings.some(({ severity }) => severity === 'error'));
  return errors ? EXIT.findings : EXIT.ok;
}

/** The findings of all rules, and which rules were judged. */
export function findingsJson(judgements: readonly Judgement[]): string {
  const rules = judgements.map(({ file, environment, binds }) => ({ file, environment, binds }));
  return JSON.stringify({ version: 1, rules, findings: judgements.flatMap(({ findings }) => findings) }, null, 2);
}

/** A line for each finding, its remedy below it, and the sum of them all. */
export function findingsText(judgements: readonly Judgement[]): string {
  const findings = judgements.flatMap((judgement) => judgement.findings);
  const lines = findings.flatMap((finding) => [printable(headline(finding)), printable(`    ${finding.remedy}`)]);
  const counts = (['error', 'warning', 'information'] as const)
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity}${count === 1 || severity === 'information' ? '' : 's'}`);
  const rules = `${judgements.length} rule${judgements.length === 1 ? '' : 's'}`;
  return `${[...lines, `${rules} checked: ${counts.length === 0 ? 'nothing found' : counts.join(', ')}.`].join('\n')}\n`;
}

function headline({ file, line, column, severity, code, message }: Finding): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return `${place}: ${severity} ${code}: ${message}`;
}
