import { basename } from 'node:path';
import { z } from 'zod';
import { FileError } from '../files/errors.js';
import { isThere } from '../files/inside.js';
import { readJson } from '../files/json.js';
import { changesBetween } from './changes.js';
import {
  type BaselineResult,
  type DetectionMeasurement,
  MEASUREMENT_VERSION,
  type Measurement,
  measurementSchema,
  statusOf,
} from './measurement.js';

/** What was accepted: a measurement, or one in a form that this version does not read. */
export type Accepted = Measurement | { readonly otherVersion: number };

/**
 * The accepted measurement of a detection; nothing when none was accepted yet.
 *
 * @throws FileError when the file is no measurement
 */
export function readBaseline(file: string): Accepted | undefined {
  if (!isThere(file)) return undefined;
  let content: unknown;
  try {
    content = readJson(file);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new FileError(error.problems.map((problem) => ({ ...problem, suggestion: ACCEPT })));
  }
  const document = z.looseObject({ version: z.int().min(1) }).safeParse(content);
  if (document.success && document.data.version !== MEASUREMENT_VERSION) return { otherVersion: document.data.version };
  const parsed = measurementSchema.safeParse(content);
  if (!parsed.success) throw unusable(file, 'it is no measurement of this version');
  return parsed.data;
}

/**
 * The measurement with each detection held against its baseline; one that regressed has failed.
 *
 * @param accepted baselines by the id of the detection
 */
export function withBaselines(measurement: Measurement, accepted: ReadonlyMap<string, Accepted>): Measurement {
  const detections = measurement.detections.map((detection): DetectionMeasurement => {
    const baseline = compareWithBaseline(measurement, detection, accepted.get(detection.id));
    const failed = baseline.status === 'regressed' && detection.status === 'passed';
    return { ...detection, ...(failed && { status: 'failed' }), baseline };
  });
  return { ...measurement, status: statusOf(detections), detections };
}

/** The document that accepts a detection's measurement; it names the rule's file without its folder and its text. */
export function baselineOf(measurement: Measurement, detection: DetectionMeasurement): Measurement {
  const { baseline: _, ...accepted } = detection;
  const { source: __, ...rule } = { ...accepted.rule, file: basename(accepted.rule.file) };
  return { ...measurement, status: accepted.status, detections: [{ ...accepted, rule }] };
}

/**
 * What changed against the accepted measurement. Numbers are compared only where seed, workload and versions are the
 * same; then every difference comes from the detection.
 */
export function compareWithBaseline(
  measurement: Measurement,
  detection: DetectionMeasurement,
  accepted: Accepted | undefined,
): BaselineResult {
  if (accepted !== undefined && 'otherVersion' in accepted) {
    return incomparable([`another version of the measurement (${accepted.otherVersion})`]);
  }
  const was = accepted?.detections[0];
  if (accepted === undefined || was === undefined) return { status: 'absent', differences: [] };
  if (detection.status === 'refused') return { status: 'incomparable', differences: ['the rule does not run'] };
  const another = otherGround(measurement, detection, accepted, was);
  if (another.length > 0) return incomparable(another);
  const { worse, otherwise } = changesBetween(was, detection);
  const status = worse.length > 0 ? 'regressed' : otherwise.length > 0 ? 'changed' : 'same';
  return { status, differences: [...worse, ...otherwise] };
}

function incomparable(another: readonly string[]): BaselineResult {
  return {
    status: 'incomparable',
    differences: [`made with ${another.join(', ')}; accept anew with --update-baseline`],
  };
}

function otherGround(
  now: Measurement,
  detection: DetectionMeasurement,
  then: Measurement,
  was: DetectionMeasurement,
): string[] {
  const differing = (Object.keys(now.versions) as (keyof Measurement['versions'])[])
    .filter((name) => now.versions[name] !== then.versions[name])
    .map((name) => `another version of ${name} (${then.versions[name]})`);
  const here = detection.workload;
  const there = was.workload;
  if (here === undefined || there === undefined) {
    return here === there ? differing : [...differing, there === undefined ? 'no workload' : 'a workload'];
  }
  for (const key of ['name', 'hosts', 'days', 'seed', 'rates', 'start'] as const) {
    if (here[key] !== there[key]) differing.push(`${key === 'name' ? 'workload' : key} ${there[key]}`);
  }
  if (differing.length === 0 && here.digest !== there.digest) differing.push('other events');
  return differing;
}

const ACCEPT = 'Accept the present measurement with --update-baseline.';

function unusable(file: string, why: string): FileError {
  const message = `The baseline cannot be read: ${why}.`;
  return new FileError([{ file, line: 0, column: 0, message, suggestion: ACCEPT }]);
}
