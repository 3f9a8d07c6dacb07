import { ROW_PROCESS } from './columns.js';
import { HOSTS } from './compile.js';
import { PROCESSES, STARTS_OWN } from './processes.js';
import { parentCreation, parentInstance, sessionDay } from './sql.js';

/** How far up a tree processes are told of. */
const GENERATIONS = 4;

/**
 * SQL of the processes of a batch's connections that started within it, and of those ancestors that started for them:
 * what `DeviceProcessEvents` tells.
 *
 * @param connections a table of connections on the batch's day and hosts
 * @param from first tick of the day
 * @param to first tick of the next
 */
export function processBirths(connections: string, from: bigint, to: bigint): string {
  const generations = [
    `generation0 AS (
      SELECT min(act) AS act, min(scen) AS scen, CASE WHEN min(role) > 0 THEN 3 ELSE 0 END AS role, h, min(who) AS who,
        min(proc) AS proc, inst, min(created) AS created
      FROM ${connections} GROUP BY h, inst
      HAVING min(created) >= ${from} AND min(created) < ${to} AND min(kind) < 6
    )`,
  ];
  for (let generation = 1; generation < GENERATIONS; generation += 1) {
    generations.push(`generation${generation} AS (
      SELECT act, scen, role, h, h * 8 + q.p_account AS who, q.proc, parent_inst AS inst, parent_created AS created
      FROM (
        SELECT b.*, p.p_parent, ${parentInstance(ROW_PROCESS)} AS parent_inst, ${parentCreation(ROW_PROCESS)} AS parent_created
        FROM (SELECT *, ${sessionDay('created', 'h_key', 'h_offset')} AS session_day
          FROM generation${generation - 1} JOIN ${HOSTS.name} USING (h)) b
        JOIN ${PROCESSES.name} p USING (proc)
        WHERE p_parent > 0 AND p_parent_starts = ${STARTS_OWN}
      ) c JOIN ${PROCESSES.name} q ON q.proc = c.p_parent
    )`);
  }
  const all = generations.map((_, index) => `FROM generation${index}`).join(' UNION ALL ');
  return `WITH ${generations.join(',\n')} SELECT act, scen, role, h, who, proc, inst, created FROM (${all}) ORDER BY created, inst, h`;
}
