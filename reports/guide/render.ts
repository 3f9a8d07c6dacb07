import type { Guide } from '../../harness/guide/result.js';
import { guideMarkdown } from './markdown.js';

export const GUIDE_FORMATS = ['markdown', 'json'] as const;
export type GuideFormat = (typeof GUIDE_FORMATS)[number];

/** Guides in one format. */
export function renderGuides(format: GuideFormat, guides: readonly Guide[]): string {
  return format === 'markdown'
    ? guides.map(guideMarkdown).join('\n')
    : `${JSON.stringify({ detections: guides }, null, 2)}\n`;
}
