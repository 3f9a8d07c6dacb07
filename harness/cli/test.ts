import { join } from 'node:path';
import { Command, Option } from 'commander';
import { REPORT_FORMATS, type ReportFormat, render } from '../../reports/render.js';
import { EVENT_FORMATS, type EventFormat } from '../evidence/formats.js';
import type { Evidence } from '../evidence/result.js';
import { makeFolder, writeWhole } from '../files/output.js';
import type { Status } from '../measure/measurement.js';
import { nothingTo } from './begin.js';
import { COMPANIONS, readCompanions } from './companions.js';
import { writeOut } from './console.js';
import { EXIT, type ExitCode, UsageError } from './exit.js';
import { namesAmong, rate, share } from './flags.js';
import { formatOption } from './formats.js';
import { tellGitHub } from './github.js';
import { progress } from './progress.js';
import { writeReports } from './report.js';
import { terminalOf } from './terminal.js';
import { type WorkloadFlags, withWorkload, workloadChoice } from './workload-flags.js';

interface TestFlags extends WorkloadFlags {
  readonly attackRate?: number;
  readonly format: readonly ReportFormat[];
  readonly out?: string;
  readonly coverage?: boolean;
  readonly coverageAtLeast?: number;
  readonly with?: readonly string[];
  readonly eventsOut?: string;
  readonly eventsFormat: readonly EventFormat[];
  readonly updateBaseline?: boolean;
  readonly json?: boolean;
}

const EXIT_OF: Readonly<Record<Status, ExitCode>> = { passed: EXIT.ok, failed: EXIT.findings, refused: EXIT.rule };

/** `assay test`: the main job. */
export function testCommand(): Command {
  return withWorkload(
    new Command('test')
      .description('Measures detections: their tests, then their workload, then their gates.')
      .argument('[path...]', 'folders of detections, searched with all below them', ['detections']),
  )
    .option(
      '--attack-rate <n>',
      'claimed attacks a day per 1,000 hosts that precision is projected at (default: 0.01)',
      rate,
    )
    .option('--coverage', 'tell which clauses, list entries and branches decide anything')
    .option('--coverage-at-least <share>', 'share of them that must decide something in the tests', share)
    .addOption(formatOption(REPORT_FORMATS))
    .option('--out <folder>', 'write the reports into this folder')
    .option('--with <files...>', `JSON of ${COMPANIONS}, for the reports to show beside`)
    .option('--events-out <folder>', 'write the events, each with its truth and the verdict of the rule')
    .addOption(
      new Option('--events-format <names>', `of these files, parted by commas: ${EVENT_FORMATS.join(', ')}`)
        .argParser(namesAmong('format', EVENT_FORMATS))
        .default([], 'all of them'),
    )
    .option('--update-baseline', 'accept what is measured as the baseline of each detection')
    .option('--json', 'print the measurement as JSON instead of the table')
    .addHelpText(
      'after',
      '\nExamples:\n  assay test detections --hosts 500 --format markdown,junit --out out\n  assay test detections --events export.csv --labels labels.yaml --simulate attacks',
    )
    .action(async (paths: string[], flags: TestFlags) => {
      process.exitCode = await runTest(paths, flags);
    });
}

async function runTest(paths: readonly string[], flags: TestFlags): Promise<ExitCode> {
  if (flags.format.length > 0 && flags.out === undefined && flags.format.length > 1) {
    throw new UsageError('Several reports need a folder to be written to: add --out FOLDER.');
  }
  // What cannot be written to is better known before than after a long run.
  if (flags.out !== undefined) makeFolder(flags.out);
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const folders = findDetections(paths);
  if (folders.length === 0) {
    throw nothingTo('test', paths);
  }
  const detections = folders.map(readDetection);
  refuseSameIds(detections);
  const companions = readCompanions(
    flags.with ?? [],
    detections.map(({ id, deployed: rule }) => ({ id, rule })),
  );

  const { DEFAULT_ATTACK_RATE, measureDetections } = await import('../measure/measure.js');
  const { baselineOf, readBaseline, withBaselines } = await import('../measure/baseline.js');
  const accepted = new Map(
    flags.updateBaseline === true
      ? []
      : detections.flatMap(({ id, baselineFile }) => {
          const baseline = readBaseline(baselineFile);
          return baseline === undefined ? [] : [[id, baseline] as const];
        }),
  );
  const written = flags.out === undefined ? [] : flags.format.length > 0 ? flags.format : REPORT_FORMATS;
  const evidence = new Map<string, Evidence>();
  const shown = progress(process.stderr);
  const measured = await measureDetections(detections, {
    workload: workloadChoice(flags),
    attackRate: flags.attackRate ?? DEFAULT_ATTACK_RATE,
    ...((flags.coverage === true || flags.coverageAtLeast !== undefined) && {
      coverage: { ...(flags.coverageAtLeast !== undefined && { atLeast: flags.coverageAtLeast }) },
    }),
    onStage: shown.stage,
    witness: async (seen) => {
      const { id } = seen.detection;
      // Only a page that people look through has room for it.
      if (written.includes('html')) {
        shown.stage(`${id}: what stands behind the figures`);
        const { takeEvidence } = await import('../evidence/evidence.js');
        evidence.set(id, await takeEvidence(seen));
      }
      if (flags.eventsOut !== undefined) {
        shown.stage(`${id}: writing its events`);
        const { writeEvents } = await import('../evidence/events.js');
        await writeEvents(
          seen,
          join(flags.eventsOut, id),
          flags.eventsFormat.length > 0 ? flags.eventsFormat : EVENT_FORMATS,
        );
      }
    },
  }).finally(shown.end);
  const measurement = withBaselines(measured, accepted);

  const { jsonReport } = await import('../../reports/json.js');
  if (flags.updateBaseline === true) {
    for (const [index, { baselineFile }] of detections.entries()) {
      const detection = measured.detections[index];
      if (detection !== undefined) writeWhole(baselineFile, jsonReport(baselineOf(measured, detection)));
    }
  }
  const { out, format } = flags;
  const plain = { color: false, width: 100, evidence, companions };
  if (out !== undefined) await writeReports(out, written, measurement, plain);
  const onScreen = flags.json === true ? 'json' : out === undefined ? (format[0] ?? 'terminal') : 'terminal';
  writeOut(await render(onScreen, measurement, terminalOf(process.stdout)));
  await tellGitHub(
    async () => (await import('../../reports/github.js')).githubAnnotations(measurement),
    () => render('markdown', measurement, plain),
  );
  return EXIT_OF[measurement.status];
}

/** Reports and baselines tell detections apart by id. */
function refuseSameIds(detections: readonly { readonly id: string; readonly folder: string }[]): void {
  for (const [index, { id, folder }] of detections.entries()) {
    const first = detections.findIndex((other) => other.id === id);
    if (first !== index)
      throw new UsageError(`Two detections have the id '${id}': ${detections[first]?.folder} and ${folder}.`);
  }
}
