import { afterEach, beforeEach, expect, it } from 'vitest';
import { GOOD, Sandbox } from '../detections/folder.js';
import { assay } from './run.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

/** Stops what waits for a signal, as soon as it does; what was begun is finished first. */
async function stopped(): Promise<void> {
  const before = process.listenerCount('SIGTERM');
  while (process.listenerCount('SIGTERM') === before) await new Promise((done) => setTimeout(done, 20));
  process.emit('SIGTERM');
}

it('gives each result as JSON on a line of its own', async () => {
  const folder = sandbox.detection({
    'detection.yaml': `${GOOD['detection.yaml']}workload: { name: few.yaml }\n`,
    'few.yaml': `id: few
title: A few hosts
organisation: enterprise
hosts: 20
runs: 1
malicious: { only: [s0674-charmpower] }
benign: { only: [dev-01-git-over-https] }
`,
  });
  const [{ code, stdout }] = await Promise.all([assay('watch', folder, '--json'), stopped()]);
  const results = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(results).toMatchObject([
    { kind: 'tests', id: 'shell-lookup', tests: [{ name: 'a shell reads a paste', status: 'passed' }], changed: [] },
    { kind: 'measurement', id: 'shell-lookup', measurement: { id: 'shell-lookup' } },
  ]);
  expect(code).toBe(0);
}, 60_000);
