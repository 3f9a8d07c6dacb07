import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { measurementSchema } from '../../harness/measure/measurement.js';
import { Sandbox } from '../detections/folder.js';
import { assay } from './run.js';

vi.setConfig({ testTimeout: 120_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const files = (gate = ''): Record<string, string> => ({
  'detection.yaml': `id: shell-lookup
title: A shell looks something up
environment: defender-xdr
claims: { techniques: [T1102.001], roles: [lookup] }
workload: { name: few.yaml }
${gate}`,
  'few.yaml': `id: few
title: A few hosts
organisation: enterprise
hosts: 20
runs: 1
malicious: { only: [s0674-charmpower] }
benign: { only: [dev-01-git-over-https] }
`,
});

it('tells on request what decides anything, and holds the tests to a share of it', async () => {
  const folder = sandbox.detection(files());
  const plain = await assay('test', folder, '--json');
  expect(measurementSchema.parse(JSON.parse(plain.stdout)).detections[0]?.coverage).toBeUndefined();

  const asked = await assay('test', folder, '--coverage', '--json');
  expect(asked.code).toBe(0);
  const [detection] = measurementSchema.parse(JSON.parse(asked.stdout)).detections;
  expect(detection?.coverage?.parts.map(({ text, decided }) => [text, decided.tests])).toEqual([
    ['RemoteUrl has_any ("pastebin.com", "github.com")', 0],
    ['"pastebin.com"', 1],
    ['"github.com"', 0],
    ['InitiatingProcessFileName == "powershell.exe"', 0],
  ]);

  const held = await assay('test', folder, '--coverage-at-least', '0.5');
  expect(held.code).toBe(1);
  expect(held.stdout).toContain('Gate coverage by tests: is 25%, must be at least 50%');
  expect(held.stdout).toContain('1 of 4 clauses, entries and branches');
});

it('is a gate of the detection too', async () => {
  const { code, stdout } = await assay('test', sandbox.detection(files('gates: { coverage: { atLeast: 0.25 } }\n')));
  expect(code).toBe(0);
  expect(stdout).toContain('Coverage');
});
