import { join } from 'node:path';
import { Command } from 'commander';
import { check } from '../check/check.js';
import type { Finding } from '../check/finding.js';
import { FileError } from '../files/errors.js';
import { isThere } from '../files/inside.js';
import { jsonText, type Printable, printable } from '../files/printable.js';
import { entriesOf } from '../files/walk.js';
import { importedDetection } from '../scaffold/import/detection.js';
import { readRules } from '../scaffold/import/read.js';
import { writeNew } from '../scaffold/write.js';
import { writeOut } from './console.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { technique } from './scaffold.js';

interface Flags {
  readonly into: string;
  readonly technique?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface Outcome {
  readonly from: string;
  /** The folder of the detection, where it was carried over. */
  readonly folder?: string;
  readonly refused?: string;
  readonly notes: readonly string[];
}

/** `assay import PATH…`: detections out of rules that exist. */
export function importCommand(): Command {
  return new Command('import')
    .description('Makes detections out of rules that exist, and tells what could not be carried over.')
    .argument('<path...>', 'Sentinel rules (YAML, ARM templates, API exports), Defender custom detections, or folders')
    .option('--into <folder>', 'where the detections go', 'detections')
    .option('--technique <id>', 'claimed by rules that name no ATT&CK technique', technique)
    .option('--dry-run', 'tell what would happen, and write nothing')
    .option('--json', 'print what became of each rule as JSON')
    .addHelpText('after', '\nExample:\n  assay import exported/AnalyticRules --technique T1102')
    .action((paths: string[], flags: Flags) => {
      process.exitCode = runImport(paths, flags);
    });
}

function runImport(paths: readonly string[], flags: Flags): ExitCode {
  const { into, dryRun = false, json = false } = flags;
  const taken = new Set(isThere(into) ? entriesOf(into).map(({ name }) => name) : []);
  const outcomes = readRules(paths).map((rule): Outcome => {
    if ('why' in rule) return { from: rule.from, refused: rule.why, notes: [] };
    const made = importedDetection(rule, taken, flags);
    if ('why' in made) return { from: rule.from, refused: made.why, notes: rule.lost };
    taken.add(made.id);
    const folder = join(into, made.id);
    if (dryRun) return { from: rule.from, folder, notes: made.notes };
    try {
      writeNew(folder, made.files);
    } catch (error) {
      return { from: rule.from, refused: inOneLine(error), notes: made.notes };
    }
    let faults: readonly Finding[];
    try {
      faults = check({ folder }).findings.filter(({ severity }) => severity === 'error');
    } catch (error) {
      return { from: rule.from, refused: `it was written to ${folder}, but ${inOneLine(error)}`, notes: made.notes };
    }
    const told = faults.map(
      ({ file, line, column, code, message }) => `${file}:${line}:${column}: ${code}: ${message}`,
    );
    return { from: rule.from, folder, notes: [...made.notes, ...told] };
  });
  if (outcomes.length === 0)
    throw new UsageError(
      `There is no YAML or JSON file in or below ${paths.join(', ')}; name exports of Sentinel's or Defender's rules.`,
    );
  writeOut(json ? jsonText({ version: 1, rules: outcomes }, 2) : text(outcomes));
  return outcomes.some(({ refused }) => refused !== undefined) ? EXIT.findings : EXIT.ok;
}

/** What is wrong with one of many rules; an error of another kind ends the import. */
function inOneLine(error: unknown): string {
  if (!(error instanceof FileError)) throw error;
  return error.message.replaceAll('\n', '; ');
}

function text(outcomes: readonly Outcome[]): Printable {
  const carried = outcomes.filter(({ folder }) => folder !== undefined).length;
  const lines = outcomes.flatMap(({ from, folder, refused, notes }) => [
    refused === undefined ? `✔ ${folder}  from ${from}` : `✘ ${from}: ${refused}`,
    ...notes.map((note) => `    ${note}`),
  ]);
  return printable([...lines, `${carried} of ${outcomes.length} carried over.`].join('\n'));
}
