/** Temporary folders. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './ending.js';
import { FileError } from './errors.js';
import { systemError, systemWords } from './system.js';

export interface Scratch {
  readonly path: string;
  remove(): void;
}

/** `assay-`, the machine, the number of the process and its birth, and six letters that are drawn. */
const NAME = /^assay-([0-9a-f]{8})-(\d+)-(\w+)-\w{6}(?:-gone)?$/;

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
    return mkdtempSync(join(parent, `assay-${machine()}-${process.pid}-${birthOf(process.pid) ?? UNKNOWN}-`));
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
    const [, where, pid, birth] = NAME.exec(name) ?? [];
    if (where !== machine() || pid === undefined || isAlive(Number(pid), birth ?? UNKNOWN)) continue;
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

const UNKNOWN = '0';

/** Whether the process may still run; a number is used again, a number with its birth is not. */
function isAlive(pid: number, birth: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = birthOf(pid);
  return birth === UNKNOWN || now === undefined || now === birth;
}

/** When a process began, in the system's count since its start, and which start that was; nothing where it does not say. */
function birthOf(pid: number): string | undefined {
  const stat = said(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // What stands in parentheses is the program's name, which may hold anything.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const start = said(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'));
  return ticks === undefined || start === undefined ? undefined : `${start.slice(0, 8)}_${ticks}`;
}

let here: string | undefined;

/** Tells machines and containers apart that share a folder: the numbers of their processes mean nothing to each other. */
function machine(): string {
  here ??= createHash('sha256')
    .update(`${hostname()} ${said(() => readlinkSync('/proc/self/ns/pid')) ?? ''}`)
    .digest('hex')
    .slice(0, 8);
  return here;
}

/** What the system says of itself, where it does. */
function said(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
