import { describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../harness/diff/result.js';
import { type DiffFormat, diffReport } from '../../reports/diff.js';
import { sampleComparison } from './diff-fixture.js';

const sample = sampleComparison();
const PLAIN = { color: false, width: 100 };
const render = (format: DiffFormat): string => diffReport(format, sample, PLAIN);

describe('diffReport', () => {
  it.each([
    ['terminal', 'diff.txt'],
    ['markdown', 'diff.md'],
  ] as const)('%s reads as it should', async (format, file) => {
    await expect(render(format)).toMatchFileSnapshot(`golden/${file}`);
  });

  it('gives as JSON what can be read back', () => {
    expect(comparisonSchema.parse(JSON.parse(render('json')))).toEqual(sample);
  });

  it('lets no name reach the terminal or the page as anything but text', () => {
    for (const format of ['terminal', 'markdown'] as const) expect(render(format)).not.toContain('\u001b');
    expect(render('markdown')).not.toMatch(/<img|@everyone/);
  });

  it('stays within one comment, however many detections and scenarios changed', () => {
    const [first] = sample.detections;
    if (first === undefined) throw new Error('The sample has a detection.');
    const [scenario] = first.scenarios;
    if (scenario === undefined) throw new Error('The sample has a scenario.');
    const scenarios = Array.from({ length: 200 }, (_, i) => ({ ...scenario, id: `scenario-${i}` }));
    const detections = Array.from({ length: 200 }, (_, i) => ({ ...first, id: `detection-${i}`, scenarios }));
    const comment = diffReport('markdown', { ...sample, detections }, PLAIN);
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).toContain('more detections changed');
  });
});
