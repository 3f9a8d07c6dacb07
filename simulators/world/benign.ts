import { QUANTILES } from '../calendar.js';
import { combineSql } from '../random.js';
import { BENIGN, HOSTS, LIVES, MINUTES, SLOT_COUNT, SLOTS } from './compile.js';
import { RELEASE } from './processes.js';
import { DAY_TICKS, logonMs, MS } from './sql.js';

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
 * number of connections `n` with fields of their own that it comes to.
 */
export function benignActivities(batch: Batch, hosts: number, firstDay: number): string {
  const weekend = batch.weekend ? '* CASE WHEN s_human THEN h_weekend ELSE 1000 END // 1000' : '';
  return `
    WITH candidate AS (
      SELECT s.*, h.*, ${combineSql('s.s_key', 'h.h_key')} AS on_host
      FROM ${BENIGN.name} s JOIN ${HOSTS.name} h ON (s.s_roles >> h.h_role) & 1 = 1
      WHERE h.h >= ${batch.firstHost} AND h.h < ${batch.endHost}
    ), drawn AS (
      SELECT *, ${combineSql('on_host', batch.day)} AS act_key, ${combineSql('on_host', 1)} AS share_draw,
        ${combineSql('h_key', RELEASE)} AS release_draw
      FROM candidate
    ), rated AS (
      SELECT *, ${combineSql('act_key', 2)} AS scatter_draw, ${combineSql('act_key', 3)} AS part_draw
      FROM drawn WHERE share_draw % 1000000 < s_share
    ), counted AS (
      SELECT *, s_rate * list_extract([${SCATTER.join(', ')}], 1 + scatter_draw % ${SCATTER.length}) // 1000
        ${weekend} AS thousandths
      FROM rated
    )
    SELECT scen, h, h_key, h_offset, h_boot, on_host, act_key, s_key, s_within, s_burst, s_profile, s_waits, s_lives, s_fails,
      s_repeats, s_commands, s_dest, h * 8 + s_account AS who, s_proc + (release_draw % s_releases) * s_commands AS first_proc,
      s_first + ${batch.day - firstDay} * ${hosts} + h AS act,
      thousandths // 1000 + CASE WHEN part_draw % 1000 < thousandths % 1000 THEN 1 ELSE 0 END AS n
    FROM counted
    WHERE thousandths >= 1000 OR part_draw % 1000 < thousandths`;
}

/**
 * SQL of the draws of every connection of the activities of `table`: whose it is, and the keys of its burst, of what it
 * has in common with its repetitions, and of itself.
 *
 * It is a step of its own, for DuckDB plans the next one well only when it knows how many rows this one makes.
 *
 * @param repeated whether connections that repeat an earlier one are wanted; the sensor's daily cap hides them all
 */
export function connectionKeys(table: string, repeated: boolean): string {
  return `
    WITH connection AS (
      SELECT rowid AS place, act_key, n, s_burst,
        unnest(range(${repeated ? 'n + n * s_repeats // 100' : 'n'})) AS j
      FROM ${table}
    )
    SELECT CAST(place AS INTEGER) AS place, j >= n AS again,
      CAST(${combineSql('act_key', 'j % n // s_burst + 500000000')} AS UINTEGER) AS burst_key,
      CAST(${combineSql('act_key', 'j % n + 1000000')} AS UINTEGER) AS field_key,
      CAST(${combineSql('act_key', 'j + 2000000')} AS UINTEGER) AS own_key
    FROM connection`;
}

/**
 * SQL of the connections that the activities of `table` make, before any sensor. A few fall outside the batch's day:
 * what waits for a late logon.
 *
 * Draws are columns of their own stage, never within a CASE or a filter: there DuckDB would work them out anew for
 * every mention.
 *
 * @param keys a table of `connectionKeys`
 */
export function benignConnections(table: string, keys: string, batch: Batch): string {
  return `
    WITH keyed AS (
      SELECT a.* EXCLUDE (act_key, n, s_burst, s_repeats), k.again, k.burst_key::BIGINT AS burst_key,
        k.field_key::BIGINT AS field_key, k.own_key::BIGINT AS own_key
      FROM ${keys} k JOIN ${table} a ON a.rowid = k.place
    ), drawn AS (
      SELECT *, ${combineSql('field_key', 1)} AS slot_draw, ${combineSql('field_key', 2)} AS dest_draw,
        ${combineSql('burst_key', 2)} AS minute_draw, ${combineSql('own_key', 3)} AS own_draw
      FROM keyed
    ), placed AS (
      SELECT k.*, l.l_base + dest_draw % l.l_count AS dest, l.l_kind, m.m_minute - h_offset AS utc_minute,
        m.m_minute * 60000 + minute_draw % 60000 AS wanted_ms
      FROM drawn k
      JOIN ${MINUTES.name} m ON m.m_place = k.s_profile * ${QUANTILES} + k.burst_key % ${QUANTILES}
      JOIN ${SLOTS.name} l ON l.l_place = k.scen * ${SLOT_COUNT} + k.slot_draw % ${SLOT_COUNT}
    ), dated AS (
      SELECT *, ${batch.day} + CASE WHEN utc_minute < 0 THEN 1 WHEN utc_minute >= 1440 THEN -1 ELSE 0 END AS local_day
      FROM placed
    ), awake AS (
      SELECT *, ${logonMs('h_key', 'local_day')} AS logon_ms FROM dated
    ), timed AS (
      SELECT *, local_day * ${DAY_TICKS} - h_offset * 600000000
        + CASE WHEN s_waits AND wanted_ms < logon_ms + 180000 THEN logon_ms + 180000 + (minute_draw >> 8) % 3600000
            ELSE wanted_ms END * ${MS} AS burst_at,
        CASE WHEN s_lives <= ${BOOT} THEN on_host WHEN s_lives = ${BURST} THEN burst_key ELSE field_key END AS life_key,
        CASE s_lives WHEN ${LOGON} THEN local_day WHEN ${BOOT} THEN 11 WHEN ${BURST} THEN 13 ELSE 17 END AS life_part
      FROM awake
    ), born AS (
      SELECT *, burst_at + (own_draw % s_within) * ${MS} + (own_draw >> 9) % ${MS}
          -- A repetition comes later on the same day.
          + CASE WHEN again THEN s_within * ${MS} + own_key % CASE WHEN s_lives = ${BURST} THEN s_within ELSE 28800000 END * ${MS} ELSE 0 END AS t,
        ${combineSql('life_key', 'life_part')} AS inst
      FROM timed
    )
    SELECT t, act, scen, 0 AS role, h, who, CAST(first_proc + inst % s_commands AS INTEGER) AS proc, inst,
      CASE s_lives
        WHEN ${LOGON} THEN local_day * ${DAY_TICKS} + (logon_ms - h_offset * 60000) * ${MS} + 50000000 + on_host % 1000000000
        WHEN ${BOOT} THEN h_boot + 300000000 + s_key % 3000000000
        WHEN ${BURST} THEN burst_at - 2000000 - burst_key % 30000000
        ELSE t - 500000 - own_key % 9000000 END AS created,
      CAST(dest AS INTEGER) AS dest, CAST(dest - s_dest AS INTEGER) AS place,
      CASE WHEN l_kind > 0 THEN l_kind WHEN (slot_draw >> 8) % 1000 < s_fails THEN 1
        WHEN (dest_draw >> 10) % 1000 < 12 THEN 2 WHEN (dest_draw >> 10) % 1000 < 20 THEN 3 ELSE 0 END AS kind
    FROM born`;
}
