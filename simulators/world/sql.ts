import { combineSql } from '../random.js';

/** Fragments of SQL about time. Instants are ticks; times of a local day are milliseconds. */
export const MS = '10000';
export const DAY_TICKS = '864000000000';

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
