import { UsageError } from './exit.js';

/** What to do where there is no detection yet. */
export const BEGIN = '`assay init` begins a repository of detections, `assay new detection NAME` adds one.';

/** A command that was pointed at a place without detections: `Nothing to test: no detection.yaml in or below x. …` */
export function nothingTo(what: string, paths: readonly string[], lacking = 'detection.yaml'): UsageError {
  return new UsageError(`Nothing to ${what}: no ${lacking} in or below ${paths.map(named).join(', ')}. ${BEGIN}`);
}

function named(path: string): string {
  return path === '.' ? 'this folder' : path;
}
