import { combineSql } from '../random.js';
import { STARTS_BOOT, STARTS_LOGON } from './processes.js';

/** Fragments of SQL that say when and as what a process started. Times are ticks, or milliseconds of a local day. */
export const MS = '10000';
export const DAY_TICKS = '864000000000';
export const DAY_MS = '86400000';

/** Draw number `salt` of a key: 0 to 2^32-1. */
export function draw(key: string, salt: number): string {
  return combineSql(key, salt);
}

/** Milliseconds of the local day at which the host's user logs on: from 7:00 to 8:50. */
export function logonMs(hostKey: string, localDay: string): string {
  return `(25200000 + ${combineSql(hostKey, `${localDay} + 4`)} % 6600000)`;
}

/** Ticks at which the user's session of a local day began. */
export function logonTicks(hostKey: string, localDay: string, offset: string): string {
  return `((${localDay}) * ${DAY_TICKS} + (${logonMs(hostKey, localDay)} - ${offset} * 60000) * ${MS})`;
}

/** The local day of an instant. */
export function localDay(ticks: string, offset: string): string {
  return `((${ticks} + ${offset} * 600000000) // ${DAY_TICKS})`;
}

/** The local day on which the user's session that was open at an instant began. */
export function sessionDay(ticks: string, hostKey: string, offset: string): string {
  const day = localDay(ticks, offset);
  return `(${day} - CASE WHEN ${logonTicks(hostKey, day, offset)} > ${ticks} - 40000000 THEN 1 ELSE 0 END)`;
}

/** A process as the columns of a query: its number and start, and its host's key and boot. */
export interface ProcessColumns {
  readonly starts: string;
  readonly parentKey: string;
  readonly hostKey: string;
  readonly boot: string;
  readonly offset: string;
  readonly sessionDay: string;
  readonly instance: string;
  readonly created: string;
}

/** The number that stands for a process's parent: one for all of a session or a boot, or one of its own. */
export function parentInstance(process: ProcessColumns): string {
  return `(CASE ${process.starts}
    WHEN ${STARTS_LOGON} THEN xor(${combineSql(process.hostKey, `${process.sessionDay} + 9000000`)}, ${process.parentKey})
    WHEN ${STARTS_BOOT} THEN xor(${combineSql(process.hostKey, 8)}, ${process.parentKey})
    ELSE ${combineSql(process.instance, 19)} END)`;
}

/** Ticks at which a process's parent started; before the process itself. */
export function parentCreation(process: ProcessColumns): string {
  const logon = logonTicks(process.hostKey, process.sessionDay, process.offset);
  return `(CASE ${process.starts} WHEN ${STARTS_LOGON} THEN ${logon} + ${process.parentKey} % 30000000
    WHEN ${STARTS_BOOT} THEN ${process.boot} + ${process.parentKey} % 200000000
    ELSE ${process.created} - 400000 - ${combineSql(process.instance, 20)} % 90000000 END)`;
}

/** A process id from the number that stands for a process: a multiple of 4, as Windows gives them. */
export function processId(instance: string): string {
  return `(4 * (250 + ${instance} % 7900))`;
}

/** The boot's number and the process's within it, as `ProcessUniqueId` prints a process start key. */
export function uniqueId(instance: string, boot: string): string {
  return `CAST(((${boot} // 864000000000) % 200 + 20) * 281474976710656 + ${instance} AS VARCHAR)`;
}
