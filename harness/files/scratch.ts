/** Temporary folders. */
import { lstatSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './ending.js';
import { FileError } from './errors.js';
import { isAbandoned, owner } from './owner.js';
import { systemError, systemWords } from './system.js';

export interface Scratch {
  readonly path: string;
  remove(): void;
}

/** `assay-`, its owner, and six letters that are drawn. */
const NAME = /^assay-[0-9a-f]{8}-\d+-\w+-\w{6}(?:-gone)?$/;

let swept: string | undefined;

/**
 * A new folder among the system's temporary ones that nobody else can look into. It is removed when the process ends at
 * the latest; what a killed process left is removed first.
 *
 * @throws FileError where there can be no such folder
 */
export function scratchFolder(): Scratch {
  const parent = tmpdir();
  if (swept !== parent) sweep(parent);
  swept = parent;
  const path = made(parent);
  const remove = (): void => {
    takeOff();
    removeScratch(path);
  };
  const takeOff = atEnd(() => removeScratch(path));
  return { path, remove };
}

function made(parent: string): string {
  try {
    return mkdtempSync(join(parent, `assay-${owner()}-`));
  } catch (error) {
    const said = systemError(error);
    if (said === undefined) throw error;
    const message = `${systemWords(said.code, parent, 'read')} Temporary files go here; TMPDIR names another folder.`;
    throw new FileError([{ file: parent, line: 0, column: 0, message }]);
  }
}

/** What cannot be removed now is left to the next run. */
function removeScratch(path: string): void {
  // A query that still runs would go on to make files in it, and fails where the folder has another name.
  const gone = path.endsWith('-gone') ? path : `${path}-gone`;
  try {
    if (gone !== path) renameSync(path, gone);
    rmSync(gone, { recursive: true, force: true, maxRetries: 3 });
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/** Removes folders of this user whose process is gone. */
function sweep(parent: string): void {
  for (const name of namesIn(parent)) {
    if (!NAME.test(name) || !isAbandoned(name)) continue;
    const path = join(parent, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true || (process.getuid !== undefined && found.uid !== process.getuid())) continue;
    removeScratch(path);
  }
}

function namesIn(parent: string): string[] {
  try {
    return readdirSync(parent);
  } catch {
    // A folder for temporary files may be one that its users cannot list; one that is missing is named when it is used.
    return [];
  }
}
