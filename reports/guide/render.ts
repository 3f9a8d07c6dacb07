import { jsonText, type Printable, printable } from '../../harness/files/printable.js';
import type { Guide } from '../../harness/guide/result.js';
import { guideMarkdown } from './markdown.js';

export const GUIDE_FORMATS = ['markdown', 'json'] as const;
export type GuideFormat = (typeof GUIDE_FORMATS)[number];

/** Guides in one format. */
export function renderGuides(format: GuideFormat, guides: readonly Guide[]): Printable {
  return format === 'markdown' ? printable(guides.map(guideMarkdown).join('\n')) : jsonText({ detections: guides }, 2);
}
