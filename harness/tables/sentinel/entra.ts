import type { Declarations } from '../schema.js';
import { billing, operation, record } from './groups.js';

/** Entra: sign-ins, audit, risk, Graph and Global Secure Access. */
export const ENTRA: Declarations = {
  SigninLogs: `
    SourceSystem TimeGenerated:datetime ResourceId ${operation} Resource ResourceGroup ResourceProvider Identity
    Level Location AlternateSignInName AppDisplayName AppId AuthenticationContextClassReferences
    AuthenticationDetails AppliedEventListeners:dynamic AuthenticationMethodsUsed AuthenticationProcessingDetails
    AuthenticationRequirement AuthenticationRequirementPolicies ClientAppUsed ConditionalAccessPolicies:dynamic
    ConditionalAccessStatus CreatedDateTime:datetime DeviceDetail:dynamic IsInteractive:bool Id IPAddress
    IsRisky:bool LocationDetails:dynamic MfaDetail:dynamic NetworkLocationDetails OriginalRequestId
    ProcessingTimeInMilliseconds RiskDetail RiskEventTypes RiskEventTypes_V2 RiskLevelAggregated
    RiskLevelDuringSignIn RiskState ResourceDisplayName ResourceIdentity ResourceServicePrincipalId
    ServicePrincipalId ServicePrincipalName Status:dynamic TokenIssuerName TokenIssuerType UserAgent UserDisplayName
    UserId UserPrincipalName AADTenantId UserType FlaggedForReview:bool IPAddressFromResourceProvider
    SignInIdentifier SignInIdentifierType ResourceTenantId HomeTenantId UniqueTokenIdentifier SessionId
    SessionLifetimePolicies AutonomousSystemNumber AuthenticationProtocol CrossTenantAccessType
    AuthenticationAppDeviceDetails AuthenticationAppPolicyEvaluationDetails ClientCredentialType
    FederatedCredentialId GlobalSecureAccessIpAddress HomeTenantName IncomingTokenType IsTenantRestricted:bool
    IsThroughGlobalSecureAccess:bool OriginalTransferMethod TokenProtectionStatusDetails:dynamic AppOwnerTenantId
    ResourceOwnerTenantId Agent:dynamic SourceAppClientId ConditionalAccessAudiences AuthenticatorAppLocation
    AppliedConditionalAccessPolicies RiskLevel ${billing} TenantId:guid ${record}`,
  AADNonInteractiveUserSignInLogs: `
    TenantId SourceSystem TimeGenerated:datetime ${operation} ResourceGroup Identity Level Location AADTenantId
    Agent AlternateSignInName AppDisplayName AppId AppliedEventListeners:dynamic AppOwnerTenantId
    AuthenticationContextClassReferences AuthenticationDetails AuthenticationMethodsUsed
    AuthenticationProcessingDetails AuthenticationProtocol AuthenticationRequirement
    AuthenticationRequirementPolicies AuthenticatorAppLocation AutonomousSystemNumber ClientAppUsed
    ClientCredentialType ClientSessionId ConditionalAccessAudiences ConditionalAccessPolicies
    ConditionalAccessStatus CreatedDateTime:datetime CrossTenantAccessType DeviceDetail FederatedCredentialId
    GlobalSecureAccessIpAddress HomeTenantId HomeTenantName Id IncomingTokenType IPAddress IsInteractive:bool
    IsRisky:bool IsTenantRestricted:bool IsThroughGlobalSecureAccess:bool LocationDetails MfaDetail
    NetworkLocationDetails OriginalRequestId OriginalTransferMethod ProcessingTimeInMs ResourceDisplayName
    ResourceIdentity ResourceOwnerTenantId ResourceServicePrincipalId ResourceTenantId RiskDetail RiskEventTypes
    RiskEventTypes_V2 RiskLevelAggregated RiskLevelDuringSignIn RiskState ServicePrincipalId SessionId
    SessionLifetimePolicies SignInEventTypes SignInIdentifierType TokenProtectionStatusDetails Status
    TokenIssuerName TokenIssuerType UniqueTokenIdentifier UserAgent UserDisplayName UserId UserPrincipalName
    UserType ${billing} ${record}`,
  AADServicePrincipalSignInLogs: `
    TenantId SourceSystem TimeGenerated:datetime ${operation} ResourceGroup Identity Level Location AppId
    AuthenticationContextClassReferences AuthenticationProcessingDetails ConditionalAccessPolicies
    ConditionalAccessStatus FederatedCredentialId Id IPAddress LocationDetails ResourceDisplayName ResourceIdentity
    ResourceServicePrincipalId ServicePrincipalCredentialKeyId ServicePrincipalCredentialThumbprint
    ServicePrincipalId ServicePrincipalName UniqueTokenIdentifier ${billing} ${record}`,
  AADManagedIdentitySignInLogs: `
    TenantId SourceSystem TimeGenerated:datetime ${operation} ResourceGroup Identity Level Location AppId
    AuthenticationContextClassReferences AuthenticationProcessingDetails ConditionalAccessPolicies
    ConditionalAccessStatus FederatedCredentialId Id IPAddress LocationDetails ResourceDisplayName ResourceIdentity
    ResourceServicePrincipalId ServicePrincipalCredentialKeyId ServicePrincipalCredentialThumbprint
    ServicePrincipalId ServicePrincipalName UniqueTokenIdentifier ${billing} ${record}`,
  ADFSSignInLogs: `
    TenantId SourceSystem TimeGenerated:datetime ${operation} ResourceGroup Identity Level Location
    AlternateSignInName AppDisplayName AppId AuthenticationDetails AuthenticationProcessingDetails
    AuthenticationRequirement AuthenticationRequirementPolicies ConditionalAccessPolicies ConditionalAccessStatus
    CreatedDateTime:datetime DeviceDetail Id IPAddress IsInteractive:bool NetworkLocationDetails OriginalRequestId
    ProcessingTimeInMs Requirement ResourceDisplayName ResourceIdentity ResourceTenantId Status TokenIssuerName
    TokenIssuerType UniqueTokenIdentifier UserAgent UserDisplayName UserId UserPrincipalName ${billing} ${record}`,
  AADProvisioningLogs: `
    TenantId SourceSystem TimeGenerated:datetime ${operation} AADTenantId ChangeId CycleId Id InitiatedBy JobId
    ModifiedProperties ProvisioningAction ProvisioningStatusInfo ProvisioningSteps ServicePrincipal SourceIdentity
    TargetIdentity TargetSystem ${billing} ${record}`,
  AuditLogs: `
    SourceSystem TimeGenerated:datetime ResourceId ${operation} Resource ResourceGroup ResourceProvider Identity
    Level Location AdditionalDetails:dynamic Id InitiatedBy:dynamic LoggedByService Result ResultReason
    TargetResources:dynamic AADTenantId ActivityDisplayName ActivityDateTime:datetime AADOperationType ${billing}
    TenantId ${record}`,
  AADRiskyUsers: `
    TenantId Id IsDeleted:bool IsProcessing:bool RiskDetail RiskLastUpdatedDateTime:datetime RiskLevel RiskState
    UserDisplayName UserPrincipalName TimeGenerated:datetime OperationName CorrelationId SourceSystem ${billing}
    ${record}`,
  AADUserRiskEvents: `
    TenantId Activity ActivityDateTime:datetime AdditionalInfo:dynamic CorrelationId DetectedDateTime:datetime
    DetectionTimingType Id IpAddress LastUpdatedDateTime:datetime Location:dynamic RequestId RiskDetail
    RiskEventType RiskLevel RiskState Source TokenIssuerType UserDisplayName UserId UserPrincipalName
    TimeGenerated:datetime OperationName SourceSystem ${billing} ${record}`,
  AADServicePrincipalRiskEvents: `
    TenantId SourceSystem TimeGenerated:datetime OperationName CorrelationId Activity ActivityDateTime:datetime
    AdditionalInfo:dynamic AppId DetectedDateTime:datetime DetectionTimingType Id IpAddress KeyIds:dynamic
    LastUpdatedDateTime:datetime Location:dynamic RequestId RiskDetail RiskEventType RiskLevel RiskState
    ServicePrincipalDisplayName ServicePrincipalId Source TokenIssuerType ${billing} ${record}`,
  IdentityInfo: `
    TenantId TimeGenerated:datetime AccountName AccountDomain AccountUPN AccountSID AccountObjectId AccountTenantId
    AccountDisplayName GivenName Surname OnPremisesExtensionAttributes OnPremisesDistinguishedName Tags
    AccountCreationTime:datetime InvestigationPriority:int InvestigationPriorityPercentile:int RiskLevel
    RiskLevelDetails RiskState BlastRadius GroupMembership:dynamic AssignedRoles:dynamic Department EmployeeId
    JobTitle RelatedAccounts:dynamic MailAddress AdditionalMailAddresses:dynamic Manager StreetAddress City
    CompanyName Country State Phone IsAccountEnabled:bool IsServiceAccount:bool DeletedDateTime:datetime
    LastSeenDate:datetime UACFlags UserState UserStateChangedOn:datetime UserType ExtensionProperty:dynamic
    AccountCloudSID IsMFARegistered:bool Applications ServicePrincipals:dynamic SourceSystem
    UserAccountControl:dynamic ChangeSource EntityRiskScore:dynamic SAMAccountName ${billing} ${record}`,
  MicrosoftGraphActivityLogs: `
    TenantId TimeGenerated:datetime Location RequestId OperationId ClientRequestId ApiVersion RequestMethod
    ResponseStatusCode:int AadTenantId IPAddress UserAgent RequestUri DurationMs:int ResponseSizeBytes:int
    SignInActivityId Roles SessionId DeviceId UniqueTokenId TokenIssuedAt:datetime AppId UserId ServicePrincipalId
    Scopes IdentityProvider ClientAuthMethod:int Wids ATContent ATContentH ATContentP SourceSystem ${billing}
    ${record}`,
  NetworkAccessTraffic: `
    TenantId TimeGenerated:datetime TransactionId ConnectionId SessionId TrafficType DeviceCategory DestinationIp
    DestinationPort:int DestinationFqdn SourceIp SourcePort:int DeviceOperatingSystem DeviceOperatingSystemVersion
    AgentVersion DeviceId UserId UserPrincipalName TransportProtocol NetworkProtocol Action PolicyRuleId PolicyId
    SentBytes:long ReceivedBytes:long ReferrerHeader OriginHeader XForwardedFor DestinationWebCategories
    FilteringProfileId FilteringProfileName PolicyName RuleName InitiatingProcessName ResourceTenantId ThreatType
    DestinationUrl Description AppId ConnectorId ConnectorName ConnectorIp ConnectionStatus AccessType
    ProcessingRegion AppSegmentId RemoteNetworkId HttpMethod ResponseCode:int Token3PExpiry:datetime
    Token3PValidFrom:datetime Token3PIssuedAt:datetime Token3PUniqueId TlsAction TlsStatus TlsPolicyId TlsPolicyName
    UniqueTokenId VendorNames CloudAppCatalogId CloudAppName CloudAppCategory CloudAppCategories
    CloudAppGeneralScore:int CloudAppRiskScore:int CloudAppComplianceScore:int CloudAppLegalScore:int
    CloudAppLoginUser HttpRequestContentType HttpResponseContentType HttpUserAgent TlsRuleId TlsRuleName
    DnsResponseOrigin AIAgentId AIAgentName KerberosMsgType ServicePrincipalName Realm OnPremAccount
    KerberosNonce:int KerberosClientName KerberosErrorCode:int KerberosErrorCodeName KerberosErrorText
    IsAgentic:bool ProcessTree ProcessArgs AIDetectionConfidence:int AIDetectionEvidence IsTokenAgentic:bool
    SourceSystem ${billing} ${record}`,
};
