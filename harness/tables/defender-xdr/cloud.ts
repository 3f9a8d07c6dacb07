import type { Declarations } from '../schema.js';
import { cloudResource } from './groups.js';

/** Defender for Cloud Apps, Defender for Cloud and Purview: cloud applications, workloads and data. */
export const CLOUD: Declarations = {
  CloudAppEvents: `
    Timestamp:datetime ActionType Application ApplicationId:int AppInstanceId:int AccountObjectId AccountId
    AccountDisplayName IsAdminOperation:bool DeviceType OSPlatform IPAddress IsAnonymousProxy:bool CountryCode City
    Isp UserAgent ActivityType ActivityObjects:dynamic ObjectName ObjectType ObjectId ReportId AccountType
    IsExternalUser:bool IsImpersonated:bool IPTags:dynamic IPCategory UserAgentTags:dynamic RawEventData:dynamic
    AdditionalFields:dynamic LastSeenForUser:dynamic UncommonForUser:dynamic AuditSource SessionData:dynamic
    OAuthAppId`,
  CloudAuditEvents: `
    Timestamp:datetime ReportId DataSource ActionType OperationName ResourceId IPAddress IsAnonymousProxy:bool
    CountryCode City Isp UserAgent RawEventData:dynamic AdditionalFields:dynamic`,
  CloudDnsEvents: `
    Timestamp:datetime ReportId ActionType ${cloudResource} KubernetesResource KubernetesNamespace KubernetesPodName
    ContainerName ContainerId ImageName ProcessName ProcessId:long DnsEventType DnsEventSubType DnsQuery
    DnsQueryTypeName DnsResponseCodeName DnsNetworkDuration:long TransactionIdHex AdditionalFields:dynamic`,
  CloudPolicyEnforcementEvents: `
    Timestamp:datetime ReportId DataSource SubscriptionId ActionType ${cloudResource} Region ResourceKind
    ResourceName KubernetesNamespace Reason AdditionalFields`,
  CloudProcessEvents: `
    Timestamp:datetime ${cloudResource} ContainerImageName KubernetesNamespace KubernetesPodName KubernetesResource
    ContainerName ContainerId ActionType FileName FolderPath ProcessId:long ProcessName ParentProcessName
    ParentProcessId ProcessCommandLine ProcessCreationTime:datetime ProcessCurrentWorkingDirectory AccountName
    LogonId:long InitiatingProcessId ImageDigest AgentId Region HostName AdditionalFields`,
  CloudStorageAggregatedEvents: `
    DataAggregationStartTime:datetime DataAggregationEndTime:datetime DataSource SubscriptionId ResourceGroup
    StorageAccount StorageContainer StorageFileShare ServiceType IpAddress UserAgentHeader
    OperationNamesList:dynamic AuthenticationType AccountObjectId AccountTenantId:long AccountApplicationId
    AccountUpn AccountType:long OperationsCount:int SuccessfulOperationsCount:int FailedOperationsCount:int
    FirstEventTimestamp:datetime LastEventTimestamp:datetime TotalResponseLength:int SuccessfulReadOperations:int
    DistinctGetOperations:int AnonymousSuccessfulOperations:int HasAnonymousResourceNotFoundFailures:bool
    CountryName CityName ProvinceName ClientSystemServiceName ClientCloudPlatformName IsTorExitNode:bool
    IsKnownSuspiciousIp:bool IsPrivateIp:bool SuspiciousUserAgentName HashReputationMd5List:dynamic AzureResourceId
    Location Timestamp:datetime ReportId ActionType AdditionalFields:dynamic`,
  DataSecurityBehaviors: `
    Timestamp:datetime BehaviorId ActionType StartTime:datetime EndTime:datetime AttackTechniques Categories
    ActionCategory Description ServiceSource DetectionSource ActivityCount:int IsAnomalous:bool IsContentHidden:bool
    AccountUpn AccountEmail Application DeviceInfo:dynamic SensitivityLabelInfo:dynamic
    SensitiveInfoTypesInfo:dynamic UrlDomainInfo:dynamic SharepointSiteInfo:dynamic RecipientEmailInfo:dynamic
    RemovableMediaInfo:dynamic PrinterName:dynamic PriorityContentMatchInfo:dynamic`,
  DataSecurityEvents: `
    ApplicationNames DeviceId DeviceName AadDeviceId:guid IsManagedDevice:bool DlpPolicyMatchInfo
    DlpPolicyEnforcementMode:int DlpPolicyRuleMatchInfo:dynamic FileRenameInfo PhysicalAccessPointId
    PhysicalAccessPointName PhysicalAccessStatus PhysicalAssetTag RemovableMediaManufacturer RemovableMediaModel
    RemovableMediaSerialNumber TeamsChannelName TeamsChannelType TeamsTeamName UserAlternateEmails AccountUpn
    AccountObjectId Department SourceCodeInfo CcPolicyMatchInfo:dynamic IPAddress Timestamp:datetime
    DeviceSourceLocationType:int DeviceDestinationLocationType:int IrmPolicyMatchInfo:dynamic UnallowedUrlDomains
    ExternalUrlDomains UrlDomainInfo SourceUrlDomain TargetUrlDomain EmailAttachmentCount:int
    EmailAttachmentInfo:dynamic InternetMessageId NetworkMessageId:guid EmailSubject ObjectId ObjectName ObjectType
    ObjectSize:int IsHidden:bool ActivityId:guid ActionType SensitiveInfoTypeInfo:dynamic SensitivityLabelId
    SharepointSiteSensitivityLabelIds PreviousSensitivityLabelId Operation RecipientEmailAddress SiteUrl
    SourceRelativeUrl TargetFilePath PrinterName Workload IrmActionCategory SequenceCorrelationId CloudAppAlertId`,
  OAuthAppInfo: `
    ReportId Timestamp:datetime OAuthAppId ServicePrincipalId AppName AddedOnTime:datetime LastModifiedTime:datetime
    AppStatus VerifiedPublisher:dynamic PrivilegeLevel Permissions:dynamic ConsentedUsersCount:int
    IsAdminConsented:bool AppOrigin LastUsedTime:datetime AppOwnerTenantId`,
};
