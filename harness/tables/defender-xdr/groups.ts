/** Columns that tables of Defender XDR share, in the order in which they stand together. */

export const device = 'Timestamp:datetime DeviceId DeviceName';

export const file = 'FileName FolderPath SHA1 SHA256';

export const account = 'AccountDomain AccountName AccountSid AccountUpn AccountObjectId';

/** The account in the tables of Defender for Identity, which begin with the name. */
export const directoryAccount =
  'AccountName AccountDomain AccountUpn AccountSid AccountObjectId AccountDisplayName DeviceName';

export const processVersion =
  'ProcessVersionInfoCompanyName ProcessVersionInfoProductName ProcessVersionInfoProductVersion ' +
  'ProcessVersionInfoInternalFileName ProcessVersionInfoOriginalFileName ProcessVersionInfoFileDescription';

/** The process that did what the event tells of. */
export const initiating = {
  hashes: 'InitiatingProcessSHA1 InitiatingProcessSHA256 InitiatingProcessMD5',
  file: 'InitiatingProcessFileName InitiatingProcessFileSize:long',
  version:
    'InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoProductName ' +
    'InitiatingProcessVersionInfoProductVersion InitiatingProcessVersionInfoInternalFileName ' +
    'InitiatingProcessVersionInfoOriginalFileName InitiatingProcessVersionInfoFileDescription',
  run: 'InitiatingProcessId:long InitiatingProcessCommandLine InitiatingProcessCreationTime:datetime',
  account:
    'InitiatingProcessAccountDomain InitiatingProcessAccountName InitiatingProcessAccountSid ' +
    'InitiatingProcessAccountUpn InitiatingProcessAccountObjectId',
  integrity: 'InitiatingProcessIntegrityLevel InitiatingProcessTokenElevation',
  parent: 'InitiatingProcessParentId:long InitiatingProcessParentFileName InitiatingProcessParentCreationTime:datetime',
  session:
    'InitiatingProcessSessionId:long IsInitiatingProcessRemoteSession:bool ' +
    'InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP',
} as const;

export const registryValue = 'RegistryKey RegistryValueName RegistryValueData';

export const cloudResource = 'AzureResourceId AwsResourceName GcpFullResourceName';

export const software = 'SoftwareVendor SoftwareName SoftwareVersion';

/** What was signed in to. */
export const resource = 'ResourceDisplayName ResourceId ResourceTenantId';

/** Where a sign-in came from. */
export const location = 'IPAddress Country State City Latitude Longitude';

export const destination = 'DestinationDeviceName DestinationIPAddress DestinationPort:int';
