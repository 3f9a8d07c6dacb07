import type { Declarations } from '../schema.js';
import { billing, indicator, received, resourceRecord } from './groups.js';

/** Hosts: the event logs of Windows, Syslog, IIS, and the state of agents. */
export const HOST: Declarations = {
  SecurityEvent: `
    TenantId TimeGenerated:datetime SourceSystem Account AccountType Computer EventSourceName Channel Task:int Level
    EventData EventID:int Activity StorageAccount AzureDeploymentID AccessMask AccountDomain AccountExpires
    AccountName AccountSessionIdentifier AdditionalInfo AdditionalInfo2 AllowedToDelegateTo Attributes
    AuditPolicyChanges AuditsDiscarded:int AuthenticationLevel:int AuthenticationPackageName AuthenticationProvider
    AuthenticationServer AuthenticationService:int AuthenticationType CACertificateHash CalledStationID
    CallerProcessId CallerProcessName CallingStationID CAPublicKeyHash CategoryId CertificateDatabaseHash ClassId
    ClassName ClientAddress ClientIPAddress ClientName CommandLine CompatibleIds DCDNSName DeviceDescription
    DeviceId DisplayName Disposition DomainBehaviorVersion DomainName DomainPolicyChanged DomainSid EAPType
    ElevatedToken ErrorCode:int ExtendedQuarantineState FailureReason FileHash FilePath FilePathNoUser Filter
    ForceLogoff Fqbn FullyQualifiedSubjectMachineName FullyQualifiedSubjectUserName GroupMembership HandleId
    HardwareIds HomeDirectory HomePath InterfaceUuid IpAddress IpPort KeyLength:int LmPackageName
    LocationInformation LockoutDuration LockoutObservationWindow LockoutThreshold LoggingResult LogonGuid LogonHours
    LogonID LogonProcessName LogonType:int LogonTypeName MachineAccountQuota MachineInventory MachineLogon
    MandatoryLabel MaxPasswordAge MemberName MemberSid MinPasswordAge MinPasswordLength MixedDomainMode
    NASIdentifier NASIPv4Address NASIPv6Address NASPort NASPortType NetworkPolicyName NewDate NewMaxUsers
    NewProcessId NewProcessName NewRemark NewShareFlags NewTime NewUacValue NewValue NewValueType ObjectName
    ObjectServer ObjectType ObjectValueName OemInformation OldMaxUsers OldRemark OldShareFlags OldUacValue OldValue
    OldValueType OperationType PackageName ParentProcessName PasswordHistoryLength PasswordLastSet
    PasswordProperties PreviousDate PreviousTime PrimaryGroupId PrivateKeyUsageCount PrivilegeList Process ProcessId
    ProcessName Properties ProfilePath ProtocolSequence ProxyPolicyName QuarantineHelpURL QuarantineSessionID
    QuarantineSessionIdentifier QuarantineState QuarantineSystemHealthResult RelativeTargetName RemoteIpAddress
    RemotePort Requester RequestId RestrictedAdminMode RowsDeleted SamAccountName ScriptPath SecurityDescriptor
    ServiceAccount ServiceFileName ServiceName ServiceStartType:int ServiceType SessionName ShareLocalPath ShareName
    SidHistory Status SubjectAccount SubcategoryGuid SubcategoryId Subject SubjectDomainName SubjectKeyIdentifier
    SubjectLogonId SubjectMachineName SubjectMachineSID SubjectUserName SubjectUserSid SubStatus TableId
    TargetAccount TargetDomainName TargetInfo TargetLinkedLogonId TargetLogonGuid TargetLogonId
    TargetOutboundDomainName TargetOutboundUserName TargetServerName TargetSid TargetUser TargetUserName
    TargetUserSid TemplateContent TemplateDSObjectFQDN TemplateInternalName TemplateOID TemplateSchemaVersion
    TemplateVersion TokenElevationType TransmittedServices UserAccountControl UserParameters UserPrincipalName
    UserWorkstations VirtualAccount VendorIds Workstation WorkstationName EventLevelName SourceComputerId
    ManagementGroupName SystemUserId Version:int Opcode Keywords Correlation SystemProcessId:int SystemThreadId:int
    EventRecordId ${billing} _ResourceId _SubscriptionId AccessList EventOriginId MG:guid TimeCollected:datetime
    PartitionKey RowKey AzureTableName AccessReason ImpersonationLevel ${received}`,
  Event: `
    SourceSystem TimeGenerated:datetime Source EventLog Computer EventLevel:int EventLevelName ParameterXml
    EventData EventID:int RenderedDescription AzureDeploymentID Role EventCategory:int UserName Message
    ManagementGroupName ${billing} _ResourceId _SubscriptionId TenantId:guid MG:guid TimeCollected:datetime
    ${received}`,
  WindowsEvent: `
    TenantId TimeGenerated:datetime Provider Channel Computer Task:int EventLevel:int EventLevelName EventID:int
    ManagementGroupName SystemUserId Version:int Opcode Keywords Correlation SystemProcessId:int SystemThreadId:int
    EventRecordId EventData:dynamic RawEventData EventOriginId ${billing} _ResourceId _SubscriptionId SourceSystem
    Data:dynamic ${received}`,
  Syslog: `
    SourceSystem TimeGenerated:datetime Computer EventTime:datetime Facility HostName SeverityLevel SyslogMessage
    ProcessID:int HostIP ProcessName CollectorHostName ${billing} _ResourceId _SubscriptionId TenantId:guid MG:guid
    TimeCollected:datetime ManagementGroupName ${received}`,
  WindowsFirewall: `
    SourceSystem Computer TimeGenerated:datetime CommunicationDirection FirewallAction Protocol SourceIP
    DestinationIP RemoteIP SourcePort:int FullDestinationAddress DestinationPort:int RequestSizeInBytes:long Info
    ManagementGroupName MaliciousIP ${indicator} MaliciousIPLongitude:real MaliciousIPLatitude:real
    MaliciousIPCountry ${billing} _ResourceId _SubscriptionId TenantId:guid MG:guid TimeCollected:datetime
    ReportReferenceLink AdditionalInformation ${received}`,
  W3CIISLog: `
    SourceSystem TimeGenerated:datetime sSiteName sIP csMethod csUriStem csUriQuery sPort:int csUserName cIP
    csVersion csUserAgent csCookie csReferer csHost scStatus scSubStatus scWin32Status scBytes:long csBytes:long
    TimeTaken:long Computer ManagementGroupName MaliciousIP ${indicator} RemoteIPLongitude:real
    RemoteIPLatitude:real RemoteIPCountry StorageAccount AzureDeploymentID Role RoleInstance ${billing} _ResourceId
    _SubscriptionId TenantId:guid FileUri FileOffset:int Date Time sComputerName MG:guid ReportReferenceLink
    AdditionalInformation ${received}`,
  Heartbeat: `
    TenantId SourceSystem TimeGenerated:datetime Computer ComputerEnvironment ComputerIP ComputerPrivateIPs:dynamic
    Category IsGatewayInstalled:bool ManagementGroupName OSMajorVersion OSMinorVersion OSName OSType RemoteIPCountry
    RemoteIPLatitude:real RemoteIPLongitude:real Resource ResourceGroup ResourceId ResourceProvider ResourceType
    SCAgentChannel Solutions SubscriptionId Version VMUUID SourceComputerId ${billing} ${resourceRecord}`,
  Perf: `
    TenantId SourceSystem TimeGenerated:datetime Computer ObjectName CounterName InstanceName CounterPath
    CounterValue:real Min:real Max:real SampleCount:int StandardDeviation:real BucketStartTime:datetime
    BucketEndTime:datetime ${billing} ${resourceRecord}`,
  ProtectionStatus: `
    TenantId SourceSystem TimeGenerated:datetime Computer DeviceName ComputerEnvironment ComputerIP_Hidden
    DetectionId AMProductVersion ManagementGroupName OSName ProtectionStatus ProtectionStatusDetails
    ProtectionStatusRank:int Resource ResourceGroup ResourceId ResourceProvider ResourceType ScanDate:datetime
    SignatureVersion SourceComputerId SubscriptionId Threat ThreatStatus ThreatStatusDetails ThreatStatusRank:int
    TypeofProtection VMUUID ${billing} ${resourceRecord}`,
};
