import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { FileError } from '../files/errors.js';
import {
  type BaselineResult,
  type DetectionMeasurement,
  isUnmeasured,
  type Measurement,
  measurementSchema,
  statusOf,
} from './measurement.js';

/**
 * The accepted measurement of a detection; nothing when none was accepted yet.
 *
 * @throws FileError when the file is no measurement
 */
export function readBaseline(file: string): Measurement | undefined {
  if (!existsSync(file)) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
  const parsed = measurementSchema.safeParse(content);
  if (!parsed.success) throw unusable(file, 'it is no measurement of this version');
  return parsed.data;
}

/**
 * The measurement with each detection held against its baseline; one that regressed has failed.
 *
 * @param accepted baselines by the id of the detection
 */
export function withBaselines(measurement: Measurement, accepted: ReadonlyMap<string, Measurement>): Measurement {
  const detections = measurement.detections.map((detection): DetectionMeasurement => {
    const baseline = compareWithBaseline(measurement, detection, accepted.get(detection.id));
    const failed = baseline.status === 'regressed' && detection.status === 'passed';
    return { ...detection, ...(failed && { status: 'failed' }), baseline };
  });
  return { ...measurement, status: statusOf(detections), detections };
}

/** The document that accepts a detection's measurement; it names the rule's file without its folder. */
export function baselineOf(measurement: Measurement, detection: DetectionMeasurement): Measurement {
  const { baseline: _, ...accepted } = detection;
  const rule = { ...accepted.rule, file: basename(accepted.rule.file) };
  return { ...measurement, status: accepted.status, detections: [{ ...accepted, rule }] };
}

/**
 * What changed against the accepted measurement. Numbers are compared only where seed, workload and versions are the
 * same; then every difference comes from the detection.
 */
export function compareWithBaseline(
  measurement: Measurement,
  detection: DetectionMeasurement,
  accepted: Measurement | undefined,
): BaselineResult {
  const was = accepted?.detections[0];
  if (accepted === undefined || was === undefined) return { status: 'absent', differences: [] };
  const another = otherGround(measurement, detection, accepted, was);
  if (another.length > 0) {
    return {
      status: 'incomparable',
      differences: [`made with ${another.join(', ')}; accept anew with --update-baseline`],
    };
  }
  const worse = lossesOf(detection, was);
  const otherwise = changesOf(detection, was);
  const status = worse.length > 0 ? 'regressed' : otherwise.length > 0 ? 'changed' : 'same';
  return { status, differences: [...worse, ...otherwise] };
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
  for (const key of ['hosts', 'days', 'seed', 'start'] as const) {
    if (here[key] !== there[key]) differing.push(`${key} ${there[key]}`);
  }
  if (differing.length === 0 && here.digest !== there.digest) differing.push('other events');
  return differing;
}

/** Attacks that are no longer caught, and false alerts that are new. */
function lossesOf(is: DetectionMeasurement, was: DetectionMeasurement): string[] {
  const lost = was.scenarios.flatMap((before) => {
    const after = is.scenarios.find(({ id }) => id === before.id);
    if (!before.claimed || after === undefined || after.detected >= before.detected) return [];
    return [`${before.id}: ${after.detected} of ${after.activities} caught, ${before.detected} before`];
  });
  const gained = is.scenarios.flatMap((after) => {
    const before = was.scenarios.find(({ id }) => id === after.id);
    if (after.label !== 'benign' || before === undefined || after.alerts <= before.alerts) return [];
    return [`${after.id}: ${after.alerts} false alerts, ${before.alerts} before`];
  });
  return [...lost, ...gained];
}

function changesOf(is: DetectionMeasurement, was: DetectionMeasurement): string[] {
  const changes: string[] = [];
  if (is.rule.sha256 !== was.rule.sha256) changes.push('the rule is another');
  const recall = [was.recall, is.recall].map((value) => (isUnmeasured(value) ? undefined : value.estimate));
  if (recall[0] !== recall[1]) changes.push(`recall ${shown(recall[0])} before, ${shown(recall[1])} now`);
  const alerts = [was.alerts, is.alerts].map((value) => (isUnmeasured(value) ? undefined : value.total));
  if (alerts[0] !== alerts[1]) changes.push(`${alerts[0] ?? 'no'} alerts before, ${alerts[1] ?? 'none'} now`);
  return changes;
}

function shown(share: number | undefined): string {
  return share === undefined ? 'unmeasured' : `${Number((share * 100).toPrecision(3))}%`;
}

function unusable(file: string, why: string): FileError {
  const message = `The baseline cannot be read: ${why}. Accept the present measurement with --update-baseline.`;
  return new FileError([{ file, line: 0, column: 0, message }]);
}
