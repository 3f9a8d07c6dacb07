import type { Declarations } from '../schema.js';
import { billing, record, workspace } from './groups.js';

/** The other tables that Sentinel takes from Defender XDR. */
export const DEFENDER: Declarations = {
  AADSignInEventsBeta: `
    Timestamp:datetime AadDeviceId AccountDisplayName AccountObjectId AccountUpn AlternateSignInName Application
    ApplicationId AuthenticationProcessingDetails AuthenticationRequirement Browser City ClientAppUsed
    ConditionalAccessPolicies ConditionalAccessStatus:int CorrelationId Country DeviceName DeviceTrustType
    EndpointCall EntraIdDeviceId ErrorCode:int IPAddress IsCompliant:int IsExternalUser:int IsGuestUser:bool
    IsManaged:int LastPasswordChangeTimestamp:datetime Latitude LogonType Longitude NetworkLocationDetails
    OSPlatform ReportId RequestId ResourceDisplayName ResourceId ResourceTenantId RiskDetails:int
    RiskLevelAggregated:int RiskState:int SessionId State TokenIssuerType:int UserAgent TimeGenerated:datetime
    ${workspace}`,
  AgentsInfo: `
    TenantId TimeGenerated:datetime Timestamp:datetime AgentId Name Platform Description Version SourceAgentId
    EntraAgentID EntraBlueprintID ToolsAuthenticationType:dynamic Permissions:dynamic PublishedStatus
    LifecycleStatus Availability CreatedDateTime:datetime LastPublishedDateTime:datetime
    LastUpdatedDateTime:datetime Owners:dynamic SharedWith:dynamic InstanceCount:int Instructions Model
    Channels:dynamic Capabilities:dynamic DeclaredDataSources:dynamic DeclaredTools:dynamic McpServers:dynamic
    Skills:dynamic ConnectedAgents:dynamic Memory:dynamic Triggers:dynamic Guardrails:dynamic Endpoints:dynamic
    ObservabilityID:dynamic RawAgentInfo:dynamic SourceSystem ${billing} ${record}`,
  AlertEvidence: `
    TenantId TimeGenerated:datetime AlertId Title Categories AttackTechniques ServiceSource DetectionSource
    EntityType EvidenceRole EvidenceDirection FileName FolderPath SHA1 SHA256 FileSize:long ThreatFamily RemoteIP
    RemoteUrl AccountName AccountDomain AccountSid AccountObjectId AccountUpn DeviceId DeviceName LocalIP
    NetworkMessageId EmailSubject ApplicationId:int Application OAuthApplicationId ProcessCommandLine
    AdditionalFields:dynamic RegistryKey RegistryValueName RegistryValueData CloudPlatform CloudResource Severity
    SourceSystem ${billing} Timestamp:datetime AzureResourceId AzureResourceType AzureSubscriptionId ${record}`,
  AlertInfo: `
    TenantId TimeGenerated:datetime AlertId Title Category Severity ServiceSource DetectionSource AttackTechniques
    SourceSystem ${billing} Timestamp:datetime ${record}`,
  CloudAppEvents: `
    TenantId AccountId AccountType AdditionalFields:dynamic RawEventData:dynamic ReportId ObjectId ObjectType
    ObjectName ActivityObjects:dynamic ActivityType UserAgent ISP City CountryCode IsAnonymousProxy:bool
    IsExternalUser:bool IsImpersonated:bool IPAddress IPCategory IPTags:dynamic OSPlatform DeviceType
    IsAdminOperation:bool AccountDisplayName AccountObjectId AppInstanceId:int ApplicationId:int Application
    ActionType UserAgentTags:dynamic TimeGenerated:datetime AuditSource LastSeenForUser:dynamic OAuthAppId
    SessionData:dynamic UncommonForUser:dynamic SourceSystem ${billing} Timestamp:datetime ${record}`,
  DeviceTvmBrowserExtensions: `
    BrowserName DeviceId ExtensionDescription ExtensionId ExtensionName ExtensionRisk ExtensionVendor
    ExtensionVersion InstallationTime:datetime IsActivated TimeGenerated:datetime ${workspace}`,
  DeviceTvmBrowserExtensionsKB: `
    BrowserName ExtensionDescription ExtensionId ExtensionName ExtensionRisk ExtensionVersion:dynamic
    IsPermissionRequired PermissionDescription PermissionId PermissionName PermissionRisk TimeGenerated:datetime
    ${workspace}`,
  DeviceTvmCertificateInfo: `
    DeviceId ExpirationDate ExtendedKeyUsage FriendlyName IssueDate IssuedBy:dynamic IssuedTo:dynamic KeySize
    KeyUsage Path SerialNumber SignatureAlgorithm SubjectType Thumbprint TimeGenerated:datetime ${workspace}`,
  DeviceTvmHardwareFirmware: `
    AdditionalFields:dynamic ComponentFamily ComponentName ComponentType ComponentVersion DeviceId DeviceName
    Manufacturer TimeGenerated:datetime ${workspace}`,
  DeviceTvmInfoGathering: `
    Timestamp:datetime AdditionalFields:dynamic DeviceId DeviceName LastSeenTime:datetime OSPlatform
    TimeGenerated:datetime ${workspace}`,
  DeviceTvmSecureConfigurationAssessment: `
    TenantId Timestamp:datetime ConfigurationImpact:real Context:dynamic IsCompliant:bool IsApplicable:bool
    IsExpectedUserImpact:bool DeviceId DeviceName OSPlatform ConfigurationId ConfigurationCategory
    ConfigurationSubcategory TimeGenerated:datetime SourceSystem ${billing} ${record}`,
  DeviceTvmSecureConfigurationAssessmentKB: `
    TenantId TimeGenerated:datetime Timestamp:datetime ConfigurationId ConfigurationImpact:real ConfigurationName
    ConfigurationDescription RiskDescription ConfigurationCategory ConfigurationSubcategory
    ConfigurationBenchmarks:dynamic Tags:dynamic RemediationOptions RelatedMitreTechniques:dynamic
    RelatedMitreTactics:dynamic SourceSystem ${billing} ${record}`,
  DeviceTvmSoftwareEvidenceBeta: `
    DeviceId DiskPaths:dynamic LastSeenTime RegistryPaths:dynamic SoftwareName SoftwareVendor SoftwareVersion
    TimeGenerated:datetime ${workspace}`,
  DeviceTvmSoftwareInventory: `
    TenantId DeviceId DeviceName OSPlatform OSVersion OSArchitecture SoftwareVendor SoftwareName SoftwareVersion
    EndOfSupportStatus EndOfSupportDate:datetime ProductCodeCpe TimeGenerated:datetime SourceSystem ${billing}
    ${record}`,
  DeviceTvmSoftwareVulnerabilities: `
    TenantId DeviceId DeviceName OSPlatform OSVersion OSArchitecture SoftwareVendor SoftwareName SoftwareVersion
    CveId VulnerabilitySeverityLevel RecommendedSecurityUpdate RecommendedSecurityUpdateId TimeGenerated:datetime
    CveTags:dynamic SourceSystem ${billing} ${record}`,
  DeviceTvmSoftwareVulnerabilitiesKB: `
    TenantId TimeGenerated:datetime Timestamp:datetime CveId CvssScore:real IsExploitAvailable:bool
    VulnerabilitySeverityLevel LastModifiedTime:datetime PublishedDate:datetime VulnerabilityDescription
    AffectedSoftware:dynamic SourceSystem ${billing} ${record}`,
  DisruptionAndResponseEvents: `
    TenantId TimeGenerated:datetime ActionType DeviceId SourceDeviceId TargetDeviceId TargetDeviceName
    TargetDomainName DeviceName DomainName InitiatingProcessId:int InitiatingProcessFileName SourceUserSid
    SourceUserName SourceUserDomainName SourceIpAddress SourcePort:int IpAddress Port SourceDeviceName
    SourceDomainName AuthenticationProtocol Service InterfaceUuid InterfaceFriendlyName FileName ShareName LogonType
    LogonId:long SessionId:long CompromisedAccountCount:int PolicyId PolicyName PolicyVersion PolicyHash DataSources
    IsPolicyOn:bool ReportType SourceSystem ${billing} DataSource MachineGroup ReportId ${record}`,
  EmailAttachmentInfo: `
    TenantId FileName FileType NetworkMessageId RecipientEmailAddress RecipientObjectId ReportId SHA256
    SenderDisplayName SenderObjectId ThreatTypes SenderFromAddress ThreatNames DetectionMethods FileSize:long
    TimeGenerated:datetime FileExtension SourceSystem ${billing} Timestamp:datetime MachineGroup
    MalwareDetectionMethod:dynamic MalwareFilterVerdict ${record}`,
  EmailEvents: `
    TenantId AttachmentCount:int AuthenticationDetails AdditionalFields:dynamic ConfidenceLevel Connectors
    DetectionMethods DeliveryAction DeliveryLocation EmailClusterId:long EmailDirection EmailLanguage EmailAction
    EmailActionPolicy EmailActionPolicyGuid OrgLevelAction OrgLevelPolicy InternetMessageId NetworkMessageId
    RecipientEmailAddress RecipientObjectId ReportId SenderDisplayName SenderFromAddress SenderFromDomain
    SenderObjectId SenderIPv4 SenderIPv6 SenderMailFromAddress SenderMailFromDomain Subject ThreatTypes ThreatNames
    TimeGenerated:datetime LastEventExecutionTime:datetime UrlCount:int UserLevelAction UserLevelPolicy
    BulkComplaintLevel:int LatestDeliveryLocation LatestDeliveryAction ExchangeTransportRule DistributionList
    ForwardingInformation Context To:dynamic Cc:dynamic ThreatClassification RecipientDomain EmailSize:int
    IsFirstContact:bool SourceSystem ${billing} Timestamp:datetime FinalEmailAction FinalEmailActionPolicy
    FinalEmailActionPolicyGuid MachineGroup MalwareDetectionMethod:dynamic MalwareFilterVerdict
    PhishDetectionMethod:dynamic PhishFilterVerdict ${record}`,
  EmailPostDeliveryEvents: `
    TenantId Action ActionResult ActionTrigger ActionType DeliveryLocation InternetMessageId NetworkMessageId
    RecipientEmailAddress ReportId ThreatTypes DetectionMethods TimeGenerated:datetime SenderFromAddress
    EmailDirection SourceSystem ${billing} Timestamp:datetime MachineGroup ${record}`,
  EmailUrlInfo: `
    TenantId NetworkMessageId ReportId TimeGenerated:datetime Url UrlLocation UrlDomain SourceSystem ${billing}
    Timestamp:datetime MachineGroup UrlChainId UrlChainPosition:int ${record}`,
  ExposureGraphEdges: `
    EdgeId EdgeLabel EdgeProperties:dynamic SourceNodeCategories:dynamic SourceNodeId SourceNodeLabel SourceNodeName
    TargetNodeCategories:dynamic TargetNodeId TargetNodeLabel TargetNodeName TimeGenerated:datetime ${workspace}`,
  ExposureGraphNodes: `
    Categories:dynamic EntityIds:dynamic NodeId NodeLabel NodeName NodeProperties:dynamic TimeGenerated:datetime
    ${workspace}`,
  IdentityDirectoryEvents: `
    TenantId TimeGenerated:datetime ActionType Application Protocol AccountName AccountDomain AccountUpn AccountSid
    AccountObjectId AccountDisplayName DeviceName IPAddress Port DestinationDeviceName DestinationIPAddress
    DestinationPort TargetDeviceName TargetAccountUpn TargetAccountDisplayName Location ISP ReportId
    AdditionalFields:dynamic SourceSystem ${billing} Timestamp:datetime ${record}`,
  IdentityLogonEvents: `
    TenantId TimeGenerated:datetime ActionType Application LogonType Protocol FailureReason AccountName
    AccountDomain AccountUpn AccountSid AccountObjectId AccountDisplayName DeviceName DeviceType OSPlatform
    IPAddress Port DestinationDeviceName DestinationIPAddress DestinationPort TargetDeviceName
    TargetAccountDisplayName Location ISP ReportId AdditionalFields:dynamic LastSeenForUser:dynamic
    UncommonForUser:dynamic SourceSystem ${billing} Timestamp:datetime ${record}`,
  IdentityQueryEvents: `
    TenantId TimeGenerated:datetime ActionType Application QueryType QueryTarget Query Protocol AccountName
    AccountDomain AccountUpn AccountSid AccountObjectId AccountDisplayName DeviceName IPAddress Port
    DestinationDeviceName DestinationIPAddress DestinationPort TargetDeviceName TargetAccountUpn
    TargetAccountDisplayName Location ReportId AdditionalFields:dynamic SourceSystem ${billing} Timestamp:datetime
    ${record}`,
  MessageEvents: `
    TenantId TimeGenerated:datetime LastEditedTime TeamsMessageId SenderEmailAddress SenderDisplayName
    SenderObjectId SenderType RecipientDetails:dynamic IsOwnedThread:bool MessageId ParentMessageId GroupId
    GroupName ThreadId ThreadSubtype IsExternalThread:bool MessageFormatType MessageFormatSubtype MessageVersion
    MessageSubject ThreatTypes DetectionMethods:dynamic ConfidenceLevel:dynamic DeliveryAction DeliveryLocation
    ReportId SafetyTip SourceSystem ${billing} MessageSubtype MessageType Subject ThreadName ThreadSubType
    ThreadType ${record}`,
  MessageUrlInfo: `
    TenantId TimeGenerated:datetime TeamsMessageId Url UrlDomain ThreatTypes ReportId SourceSystem ${billing}
    ${record}`,
  OAuthAppInfo: `
    TenantId ReportId TimeGenerated:datetime OAuthAppId ServicePrincipalId AppName AddedOnTime:datetime
    LastModifiedTime:datetime AppStatus VerifiedPublisher:dynamic PrivilegeLevel Permissions:dynamic
    ConsentedUsersCount:int IsAdminConsented:bool AppOrigin LastUsedTime:datetime AppOwnerTenantId SourceSystem
    ${billing} ${record}`,
  UrlClickEvents: `
    TenantId TimeGenerated:datetime Url ActionType AccountUpn Workload NetworkMessageId IPAddress ThreatTypes
    DetectionMethods IsClickedThrough:bool UrlChain ReportId AppName AppVersion SourceId SourceSystem ${billing}
    Timestamp:datetime ${record}`,
};
