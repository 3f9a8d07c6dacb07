import type { Declarations } from '../schema.js';
import { billing, record, resourceRecord } from './groups.js';

/** What Sentinel and Defender for Cloud themselves write: alerts, incidents, intelligence, behaviour. */
export const SECURITY: Declarations = {
  SecurityAlert: `
    TimeGenerated:datetime DisplayName AlertName AlertSeverity Description ProviderName VendorName VendorOriginalId
    SystemAlertId ResourceId SourceComputerId AlertType ConfidenceLevel ConfidenceScore:real IsIncident:bool
    StartTime:datetime EndTime:datetime ProcessingEndTime:datetime RemediationSteps ExtendedProperties Entities
    WorkspaceSubscriptionId WorkspaceResourceGroup ExtendedLinks ProductName ProductComponentName AlertLink Status
    CompromisedEntity Tactics Techniques SubTechniques ${billing} TenantId:guid SourceSystem ${record}`,
  SecurityIncident: `
    TenantId TimeGenerated:datetime IncidentName Title Description Severity Status Classification
    ClassificationComment ClassificationReason Owner:dynamic ProviderName ProviderIncidentId
    FirstActivityTime:datetime LastActivityTime:datetime FirstModifiedTime:datetime LastModifiedTime:datetime
    CreatedTime:datetime ClosedTime:datetime IncidentNumber:int RelatedAnalyticRuleIds:dynamic AlertIds:dynamic
    BookmarkIds:dynamic Comments:dynamic Tasks:dynamic Labels:dynamic IncidentUrl AdditionalData:dynamic ModifiedBy
    SourceSystem ${billing} ${record}`,
  SecurityRecommendation: `
    RecommendationId RecommendationName RecommendationDisplayName ProviderName Description RecommendationState
    TimeGenerated:datetime DiscoveredTimeUTC:datetime ResolvedTimeUTC:datetime PolicyDefinitionId
    RecommendationSeverity AssessedResourceId DeviceId ResourceRegion IsSnapshot:bool
    RecommendationAdditionalData:dynamic FirstEvaluationDate:datetime StatusChangeDate:datetime Environment
    Properties:dynamic ${billing} TenantId ResourceTenantId RemediationDescription NotApplicableReason AgentId
    SourceSystem RecommendationLink ${record}`,
  SecurityNestedRecommendation: `
    TenantId TimeGenerated:datetime SubAssessmentTimeGeneration:datetime RecommendationSubscriptionId ResourceGroup
    AssessedResourceId ParentRecommendationId Id RecommendationName NestedRecommendationId Description
    RecommendationSeverity RecommendationState RemediationDescription AdditionalData:dynamic ResourceProviderType
    Category ResourceDetails:dynamic Impact Cause VulnerabilityId IsSnapshot:bool SourceSystem Type
    RemidiationDescription RecommendationLink _IsBillable _BilledSize:real ${resourceRecord}`,
  SecurityIoTRawEvent: `
    IoTRawEventId RawEventType RawEventName TimeGenerated:datetime TimeStamp:datetime RawEventCategory IsEmpty:bool
    AgentVersion AssociatedResourceId AzureSubscriptionId DeviceId EventDetails ${billing} TenantId:guid AgentId
    SourceSystem ${record}`,
  ThreatIntelligenceIndicator: `
    TenantId TimeGenerated:datetime SourceSystem Action ActivityGroupNames AdditionalInformation
    ConfidenceScore:real Description DiamondModel ExternalIndicatorId ExpirationDateTime:datetime IndicatorId
    ThreatType Active:bool KillChainActions:bool KillChainC2:bool KillChainDelivery:bool KillChainExploitation:bool
    KillChainReconnaissance:bool KillChainWeaponization:bool KnownFalsePositives MalwareNames PassiveOnly:bool
    ThreatSeverity:int Tags TrafficLightProtocolLevel EmailEncoding EmailLanguage EmailRecipient EmailSenderAddress
    EmailSenderName EmailSourceDomain EmailSourceIpAddress EmailSubject EmailXMailer FileCompileDateTime:datetime
    FileCreatedDateTime:datetime FileHashType FileHashValue FileMutexName FileName FilePacker FilePath FileSize:int
    FileType DomainName NetworkIP NetworkPort:int NetworkDestinationAsn:int NetworkDestinationCidrBlock
    NetworkDestinationIP NetworkCidrBlock NetworkDestinationPort:int NetworkProtocol:int NetworkSourceAsn:int
    NetworkSourceCidrBlock NetworkSourceIP NetworkSourcePort:int Url UserAgent IndicatorProvider ${billing}
    ApplicationId AzureTenantId ${record}`,
  ThreatIntelIndicators: `
    TenantId SourceSystem TimeGenerated:datetime AdditionalFields:dynamic AzureTenantId Confidence:int
    Created:datetime Data:dynamic Id IsActive:bool IsDeleted:bool LastUpdateMethod Modified:datetime ObservableKey
    ObservableValue Pattern Revoked:bool Source Tags ValidFrom:datetime ValidUntil:datetime WorkspaceId ${billing}
    ${resourceRecord}`,
  BehaviorAnalytics: `
    TenantId SourceRecordId TimeGenerated:datetime TimeProcessed:datetime ActivityType ActionType UserName
    UserPrincipalName EventSource SourceIPAddress SourceIPLocation SourceDevice DestinationIPAddress
    DestinationIPLocation DestinationDevice EventVendor EventProductVersion ActorName ActorPrincipalName TargetName
    TargetPrincipalName Device UsersInsights:dynamic DevicesInsights:dynamic ActivityInsights:dynamic SourceSystem
    NativeTableName InvestigationPriority:int ${billing} ${resourceRecord}`,
  UserPeerAnalytics: `
    TenantId TimeGenerated:datetime AADTenantId UserId UserPrincipalName UserName PeerUserId PeerUserPrincipalName
    PeerUserName Rank:int SourceSystem ${billing} ${resourceRecord}`,
  Anomalies: `
    TenantId Id WorkspaceId VendorName TimeGenerated:datetime AnomalyTemplateId AnomalyTemplateName
    AnomalyTemplateVersion RuleId RuleStatus RuleName RuleConfigVersion Score:real Description StartTime:datetime
    EndTime:datetime ExtendedLinks:dynamic Tactics Techniques UserName UserPrincipalName SourceIpAddress
    SourceLocation:dynamic SourceDevice DestinationIpAddress DestinationLocation:dynamic DestinationDevice
    ActivityInsights:dynamic DeviceInsights:dynamic UserInsights:dynamic AnomalyReasons:dynamic Entities:dynamic
    ExtendedProperties:dynamic AnomalyDetails:dynamic SourceSystem ${billing} ${record}`,
  Watchlist: `
    TenantId TimeGenerated:datetime AzureTenantId WatchlistId WatchlistItemId WatchlistName WatchlistAlias Source
    Provider CreatedBy:dynamic UpdatedBy:dynamic CreatedTimeUTC:datetime LastUpdatedTimeUTC:datetime Notes Tags
    DefaultDuration TimeToLive:datetime WatchlistItem:dynamic EntityMapping:dynamic CorrelationId SearchKey
    WatchlistCategory _DTTimestamp:datetime _DTItemId _DTItemType _DTItemStatus SourceSystem ${billing} ${record}`,
};
