import { describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../harness/diff/result.js';
import { type DiffFormat, diffReport } from '../../reports/diff.js';
import { sampleComparison } from './diff-fixture.js';

const sample = sampleComparison();
const PLAIN = { color: false, width: 100 };
const render = (format: DiffFormat): Promise<string> => diffReport(format, sample, PLAIN);

describe('diffReport', () => {
  it.each([
    ['terminal', 'diff.txt'],
    ['markdown', 'diff.md'],
  ] as const)('%s reads as it should', async (format, file) => {
    await expect(await render(format)).toMatchFileSnapshot(`golden/${file}`);
  });

  it('gives as JSON what can be read back', async () => {
    expect(comparisonSchema.parse(JSON.parse(await render('json')))).toEqual(sample);
  });

  it('lets no name reach the terminal or the page as anything but text', async () => {
    for (const format of ['terminal', 'markdown'] as const) expect(await render(format)).not.toContain('\u001b');
    expect(await render('markdown')).not.toMatch(/<img|@everyone/);
  });

  it('stays within one comment, however many detections and scenarios changed', async () => {
    const [first] = sample.detections;
    if (first === undefined) throw new Error('The sample has a detection.');
    const [scenario] = first.scenarios;
    if (scenario === undefined) throw new Error('The sample has a scenario.');
    const scenarios = Array.from({ length: 200 }, (_, i) => ({ ...scenario, id: `scenario-${i}` }));
    const detections = Array.from({ length: 200 }, (_, i) => ({ ...first, id: `detection-${i}`, scenarios }));
    const comment = await diffReport('markdown', { ...sample, detections }, PLAIN);
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).toContain('Details of 191 more detections');
  });
});
