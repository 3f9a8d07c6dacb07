import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assay } from './run.js';

const PUBLISHED = 'detections/dead-drop-published';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-github-'));
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'summary.md'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('in GitHub Actions', () => {
  it('assay test marks findings and adds to the summary of the job', async () => {
    const { code, stdout, stderr } = await assay('test', PUBLISHED, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'passed' });
    expect(stderr).toContain(`::notice file=${PUBLISHED}/rule.kql,line=34,col=34,title=Assay%3A KS142::`);
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toMatch(/^## ✅ Assay: 1 of 1 detection passed/);
  });

  it('assay check marks findings too, and writes SARIF where it is told', async () => {
    const file = join(folder, 'check.sarif');
    const { stderr } = await assay('check', PUBLISHED, '--sarif', file);
    expect(stderr).toContain('::');
    const { runs } = JSON.parse(readFileSync(file, 'utf8'));
    expect(runs[0].results.length).toBeGreaterThan(0);
    expect(runs[0].tool.driver.rules.find(({ id }: { id: string }) => id === 'covered-entry')).toMatchObject({
      shortDescription: { text: expect.stringMatching(/./) },
    });
  });

  it('nothing is said elsewhere', async () => {
    vi.stubEnv('GITHUB_ACTIONS', '');
    expect((await assay('check', PUBLISHED)).stderr).not.toContain('::');
  });
});
