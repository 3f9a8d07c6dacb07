import type { Declarations } from '../schema.js';
import { received } from './groups.js';

/** What every normalised event says of itself and of the device that reported it. */
const common =
  'AdditionalFields:dynamic Dvc DvcAction DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType ' +
  'DvcInterface DvcIpAddr DvcMacAddr DvcOriginalAction DvcOs DvcOsVersion DvcScope DvcScopeId DvcZone EventCount:int ' +
  'EventEndTime:datetime EventMessage EventOriginalResultDetails EventOriginalSeverity EventOriginalSubType ' +
  'EventOriginalType EventOriginalUid EventOwner EventProduct EventProductVersion EventReportUrl EventResult ' +
  'EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime:datetime EventSubType EventType ' +
  'EventUid EventVendor TimeGenerated:datetime Type';

/** The reporting device by the names that each product gives it. */
const dvcIds = 'DvcAwsVpcId DvcAzureResourceId DvcMD4IoTid DvcMDEid DvcVMConnectionId DvcVectraId';

/** A prefix before each of the names. */
function prefixed(prefix: string, names: string): string {
  return names
    .split(' ')
    .map((name) => prefix + name)
    .join(' ');
}

/** One side of a connection. */
function endpoint(side: 'Src' | 'Dst'): string {
  return prefixed(
    side,
    'Description DeviceType Domain DomainType DvcAction DvcAwsVpcId DvcAzureResourceId DvcId DvcIdType DvcMD4IoTid ' +
      'DvcMDEid DvcOriginalAction DvcOs DvcOsVersion DvcScope DvcScopeId DvcVMConnectionId DvcVectraId FQDN GeoCity ' +
      'GeoCountry GeoLatitude:real GeoLongitude:real GeoRegion Hostname Interface',
  );
}

/** Addresses and process of one side of a connection. */
function port(side: 'Src' | 'Dst'): string {
  return prefixed(
    side,
    'InterfaceGuid InterfaceName IpAddr MacAddr NatIpAddr NatPortNumber:int OriginalUserType Packets:long ' +
      'PortNumber:int ProcessGuid ProcessId ProcessName SimpleUsername',
  );
}

function app(side: 'Src' | 'Dst'): string {
  return prefixed(side, 'AppId AppName AppType Bytes:long DNUsername');
}

function user(role: 'Src' | 'Dst' | 'Actor'): string {
  return prefixed(role, 'UserAADTenant UserAWSAccount UserAWSId UserAadId UserId UserIdType UserOktaId UserPuid');
}

type ProcessRole = 'Target' | 'Acting' | 'Parent';

function processFile(role: ProcessRole): string {
  return prefixed(
    `${role}Process`,
    'Name Company FileDescription FileProduct FileVersion IsHidden:bool InjectedAddress',
  );
}

function processHashes(role: ProcessRole): string {
  return prefixed(`${role}Process`, 'MD5 SHA1 SHA256 SHA512 IMPHASH');
}

const network =
  'NetworkApplicationProtocol NetworkBytes:long NetworkConnectionHistory NetworkDirection NetworkDuration:int ' +
  'NetworkIcmpCode:int NetworkIcmpType NetworkPackets:long NetworkProtocol NetworkProtocolVersion';

const tcpFlags =
  'TcpFlagsAck:bool TcpFlagsCwr:bool TcpFlagsEce:bool TcpFlagsFin:bool TcpFlagsNs:bool TcpFlagsPsh:bool ' +
  'TcpFlagsRst:bool TcpFlagsSyn:bool TcpFlagsUrg:bool';

const threat =
  'ThreatCategory ThreatConfidence:int ThreatField ThreatFirstReportedTime:datetime ThreatId ThreatIpAddr ' +
  'ThreatIsActive:bool ThreatLastReportedTime:datetime ThreatName ThreatOriginalConfidence ThreatOriginalRiskLevel ' +
  'ThreatRiskLevel:int';

/** What the parsers of the Advanced Security Information Model return. */
export const ASIM: Declarations = {
  _Im_Dns: `
    ${common} DnsFlags DnsFlagsAuthenticated:bool DnsFlagsAuthoritative:bool DnsFlagsCheckingDisabled:bool
    DnsFlagsRecursionAvailable:bool DnsFlagsRecursionDesired:bool DnsFlagsTruncated:bool DnsFlagsZ:bool
    DnsNetworkDuration:int DnsQuery DnsQueryClass:int DnsQueryClassName DnsQueryType:int DnsQueryTypeName
    DnsResponseCode:int DnsResponseCodeName DnsResponseIpCity DnsResponseIpCountry DnsResponseIpLatitude:real
    DnsResponseIpLongitude:real DnsResponseIpRegion DnsResponseName DnsSessionId Domain DomainCategory Dst
    ${endpoint('Dst')} DstIpAddr DstMacAddr DstOriginalRiskLevel DstPortNumber:int DstRiskLevel:int DstZone Duration
    ${dvcIds} Hostname IpAddr NetworkProtocol NetworkProtocolVersion Process Rule RuleName RuleNumber:int SessionId
    Src SrcDNUsername ${endpoint('Src')} SrcIpAddr SrcMacAddr SrcOriginalRiskLevel SrcOriginalUserType
    SrcPortNumber:int SrcProcessGuid SrcProcessId SrcProcessName SrcRiskLevel:int SrcSimpleUsername ${user('Src')}
    SrcUserScope SrcUserScopeId SrcUserSessionId SrcUserSid SrcUserType SrcUserUPN SrcUserUid SrcUsername
    SrcUsernameType SrcWindowsUsername SrcZone ThreatCategory ThreatConfidence:int ThreatField
    ThreatFirstReportedTime:datetime ThreatFirstReportedTime_d:datetime ThreatId ThreatIpAddr ThreatIsActive:bool
    ThreatLastReportedTime:datetime ThreatLastReportedTime_d:datetime ThreatName ThreatOriginalConfidence
    ThreatOriginalRiskLevel ThreatOriginalRiskLevel_s ThreatRiskLevel:int TransactionIdHex UrlCategory User`,
  _Im_WebSession: `
    ${common} ASimMatchingHostname ASimMatchingIpAddr Dst ${app('Dst')} ${endpoint('Dst')} ${port('Dst')}
    ${user('Dst')} DstUserScope DstUserScopeId DstUserSid DstUserType DstUserUid DstUserUpn DstUsername
    DstUsernameType DstVlanId DstWindowsUsername DstZone Duration DvcAwsVpcId DvcAzureResourceId DvcInboundInterface
    DvcMD4IoTid DvcMDEid DvcOutboundInterface DvcVMConnectionId DvcVectraId FileContentType FileMD5 FileName
    FileSHA1 FileSHA256 FileSHA512 FileSize:long Hash HashType Hostname HttpContentFormat HttpContentType HttpCookie
    HttpHost HttpIsProxied:bool HttpReferrer HttpRequestBodyBytes:long HttpRequestCacheControl
    HttpRequestHeaderCount:int HttpRequestMethod HttpRequestTime:int HttpRequestXff HttpResponseBodyBytes:long
    HttpResponseCacheControl HttpResponseExpires HttpResponseHeaderCount:int HttpResponseTime:int HttpStatusCode
    HttpUserAgent HttpVersion InnerVlanId IpAddr ${network} NetworkSessionId OuterVlanId Process Rule RuleName
    RuleNumber:int SessionId Src ${app('Src')} ${endpoint('Src')} ${port('Src')} ${user('Src')} SrcUserScope
    SrcUserScopeId SrcUserSid SrcUserType SrcUserUPN SrcUserUid SrcUsername SrcUsernameType SrcVlanId
    SrcWindowsUsername SrcZone ${tcpFlags} ${threat} Url UrlCategory UrlOriginal User UserAgent`,
  _Im_NetworkSession: `
    ${common} ASimMatchingHostname ASimMatchingIpAddr Dst ${app('Dst')} ${endpoint('Dst')} ${port('Dst')}
    DstSubscriptionId ${user('Dst')} DstUserScope DstUserScopeId DstUserSid DstUserType DstUserUid DstUserUpn
    DstUsername DstUsernameType DstVlanId DstWindowsUsername DstZone Duration DvcAwsVpcId DvcAzureResourceId
    DvcInboundInterface DvcMD4IoTid DvcMDEid DvcOutboundInterface DvcSubscriptionId DvcVMConnectionId DvcVectraId
    Hostname InnerVlanId IpAddr ${network} NetworkRuleName NetworkRuleNumber:int NetworkSessionId OuterVlanId
    Process Rule SessionId Src ${app('Src')} ${endpoint('Src')} ${port('Src')} SrcSubscriptionId ${user('Src')}
    SrcUserScope SrcUserScopeId SrcUserSid SrcUserType SrcUserUPN SrcUserUid SrcUsername SrcUsernameType SrcVlanId
    SrcWindowsUsername SrcZone ${tcpFlags} ${threat} User`,
  imRegistry: `
    ${common} ActingProcessGuid ActingProcessId ActingProcessName ActorDNUsername ActorOriginalUserType ActorScope
    ActorScopeId ActorSessionId ActorSimpleUsername ${user('Actor')} ActorUserScopeId ActorUserSid ActorUserType
    ActorUserUid ActorUserUpn ActorUsername ActorUsernameType ActorWindowsUsername ${dvcIds}
    ParentProcessCommandLine ParentProcessGuid ParentProcessId ParentProcessName Process RegistryKey
    RegistryPreviousKey RegistryPreviousValue RegistryPreviousValueData RegistryPreviousValueType RegistryValue
    RegistryValueData RegistryValueType Rule RuleName RuleNumber:int ThreatCategory ThreatConfidence:int ThreatField
    ThreatFirstReportedTime:datetime ThreatId ThreatIsActive:bool ThreatLastReportedTime:datetime ThreatName
    ThreatOriginalConfidence ThreatOriginalRiskLevel ThreatRiskLevel:int User`,
  imProcess: `
    TimeGenerated:datetime _ResourceId Type EventType EventProduct EventProductVersion EventCount:int EventMessage
    EventVendor EventSchemaVersion EventOriginalUid EventOriginalType EventStartTime:datetime EventEndTime:datetime
    EventReportUrl AdditionalFields:dynamic DvcId DvcHostname DvcIpAddr DvcOs DvcOsVersion DvcMacAddr TargetUsername
    TargetUsernameType TargetUserId TargetUserIdType TargetUserSessionId ${processFile('Target')}
    ${processHashes('Target')} TargetProcessCommandLine TargetProcessCreationTime:datetime TargetProcessId
    TargetProcessGuid TargetProcessIntegrityLevel TargetProcessTokenElevation ActorUsername ActorUsernameType
    ActorUserId ActorUserIdType ActorUserSessionId ActingProcessCommandLine ${processFile('Acting')} ActingProcessId
    ActingProcessGuid ActingProcessIntegrityLevel ${processHashes('Acting')} ActingProcessCreationTime:datetime
    ${processFile('Parent')} ParentProcessId ParentProcessGuid ParentProcessIntegrityLevel
    ${processHashes('Parent')} ParentProcessCreationTime:datetime Dvc User Process CommandLine Hash TenantId
    SourceSystem ${received}`,
  imAuthentication: `
    Type EventProduct EventProductVersion EventVendor EventCount:int EventReportUrl EventSchemaVersion
    TimeGenerated:datetime EventOriginalUid EventOriginalType EventMessage EventResult EventResultDetails
    EventOriginalResultDetails EventStartTime:datetime EventEndTime:datetime EventType EventSubType ActorSessionId
    TargetSessionId ActorUserId ActorUsername ActorUserType TargetUserId TargetUsername TargetUserType SrcDvcId
    SrcDvcHostname SrcDvcType SrcDvcIpAddr SrcDvcOs HttpUserAgent SrcIsp SrcGeoCity SrcGeoCountry SrcGeoRegion
    SrcGeoLatitude:real SrcGeoLongitude:real ActingAppId ActingAppName ActingAppType TargetAppId TargetAppName
    TargetAppType TargetDvcId TargetDvcHostname TargetDvcType TargetDvcIpAddr TargetDvcOs TargetUrl
    TargetPortNumber:int _ResourceId LogonMethod LogonProtocol ActorUserIdType ActorUsernameType TargetUserIdType
    TargetUsernameType User SrcDvcHostnameType LogonTarget TargetDvcHostnameType TargetDvc Dvc DvcIpAddr DvcHostname
    AdditionalFields:dynamic TenantId SourceSystem ${received}`,
};
