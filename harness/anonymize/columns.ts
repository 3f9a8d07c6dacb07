import { isSecretName } from './names.js';

/** What the values of a column are, by its name in the tables of either environment. */
export type ColumnKind = 'host' | 'device' | 'user' | 'domain' | 'id' | 'secret' | 'public' | 'text';

/** Names of machines of the organisation; columns whose hosts may be anybody's are read as text. */
const HOSTS =
  /^(DeviceName|Computer|ComputerName|MachineName|WorkstationName|Workstation|HostName|Hostname|DvcHostname|(Remote|Source|Src|Target|Initiating\w*)DeviceName|\w*RemoteSessionDeviceName)$/;
const DEVICES =
  /^(\w*DeviceId|MachineId|\w*DeviceObjectId|HardwareUuid|AzureVmId|HostId|AgentId|SourceComputerId|VMUUID)$/;
const USERS =
  /(^|[a-z])(AccountName|UserName|SamAccountName|AccountDisplayName|UserDisplayName|SenderDisplayName)$|^(User|Account|Username|Caller|Actor|UserId|SAMAccountName|LoggedOnUser)$/;
const DOMAINS = /(^|[a-z])(AccountDomain|UserDomainName|DomainName|NTDomain|DnsDomain|UserDomain)$/;
const IDS =
  /(^|[a-z])(ObjectId|TenantId|SubscriptionId|UserGuid|AzureADUserId|ObjectGuid)$|^(TenantId|SubscriptionId|WorkspaceId)$/i;
/** Of words that the products choose, of hashes and of versions: none of them tells who it is. */
const PUBLIC =
  /(SHA1|SHA256|MD5|Hash|Version|VersionInfoCompanyName|VersionInfoProductName|VersionInfoFileDescription|VersionInfoOriginalFileName|VersionInfoInternalFileName|IPType|SignerType|SignatureStatus|IntegrityLevel|TokenElevation|ElevatedToken)$|^(ActionType|Type|\$table|TableName|Protocol|LogonType|OSPlatform|OSArchitecture|RegistryValueType|Timestamp|TimeGenerated|_TimeReceived|ReportId|SourceSystem|_IsBillable|RequestProtocol|EventID|Level|Severity)$/;

/** Whether all of a column is secret. */
export function isSecretColumn(name: string): boolean {
  return isSecretName(name) || /^(?:set-?)?cookies?$/i.test(name);
}

/** Whether all texts are secret of an object or list under this name. `Authorization` of Azure says who may do what. */
export function holdsSecrets(name: string): boolean {
  return isSecretColumn(name) && !/^authorization$/i.test(name);
}

/** @param name as a file has it, perhaps with the zone of a time (`TimeGenerated [UTC]`) */
export function kindOfColumn(name: string): ColumnKind {
  const plain = name.replace(/ \[.*\]$/, '');
  if (PUBLIC.test(plain)) return 'public';
  if (isSecretColumn(plain)) return 'secret';
  if (HOSTS.test(plain)) return 'host';
  if (DEVICES.test(plain)) return 'device';
  if (USERS.test(plain)) return 'user';
  if (DOMAINS.test(plain)) return 'domain';
  return IDS.test(plain) ? 'id' : 'text';
}

/** Columns that hold addresses which machines of the organisation have, public ones as well. */
export function isOwnAddress(name: string): boolean {
  return /^(LocalIP|PublicIP)( \[.*\])?$/.test(name);
}

/** Columns that hold programs, whose names everybody knows. */
export function holdsProgram(name: string): boolean {
  return /FileName$/.test(name);
}

/** For a key that holds a value, the keys (in lower case) that may name that value; undefined for other keys. */
export function nameKeysOf(key: string): readonly string[] | undefined {
  switch (key.toLowerCase()) {
    case 'value':
    case 'newvalue':
    case 'oldvalue':
      return ['name', 'key', 'displayname', 'property'];
    case 'registryvaluedata':
      return ['registryvaluename'];
    case 'previousregistryvaluedata':
      return ['previousregistryvaluename', 'registryvaluename'];
    default:
      return undefined;
  }
}

/** Columns that call people by one of their names. */
export const PERSON_COLUMN =
  /^(.{0,64}?)(?:Account|User|Sender)?(Name|Upn|PrincipalName|DisplayName|FromAddress|SamAccountName)$/;

/** The names of one person in a record: what comes before `Name`, `Upn` and so on is the same. */
export function peopleOf(
  columns: ReadonlyMap<string, string>,
): Map<string, { account?: string; upn?: string; display?: string }> {
  const people = new Map<string, { account?: string; upn?: string; display?: string }>();
  for (const [column, text] of columns) {
    const [, stem, what] = PERSON_COLUMN.exec(column) ?? [];
    if (stem === undefined || what === undefined || kindOfColumn(column) === 'host') continue;
    const person = people.get(stem) ?? {};
    if (what === 'DisplayName') person.display = text;
    else if (what === 'Name' || what === 'SamAccountName') {
      if (kindOfColumn(column) === 'user') person.account = text;
    } else person.upn = text;
    people.set(stem, person);
  }
  return people;
}
