import { DUCKDB_TYPE, type NamedType, type TableSchema } from '../../harness/kql/types.js';
import type { Environment } from '../../harness/tables/schema.js';
import { guidOf } from '../hosts.js';
import { draw, type ProcessColumns, parentCreation, parentInstance, processId, sessionDay, uniqueId } from './sql.js';

/** SQL for columns of a table by name. What has none is empty: no text, or no value. */
export type Expressions = Readonly<Record<string, string>>;

/** The select list of a table in the order of its schema. */
export function selectList(schema: TableSchema, expressions: Expressions): string {
  return schema.map((column) => `${expressions[column.name] ?? empty(column)} AS "${column.name}"`).join(',\n      ');
}

function empty(column: NamedType): string {
  return column.type === 'string' ? `''` : `NULL::${DUCKDB_TYPE[column.type]}`;
}

/** What every row has, whatever its table. `w_` columns are of the host and account, `r` the row. */
export function commonColumns(environment: Environment, table: string, time: string, key: string): Expressions {
  const latency = `(${time} + (60 + ${draw(key, 16)} % 540) * 10000000)`;
  return {
    Timestamp: time,
    TimeGenerated: time,
    DeviceId: 'w_device_id',
    DeviceName: 'w_device',
    ReportId: `CAST(1 + ${draw(key, 17)} % 400000 AS BIGINT)`,
    ...(environment === 'sentinel' && {
      TenantId: `'${guidOf('workspace')}'`,
      MachineGroup: 'w_group',
      Type: `'${table}'`,
      _IsBillable: `'True'`,
      _BilledSize: `CAST(1400 + ${key} % 900 AS DOUBLE)`,
      _TimeReceived: latency,
    }),
  };
}

/** The `InitiatingProcess…` columns, of the process whose columns are `p_…` and `w_…`, at `process`. */
export function initiatingColumns(process: ProcessColumns): Expressions {
  const there = 'proc > 0';
  const name = (image: string, lower: string): string => `CASE WHEN w_keeps_case THEN ${image} ELSE ${lower} END`;
  return {
    InitiatingProcessSHA1: 'p_sha1',
    InitiatingProcessSHA256: 'p_sha256',
    InitiatingProcessMD5: 'p_md5',
    InitiatingProcessFileName: name('p_image', 'p_lower'),
    InitiatingProcessFileSize: 'p_size',
    InitiatingProcessVersionInfoCompanyName: 'p_company',
    InitiatingProcessVersionInfoProductName: 'p_product',
    InitiatingProcessVersionInfoProductVersion: 'p_version',
    InitiatingProcessVersionInfoInternalFileName: 'p_internal',
    InitiatingProcessVersionInfoOriginalFileName: 'p_original',
    InitiatingProcessVersionInfoFileDescription: 'p_description',
    InitiatingProcessId: `CASE WHEN ${there} THEN ${processId(process.instance)} ELSE 0 END`,
    InitiatingProcessCommandLine: `replace(p_command, '{user}', w_user)`,
    InitiatingProcessCreationTime: process.created,
    InitiatingProcessFolderPath: `replace(p_path_lower, '{user}', w_user)`,
    InitiatingProcessParentFileName: 'p_parent_image',
    InitiatingProcessParentId: `CASE WHEN ${there} THEN ${processId(parentInstance(process))} ELSE 0 END`,
    InitiatingProcessParentCreationTime: `CASE WHEN ${there} THEN ${parentCreation(process)} END`,
    InitiatingProcessAccountDomain: 'w_domain',
    InitiatingProcessAccountName: 'w_account',
    InitiatingProcessAccountSid: 'w_sid',
    InitiatingProcessAccountUpn: 'w_upn',
    InitiatingProcessAccountObjectId: 'w_object',
    InitiatingProcessIntegrityLevel: 'w_integrity',
    InitiatingProcessTokenElevation: 'w_elevation',
    InitiatingProcessLogonId: 'w_logon',
    InitiatingProcessSessionId: 'w_session',
    IsInitiatingProcessRemoteSession: 'w_remote',
    InitiatingProcessRemoteSessionDeviceName: 'w_remote_device',
    InitiatingProcessRemoteSessionIP: 'w_remote_address',
    InitiatingProcessUniqueId: `CASE WHEN ${there} THEN ${uniqueId(process.instance, process.boot)} ELSE '' END`,
    InitiatingProcessSignerType: 'p_signer',
    InitiatingProcessSignatureStatus: 'p_signature',
    LogonID: 'w_logon',
  };
}

/** A process whose start is in `created` and whose number is in `inst`, on a host of the table `HOSTS`. */
export const ROW_PROCESS: ProcessColumns = {
  starts: 'p_parent_starts',
  parentKey: 'p_parent_key',
  hostKey: 'h_key',
  boot: 'h_boot',
  offset: 'h_offset',
  sessionDay: 'session_day',
  instance: 'inst',
  created: 'created',
};

/** SQL of the column `session_day` that `ROW_PROCESS` needs. */
export const SESSION_DAY = `${sessionDay('created', 'h_key', 'h_offset')} AS session_day`;
