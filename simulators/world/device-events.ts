import type { TableSchema } from '../../harness/kql/types.js';
import type { Environment } from '../../harness/tables/schema.js';
import { combineSql } from '../random.js';
import {
  commonColumns,
  type Expressions,
  forUser,
  type Hidden,
  hiddenColumns,
  initiatingColumns,
  OF_LIFE,
  selectList,
} from './columns.js';
import { HOSTS, SCENARIOS, WHO } from './compile.js';
import { ARTIFACTS, PROCESSES } from './processes.js';

/** SQL that spells out a table of process starts as `DeviceProcessEvents`: the process, and the one that created it. */
export function processEvents(births: string, schema: TableSchema, environment: Environment, hidden: Hidden): string {
  const created: Expressions = {
    ActionType: `'ProcessCreated'`,
    FileName: 'p_image',
    FolderPath: forUser('p_path'),
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
    ProcessId: 'pid',
    ProcessCommandLine: forUser('p_command'),
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
    ProcessUniqueId: 'uid',
  };
  const parent = initiatingColumns({
    pid: 'parent_pid',
    uid: 'parent_uid',
    created: 'parent_created',
    parentPid: 'grandparent_pid',
    parentCreated: 'grandparent_created',
  });
  const expressions = {
    ...qualified(commonColumns(environment, 'DeviceProcessEvents', 'created + 20000', 'inst'), 'p', 'w'),
    ...qualified(parent, 'q', 'v'),
    ...qualified(created, 'p', 'w'),
  };
  return `
    SELECT ${selectList(schema, expressions)}, ${hiddenColumns(hidden)}
    FROM (
      SELECT b.*, b.rowid AS place, g.h_boot,
        CAST(((h_boot // 864000000000) % 200 + 20) * 281474976710656 + parent_inst AS VARCHAR) AS parent_uid,
        4 * (250 + ${combineSql('parent_inst', 19)} % 7900) AS grandparent_pid,
        greatest(h_boot, parent_created - 1000000 - ${combineSql('parent_inst', 20)} % 90000000) AS grandparent_created
      FROM ${births} b JOIN ${HOSTS.name} g USING (h)
    ) c
    JOIN ${PROCESSES.name} p ON p.proc = c.proc
    JOIN ${WHO.name} w ON w.who = c.who
    JOIN ${PROCESSES.name} q ON q.proc = p.p_parent
    JOIN ${WHO.name} v ON v.who = c.h * 8 + q.p_account
    JOIN ${SCENARIOS.name} ON n_scen = scen
    ORDER BY place`;
}

/** The same SQL with the columns of processes and accounts taken from the tables of these names. */
function qualified(expressions: Expressions, process: string, who: string): Expressions {
  return Object.fromEntries(
    Object.entries(expressions).map(([name, sql]) => [
      name,
      sql.replace(/(?<![\w.])p_/g, `${process}.p_`).replace(/(?<![\w.])w_/g, `${who}.w_`),
    ]),
  );
}

/** The tables of what processes leave behind, with the columns that say what it is. */
const LEFT_BEHIND: Readonly<Record<string, Expressions>> = {
  DeviceFileEvents: { ...file(), FileOriginUrl: 'a_origin' },
  DeviceImageLoadEvents: file(),
  DeviceRegistryEvents: {
    RegistryKey: `replace(a_folder, 'HKEY_CURRENT_USER', 'HKEY_USERS\\' || w_sid)`,
    RegistryValueName: 'a_name',
    RegistryValueData: `replace(a_data, '{user}', w_user)`,
    RegistryValueType: 'a_type',
  },
};
export const LEFT_BEHIND_TABLES = Object.keys(LEFT_BEHIND);

function file(): Expressions {
  return {
    FileName: `replace(a_name, '{user}', w_user)`,
    FolderPath: `replace(a_folder, '{user}', w_user)`,
    SHA1: 'a_sha1',
    SHA256: 'a_sha256',
    MD5: 'a_md5',
    FileSize: 'a_size',
  };
}

/** SQL of the events of one of `LEFT_BEHIND_TABLES`: by the process just started, or by its parent just before. */
export function leftBehindEvents(
  table: string,
  births: string,
  schema: TableSchema,
  environment: Environment,
  hidden: Hidden,
): string {
  const expressions = {
    ...commonColumns(environment, table, 't', 'key'),
    ...initiatingColumns(OF_LIFE),
    ...LEFT_BEHIND[table],
    ActionType: 'a_action',
  };
  return `
    SELECT ${selectList(schema, expressions)}, ${hiddenColumns(hidden)}
    FROM (SELECT *, row_number() OVER (ORDER BY t, key, h) - 1 AS place FROM (${leavers(table, births)}))
    JOIN ${PROCESSES.name} USING (proc)
    JOIN ${WHO.name} USING (who)
    JOIN ${SCENARIOS.name} ON n_scen = scen
    ORDER BY place`;
}

/** What is left behind, with whoever did it: the process that started or its parent. */
function leavers(table: string, births: string): string {
  return `
    SELECT act, scen, role, h, a_action, a_folder, a_name, a_data, a_type, a_sha1, a_sha256, a_md5, a_size, a_origin, key,
      CASE WHEN a_by_parent THEN created - 90000 + a_order * 1000 ELSE created + 1200000 + a_order * 300000 END + key % 900 AS t,
      CASE WHEN a_by_parent THEN h * 8 + parent_account ELSE who END AS who,
      CASE WHEN a_by_parent THEN p_parent ELSE proc END AS proc,
      CASE WHEN a_by_parent THEN parent_created ELSE created END AS created,
      CASE WHEN a_by_parent THEN parent_pid ELSE pid END AS pid,
      CASE WHEN a_by_parent THEN parent_uid ELSE uid END AS uid,
      CASE WHEN a_by_parent THEN grandparent_pid ELSE parent_pid END AS parent_pid,
      CASE WHEN a_by_parent THEN grandparent_created ELSE parent_created END AS parent_created
    FROM (
      SELECT b.*, p.p_parent, q.p_account AS parent_account, a.*, ${combineSql('inst', 'a_order + 61')} AS key,
        CAST(((h_boot // 864000000000) % 200 + 20) * 281474976710656 + parent_inst AS VARCHAR) AS parent_uid,
        4 * (250 + ${combineSql('parent_inst', 19)} % 7900) AS grandparent_pid,
        greatest(h_boot, parent_created - 1000000 - ${combineSql('parent_inst', 20)} % 90000000) AS grandparent_created
      FROM ${births} b
      JOIN ${HOSTS.name} USING (h)
      JOIN ${PROCESSES.name} p ON p.proc = b.proc
      JOIN ${PROCESSES.name} q ON q.proc = p.p_parent
      JOIN ${ARTIFACTS.name} a ON a.a_proc = b.proc AND a.a_table = '${table}'
    )`;
}
