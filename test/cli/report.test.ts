import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleGuide, sampleMutation, sampleTuning } from '../reports/companions.js';
import { sampleMeasurement } from '../reports/fixture.js';
import { assay } from './run.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('assay report', () => {
  it('renders a measurement with what other commands found', async () => {
    const measurement = file('measurement.json', sampleMeasurement());
    const mutation = file('mutation.json', { detections: [sampleMutation()] });
    const tuning = file('tuning.json', sampleTuning());
    const { code, stdout } = await assay(
      'report',
      measurement,
      mutation,
      tuning,
      '--format',
      'html,navigator',
      '--out',
      folder,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('1 of 2 detections passed');
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('What exceptions would bring');
    expect(readFileSync(join(folder, 'navigator-layer.json'), 'utf8')).toContain('mutation score of loud');
  });

  it('prints one format where no folder is named', async () => {
    const measurement = file('measurement.json', sampleMeasurement());
    expect((await assay('report', measurement, '--format', 'sarif')).stdout).toContain('"version": "2.1.0"');
    expect(JSON.parse((await assay('report', measurement, '--json')).stdout)).toEqual(sampleMeasurement());
  });

  it('prints all of it as one document, which it reads as well', async () => {
    const measurement = file('measurement.json', sampleMeasurement());
    const { stdout } = await assay(
      'report',
      measurement,
      file('tuning.json', sampleTuning()),
      file('guide.json', { detections: [sampleGuide()] }),
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual({
      measurement: sampleMeasurement(),
      mutation: [],
      tuning: [sampleTuning()],
      evasion: [],
      advice: [],
      guide: [sampleGuide()],
    });
    expect((await assay('report', file('all.json', stdout), '--json')).stdout).toBe(stdout);
  });

  it('refuses what it does not know, and results about another text of the rule', async () => {
    const measurement = file('measurement.json', sampleMeasurement());
    const other = { ...sampleMutation(), rule: { ...sampleMutation().rule, sha256: 'c'.repeat(64) } };
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await assay('report', ...args);
      expect(code).toBe(3);
      return stderr.replaceAll(`${folder}/`, '');
    };
    expect(await refused(measurement, file('old.json', { detections: [other] }))).toBe(
      'old.json: It is about another text of the rule of loud. Run `assay mutate` again.\n',
    );
    expect(await refused(measurement, file('x.json', { x: [1] }))).toMatch(/^x\.json: It holds no result of/);
    expect(await refused(file('tuning.json', sampleTuning()))).toMatch(
      /^tuning\.json: This is what `assay tune` found/,
    );
    expect(await refused(folder)).toMatch(/: This is a folder; name a file\.$/m);
    expect(await refused(file('broken.json', '{'))).toMatch(/^broken\.json:1:2: The JSON is broken: /);
    expect(await refused(join(folder, 'none.json'))).toMatch(/^none\.json: There is no such file/);
    expect(await refused(file('new.json', { ...sampleMeasurement(), version: 9 }))).toMatch(
      /^new\.json: It is of version 9, and this Assay reads version 1; measure again with `assay test/,
    );
    expect(await refused(measurement, '--format', 'htlm')).toMatch(/Did you mean 'html'\?/);
  });
});
