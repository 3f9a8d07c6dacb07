import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { REPORT_FILES, REPORT_FORMATS, type RenderOptions, type ReportFormat, render } from '../../reports/render.js';
import { FileError } from '../files/errors.js';
import { type Measurement, measurementSchema } from '../measure/measurement.js';
import { readCompanions, readJson } from './companions.js';
import { EXIT, UsageError } from './exit.js';
import { namesAmong } from './flags.js';
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
    .argument('<measurement>', 'measurement.json of `assay test`, or a baseline.json')
    .argument('[more...]', 'JSON of `assay mutate`, `assay tune` and `assay evade`')
    .option(
      '--format <names>',
      `reports to make, parted by commas: ${REPORT_FORMATS.join(', ')}`,
      namesAmong('format', REPORT_FORMATS),
      [],
    )
    .option('--out <folder>', 'write the reports into this folder')
    .option('--json', 'print the measurement as JSON instead of the table')
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
  const measurement = readMeasurement(file);
  const companions = readCompanions(more, measurement.detections);
  if (out !== undefined) {
    await writeReports(out, format.length > 0 ? format : REPORT_FORMATS, measurement, { companions });
  }
  const onScreen = json === true ? 'json' : out === undefined ? (format[0] ?? 'terminal') : 'terminal';
  process.stdout.write(await render(onScreen, measurement, { ...terminalOf(process.stdout), companions }));
}

/** Writes the measurement into a folder, once for each format. */
export async function writeReports(
  folder: string,
  formats: readonly ReportFormat[],
  measurement: Measurement,
  options: Omit<RenderOptions, 'color' | 'width'>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const format of formats) {
    const text = await render(format, measurement, { ...options, color: false, width: 100 });
    writeFileSync(join(folder, REPORT_FILES[format]), text);
  }
}

function readMeasurement(file: string): Measurement {
  const parsed = measurementSchema.safeParse(readJson(file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const what = issue === undefined ? '' : `: '${issue.path.join('.')}': ${issue.message}`;
  const message = `It is no measurement as this version of \`assay test\` writes it${what}`;
  throw new FileError([{ file, line: 0, column: 0, message }]);
}
