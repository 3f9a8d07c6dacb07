import type { TableSchema } from '../../harness/kql/types.js';
import type { Environment } from '../../harness/tables/schema.js';
import { combineSql } from '../random.js';
import { EVENT_ROLES } from '../scenario.js';
import { commonColumns, type Expressions, initiatingColumns, ROW_PROCESS, SESSION_DAY, selectList } from './columns.js';
import { HOSTS, SCENARIOS, WHO } from './compile.js';
import { type Hidden, hiddenColumns } from './network.js';
import { ARTIFACTS, PROCESSES } from './processes.js';
import { draw, parentCreation, parentInstance, processId, uniqueId } from './sql.js';

const ROLE = `list_extract([${EVENT_ROLES.map((role) => `'${role}'`).join(', ')}], role + 1)`;

/**
 * SQL that spells out process starts as `DeviceProcessEvents`: the process created, and the one that created it.
 */
export function processEvents(births: string, schema: TableSchema, environment: Environment, hidden: Hidden): string {
  const created = initiatingColumns(ROW_PROCESS);
  const rename: Expressions = {
    FileName: 'p_image',
    FolderPath: created['InitiatingProcessFolderPath']?.replaceAll('p_path_lower', 'p_path') ?? '',
    SHA1: 'p_sha1',
    SHA256: 'p_sha256',
    MD5: 'p_md5',
    FileSize: 'p_size',
    ProcessVersionInfoCompanyName: 'p_company',
    ProcessVersionInfoProductName: 'p_product',
    ProcessVersionInfoProductVersion: 'p_version',
    ProcessVersionInfoInternalFileName: 'p_internal',
    ProcessVersionInfoOriginalFileName: 'p_original',
    ProcessVersionInfoFileDescription: 'p_description',
    ProcessId: processId('inst'),
    ProcessCommandLine: `replace(p_command, '{user}', w_user)`,
    ProcessIntegrityLevel: 'w_integrity',
    ProcessTokenElevation: 'w_elevation',
    ProcessCreationTime: 'created',
    AccountDomain: 'w_domain',
    AccountName: 'w_account',
    AccountSid: 'w_sid',
    AccountUpn: 'w_upn',
    AccountObjectId: 'w_object',
    LogonId: 'w_logon',
    CreatedProcessSessionId: 'w_session',
    IsProcessRemoteSession: 'w_remote',
    ProcessRemoteSessionDeviceName: 'w_remote_device',
    ProcessRemoteSessionIP: 'w_remote_address',
    ProcessUniqueId: uniqueId('inst', 'h_boot'),
  };
  const parent = initiatingColumns({
    ...ROW_PROCESS,
    starts: 'q.p_parent_starts',
    parentKey: 'q.p_parent_key',
    instance: 'parent_inst',
    created: 'parent_created',
  });
  const expressions = {
    ...qualified(commonColumns(environment, 'DeviceProcessEvents', 'created + 20000', 'inst'), 'c', 'c'),
    ...qualified(parent, 'q', 'v'),
    ...qualified(rename, 'c', 'c'),
    ActionType: `'ProcessCreated'`,
  };
  return `
    SELECT ${selectList(schema, expressions)}, ${hiddenColumns(hidden, ROLE)}
    FROM (
      SELECT *, ${parentInstance(ROW_PROCESS)} AS parent_inst, ${parentCreation(ROW_PROCESS)} AS parent_created
      FROM (
        SELECT b.*, b.rowid AS place, g.*, ${SESSION_DAY} FROM ${births} b JOIN ${HOSTS.name} g USING (h)
      ) JOIN ${PROCESSES.name} USING (proc) JOIN ${WHO.name} USING (who)
    ) c
    JOIN ${PROCESSES.name} q ON q.proc = c.p_parent
    JOIN ${WHO.name} v ON v.who = c.h * 8 + q.p_account
    JOIN ${SCENARIOS.name} ON n_scen = scen
    ORDER BY place`;
}

/** The same SQL with the columns of processes and accounts taken from the tables of these names. */
function qualified(expressions: Expressions, process: string, who: string): Expressions {
  return Object.fromEntries(
    Object.entries(expressions).map(([name, sql]) => [
      name,
      sql
        .replace(/(?<![\w.])p_/g, `${process}.p_`)
        .replace(/(?<![\w.])w_/g, `${who}.w_`)
        .replace(/(?<![\w.])proc > 0/g, `${process}.proc > 0`),
    ]),
  );
}

/** The tables of what processes leave behind, with the columns that say what it is. */
const LEFT_BEHIND: Readonly<Record<string, Expressions>> = {
  DeviceFileEvents: {
    FileName: `replace(a_name, '{user}', w_user)`,
    FolderPath: `replace(a_folder, '{user}', w_user)`,
    SHA1: 'a_sha1',
    SHA256: 'a_sha256',
    MD5: 'a_md5',
    FileSize: 'a_size',
  },
  DeviceRegistryEvents: {
    RegistryKey: `replace(a_folder, 'HKEY_CURRENT_USER', 'HKEY_USERS\\' || w_sid)`,
    RegistryValueName: 'a_name',
    RegistryValueData: `replace(a_data, '{user}', w_user)`,
    RegistryValueType: 'a_type',
  },
  DeviceImageLoadEvents: {
    FileName: `replace(a_name, '{user}', w_user)`,
    FolderPath: `replace(a_folder, '{user}', w_user)`,
    SHA1: 'a_sha1',
    SHA256: 'a_sha256',
    MD5: 'a_md5',
    FileSize: 'a_size',
  },
};
export const LEFT_BEHIND_TABLES = Object.keys(LEFT_BEHIND);

/**
 * SQL of the events of one table of `LEFT_BEHIND_TABLES`: by the process just started, or by its parent just before.
 */
export function leftBehindEvents(
  table: string,
  births: string,
  schema: TableSchema,
  environment: Environment,
  hidden: Hidden,
): string {
  const expressions = {
    ...commonColumns(environment, table, 't', 'key'),
    ...initiatingColumns(ROW_PROCESS),
    ...LEFT_BEHIND[table],
    ActionType: 'a_action',
  };
  return `
    SELECT ${selectList(schema, expressions)}, ${hiddenColumns(hidden, ROLE)}
    FROM (
      SELECT e.*, ${SESSION_DAY}, row_number() OVER (ORDER BY t, key, e.h) - 1 AS place
      FROM (${leavers(table, births)}) e
    )
    JOIN ${PROCESSES.name} USING (proc)
    JOIN ${WHO.name} USING (who)
    JOIN ${SCENARIOS.name} ON n_scen = scen
    ORDER BY place`;
}

/** What is left behind, with the process that did it: the one started or the parent, whichever the artifact names. */
function leavers(table: string, births: string): string {
  return `
    SELECT act, scen, role, h, h_key, h_boot, h_offset, a_order, a_action, a_folder, a_name, a_data, a_type, a_sha1, a_sha256, a_md5, a_size,
      ${combineSql('inst', 'a_order + 61')} AS key,
      CASE WHEN a_by_parent THEN created - 90000 + a_order * 1000 ELSE created + 1200000 + a_order * 300000 END + ${draw('inst', 62)} % 900 AS t,
      CASE WHEN a_by_parent THEN h * 8 + parent_account ELSE who END AS who,
      CASE WHEN a_by_parent THEN p_parent ELSE proc END AS proc,
      CASE WHEN a_by_parent THEN parent_inst ELSE inst END AS inst,
      CASE WHEN a_by_parent THEN parent_created ELSE created END AS created
    FROM (
      SELECT b.*, p.p_parent, q.p_account AS parent_account, a.*,
        ${parentInstance({ ...ROW_PROCESS, starts: 'p.p_parent_starts', parentKey: 'p.p_parent_key' })} AS parent_inst,
        ${parentCreation({ ...ROW_PROCESS, starts: 'p.p_parent_starts', parentKey: 'p.p_parent_key' })} AS parent_created
      FROM (SELECT *, ${SESSION_DAY} FROM ${births} JOIN ${HOSTS.name} USING (h)) b
      JOIN ${PROCESSES.name} p USING (proc)
      JOIN ${PROCESSES.name} q ON q.proc = p.p_parent
      JOIN ${ARTIFACTS.name} a ON a.a_proc = b.proc AND a.a_table = '${table}'
    )`;
}
