import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { measureDetections } from '../../harness/measure/measure.js';
import { type DetectionMeasurement, measurementSchema } from '../../harness/measure/measurement.js';
import type { Simulated } from '../../harness/measure/simulated.js';
import { render } from '../../reports/render.js';

let folder = '';
let detection = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-own-'));
  detection = join(folder, 'own');
  file('own/rule.kql', 'DeviceNetworkEvents | where RemoteUrl has "pastebin.com" and ActionType != "x"');
  file(
    'own/detection.yaml',
    [
      'id: own',
      'title: Own events',
      'environment: defender-xdr',
      'rule: rule.kql',
      'claims: { techniques: [T1102.001], roles: [lookup] }',
      'schedule: { every: 1d, lookback: 1d }',
      'workload: { name: small.yaml }',
    ].join('\n'),
  );
  file('own/tests.yaml', 'tests: []');
  file('own/small.yaml', 'id: small\ntitle: Small\norganisation: small-office\nhosts: 5\nruns: 1');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const EXPORT = [
  'Timestamp,DeviceId,DeviceName,RemoteUrl,ReportId',
  '2026-02-02T06:00:00Z,d1,pc-1,pastebin.com,1',
  '2026-02-02T12:00:00Z,d1,pc-1,example.com,2',
  '2026-02-03T06:00:00Z,d2,pc-2,pastebin.com,3',
  '2026-02-04T06:00:00Z,d2,pc-2,pastebin.com,no number',
].join('\n');

async function measured(
  simulated: Simulated,
  events: string,
  labels?: string,
): Promise<{ readonly found: DetectionMeasurement; readonly terminal: string }> {
  const own = { files: [file('DeviceNetworkEvents.csv', events)], labels, simulated };
  const measurement = await measureDetections([readDetection(detection)], { workload: { own }, attackRate: 0.01 });
  measurementSchema.parse(measurement);
  const [found] = measurement.detections;
  if (found === undefined) throw new Error('nothing was measured');
  return { found, terminal: await render('terminal', measurement, { color: false, width: 400 }) };
}

describe('measuring over own events', () => {
  it('counts alerts a day by the hosts and days that the events are of', async () => {
    const { found, terminal } = await measured('nothing', EXPORT);
    // Two alerts, of 2 hosts watched for a day.
    expect(found.alerts).toEqual({ total: 2, true: 0, false: 2 });
    expect(found.alertsPerDayPer1000Hosts).toMatchObject({ mid: expect.closeTo(1000, 3) });
    expect(found.recall).toEqual({ unmeasured: 'the workload holds no activity of a claimed technique' });
    expect(found.workload).toMatchObject({
      hosts: 0,
      events: 3,
      runs: 2,
      start: '2026-02-02T00:00:00.0000000Z',
      end: '2026-02-04T00:00:00.0000000Z',
      telemetry: {
        events: { malicious: 0, benign: 3 },
        exposure: { hosts: 2, days: expect.closeTo(1, 6) },
        files: [{ table: 'DeviceNetworkEvents', rows: 3, badRows: 1, bad: [{ line: 5, column: 'ReportId' }] }],
      },
    });
    expect(found.workload?.telemetry?.files[0]?.absent).toEqual(['ActionType']);
    expect(terminal).toContain(
      '3 rows of DeviceNetworkEvents; 1 bad row left out, the first on line 5, column ReportId',
    );
    expect(terminal).toContain('the rule names ActionType, empty for want of a column');
  });

  it('measures recall by the labels, and no rate where no host is told', async () => {
    const labels = file('labels.yaml', '- { scenario: raid, technique: T1102.001, match: { ReportId: 1 } }');
    const hostless = EXPORT.replaceAll(/,(DeviceId|d\d),(DeviceName|pc-\d)/g, '');
    const { found } = await measured('nothing', hostless, labels);
    expect(found.recall).toMatchObject({ estimate: 1, n: 1 });
    expect(found.alerts).toEqual({ total: 2, true: 1, false: 1 });
    const reason = { unmeasured: 'no own event says its host: none has a DeviceId or Computer' };
    expect(found.alertsPerDayPer1000Hosts).toEqual(reason);
    expect(found.projectedPrecision).toEqual(reason);
  });

  it('joins the workload, or takes the place of its benign part', async () => {
    const attacks = (await measured('attacks', EXPORT)).found;
    const all = (await measured('all', EXPORT)).found;
    expect(attacks.workload?.start).toBe('2026-02-02T00:00:00.0000000Z');
    expect(attacks.recall).toEqual(all.recall);
    expect(attacks.recall).toMatchObject({ n: expect.any(Number) });
    const benign = (measurement: DetectionMeasurement): string[] =>
      measurement.scenarios.filter(({ label }) => label === 'benign').map(({ id }) => id);
    expect(benign(attacks)).toEqual(['own-events']);
    expect(benign(all).length).toBeGreaterThan(10);
    expect(attacks.alertsPerDayPer1000Hosts).toMatchObject({ mid: expect.closeTo(1000, 3) });
    // Two own alerts among the days of two own hosts and five simulated ones.
    const own = all.scenarios.find(({ id }) => id === 'own-events');
    expect(own?.alertsPerDayPer1000Hosts?.mid).toBeCloseTo(2000 / 7, 3);
  });
});
