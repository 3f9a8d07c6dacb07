import { describe, expect, it } from 'vitest';
import { baselineOf, compareWithBaseline, withBaselines } from '../../harness/measure/baseline.js';
import type { DetectionMeasurement, Measurement } from '../../harness/measure/measurement.js';
import { sampleMeasurement } from '../reports/fixture.js';

const measurement = sampleMeasurement();
const detection = measurement.detections[1] as DetectionMeasurement;
const accepted = baselineOf(measurement, detection);

function changed(change: Partial<DetectionMeasurement>): DetectionMeasurement {
  return { ...detection, ...change };
}

const scenarios = (id: string, change: object): DetectionMeasurement['scenarios'] =>
  detection.scenarios.map((scenario) => (scenario.id === id ? { ...scenario, ...change } : scenario));

describe('compareWithBaseline', () => {
  it('finds nothing where nothing changed', () => {
    expect(compareWithBaseline(measurement, detection, accepted)).toEqual({ status: 'same', differences: [] });
    expect(compareWithBaseline(measurement, detection, undefined)).toEqual({ status: 'absent', differences: [] });
  });

  it('calls an attack that is no longer caught, and a new false alert, a regression', () => {
    const lost = changed({ scenarios: scenarios('lookup-by-shell', { detected: 29 }) });
    expect(compareWithBaseline(measurement, lost, accepted)).toEqual({
      status: 'regressed',
      differences: ['lookup-by-shell: 29 of 30 caught, 30 before'],
    });
    const louder = changed({ scenarios: scenarios('git-client', { alerts: 801 }) });
    expect(compareWithBaseline(measurement, louder, accepted)).toMatchObject({
      status: 'regressed',
      differences: ['git-client: 801 false alerts, 800 before'],
    });
  });

  it('tells what got better without failing', () => {
    const better = changed({
      alerts: { total: 150, true: 50, false: 100 },
      scenarios: scenarios('git-client', { alerts: 100 }),
    });
    expect(compareWithBaseline(measurement, better, accepted)).toEqual({
      status: 'changed',
      differences: [
        'alerts: 50 true and 100 false, 50 true and 800 false before',
        'git-client: 100 false alerts, 800 before',
      ],
    });
  });

  it('tells true alerts that were lost, and list entries that came and went', () => {
    const fewer = changed({ scenarios: scenarios('lookup-by-shell', { alerts: 49 }) });
    expect(compareWithBaseline(measurement, fewer, accepted)).toEqual({
      status: 'regressed',
      differences: ['lookup-by-shell: 49 true alerts, 50 before'],
    });
    if ('unmeasured' in detection.literals) throw new Error('The sample has list entries.');
    const [first, ...rest] = detection.literals;
    if (first === undefined) throw new Error('The sample has list entries.');
    const other = changed({ literals: [{ ...first, entry: 'rentry.co' }, ...rest] });
    expect(compareWithBaseline(measurement, other, accepted)).toEqual({
      status: 'changed',
      differences: [
        "entry 'github.com' of Domains is gone: it alone brought 10 true and 790 false alerts",
        "entry 'rentry.co' of Domains is new: it alone brings 10 true and 790 false alerts",
      ],
    });
  });

  it('names no more scenarios than a person reads', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({
      id: `noise-${i}`,
      title: 'Noise',
      label: 'benign' as const,
      claimed: false,
      activities: 1,
      detected: 1,
      alerts: 1,
    }));
    const before = changed({ scenarios: many });
    const after = changed({ scenarios: many.map((scenario) => ({ ...scenario, alerts: 2 })) });
    const { differences } = compareWithBaseline(measurement, after, baselineOf(measurement, before));
    expect(differences).toHaveLength(9);
    expect(differences.at(-1)).toBe('and 12 more gained-false scenarios');
  });

  it('does not compare numbers that were made on other ground', () => {
    const { workload } = detection;
    if (workload === undefined) throw new Error('The sample has a workload.');
    const other = changed({
      workload: { ...workload, seed: 2 },
      scenarios: scenarios('lookup-by-shell', { detected: 0 }),
    });
    expect(compareWithBaseline(measurement, other, accepted)).toEqual({
      status: 'incomparable',
      differences: ['made with seed 1; accept anew with --update-baseline'],
    });
    const events = changed({ workload: { ...workload, digest: 'other' } });
    expect(compareWithBaseline(measurement, events, accepted).differences[0]).toMatch('other events');
    const later: Measurement = { ...measurement, versions: { ...measurement.versions, duckdb: 'v2.0.0' } };
    expect(compareWithBaseline(later, detection, accepted).differences[0]).toMatch(
      'another version of duckdb (v1.5.6)',
    );
  });
});

describe('withBaselines', () => {
  it('fails a detection that regressed', () => {
    const passing = changed({ status: 'passed', scenarios: scenarios('lookup-by-shell', { detected: 0 }) });
    const run: Measurement = { ...measurement, status: 'passed', detections: [passing] };
    expect(withBaselines(run, new Map([['loud', accepted]]))).toMatchObject({
      status: 'failed',
      detections: [{ status: 'failed', baseline: { status: 'regressed' } }],
    });
    expect(withBaselines(run, new Map())).toMatchObject({
      status: 'passed',
      detections: [{ baseline: { status: 'absent' } }],
    });
  });
});

describe('baselineOf', () => {
  it('is one detection, without the folder it lay in and without what it was compared with', () => {
    expect(accepted.detections).toHaveLength(1);
    expect(accepted.detections[0]).toMatchObject({ id: 'loud', rule: { file: 'rule.kql' } });
    expect(accepted.detections[0]).not.toHaveProperty('baseline');
  });
});
