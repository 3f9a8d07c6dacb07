import { physicalNames } from '../../harness/kql/sql/literal.js';
import { DUCKDB_TYPE, type NamedType, type TableSchema } from '../../harness/kql/types.js';
import type { Environment } from '../../harness/tables/schema.js';
import { guidOf } from '../hosts.js';
import { EVENT_ROLES } from '../scenario.js';

/** SQL for columns of a table by name. What has none is empty: no text, or no value. */
export type Expressions = Readonly<Record<string, string>>;

/** The select list of a table in the order of its schema, by the names that the engine knows the columns by. */
export function selectList(schema: TableSchema, expressions: Expressions): string {
  const names = physicalNames(schema.map(({ name }) => name));
  return schema
    .map((column, i) => `${expressions[column.name] ?? empty(column)} AS "${names[i] ?? column.name}"`)
    .join(',\n      ');
}

function empty(column: NamedType): string {
  return column.type === 'string' ? `''` : `NULL::${DUCKDB_TYPE[column.type]}`;
}

/** What every row has, whatever its table: of its device (`w_…`), at the instant `time`, with a draw of its own. */
export function commonColumns(environment: Environment, table: string, time: string, draw: string): Expressions {
  return {
    Timestamp: time,
    TimeGenerated: time,
    DeviceId: 'w_device_id',
    DeviceName: 'w_device',
    ReportId: `CAST(1 + ${draw} % 400000 AS BIGINT)`,
    ...(environment === 'sentinel' && {
      TenantId: `'${guidOf('workspace')}'`,
      MachineGroup: 'w_group',
      Type: `'${table}'`,
      _IsBillable: `'True'`,
      _BilledSize: `CAST(1400 + ${draw} % 900 AS DOUBLE)`,
      _TimeReceived: `(${time} + (60 + (${draw} >> 8) % 540) * 10000000)`,
    }),
  };
}

/** Columns of the process tables that name an instance: its number, start and those of its parent. */
export interface Instance {
  readonly pid: string;
  readonly uid: string;
  readonly created: string;
  readonly parentPid: string;
  readonly parentCreated: string;
}

/** The columns of `LIVES_TABLE`. */
export const OF_LIFE: Instance = {
  pid: 'pid',
  uid: 'uid',
  created: 'created',
  parentPid: 'parent_pid',
  parentCreated: 'parent_created',
};

/** The `InitiatingProcess…` columns of an instance, over the columns `p_…` of the process and `w_…` of its account. */
export function initiatingColumns(instance: Instance): Expressions {
  return {
    InitiatingProcessSHA1: 'p_sha1',
    InitiatingProcessSHA256: 'p_sha256',
    InitiatingProcessMD5: 'p_md5',
    InitiatingProcessFileName: 'CASE WHEN w_keeps_case THEN p_image ELSE p_lower END',
    InitiatingProcessFileSize: 'p_size',
    InitiatingProcessVersionInfoCompanyName: 'p_company',
    InitiatingProcessVersionInfoProductName: 'p_product',
    InitiatingProcessVersionInfoProductVersion: 'p_version',
    InitiatingProcessVersionInfoInternalFileName: 'p_internal',
    InitiatingProcessVersionInfoOriginalFileName: 'p_original',
    InitiatingProcessVersionInfoFileDescription: 'p_description',
    InitiatingProcessId: instance.pid,
    InitiatingProcessCommandLine: forUser('p_command'),
    InitiatingProcessCreationTime: instance.created,
    InitiatingProcessFolderPath: forUser('p_path_lower'),
    InitiatingProcessParentFileName: 'p_parent_image',
    InitiatingProcessParentId: instance.parentPid,
    InitiatingProcessParentCreationTime: instance.parentCreated,
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
    InitiatingProcessUniqueId: instance.uid,
    InitiatingProcessSignerType: 'p_signer',
    InitiatingProcessSignatureStatus: 'p_signature',
    LogonID: 'w_logon',
  };
}

/** A text of a process with the host's user in it. */
export function forUser(column: string): string {
  return `CASE WHEN p_per_user THEN replace(${column}, '{user}', w_user) ELSE ${column} END`;
}

/** What a select of events is to hold besides the visible columns. */
export interface Hidden {
  /** SQL of the row's number. */
  readonly id?: string;
  readonly label: boolean;
}

/** SQL of the hidden columns: the row's number, activity, scenario, label and role. */
export function hiddenColumns(hidden: Hidden): string {
  return [
    ...(hidden.id === undefined ? [] : [`CAST(${hidden.id} AS BIGINT) AS _id`]),
    'act AS _activity',
    'n_id AS _scenario',
    ...(hidden.label ? ['n_label AS _label'] : []),
    `list_extract([${EVENT_ROLES.map((role) => `'${role}'`).join(', ')}], role + 1) AS _role`,
  ].join(', ');
}
