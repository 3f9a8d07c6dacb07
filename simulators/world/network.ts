import type { TableSchema } from '../../harness/kql/types.js';
import type { Environment } from '../../harness/tables/schema.js';
import { combineSql } from '../random.js';
import { commonColumns, type Hidden, hiddenColumns, initiatingColumns, OF_LIFE, selectList } from './columns.js';
import { NOBODY, SCENARIOS, WHO } from './compile.js';
import { DESTINATIONS } from './destinations.js';
import { LIVES_TABLE } from './lives.js';
import { DNS_INSPECTED, FIRST_PROCESSLESS, HTTP_INSPECTED, ROW_KINDS, SSL_INSPECTED } from './observe.js';
import { PROCESSES } from './processes.js';

/**
 * SQL that spells out a table of rows as `DeviceNetworkEvents`.
 *
 * @param sorted whether to sort by place. DuckDB keeps the order of the larger side of a join, which the rows are unless
 *   they are few; then sorting costs nothing.
 */
export function networkEvents(
  rows: string,
  schema: TableSchema,
  environment: Environment,
  hidden: Hidden,
  sorted: boolean,
): string {
  const dns = `kind = ${DNS_INSPECTED}`;
  const ephemeral = (draw: string): string => `CAST(49152 + ${draw} % 16384 AS INTEGER)`;
  const expressions = {
    ...commonColumns(environment, 'DeviceNetworkEvents', 't', 'report_draw'),
    ...initiatingColumns(OF_LIFE),
    ActionType: `list_extract([${ROW_KINDS.map((kind) => `'${kind}'`).join(', ')}], kind + 1)`,
    RemoteUrl: `CASE WHEN (kind BETWEEN ${SSL_INSPECTED} AND ${DNS_INSPECTED}) OR url_draw % 1000 < d_empty THEN ''
        WHEN (url_draw >> 10) % 1000 < d_fulls THEN d_full ELSE d_host END`,
    RemoteIP: `CASE WHEN ${dns} THEN w_dns ELSE d_address END`,
    RemotePort: `CASE WHEN ${dns} THEN 53 WHEN d_port > 0 THEN d_port WHEN d_address = '' THEN NULL ELSE ${ephemeral('(port_draw >> 14)')} END`,
    RemoteIPType: `CASE WHEN ${dns} THEN w_address_type ELSE d_type END`,
    // What stays on the host goes out from the address that it goes to.
    LocalIP: `CASE WHEN d_type = 'Loopback' THEN d_address WHEN d_v6 AND NOT ${dns} THEN w_address6 ELSE w_address END`,
    LocalIPType: `CASE WHEN d_type = 'Loopback' THEN d_type WHEN d_v6 AND NOT ${dns} THEN w_address6_type ELSE w_address_type END`,
    LocalPort: `CASE WHEN d_local_port > 0 THEN d_local_port ELSE ${ephemeral('port_draw')} END`,
    Protocol: `CASE WHEN ${dns} THEN 'Udp' WHEN (url_draw >> 21) % 100 < 6 AND d_protocol = 'Tcp' THEN CASE WHEN d_v6 THEN 'TcpV6' ELSE 'TcpV4' END ELSE d_protocol END`,
    AdditionalFields: `CASE WHEN kind < ${SSL_INSPECTED} THEN ${environment === 'sentinel' ? 'NULL' : `''`}
        WHEN kind = ${SSL_INSPECTED} THEN '{"direction":"Out","server_name":"' || d_host || '","version":"TLSv12"}'
        WHEN kind = ${HTTP_INSPECTED} THEN '{"direction":"Out","host":"' || CASE WHEN d_host = '' THEN d_address ELSE d_host END || '","method":"GET","uri":"' || d_path || '","user_agent":"' || q_agent || '"}'
        WHEN ${dns} THEN '{"direction":"Out","query":"' || d_host || '","qtype_name":"A"}'
        ELSE '{"uniqueEventsAggregated":' || n || '}' END`,
  };
  return `
    SELECT ${selectList(schema, expressions)},
      ${hiddenColumns(hidden)}
    FROM (
      SELECT t, dest, kind, r.role, n, place, url_draw, report_draw, port_draw, act, scen,
        CASE WHEN kind = ${HTTP_INSPECTED} THEN proc ELSE 0 END AS agent_proc,
        CASE WHEN there THEN who ELSE h * 8 + ${NOBODY} END AS who, CASE WHEN there THEN proc ELSE 0 END AS proc,
        CASE WHEN there THEN created END AS created, CASE WHEN there THEN pid ELSE 0 END AS pid,
        CASE WHEN there THEN uid ELSE '' END AS uid, CASE WHEN there THEN parent_pid ELSE 0 END AS parent_pid,
        CASE WHEN there THEN parent_created END AS parent_created
      FROM (
        SELECT *, NOT kind BETWEEN ${FIRST_PROCESSLESS} AND ${DNS_INSPECTED} AS there, ${combineSql('key', 7)} AS url_draw,
          ${combineSql('key', 17)} AS report_draw, ${combineSql('key', 18)} AS port_draw
        FROM (SELECT * REPLACE (key::BIGINT AS key), rowid AS place FROM ${rows})
      ) r LEFT JOIN ${LIVES_TABLE} USING (life)
    )
    -- Left joins all: of them DuckDB knows that they keep the number of rows, and so which side to look things up in.
    LEFT JOIN ${WHO.name} USING (who)
    LEFT JOIN ${PROCESSES.name} USING (proc)
    -- Rows of the inspection name no process, but what the process told the server.
    LEFT JOIN (SELECT proc AS agent_proc, p_agent AS q_agent FROM ${PROCESSES.name}) USING (agent_proc)
    LEFT JOIN ${DESTINATIONS.name} USING (dest)
    LEFT JOIN ${SCENARIOS.name} ON n_scen = scen
    ${sorted ? 'ORDER BY place' : ''}`;
}
