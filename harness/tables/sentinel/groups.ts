/** Columns that tables of Sentinel share, in the order in which they stand together. */

export const billing = 'Type _IsBillable _BilledSize:real';

export const received = '_TimeReceived:datetime _ItemId';

export const record = `_ResourceId ${received}`;

/** The same in tables of Azure resources. */
export const resourceRecord = `_ResourceId _SubscriptionId ${received}`;

/** The same in tables without billing columns. */
export const workspace = `TenantId Type _ResourceId SourceSystem ${received}`;

/** What every diagnostic log of Azure begins with. */
export const operation =
  'OperationName OperationVersion Category ResultType ResultSignature ResultDescription DurationMs:long CorrelationId';

/** What a match with threat intelligence adds to a network table. */
export const indicator =
  'IndicatorThreatType Description TLPLevel Confidence Severity:int FirstReportedDateTime LastReportedDateTime IsActive';

export const processVersion =
  'ProcessVersionInfoCompanyName ProcessVersionInfoProductName ProcessVersionInfoProductVersion ' +
  'ProcessVersionInfoInternalFileName ProcessVersionInfoOriginalFileName ProcessVersionInfoFileDescription';

/** The process that did what a device event tells of. */
export const initiating = {
  actor:
    'InitiatingProcessAccountDomain InitiatingProcessAccountName InitiatingProcessAccountObjectId ' +
    'InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessCommandLine InitiatingProcessFileName ' +
    'InitiatingProcessFolderPath InitiatingProcessId:long InitiatingProcessIntegrityLevel InitiatingProcessMD5 ' +
    'InitiatingProcessParentFileName InitiatingProcessParentId:long InitiatingProcessSHA1 InitiatingProcessSHA256 ' +
    'InitiatingProcessTokenElevation',
  version:
    'InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoProductName ' +
    'InitiatingProcessVersionInfoProductVersion InitiatingProcessVersionInfoInternalFileName ' +
    'InitiatingProcessVersionInfoOriginalFileName InitiatingProcessVersionInfoFileDescription',
  /** The same columns by name, as some of the tables have them. */
  versionByName:
    'InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoFileDescription ' +
    'InitiatingProcessVersionInfoInternalFileName InitiatingProcessVersionInfoOriginalFileName ' +
    'InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion',
  times: 'InitiatingProcessParentCreationTime:datetime InitiatingProcessCreationTime:datetime',
  session:
    'InitiatingProcessSessionId:long IsInitiatingProcessRemoteSession:bool ' +
    'InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP InitiatingProcessUniqueId',
} as const;
