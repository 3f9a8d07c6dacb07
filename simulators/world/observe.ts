import { combineSql } from '../random.js';
import type { Sensor } from '../sensor.js';

import { NOBODY } from './compile.js';
import { DESTINATIONS } from './destinations.js';
import { draw } from './sql.js';

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
const AGGREGATED = ROW_KINDS.indexOf('ConnectionSuccessAggregatedReport');
const ATTEMPT = ROW_KINDS.indexOf('ConnectionAttempt');

/** Columns of a row before it is spelt out: numbers only, and how many connections it stands for. */
export const ROW_COLUMNS = 't, act, scen, role, h, who, proc, inst, created, dest, kind, key, n';

/**
 * SQL of the rows that a batch's connections leave, in the order of time.
 *
 * @param connections a table of connections on the batch's day and hosts
 */
export function observedRows(connections: string, sensor: Sensor, endTicks: bigint): string {
  const stages = [
    `reported AS (${sensor.onceADay ? onceADay(connections) : every(connections)})`,
    `within AS (${sensor.connectsPerDay > 0 ? limited('reported', sensor.connectsPerDay) : 'FROM reported'})`,
    `keyed AS (SELECT * REPLACE (CASE WHEN kind IN (${ATTEMPT}, ${ATTEMPT + 1}) THEN h * 8 + ${NOBODY} ELSE who END AS who,
      CASE WHEN kind IN (${ATTEMPT}, ${ATTEMPT + 1}) THEN 0 ELSE proc END AS proc,
      CASE WHEN kind IN (${ATTEMPT}, ${ATTEMPT + 1}) THEN NULL ELSE created END AS created) FROM within)`,
    `inspected AS (${inspections('keyed')})`,
    `everything AS (FROM keyed UNION ALL FROM inspected${sensor.aggregatedReports ? ` UNION ALL (${aggregates(connections)})` : ''})`,
    `delivered AS (${delivered('everything', sensor, endTicks)})`,
  ];
  return `WITH ${stages.join(',\n')} SELECT ${ROW_COLUMNS} FROM delivered ORDER BY t, key, kind, h`;
}

/** One row for each set of fields: process, destination (name, address, port) and action. Its time is the first one's. */
function onceADay(connections: string): string {
  return `
    SELECT t, act, scen, role, h, who, proc, inst, created, dest, kind,
      ${combineSql('inst', 'dest * 16 + kind')} AS key, n
    FROM (
      SELECT min(t) AS t, min(act) AS act, min(scen) AS scen, min(role) AS role, h, min(who) AS who, min(proc) AS proc,
        inst, min(created) AS created, dest, kind, count(*) AS n
      FROM ${connections}
      GROUP BY h, inst, dest, kind
    )`;
}

function every(connections: string): string {
  return `
    SELECT t, act, scen, role, h, who, proc, inst, created, dest, kind,
      ${combineSql('inst', 'dest * 16 + kind + t % 1000000007')} AS key, 1::BIGINT AS n
    FROM ${connections}`;
}

/** The first so many of a host's day. Only hosts above the limit are sorted. */
function limited(table: string, limit: number): string {
  return `
    SELECT * FROM ${table} WHERE h NOT IN (SELECT h FROM ${table} GROUP BY h HAVING count(*) > ${limit})
    UNION ALL
    SELECT * EXCLUDE (place) FROM (
      SELECT *, row_number() OVER (PARTITION BY h ORDER BY t, key) AS place
      FROM ${table} WHERE h IN (SELECT h FROM ${table} GROUP BY h HAVING count(*) > ${limit})
    ) WHERE place <= ${limit}`;
}

/** What the network inspection sees of the same connections: no process, no name in a column of its own. */
function inspections(table: string): string {
  const seen = (kind: string, lead: string, salt: number): string => `
    SELECT t + ${lead} AS t, act, scen, role, h, h * 8 + ${NOBODY} AS who, 0 AS proc, inst, NULL::BIGINT AS created, dest,
      ${kind} AS kind, ${draw('key', salt)} AS key, 1::BIGINT AS n`;
  return `
    ${seen(`CASE WHEN d_inspection = 1 THEN ${HTTP_INSPECTED} ELSE ${SSL_INSPECTED} END`, '300000', 51)}
    FROM ${table} JOIN ${DESTINATIONS.name} USING (dest)
    WHERE kind IN (0, 2, 3) AND ${draw('key', 11)} % 1000 < d_inspected
    UNION ALL
    ${seen(String(DNS_INSPECTED), '-200000', 52)}
    FROM ${table} JOIN ${DESTINATIONS.name} USING (dest)
    WHERE kind <= 3 AND ${draw('key', 12)} % 1000 < d_dns`;
}

/** Hourly counts by process name, addresses and port, of what the cap hides. */
function aggregates(connections: string): string {
  return `
    SELECT (hour + 1) * 36000000000 - 1 - key % 600000000 AS t, act, scen, role, h, who, proc, inst, created, dest, kind, key, n
    FROM (
      SELECT t // 36000000000 AS hour, min(act) AS act, scen, min(role) AS role, h, min(who) AS who, min(proc) AS proc,
        min(inst) AS inst, min(created) AS created, dest, ${AGGREGATED} + kind AS kind,
        ${combineSql('min(inst)', `dest + (t // 36000000000) % 24 * 131 + kind + 77`)} AS key, count(*) AS n
      FROM ${connections} WHERE kind <= 1
      GROUP BY t // 36000000000, scen, h, dest, kind
    ) WHERE n > 1`;
}

/** Delivery: at least once, and not always in time. */
function delivered(table: string, sensor: Sensor, endTicks: bigint): string {
  const late = Math.round(sensor.late * 10);
  const twice = Math.round(sensor.duplicates * 10);
  // Late rows are up to six hours under way, the others come within minutes and are taken as there.
  const arrived =
    late === 0
      ? 'true'
      : `(${draw('key', 13)} % 1000 >= ${late} OR t + (${draw('key', 14)} % 21600) * 10000000 < ${endTicks})`;
  return `
    SELECT * FROM ${table} WHERE ${arrived}
    ${twice === 0 ? '' : `UNION ALL SELECT * FROM ${table} WHERE ${arrived} AND ${draw('key', 15)} % 1000 < ${twice}`}`;
}
