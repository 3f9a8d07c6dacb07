import { join } from 'node:path';
import { Command } from 'commander';
import type { Companions } from '../../reports/companions.js';
import { REPORT_FILES, REPORT_FORMATS, type RenderOptions, type ReportFormat, render } from '../../reports/render.js';
import { FileError } from '../files/errors.js';
import { readJson } from '../files/json.js';
import { makeFolder, writeWhole } from '../files/output.js';
import { jsonText } from '../files/printable.js';
import { MEASUREMENT_VERSION, type Measurement, measurementSchema } from '../measure/measurement.js';
import { COMPANIONS, commandBehind, readCompanions } from './companions.js';
import { writeOut } from './console.js';
import { EXIT, UsageError } from './exit.js';
import { formatOption } from './formats.js';
import { terminalOf } from './terminal.js';

interface ReportFlags {
  readonly format: readonly ReportFormat[];
  readonly out?: string;
  readonly json?: boolean;
}

/** `assay report`: a measurement that was taken before, in any format. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Renders a measurement that was taken before, with what other commands found about its detections.')
    .argument('<measurement>', 'measurement.json of `assay test`, a baseline.json, or what --json printed')
    .argument('[more...]', `JSON of ${COMPANIONS}`)
    .addOption(formatOption(REPORT_FORMATS))
    .option('--out <folder>', 'write the reports into this folder')
    .option('--json', 'print it all as JSON instead of the table')
    .addHelpText('after', '\nExample:\n  assay report out/measurement.json out/mutation.json --format html --out out')
    .action(async (file: string, more: string[], flags: ReportFlags) => {
      await runReport(file, more, flags);
      process.exitCode = EXIT.ok;
    });
}

async function runReport(file: string, more: readonly string[], { format, out, json }: ReportFlags): Promise<void> {
  if (out === undefined && format.length > 1) {
    throw new UsageError('Several reports need a folder to be written to: add --out FOLDER.');
  }
  const document = readJson(file);
  const whole = isWhole(document);
  const measurement = measurementOf(file, whole ? document.measurement : document);
  const companions = readCompanions(whole ? [file, ...more] : more, measurement.detections);
  if (out !== undefined) {
    await writeReports(out, format.length > 0 ? format : REPORT_FORMATS, measurement, { companions });
  }
  if (json === true && Object.values(companions).some((found: Companions[keyof Companions]) => found.size > 0)) {
    writeOut(jsonText(together(measurement, companions), 2));
    return;
  }
  const onScreen = json === true ? 'json' : out === undefined ? (format[0] ?? 'terminal') : 'terminal';
  writeOut(await render(onScreen, measurement, { ...terminalOf(process.stdout), companions }));
}

/** A measurement and what is known beside it, in one document that `assay report` reads as well. */
function together(measurement: Measurement, { mutation, tuning, evasion, advice, guide }: Companions): object {
  return {
    measurement,
    mutation: [...mutation.values()],
    tuning: [...tuning.values()],
    evasion: [...evasion.values()],
    advice: [...advice.values()],
    guide: [...guide.values()],
  };
}

/** Writes the measurement into a folder, once for each format. */
export async function writeReports(
  folder: string,
  formats: readonly ReportFormat[],
  measurement: Measurement,
  options: Omit<RenderOptions, 'color' | 'width'>,
): Promise<void> {
  makeFolder(folder);
  for (const format of formats) {
    const text = await render(format, measurement, { ...options, color: false, width: 100 });
    writeWhole(join(folder, REPORT_FILES[format]), text);
  }
}

/** Whether it is what `assay report --json` printed. */
function isWhole(document: unknown): document is { readonly measurement: unknown } {
  return typeof document === 'object' && document !== null && 'measurement' in document;
}

/** Why a document is no measurement, and what to give in its place. */
function notOne(
  document: unknown,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): string {
  const command = commandBehind(document);
  if (command !== undefined)
    return `This is what \`assay ${command}\` found; name a measurement before it, such as out/measurement.json.`;
  const version = (document as { readonly version?: unknown } | null)?.version;
  if (typeof version === 'number' && version !== MEASUREMENT_VERSION)
    return `It is of version ${version}, and this Assay reads version ${MEASUREMENT_VERSION}; measure again with \`assay test --out FOLDER\`.`;
  const what = issue === undefined ? '' : ` ('${issue.path.join('.')}': ${issue.message})`;
  return `It is no measurement${what}; \`assay test --out FOLDER\` writes one.`;
}

function measurementOf(file: string, document: unknown): Measurement {
  const parsed = measurementSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new FileError([{ file, line: 0, column: 0, message: notOne(document, parsed.error.issues[0]) }]);
}
