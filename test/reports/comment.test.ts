import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pullRequestComment } from '../../reports/comment.js';

const MEASUREMENT = '## ❌ Assay: 1 of 2 detections passed\n\n| a | b |\n\n### one\n\ndetails\n\n### two\n\nmore\n';

describe('the comment on a pull request', () => {
  it('holds each report whole where all fit', () => {
    const comment = pullRequestComment(['## Difference\n', MEASUREMENT]);
    expect(comment).toBe(`<!-- assay -->\n\n## Difference\n\n${MEASUREMENT}`);
  });

  it('keeps the answer of each, whatever is in the others', () => {
    for (const long of ['x'.repeat(70_000), '### x\n\n'.repeat(20_000), `${'| row |\n'.repeat(20_000)}`]) {
      for (const report of [`## Difference\n\n${long}`, `## Difference\n\n### a\n\n${long}`, long]) {
        const comment = pullRequestComment([report, MEASUREMENT]);
        expect(comment.length).toBeLessThan(65_536);
        expect(comment).toContain('## ❌ Assay: 1 of 2 detections passed');
      }
    }
  });

  it('leaves out the details that are too long, and those alone', () => {
    const comment = pullRequestComment([`## Difference\n\n### a\n\n${'x'.repeat(70_000)}\n\n### b\n`, MEASUREMENT]);
    expect(comment).toMatch(
      /## Difference\n\n### b\n\nDetails of 1 more detection are in the other reports of this run/,
    );
    expect(comment).toContain('### two');
  });

  it('is never too long', () => {
    const line = fc.oneof(
      fc.constantFrom('### x', '', '## y'),
      fc.integer({ max: 40_000, min: 0 }).map((n) => 'z'.repeat(n)),
    );
    const report = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.array(report, { maxLength: 3 }), (reports) => pullRequestComment(reports).length < 65_536),
      { numRuns: 50 },
    );
  });
});
