import { combineSql } from '../random.js';
import type { Sensor } from '../sensor.js';

import { DESTINATIONS } from './destinations.js';
import { LIVES_TABLE } from './lives.js';

/**
 * The sensor as a stage of its own: SQL from connections to the rows that are reported. Kinds of rows are numbers, the
 * first eight those of `CONNECTION_ACTIONS`.
 */
export const ROW_KINDS = [
  'ConnectionSuccess',
  'ConnectionFailed',
  'ConnectionRequest',
  'ConnectionFound',
  'InboundConnectionAccepted',
  'ListeningConnectionCreated',
  'ConnectionAttempt',
  'ConnectionAcknowledged',
  'SslConnectionInspected',
  'HttpConnectionInspected',
  'DnsConnectionInspected',
  'ConnectionSuccessAggregatedReport',
  'ConnectionFailedAggregatedReport',
] as const;
export const SSL_INSPECTED = ROW_KINDS.indexOf('SslConnectionInspected');
export const HTTP_INSPECTED = ROW_KINDS.indexOf('HttpConnectionInspected');
export const DNS_INSPECTED = ROW_KINDS.indexOf('DnsConnectionInspected');
/** From this kind to `DNS_INSPECTED` rows name no process: what device discovery and the network inspection report. */
export const FIRST_PROCESSLESS = ROW_KINDS.indexOf('ConnectionAttempt');
export const AGGREGATED = ROW_KINDS.indexOf('ConnectionSuccessAggregatedReport');
/** No row tells of a connection of this kind; its process is there all the same. */
export const UNREPORTED = 15;

/**
 * A row before it is spelt out: when, of which process of `LIVES_TABLE`, where to, what kind, in which role, a draw that
 * is its own, and how many connections it stands for.
 */
export const ROW_COLUMNS = 't BIGINT, life INTEGER, dest INTEGER, kind TINYINT, role TINYINT, key UINTEGER, n INTEGER';

/**
 * SQL of the rows that a batch's connections leave, in the order of time.
 *
 * @param connections a table of connections
 * @param lives a condition that picks the batch's processes
 * @param day first tick of the batch's day, and of the next
 */
export function observedRows(
  connections: string,
  lives: string,
  day: readonly [bigint, bigint],
  sensor: Sensor,
  endTicks: bigint,
): string {
  const stages = [
    `today AS (
      SELECT w.t, l.life, w.inst, w.h, w.dest, w.place, w.kind, w.role
      FROM ${connections} w JOIN (SELECT life, h, inst FROM ${LIVES_TABLE} WHERE ${lives}) l ON l.h = w.h AND l.inst = w.inst
      WHERE w.t >= ${day[0]} AND w.t < ${day[1]} AND w.kind <> ${UNREPORTED})`,
    `reported AS (${sensor.onceADay ? ONCE_A_DAY : EVERY})`,
    `within AS (${sensor.connectsPerDay > 0 ? limited('reported', sensor.connectsPerDay) : 'FROM reported'})`,
    `inspected AS (${inspections('within')})`,
    `everything AS (${[
      'SELECT t, life, dest, kind, role, key, n FROM within',
      'FROM inspected',
      ...(sensor.aggregatedReports ? [aggregates()] : []),
    ].join(' UNION ALL ')})`,
    `delivered AS (${delivered('everything', sensor, endTicks)})`,
  ];
  // One whole number sorts faster than several columns: 40 bits of time and 20 of the draw that breaks ties.
  return `WITH ${stages.join(',\n')} FROM delivered ORDER BY ((t - ${day[0]} + 1000000000) << 20) | (key & 1048575)`;
}

/** One row for each set of fields: process, destination (name, address, port) and action. Its time is the first one's. */
const ONCE_A_DAY = `
  SELECT t, life, h, dest, kind, role, ${combineSql('inst', 'place * 16 + kind')} AS key, n
  FROM (
    SELECT min(t) AS t, fields >> 24 AS life, min(h) AS h, (fields >> 4) & 1048575 AS dest, fields & 15 AS kind,
      min(role) AS role, min(inst) AS inst, min(place) AS place, count(*) AS n
    FROM (SELECT *, (life::BIGINT << 24) | (dest << 4) | kind AS fields FROM today)
    GROUP BY fields
  )`;

const EVERY = `
  SELECT t, life, h, dest, kind, role, ${combineSql('inst', 'place * 16 + kind + t % 1000000007')} AS key, 1::BIGINT AS n
  FROM today`;

/** The first so many of a host's day. Only hosts above the limit are sorted. */
function limited(table: string, limit: number): string {
  const busy = `SELECT h FROM ${table} GROUP BY h HAVING count(*) > ${limit}`;
  return `
    SELECT * FROM ${table} WHERE h NOT IN (${busy})
    UNION ALL
    SELECT * EXCLUDE (place) FROM (
      SELECT *, row_number() OVER (PARTITION BY h ORDER BY t, key) AS place FROM ${table} WHERE h IN (${busy})
    ) WHERE place <= ${limit}`;
}

/** What the network inspection sees of the same connections: no process, no name in a column of its own. */
function inspections(table: string): string {
  const drawn = `SELECT *, ${combineSql('key', 11)} AS inspected_draw, ${combineSql('key', 12)} AS dns_draw FROM ${table}`;
  const kinds = `[CASE WHEN kind IN (0, 2, 3) AND inspected_draw % 1000 < d_inspected
      THEN CASE WHEN d_inspection = 1 THEN ${HTTP_INSPECTED} ELSE ${SSL_INSPECTED} END END,
    CASE WHEN kind <= 3 AND dns_draw % 1000 < d_dns THEN ${DNS_INSPECTED} END]`;
  return `
    SELECT CASE WHEN seen = ${DNS_INSPECTED} THEN t - 200000 ELSE t + 300000 END AS t, life, dest, seen AS kind, role,
      CASE WHEN seen = ${DNS_INSPECTED} THEN dns_draw ELSE inspected_draw END AS key, 1::BIGINT AS n
    FROM (
      SELECT *, unnest(${kinds}) AS seen FROM (${drawn}) JOIN ${DESTINATIONS.name} USING (dest)
    ) WHERE seen IS NOT NULL`;
}

/** Hourly counts by process name, addresses and port, of what the cap hides. */
function aggregates(): string {
  return `
    SELECT (hour + 1) * 36000000000 - 1 - key % 600000000 AS t, life, dest, ${AGGREGATED} + kind AS kind, role, key, n
    FROM (
      SELECT *, ${combineSql('inst', 'place + hour % 24 * 131 + kind + 77')} AS key
      FROM (
        SELECT t // 36000000000 AS hour, min(life) AS life, min(inst) AS inst, dest, min(place) AS place, kind, min(role) AS role, count(*) AS n
        FROM today WHERE kind <= 1 GROUP BY t // 36000000000, h, dest, kind
      ) WHERE n > 1
    )`;
}

/** Delivery: at least once, and not always in time. */
function delivered(table: string, sensor: Sensor, endTicks: bigint): string {
  const late = Math.round(sensor.late * 10);
  const twice = Math.round(sensor.duplicates * 10);
  // Late rows are up to six hours under way; the others come within minutes and are taken as there.
  const arrived = `late_draw % 1000 >= ${late} OR t + ((late_draw >> 10) % 21600) * 10000000 < ${endTicks}`;
  const arrivals = `SELECT * FROM (SELECT *, ${combineSql('key', 13)} AS late_draw FROM ${table}) WHERE ${arrived}`;
  const columns = 't, life, dest, kind, role, key, n';
  if (twice === 0) return `SELECT ${columns} FROM (${arrivals})`;
  return `
    SELECT ${columns} FROM (
      SELECT *, unnest(CASE WHEN (late_draw >> 8) % 1000 < ${twice} THEN [1, 2] ELSE [1] END) FROM (${arrivals})
    )`;
}
