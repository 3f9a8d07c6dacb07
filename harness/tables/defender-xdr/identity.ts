import type { Declarations } from '../schema.js';
import { destination, directoryAccount, location, resource } from './groups.js';

/** Defender for Identity and Entra: sign-ins, directory activity, accounts. */
export const IDENTITY: Declarations = {
  AADSignInEventsBeta: `
    Timestamp:datetime Application ApplicationId LogonType ErrorCode:int CorrelationId SessionId AccountDisplayName
    AccountObjectId AccountUpn IsExternalUser:int IsGuestUser:bool AlternateSignInName
    LastPasswordChangeTimestamp:datetime ${resource} DeviceName AadDeviceId EntraIdDeviceId OSPlatform
    DeviceTrustType IsManaged:int IsCompliant:int AuthenticationProcessingDetails AuthenticationRequirement
    TokenIssuerType:int RiskLevelAggregated:int RiskDetails:int RiskState:int UserAgent ClientAppUsed Browser
    ConditionalAccessPolicies ConditionalAccessStatus:int ${location} NetworkLocationDetails RequestId ReportId
    EndpointCall`,
  AADSpnSignInEventsBeta: `
    Timestamp:datetime Application ApplicationId IsManagedIdentity:bool ErrorCode:int CorrelationId
    ServicePrincipalName ServicePrincipalId ${resource} ${location} RequestId ReportId`,
  EntraIdSignInEvents: `
    Timestamp:datetime Application ApplicationId LogonType ErrorCode:int CorrelationId SessionId AccountDisplayName
    AccountObjectId AccountUpn IsConfidentialClient:bool IsExternalUser:int IsGuestUser:bool AlternateSignInName
    LastPasswordChangeTimestamp:datetime ${resource} DeviceName EntraIdDeviceId OSPlatform DeviceTrustType
    IsManaged:int IsCompliant:int AuthenticationProcessingDetails AuthenticationRequirement TokenIssuerType:int
    RiskLevelAggregated:int RiskDetails:int RiskState:int UserAgent ClientAppUsed Browser ConditionalAccessPolicies
    ConditionalAccessStatus:int ${location} NetworkLocationDetails RequestId ReportId EndpointCall`,
  EntraIdSpnSignInEvents: `
    Timestamp:datetime Application ApplicationId IsManagedIdentity:bool ErrorCode:int CorrelationId
    ServicePrincipalName ServicePrincipalId ${resource} ${location} RequestId ReportId`,
  GraphAPIAuditEvents: `
    IdentityProvider ApiVersion ApplicationId ClientRequestId OperationId AccountObjectId Location RequestDuration
    RequestMethod Timestamp:datetime ResponseStatusCode Scopes EntityType ReportId RequestUri UniqueTokenIdentifier
    RequestId IpAddress ServicePrincipalId TargetWorkload ResponseSize:long TenantId Type SourceSystem
    TimeGenerated:datetime`,
  IdentityAccountInfo: `
    Timestamp:datetime ReportId SourceProviderAccountId AccountId IdentityId IsPrimary:bool IdentityLinkType
    IdentityLinkReason IdentityLinkTime:datetime IdentityLinkBy DisplayName AccountUpn EmailAddress
    CriticalityLevel:int DefenderRiskLevel:int DefenderRiskUpdateTime:datetime Type GivenName Surname EmployeeId
    Department JobTitle Address City Country Phone Manager Sid AccountStatus SourceProvider SourceProviderInstanceId
    SourceProviderInstanceDisplayName AuthenticationMethod AuthenticationSourceAcccountId EnrolledMfas:dynamic
    LastPasswordChangeTime:datetime GroupMembership:dynamic AssignedRoles:dynamic EligibleRoles:dynamic
    TenantMembershipType CreatedDateTime:datetime DeletedDateTime:datetime Tags:dynamic
    SourceProvderRiskLevel:dynamic AdditionalFields:dynamic TenantId`,
  IdentityDirectoryEvents: `
    Timestamp:datetime ActionType Application TargetAccountUpn TargetAccountDisplayName TargetDeviceName
    ${destination} Protocol ${directoryAccount} IPAddress Port:int Location ISP ReportId AdditionalFields:dynamic`,
  IdentityEvents: `
    Timestamp:datetime ReportId AccountId AccountType AccountDisplayName AccountUpn ActionType ActionResult
    ActionFailureReason IPAddress UserAgent TargetObjects:dynamic Application ApplicationInstanceId
    ApplicationEventId ApplicationSessionId RawEventData:dynamic AdditionalFields:dynamic`,
  IdentityInfo: `
    Timestamp:datetime ReportId AccountObjectId AccountUpn OnPremSid AccountDisplayName AccountName AccountDomain
    CriticalityLevel:int Type DistinguishedName CloudSid GivenName Surname Department JobTitle EmailAddress
    SipProxyAddress Address City Country IsAccountEnabled:bool Manager Phone CreatedDateTime:datetime ChangeSource
    BlastRadius CompanyName DeletedDateTime:datetime EmployeeId OtherMailAddresses:dynamic RiskLevel
    RiskLevelDetails State Tags:dynamic AssignedRoles:dynamic PrivilegedEntraPimRoles:dynamic TenantId SourceSystem
    OnPremObjectId TenantMembershipType RiskStatus UserAccountControl IdentityEnvironment SourceProviders:dynamic
    GroupMembership:dynamic`,
  IdentityLogonEvents: `
    Timestamp:datetime ActionType Application LogonType Protocol FailureReason ${directoryAccount} DeviceType
    OSPlatform IPAddress Port:int ${destination} TargetDeviceName TargetAccountDisplayName Location Isp ReportId
    AdditionalFields:dynamic`,
  IdentityQueryEvents: `
    Timestamp:datetime ActionType Application QueryType QueryTarget Query Protocol ${directoryAccount} IPAddress
    Port:int ${destination} TargetDeviceName TargetAccountUpn TargetAccountDisplayName Location ReportId
    AdditionalFields:dynamic`,
};
