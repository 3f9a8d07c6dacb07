import { basename, dirname, join } from 'node:path';
import { isThere, kindAt } from '../files/inside.js';
import { fault, MISSING } from '../files/system.js';
import { readTextFile } from '../files/text.js';
import { foldersFrom } from '../files/walk.js';

/** What there is to check: a detection's folder, or a rule's file that stands alone. */
export type Target = { readonly folder: string } | { readonly file: string };

/**
 * The detections and rules at or below the paths, in order of path, each once. A file given by name is a rule, whatever
 * it holds; of those found in a folder, a YAML file is one when it holds a query.
 *
 * @throws FileError for a path that does not exist
 */
export function findTargets(paths: readonly string[]): readonly Target[] {
  const found = new Map<string, Target>();
  for (const path of paths) {
    const kind = kindAt(path);
    if (kind === undefined) throw fault(path, MISSING);
    const targets = kind === 'folder' ? inFolder(path) : [ofFile(path)];
    for (const target of targets) found.set('folder' in target ? target.folder : target.file, target);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}

/** The file of a detection stands for the whole of it. */
function ofFile(file: string): Target {
  const folder = dirname(file);
  return isDetection(folder) ? { folder } : { file };
}

function isDetection(folder: string): boolean {
  return isThere(join(folder, 'detection.yaml'));
}

function inFolder(folder: string): Target[] {
  return [...foldersFrom(folder, ({ folder: each }) => isDetection(each))].flatMap(
    ({ folder: each, entries }): Target[] =>
      isDetection(each)
        ? [{ folder: each }]
        : entries
            .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
            .map(({ name }) => join(each, name))
            .filter(looksLikeRule)
            .map((file) => ({ file })),
  );
}

function looksLikeRule(file: string): boolean {
  if (file.endsWith('.kql')) return true;
  return (
    /\.ya?ml$/.test(basename(file)) && /^["']?(query|queryCondition)["']?\s*:/m.test(readTextFile(file, 'yaml-size'))
  );
}
