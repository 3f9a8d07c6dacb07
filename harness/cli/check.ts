import { Command, Option } from 'commander';
import { check, type Judgement } from '../check/check.js';
import type { Finding } from '../check/finding.js';
import { CHECKS } from '../check/registry.js';
import { findTargets } from '../check/targets.js';
import { FileError } from '../files/errors.js';
import { writeWhole } from '../files/output.js';
import { jsonText, type Printable, printable } from '../files/printable.js';
import { ENVIRONMENTS, type Environment } from '../tables/schema.js';
import { ASSAY_VERSION } from '../version.js';
import { nothingTo } from './begin.js';
import { writeErr, writeOut } from './console.js';
import { EXIT, type ExitCode } from './exit.js';
import { tellGitHub } from './github.js';
import { progress } from './progress.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface Flags extends WorkloadFlags {
  readonly workload?: boolean;
  readonly environment?: Environment;
  readonly json?: boolean;
  readonly sarif?: string;
}

/** `assay check [PATH…]`: judges rules without running them. */
export function checkCommand(): Command {
  return withWorkload(
    new Command('check')
      .description(
        'Judges rules without running them: do they bind, would the portal take them, do their lists make sense.',
      )
      .argument('[path...]', 'detections, folders of them, or rules (.kql, .yaml)', ['detections'])
      .option('--workload', 'run over the workload, too, to find exceptions that hide nothing in it'),
  )
    .addOption(new Option('--environment <name>', 'where a bare .kql rule runs').choices(ENVIRONMENTS))
    .option('--json', 'print the findings as JSON')
    .option('--sarif <file>', 'write the findings into this file, as SARIF 2.1.0 for code scanning')
    .addHelpText('after', '\nExample:\n  assay check detections --sarif check.sarif')
    .action(async (paths: string[], flags: Flags) => {
      process.exitCode = await run(paths, flags);
    });
}

async function run(paths: readonly string[], flags: Flags): Promise<ExitCode> {
  const { environment, json, sarif } = flags;
  const targets = findTargets(paths);
  if (targets.length === 0) throw nothingTo('check', paths, 'detection and no rule (.kql, .yaml)');
  const judgements: Judgement[] = [];
  const broken: FileError[] = [];
  const runs = flags.workload === true || flags.events !== undefined;
  for (const target of targets) {
    try {
      const judgement = check(target, environment === undefined ? {} : { environment });
      const readable = judgement.findings.every(({ code }) => code !== 'exception-unreadable');
      const idle =
        runs && 'folder' in target && judgement.binds && readable ? await idleExceptions(target.folder, flags) : [];
      judgements.push({ ...judgement, findings: [...judgement.findings, ...idle] });
    } catch (error) {
      // The other rules are worth judging all the same.
      if (!(error instanceof FileError)) throw error;
      broken.push(error);
    }
  }
  writeOut(json ? findingsJson(judgements) : findingsText(judgements, broken.length));
  const findings = judgements.flatMap((judgement) => judgement.findings).map(inRepository);
  if (sarif !== undefined) {
    const { sarifLog } = await import('../../reports/sarif.js');
    const titles = Object.fromEntries([...CHECKS, IDLE].map(({ code, title }) => [code, title]));
    writeWhole(sarif, sarifLog(findings, ASSAY_VERSION, titles, 'check'));
  }
  await tellGitHub(async () => (await import('../../reports/github.js')).annotations(findings));
  for (const error of broken) writeErr(printable(error.message));
  return broken.length > 0 ? EXIT.usage : exitCode(judgements);
}

const IDLE = { code: 'exception-idle', title: 'An exception that hides nothing in the workload.' } as const;

/** Exceptions of a detection that hide nothing in its workload; it is played for those that have any. */
async function idleExceptions(folder: string, flags: WorkloadFlags): Promise<Finding[]> {
  const { readDetection } = await import('../detection/detection.js');
  const detection = readDetection(folder);
  if (detection.allowlist.exceptions.length === 0 || detection.expects !== undefined) return [];
  const { catalogOf } = await import('../measure/catalog.js');
  const { Worlds } = await import('../measure/worlds.js');
  const { neverFired } = await import('../tune/fired.js');
  const { entryPlace } = await import('../exceptions/render.js');
  const shown = progress(process.stderr);
  const worlds = new Worlds({ workload: workloadChoice(flags), onStage: shown.stage });
  try {
    const catalog = catalogOf(detection);
    const played = await worlds.of(detection, catalog);
    const { name, hosts, days } = played.described;
    return (await neverFired(detection, catalog, played)).map((exception) => ({
      code: IDLE.code,
      severity: 'warning',
      ...entryPlace(detection, exception, 'condition'),
      length: 0,
      message: `The exception holds for no event that comes to it over the workload ${name} (${days === 1 ? 'one day' : `${days} days`} on ${hosts} hosts).`,
      remedy: 'Remove it, or correct its condition, unless it is for what the workload does not have.',
    }));
  } finally {
    worlds.close();
    shown.end();
  }
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
export function findingsJson(judgements: readonly Judgement[]): Printable {
  const rules = judgements.map(({ file, environment, binds }) => ({ file, environment, binds }));
  return jsonText({ version: 1, rules, findings: judgements.flatMap(({ findings }) => findings) }, 2);
}

/**
 * A line for each finding, its remedy below it, and the sum of them all.
 *
 * @param unread how many rules could not be read: they must not pass for rules without a finding
 */
export function findingsText(judgements: readonly Judgement[], unread = 0): Printable {
  const findings = judgements.flatMap((judgement) => judgement.findings);
  const lines = findings.flatMap((finding) => [headline(finding), `    ${finding.remedy}`]);
  const counts = (['error', 'warning', 'information'] as const)
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity}${count === 1 || severity === 'information' ? '' : 's'}`);
  const rules = `${judgements.length} rule${judgements.length === 1 ? '' : 's'}`;
  const sums = judgements.length === 0 ? '' : `: ${counts.length === 0 ? 'nothing found' : counts.join(', ')}`;
  const missing = unread === 0 ? '' : `; ${unread} could not be read`;
  return printable([...lines, `${rules} checked${sums}${missing}.`].join('\n'));
}

function headline({ file, line, column, severity, code, message }: Finding): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return `${place}: ${severity} ${code}: ${message}`;
}
