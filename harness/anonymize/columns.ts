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
  /(SHA1|SHA256|MD5|Hash|Version|VersionInfoCompanyName|VersionInfoProductName|VersionInfoFileDescription|VersionInfoOriginalFileName|VersionInfoInternalFileName|IPType|SignerType|SignatureStatus|IntegrityLevel|TokenElevation)$|^(ActionType|Type|\$table|TableName|Protocol|LogonType|OSPlatform|OSArchitecture|RegistryValueType|Timestamp|TimeGenerated|_TimeReceived|ReportId|SourceSystem|_IsBillable|RequestProtocol|EventID|Level|Severity)$/;

const SECRET =
  /^(\w*[_-])?(password|passwd|passphrase|pwd|secret|client_?secret|token|\w+_token|api_?key|access_?key|account_?key|credentials?|authorization|connection_?string|shared_?access_?signature)$/i;

/** @param name as a file has it, perhaps with the zone of a time (`TimeGenerated [UTC]`) */
export function kindOfColumn(name: string): ColumnKind {
  const plain = name.replace(/ \[.*\]$/, '');
  if (PUBLIC.test(plain)) return 'public';
  if (SECRET.test(plain)) return 'secret';
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
