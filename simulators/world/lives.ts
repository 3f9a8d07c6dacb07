import { combineSql } from '../random.js';
import { HOSTS } from './compile.js';
import { PROCESSES, STARTS_BOOT, STARTS_LOGON, STARTS_OWN } from './processes.js';
import { localDay, logonTicks } from './sql.js';
import { PREFIX } from './tables.js';

/**
 * One process of one day and host a row: when it and its parent started, and their numbers. What does not change from
 * row to row of its connections is worked out here, once.
 */
export const LIVES_TABLE = `${PREFIX}life`;

export const LIVES_COLUMNS = `life INTEGER, act BIGINT, scen INTEGER, role INTEGER, h INTEGER, who INTEGER, proc INTEGER,
  inst BIGINT, created BIGINT, pid BIGINT, uid VARCHAR, parent_inst BIGINT, parent_created BIGINT, parent_pid BIGINT`;

/** Which process started another, where that is not drawn: of attacks that go on in a child. */
export const LINKS = `${PREFIX}link`;

/** How far up a tree processes are told of. */
const GENERATIONS = 4;

/** SQL of the processes of a table of connections, numbered from `first`; `linked` where `LINKS` tells of parents. */
export function livesOf(connections: string, first: number, linked: boolean): string {
  const drawn = numbered(
    `SELECT min(act) AS act, min(scen) AS scen, min(role) AS role, h, min(who) AS who, min(proc) AS proc, inst,
      min(created) AS created
    FROM ${connections} GROUP BY h, inst`,
    first,
  );
  if (!linked) return drawn;
  return `
    SELECT * EXCLUDE (of_inst, of_created) REPLACE (coalesce(of_inst, parent_inst) AS parent_inst,
      CASE WHEN of_inst IS NULL THEN parent_created ELSE of_created END AS parent_created,
      CASE WHEN of_inst IS NULL THEN parent_pid ELSE 4 * (250 + of_inst % 7900) END AS parent_pid)
    FROM (${drawn}) LEFT JOIN ${LINKS} USING (h, inst)`;
}

/**
 * SQL of the processes that started on a day, and of those ancestors that started for them: what
 * `DeviceProcessEvents` tells.
 *
 * @param lives a condition that picks the batch's rows of `LIVES_TABLE`
 * @param from first tick of the day
 * @param to first tick of the next
 * @param linked whether the parents of some are no draw
 */
export function births(lives: string, from: bigint, to: bigint, linked: boolean): string {
  const generations = [
    `generation0 AS (SELECT * EXCLUDE (life) FROM ${LIVES_TABLE}
      WHERE ${lives} AND created >= ${from} AND created < ${to})`,
  ];
  for (let generation = 1; generation < GENERATIONS; generation += 1) {
    const parents = `
      SELECT b.act, b.scen, b.role, b.h, b.h * 8 + q.p_account AS who, q.proc, b.parent_inst AS inst, b.parent_created AS created
      FROM generation${generation - 1} b
      JOIN ${PROCESSES.name} p ON p.proc = b.proc AND p.p_parent_starts = ${STARTS_OWN}
      JOIN ${PROCESSES.name} q ON q.proc = p.p_parent AND q.proc > 0`;
    generations.push(`generation${generation} AS (SELECT * EXCLUDE (life) FROM (${numbered(parents, 0)}))`);
  }
  const all = generations.map(
    (_, index) => `SELECT *${linked ? `, ${index} AS generation` : ''} FROM generation${index}`,
  );
  // A process that starts another is met twice where it connects itself.
  const each = linked
    ? `SELECT DISTINCT ON (h, inst) * FROM (${all.join(' UNION ALL ')}) ORDER BY h, inst, generation`
    : all.join(' UNION ALL ');
  return `WITH ${generations.join(',\n')} SELECT *${linked ? ' EXCLUDE (generation)' : ''} FROM (${each}) ORDER BY created, inst, h`;
}

/** SQL that adds to processes their ids and what is to be said of their parents, each draw a column of its own. */
function numbered(processes: string, first: number): string {
  return `
    SELECT ${first} + row_number() OVER () - 1 AS life, act, scen, role, h, who, proc, inst, created,
      4 * (250 + inst % 7900) AS pid,
      CAST(((h_boot // 864000000000) % 200 + 20) * 281474976710656 + inst AS VARCHAR) AS uid,
      parent_inst,
      CASE p_parent_starts WHEN ${STARTS_LOGON} THEN session_at + p_parent_key % 30000000
        WHEN ${STARTS_BOOT} THEN h_boot + p_parent_key % 200000000
        ELSE created - 400000 - lead_draw % 90000000 END AS parent_created,
      4 * (250 + parent_inst % 7900) AS parent_pid
    FROM (
      SELECT *, CASE p_parent_starts WHEN ${STARTS_LOGON} THEN xor(session_draw, p_parent_key)
        WHEN ${STARTS_BOOT} THEN xor(boot_draw, p_parent_key) ELSE parent_draw END AS parent_inst
      FROM (
        SELECT *, ${logonTicks('h_key', 'session_day', 'h_offset')} AS session_at,
          ${combineSql('h_key', 'session_day + 9000000')} AS session_draw
        FROM (
          SELECT *, today - CASE WHEN today_at > created - 40000000 THEN 1 ELSE 0 END AS session_day
          FROM (
            SELECT *, ${logonTicks('h_key', 'today', 'h_offset')} AS today_at
            FROM (
              SELECT b.*, g.h_key, g.h_boot, g.h_offset, p.p_parent_starts, p.p_parent_key,
                ${localDay('created', 'g.h_offset')} AS today, ${combineSql('h_key', 8)} AS boot_draw,
                ${combineSql('inst', 19)} AS parent_draw, ${combineSql('inst', 20)} AS lead_draw
              FROM (${processes}) b JOIN ${HOSTS.name} g USING (h) JOIN ${PROCESSES.name} p USING (proc)
            )
          )
        )
      )
    )`;
}
