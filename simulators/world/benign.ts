import { QUANTILES } from '../calendar.js';
import { combineSql } from '../random.js';
import { BENIGN, HOSTS, LIVES, MINUTES, SLOT_COUNT, SLOTS } from './compile.js';
import { DAY_TICKS, draw, logonMs, logonTicks, MS } from './sql.js';

/** A run of hosts on one UTC day: what is made at a time, so that memory does not grow with the workload. */
export interface Batch {
  readonly day: number;
  readonly firstHost: number;
  readonly endHost: number;
  readonly weekend: boolean;
}

const LOGON = LIVES.indexOf('logon');
const BOOT = LIVES.indexOf('boot');
const BURST = LIVES.indexOf('burst');

/** How a day's rows on a host scatter around the mean: sixteenths of a skewed distribution, in permille; mean 1000. */
const SCATTER = [150, 250, 350, 450, 550, 650, 750, 850, 950, 1050, 1150, 1300, 1450, 1650, 2000, 2450];

/**
 * SQL of the activities of benign scenarios in a batch: a source at work on a host for a day. One row each, with the
 * number of rows `n` that it comes to.
 */
export function benignActivities(batch: Batch, hosts: number, firstDay: number): string {
  return `
    WITH candidate AS (
      SELECT s.*, h.*, ${combineSql('s.s_key', 'h.h_key')} AS on_host
      FROM ${BENIGN.name} s JOIN ${HOSTS.name} h ON (s.s_roles >> h.h_role) & 1 = 1
      WHERE h.h >= ${batch.firstHost} AND h.h < ${batch.endHost}
    ), active AS (
      SELECT *, ${combineSql('on_host', batch.day)} AS act_key,
        s_first + ${batch.day - firstDay} * ${hosts} + h AS act
      FROM candidate
      WHERE ${draw('on_host', 1)} % 1000000 < s_share
    ), rated AS (
      SELECT *, s_rate * list_extract([${SCATTER.join(', ')}], (1 + ${draw('act_key', 2)} % ${SCATTER.length})::BIGINT) // 1000
        ${batch.weekend ? '* CASE WHEN s_human THEN h_weekend ELSE 1000 END // 1000' : ''} AS thousandths
      FROM active
    )
    SELECT *, thousandths // 1000 + CASE WHEN ${draw('act_key', 3)} % 1000 < thousandths % 1000 THEN 1 ELSE 0 END AS n
    FROM rated
    WHERE thousandths >= 1000 OR ${draw('act_key', 3)} % 1000 < thousandths`;
}

/**
 * SQL of the connections that the activities of `table` make, before any sensor. Connections `n` and up repeat an
 * earlier one with the same fields.
 */
export function benignConnections(table: string, batch: Batch): string {
  const start = `${batch.day} * ${DAY_TICKS}`;
  const end = `${batch.day + 1} * ${DAY_TICKS}`;
  return `
    WITH connection AS (
      SELECT *, unnest(range(n + n * s_repeats // 100)) AS j FROM ${table}
    ), keyed AS (
      SELECT *, j % n AS original,
        ${combineSql('act_key', `CASE WHEN s_lives = ${BURST} THEN j % n ELSE j END // s_burst + 500000000`)} AS burst_key,
        ${combineSql('act_key', 'j % n + 1000000')} AS field_key,
        ${combineSql('act_key', 'j + 2000000')} AS own_key
      FROM connection
    ), placed AS (
      SELECT k.*, l.l_base + ${draw('field_key', 2)} % l.l_count AS dest, l.l_kind,
        m.m_minute * 60000 + ${draw('burst_key', 2)} % 60000 AS wanted_ms,
        m.m_minute - h_offset AS utc_minute
      FROM keyed k
      JOIN ${MINUTES.name} m ON m.m_profile = k.s_profile AND m.m_quantile = k.burst_key % ${QUANTILES}
      JOIN ${SLOTS.name} l ON l.l_scen = k.scen AND l.l_slot = ${draw('field_key', 1)} % ${SLOT_COUNT}
    ), dated AS (
      SELECT *, ${batch.day} + CASE WHEN utc_minute < 0 THEN 1 WHEN utc_minute >= 1440 THEN -1 ELSE 0 END AS local_day
      FROM placed
    ), awake AS (
      SELECT *, ${logonMs('h_key', 'local_day')} AS logon_ms FROM dated
    ), timed AS (
      SELECT *, local_day * ${DAY_TICKS} - h_offset * 600000000
        + CASE WHEN s_waits AND wanted_ms < logon_ms + 180000
            THEN logon_ms + 180000 + ${draw('burst_key', 3)} % 3600000 ELSE wanted_ms END * ${MS} AS burst_at
      FROM awake
    ), born AS (
      SELECT *, burst_at + (${draw('own_key', 3)} % s_within) * ${MS} + ${draw('own_key', 4)} % ${MS} AS t,
        CASE s_lives WHEN ${LOGON} THEN ${combineSql('on_host', 'local_day')} WHEN ${BOOT} THEN ${combineSql('on_host', 11)}
          WHEN ${BURST} THEN ${combineSql('burst_key', 13)} ELSE ${combineSql('field_key', 17)} END AS inst
      FROM timed
    )
    SELECT t, act, scen, 0 AS role, h, h * 8 + s_account AS who,
      CAST(s_proc + (${draw('on_host', 6)} % s_releases) * s_commands + ${draw('inst', 5)} % s_commands AS INTEGER) AS proc,
      inst,
      CASE s_lives
        WHEN ${LOGON} THEN ${logonTicks('h_key', 'local_day', 'h_offset')} + 50000000 + on_host % 1000000000
        WHEN ${BOOT} THEN h_boot + 300000000 + s_key % 3000000000
        WHEN ${BURST} THEN burst_at - 2000000 - burst_key % 30000000
        ELSE t - 500000 - own_key % 9000000 END AS created,
      dest,
      CASE WHEN l_kind = 0 THEN CASE WHEN ${draw('field_key', 4)} % 1000 < s_fails THEN 1
        WHEN ${draw('field_key', 5)} % 1000 < 12 THEN 2 WHEN ${draw('field_key', 5)} % 1000 < 20 THEN 3 ELSE 0 END
        ELSE l_kind END AS kind
    FROM born
    WHERE t >= ${start} AND t < ${end}`;
}
