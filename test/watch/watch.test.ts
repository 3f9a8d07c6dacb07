import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../harness/watch/rounds.js';
import { type Watch, watch } from '../../harness/watch/watch.js';
import { GOOD, Sandbox } from '../detections/folder.js';

let sandbox: Sandbox;
let watching: Watch | undefined;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(async () => {
  await watching?.close();
  sandbox.remove();
});

const WORKLOAD = `id: few
title: A few hosts
organisation: enterprise
hosts: 20
runs: 1
malicious: { only: [s0674-charmpower] }
benign: { only: [dev-01-git-over-https] }
`;

async function watched(): Promise<{
  folder: string;
  reports: Report[];
  next: (file: string, text: string) => Promise<Report[]>;
}> {
  const folder = sandbox.detection({
    'detection.yaml': `${GOOD['detection.yaml']}workload: { name: few.yaml }\n`,
    'few.yaml': WORKLOAD,
  });
  sandbox.detection(
    { 'detection.yaml': `${GOOD['detection.yaml']}workload: { name: few.yaml }\n`, 'few.yaml': WORKLOAD },
    'other',
  );
  const content = join(sandbox.root, 'content');
  sandbox.file('content/some.yaml', '{}');
  const reports: Report[] = [];
  let told: () => void = () => undefined;
  const started = await watch({ paths: [sandbox.root], content, workload: {}, attackRate: 0.01 }, (report) => {
    reports.push(report);
    told();
  });
  watching = started;
  await started.idle();
  const next = async (file: string, text: string): Promise<Report[]> => {
    const before = reports.length;
    const first = new Promise<void>((done) => {
      told = done;
    });
    writeFileSync(file, text);
    await first;
    await started.idle();
    return reports.slice(before);
  };
  return { folder, reports, next };
}

describe('watch', () => {
  it('runs everything once, then what a saved file affects', async () => {
    const { folder, reports, next } = await watched();
    const told = (some: readonly Report[]): string[] => some.map(({ kind, id }) => `${kind} ${id}`);
    expect(told(reports)).toEqual([
      'tests other',
      'tests shell-lookup',
      'measurement other',
      'measurement shell-lookup',
    ]);

    const rule = join(folder, 'rule.kql');
    const changed = await next(rule, (GOOD['rule.kql'] ?? '').replace('"pastebin.com", ', ''));
    expect(told(changed)).toEqual(['tests shell-lookup', 'measurement shell-lookup']);
    expect(changed[0]).toMatchObject({ changed: ['a shell reads a paste: passed → failed'] });
    expect(changed[1]).toMatchObject({
      comparison: { base: 'the last run', detections: [{ changes: [{ removed: '"pastebin.com"' }] }] },
    });

    const broken = await next(rule, 'DeviceNetworkEvents | where Remote == ""');
    expect(broken[0]).toMatchObject({ kind: 'problem', message: expect.stringContaining('KS142') });

    const repaired = await next(rule, GOOD['rule.kql'] ?? '');
    expect(repaired[0]).toMatchObject({ kind: 'tests', changed: ['a shell reads a paste: failed → passed'] });

    const test = await next(join(folder, 'tests.yaml'), (GOOD['tests.yaml'] ?? '').replace('alerts: 1', 'alerts: 2'));
    expect(test[0]).toMatchObject({ kind: 'tests', changed: ['a shell reads a paste: passed → failed'] });
    expect(test[1]).not.toHaveProperty('comparison');

    const scenario = await next(join(sandbox.root, 'content', 'some.yaml'), 'a: 1');
    expect(told(scenario)).toEqual([
      'tests other',
      'tests shell-lookup',
      'measurement other',
      'measurement shell-lookup',
    ]);
  }, 120_000);
});
