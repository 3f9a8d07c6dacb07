import builderModule, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder';
import { type Printable, printable, visible } from '../harness/files/printable.js';
import type { DetectionMeasurement, Measurement } from '../harness/measure/measurement.js';
import { isUnmeasured } from '../harness/measure/measurement.js';
import { proportion, range } from './figures.js';
import { insteadOf } from './refusals.js';
import { oneLine } from './text.js';

// Its typings describe the CommonJS build, in which the builder is one level deeper than in the ESM build that runs.
const junit = builderModule as unknown as Builder;

/** JUnit XML for CI systems: each detection, test and gate is a case. */
export function junitReport(measurement: Measurement): Printable {
  const builder = junit.newBuilder();
  builder.name('assay');
  for (const detection of measurement.detections) addDetection(builder.testSuite(), detection);
  return printable(`${builder.build()}\n`);
}

function addDetection(suite: TestSuite, detection: DetectionMeasurement): void {
  suite.name(oneLine(detection.id));
  const add = (name: string): TestCase => suite.testCase().className(visible(detection.id)).name(oneLine(name));

  const whole = add(detection.expectation === undefined ? 'the rule runs' : 'the rule is refused as stated')
    .file(visible(detection.rule.file))
    .standardOutput(visible(summary(detection)));
  if (detection.expectation?.met === false) whole.failure(visible(detection.expectation.message));
  if (detection.status === 'refused') {
    const { file } = detection.rule;
    const told = detection.diagnostics.map((found) => {
      const place = found.line === 0 ? file : `${file}:${found.line}:${found.column}`;
      return [`${place}: ${found.code}: ${found.message}`, ...insteadOf(found)].join(' ');
    });
    whole.error(visible(told.join('; ')));
  }
  for (const { name, status, message } of detection.tests) {
    const test = add(`test: ${name}`);
    if (status === 'failed') test.failure(visible(message ?? 'failed'));
    if (status === 'todo') test.skipped().standardOutput(visible(message ?? 'known gap'));
  }
  for (const gate of detection.gates) {
    const test = add(`gate: ${gate.name} ${gate.demand}`);
    if (!gate.passed) test.failure(visible(gate.message));
  }
  if (detection.baseline !== undefined && detection.baseline.status !== 'absent') {
    const test = add('baseline');
    const told = visible(detection.baseline.differences.join('\n'));
    if (detection.baseline.status === 'regressed') test.failure(told);
    else if (detection.baseline.status === 'incomparable') test.skipped().standardOutput(told);
  }
}

function summary(detection: DetectionMeasurement): string {
  const { recall, precision, projectedPrecision, alertsPerDayPer1000Hosts: rates } = detection;
  return [
    `recall: ${proportion(recall)}`,
    `precision: ${proportion(precision)}`,
    `projected precision: ${proportion(projectedPrecision)}`,
    `false alerts a day per 1,000 hosts: ${isUnmeasured(rates) ? `unmeasured: ${rates.unmeasured}` : range(rates)}`,
  ].join('\n');
}
