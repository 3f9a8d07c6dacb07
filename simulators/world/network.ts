import type { TableSchema } from '../../harness/kql/types.js';
import type { Environment } from '../../harness/tables/schema.js';
import { EVENT_ROLES } from '../scenario.js';
import { commonColumns, initiatingColumns, ROW_PROCESS, SESSION_DAY, selectList } from './columns.js';
import { HOSTS, SCENARIOS, WHO } from './compile.js';
import { DESTINATIONS } from './destinations.js';
import { DNS_INSPECTED, HTTP_INSPECTED, ROW_KINDS, SSL_INSPECTED } from './observe.js';
import { PROCESSES } from './processes.js';
import { draw } from './sql.js';

/** Hidden columns, after the visible ones: the row's id, its activity, scenario, label and role. */
export interface Hidden {
  /** SQL of the number of a row; `rowid` of the table of rows counts from 0. */
  readonly id?: string;
  readonly label: boolean;
}

/**
 * SQL that spells out the rows of a table of `ROW_COLUMNS` as `DeviceNetworkEvents`.
 */
export function networkEvents(rows: string, schema: TableSchema, environment: Environment, hidden: Hidden): string {
  const processless = `kind BETWEEN ${SSL_INSPECTED} AND ${DNS_INSPECTED}`;
  const hasUrl = `NOT (${processless}) AND ${draw('key', 7)} % 1000 >= d_empty`;
  const noFields = environment === 'sentinel' ? 'NULL' : `''`;
  const ephemeral = (salt: number): string => `CAST(49152 + ${draw('key', salt)} % 16384 AS INTEGER)`;
  const expressions = {
    ...commonColumns(environment, 'DeviceNetworkEvents', 't', 'key'),
    ...initiatingColumns(ROW_PROCESS),
    ActionType: `list_extract([${ROW_KINDS.map((kind) => `'${kind}'`).join(', ')}], kind + 1)`,
    RemoteUrl: `CASE WHEN ${hasUrl} THEN CASE WHEN ${draw('key', 8)} % 1000 < d_fulls THEN d_full ELSE d_host END ELSE '' END`,
    RemoteIP: `CASE WHEN kind = ${DNS_INSPECTED} THEN w_dns ELSE d_address END`,
    RemotePort: `CASE WHEN kind = ${DNS_INSPECTED} THEN 53 WHEN d_port > 0 THEN d_port WHEN d_address = '' THEN NULL ELSE ${ephemeral(18)} END`,
    RemoteIPType: `CASE WHEN kind = ${DNS_INSPECTED} THEN w_address_type ELSE d_type END`,
    LocalIP: `CASE WHEN d_v6 AND kind <> ${DNS_INSPECTED} THEN w_address6 ELSE w_address END`,
    LocalIPType: 'w_address_type',
    LocalPort: `CASE WHEN d_local_port > 0 THEN d_local_port ELSE ${ephemeral(19)} END`,
    Protocol: `CASE WHEN kind = ${DNS_INSPECTED} THEN 'Udp' WHEN d_protocol = 'Tcp' AND ${draw('key', 20)} % 100 < 6 THEN 'TcpV4' ELSE d_protocol END`,
    AdditionalFields: `CASE kind
        WHEN ${SSL_INSPECTED} THEN '{"direction":"Out","server_name":"' || d_host || '","version":"TLSv12"}'
        WHEN ${HTTP_INSPECTED} THEN '{"direction":"Out","host":"' || d_host || '","method":"GET","uri":"' || d_path || '","user_agent":""}'
        WHEN ${DNS_INSPECTED} THEN '{"direction":"Out","query":"' || d_host || '","qtype_name":"A"}'
        WHEN ${DNS_INSPECTED + 1} THEN '{"uniqueEventsAggregated":' || n || '}'
        WHEN ${DNS_INSPECTED + 2} THEN '{"uniqueEventsAggregated":' || n || '}'
        ELSE ${noFields} END`,
  };
  return `
    SELECT ${selectList(schema, expressions)},
      ${hiddenColumns(hidden, `list_extract([${EVENT_ROLES.map((role) => `'${role}'`).join(', ')}], role + 1)`)}
    FROM (
      SELECT r.*, r.rowid AS place, g.*, ${SESSION_DAY}
      FROM ${rows} r JOIN ${HOSTS.name} g USING (h)
    )
    JOIN ${WHO.name} USING (who)
    JOIN ${PROCESSES.name} USING (proc)
    JOIN ${DESTINATIONS.name} USING (dest)
    JOIN ${SCENARIOS.name} ON n_scen = scen`;
}

/** SQL of the hidden columns; `role` is SQL of the event's role. */
export function hiddenColumns(hidden: Hidden, role: string): string {
  return [
    ...(hidden.id === undefined ? [] : [`CAST(${hidden.id} AS BIGINT) AS _id`]),
    'CAST(act AS BIGINT) AS _activity',
    'n_id AS _scenario',
    ...(hidden.label ? ['n_label AS _label'] : []),
    `${role} AS _role`,
  ].join(', ');
}
