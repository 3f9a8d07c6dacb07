/** Names that say which process a file belongs to, so that another can tell that it is gone. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The machine, the number of the process, and its birth. */
const OWNER = /(?<![0-9a-f])([0-9a-f]{8})-(\d+)-(\w+)-/;

/** What the name of a file of this process holds, with a `-` behind it. */
export function owner(): string {
  return `${machine()}-${process.pid}-${birthOf(process.pid) ?? UNKNOWN}`;
}

/** Whether a name holds an owner of this machine that does not run any more. */
export function isAbandoned(name: string): boolean {
  const [, where, pid, birth = UNKNOWN] = OWNER.exec(name) ?? [];
  return where === machine() && pid !== undefined && !isAlive(Number(pid), birth);
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
