import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FileError } from '../files/errors.js';

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
    if (!existsSync(path)) {
      throw new FileError([{ file: path, line: 0, column: 0, message: 'There is no such file or folder.' }]);
    }
    const targets = statSync(path).isDirectory() ? inFolder(path) : [ofFile(path)];
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
  return existsSync(join(folder, 'detection.yaml'));
}

function inFolder(folder: string): Target[] {
  if (isDetection(folder)) return [{ folder }];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): Target[] => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    if (entry.isDirectory()) return inFolder(path);
    return entry.isFile() && looksLikeRule(path) ? [{ file: path }] : [];
  });
}

function looksLikeRule(file: string): boolean {
  if (file.endsWith('.kql')) return true;
  return /\.ya?ml$/.test(basename(file)) && /^["']?(query|queryCondition)["']?\s*:/m.test(readFileSync(file, 'utf8'));
}
