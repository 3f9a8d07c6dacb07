import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { sensorCost } from '../../harness/sensor/sensor.js';
import { sensorText } from '../../reports/sensor.js';

it('tells what each part of the sensor costs in recall, over the same attacks', async () => {
  const root = mkdtempSync(join(tmpdir(), 'assay-sensor-'));
  const folder = join(root, 'named');
  mkdirSync(folder);
  writeFileSync(join(folder, 'rule.kql'), 'DeviceNetworkEvents | where RemoteUrl has "steamcommunity.com"');
  writeFileSync(join(folder, 'tests.yaml'), 'tests: []');
  writeFileSync(
    join(folder, 'detection.yaml'),
    [
      'id: named',
      'title: Looks at names alone',
      'environment: defender-xdr',
      'rule: rule.kql',
      'claims: { techniques: [T1102.001], roles: [lookup] }',
      'schedule: { every: 1d }',
      'workload: { name: deaf.yaml }',
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'deaf.yaml'),
    [
      'id: deaf',
      'title: A sensor that learns no name',
      'organisation: small-office',
      'hosts: 5',
      'runs: 6',
      'malicious: { only: [vidar] }',
      'benign: { only: [browsing-chrome] }',
      'sensor: { emptyUrl: 100, late: 0, inspected: { tls: 0, clear: 0, dns: 0 }, connectsPerDay: 0 }',
    ].join('\n'),
  );
  try {
    const result = await sensorCost(readDetection(folder), { workload: {} });
    expect(result.seen).toMatchObject({ recall: { estimate: 0, n: 6 }, gained: 0, lost: 0 });
    const without = new Map(result.parts.map((each) => [each.part, each.without]));
    const named = without.get('emptyUrl');
    expect(named?.gained).toBeGreaterThan(0);
    expect(named).toMatchObject({ recall: { estimate: (named?.gained ?? 0) / 6 }, lost: 0 });
    expect(without.get('duplicates')).toMatchObject({ recall: { estimate: 0 } });
    // What is off already is not measured.
    for (const part of ['late', 'inspected', 'connectsPerDay', 'aggregatedReports'] as const)
      expect(without.get(part)).toBeUndefined();
    expect(result.clear.gained).toBeGreaterThanOrEqual(named?.gained ?? 0);
    const text = sensorText([result], { width: 140 });
    expect(text).toContain('without emptyUrl: names that it does not learn');
    for (const width of [60, 80, 120]) {
      const lines = sensorText([result], { width }).split('\n');
      expect(lines.filter((line) => line.length > width)).toEqual([]);
      expect(lines.join(' ')).toContain('without emptyUrl');
    }
    expect(text).toContain('Off in this workload: connectsPerDay, aggregatedReports, inspected, late.');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
