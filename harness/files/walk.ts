import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asFileError, insidePath } from './inside.js';
import { howToRaise, limit } from './limits.js';
import { fault } from './system.js';

/** A folder that was looked into. */
export interface LookedInto {
  readonly folder: string;
  /** What stands in it, in order of name. */
  readonly entries: readonly Dirent[];
}

/**
 * What stands in a folder that lies within its repository, in order of name.
 *
 * @throws FileError for anything but a folder, and for a link that leads out of the repository
 */
export function entriesOf(folder: string): Dirent[] {
  const real = insidePath(folder);
  try {
    return readdirSync(real, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw asFileError(error, folder);
  }
}

/**
 * A folder and the folders in it, those in a folder behind it, in order of name. Links to folders are not followed;
 * hidden folders and `node_modules` are passed over.
 *
 * @param isLeaf whether nothing is looked for below a folder
 * @throws FileError as `entriesOf`, and where the folders lie too deep or hold too much
 */
export function* foldersFrom(
  top: string,
  isLeaf: (looked: LookedInto) => boolean = () => false,
): Generator<LookedInto> {
  const waiting = [{ folder: top, depth: 0 }];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { folder, depth } = next;
    if (depth > limit('folder-depth')) throw fault(folder, `Folders lie too deep here. ${howToRaise('folder-depth')}`);
    const entries = entriesOf(folder);
    seen += entries.length;
    if (seen > limit('folder-entries'))
      throw fault(top, `This holds too many files and folders. ${howToRaise('folder-entries')}`);
    const looked = { folder, entries };
    yield looked;
    if (isLeaf(looked)) continue;
    const inner = entries.filter(
      (entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'),
    );
    // The first is taken next: it has to be the last that waits.
    for (const { name } of inner.reverse()) waiting.push({ folder: join(folder, name), depth: depth + 1 });
  }
}
