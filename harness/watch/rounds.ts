import { resolve, sep } from 'node:path';
import { type Detection, findDetections, readDetection } from '../detection/detection.js';
import { compareSides } from '../diff/compare.js';
import type { Comparison } from '../diff/result.js';
import { FileError } from '../files/errors.js';
import { KqlError } from '../kql/errors.js';
import type { MeasureOptions } from '../measure/measure.js';
import type { DetectionMeasurement, TestResult } from '../measure/measurement.js';
import { Session } from './session.js';

/** What a round has to say, as soon as it is known. */
export type Report =
  | {
      readonly kind: 'tests';
      readonly id: string;
      readonly tests: readonly TestResult[];
      readonly changed: readonly string[];
    }
  | {
      readonly kind: 'measurement';
      readonly id: string;
      readonly measurement: DetectionMeasurement;
      /** What the rule gained and lost against the last run; absent in the first, and where the rule is as it was. */
      readonly comparison?: Comparison;
    }
  | { readonly kind: 'problem'; readonly id: string; readonly message: string };

export interface RoundsOptions extends MeasureOptions {
  /** Files and folders of detections. */
  readonly paths: readonly string[];
  /** The folder of scenarios, organisations and workloads, on which every detection depends. */
  readonly content: string;
}

/**
 * Runs tests and measurements of the detections that changed files affect. It knows nothing of terminals or of how files
 * are watched.
 */
export class Rounds {
  private readonly session: Session;
  private readonly options: RoundsOptions;
  /** Of each folder the outcome of its last tests, and the version that was measured last. */
  private readonly tested = new Map<string, readonly TestResult[]>();
  private readonly measured = new Map<string, Detection>();

  private constructor(session: Session, options: RoundsOptions) {
    this.session = session;
    this.options = options;
  }

  static async open(options: RoundsOptions): Promise<Rounds> {
    return new Rounds(await Session.open(options), options);
  }

  /** Every detection's folder. */
  all(): string[] {
    return findDetections(this.options.paths);
  }

  /** The folders of the detections that changed files affect; of a scenario that is all of them. */
  affectedBy(files: readonly string[]): string[] {
    const within = (file: string, folder: string): boolean => resolve(file).startsWith(`${resolve(folder)}${sep}`);
    const folders = this.all();
    if (files.some((file) => within(file, this.options.content))) {
      this.session.forget();
      return folders;
    }
    return folders.filter((folder) => files.some((file) => within(file, folder)));
  }

  /** Runs the tests of a detection, and tells how each differs from the last run. */
  async test(folder: string): Promise<Report> {
    return await this.reported(folder, async () => {
      const detection = readDetection(folder);
      const tests = await this.session.test(detection);
      const before = this.tested.get(folder);
      this.tested.set(folder, tests);
      return { kind: 'tests', id: detection.id, tests, changed: changedTests(before, tests) };
    });
  }

  /** Measures a detection, and compares its rule with the one that was measured last. */
  async measure(folder: string): Promise<Report> {
    return await this.reported(folder, async () => {
      const detection = readDetection(folder);
      const before = this.measured.get(folder);
      const { detections } = await this.session.measure(detection);
      const [measurement] = detections;
      if (measurement === undefined) throw new Error(`The measurement holds nothing of ${detection.id}.`);
      const comparison = before && (await this.compare(before, detection));
      this.measured.set(folder, detection);
      const changed = comparison !== undefined && comparison.detections.length > 0;
      return { kind: 'measurement', id: detection.id, measurement, ...(changed && { comparison }) };
    });
  }

  close(): void {
    this.session.close();
  }

  private async compare(was: Detection, is: Detection): Promise<Comparison> {
    const side = (label: string, detection: Detection) => {
      return { label, detections: [detection], single: true, close: () => undefined };
    };
    const options = { ...this.options, limits: [] };
    return await compareSides(side('the last run', was), side('now', is), options, this.session.worlds);
  }

  /** A broken file or rule is something to report, not the end of watching. */
  private async reported(folder: string, run: () => Promise<Report>): Promise<Report> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof FileError) return { kind: 'problem', id: folder, message: error.message };
      if (error instanceof KqlError) return { kind: 'problem', id: folder, message: diagnosticsOf(error) };
      throw error;
    }
  }
}

function diagnosticsOf({ diagnostics }: KqlError): string {
  return diagnostics
    .map(({ code, line, column, message, suggestion }) => {
      const hint = suggestion === undefined ? '' : ` Did you mean '${suggestion}'?`;
      return `${line === 0 ? '' : `${line}:${column}: `}${code}: ${message}${hint}`;
    })
    .join('\n');
}

/** Tests that have another outcome than before; none when nothing was known. */
function changedTests(before: readonly TestResult[] | undefined, after: readonly TestResult[]): string[] {
  if (before === undefined) return [];
  const changed = after.flatMap(({ name, status }) => {
    const was = before.find((test) => test.name === name)?.status;
    return was === status ? [] : [`${name}: ${was ?? 'new'} → ${status}`];
  });
  const gone = before.filter(({ name }) => !after.some((test) => test.name === name));
  return [...changed, ...gone.map(({ name }) => `${name}: gone`)];
}
