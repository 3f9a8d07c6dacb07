import type { Declarations } from '../schema.js';
import { billing, indicator, received } from './groups.js';

/** Network: appliances that speak CEF, DNS servers, connections seen on machines. */
export const NETWORK: Declarations = {
  CommonSecurityLog: `
    TenantId TimeGenerated:datetime DeviceVendor DeviceProduct DeviceVersion DeviceEventClassID Activity LogSeverity
    OriginalLogSeverity AdditionalExtensions DeviceAction ApplicationProtocol EventCount:int DestinationDnsDomain
    DestinationServiceName DestinationTranslatedAddress DestinationTranslatedPort:int CommunicationDirection
    DeviceDnsDomain DeviceExternalID DeviceFacility DeviceInboundInterface DeviceNtDomain DeviceOutboundInterface
    DevicePayloadId ProcessName DeviceTranslatedAddress DestinationHostName DestinationMACAddress
    DestinationNTDomain DestinationProcessId:int DestinationUserPrivileges DestinationProcessName
    DestinationPort:int DestinationIP DeviceTimeZone DestinationUserID DestinationUserName DeviceAddress DeviceName
    DeviceMacAddress ProcessID:int EndTime:datetime ExternalID:int ExtID FileCreateTime FileHash FileID
    FileModificationTime FilePath FilePermission FileType FileName FileSize:int ReceivedBytes:long Message
    OldFileCreateTime OldFileHash OldFileID OldFileModificationTime OldFileName OldFilePath OldFilePermission
    OldFileSize:int OldFileType SentBytes:long EventOutcome Protocol Reason RequestURL RequestClientApplication
    RequestContext RequestCookies RequestMethod ReceiptTime SourceHostName SourceMACAddress SourceNTDomain
    SourceDnsDomain SourceServiceName SourceTranslatedAddress SourceTranslatedPort:int SourceProcessId:int
    SourceUserPrivileges SourceProcessName SourcePort:int SourceIP StartTime:datetime SourceUserID SourceUserName
    EventType:int DeviceEventCategory DeviceCustomIPv6Address1 DeviceCustomIPv6Address1Label
    DeviceCustomIPv6Address2 DeviceCustomIPv6Address2Label DeviceCustomIPv6Address3 DeviceCustomIPv6Address3Label
    DeviceCustomIPv6Address4 DeviceCustomIPv6Address4Label DeviceCustomFloatingPoint1:real
    DeviceCustomFloatingPoint1Label DeviceCustomFloatingPoint2:real DeviceCustomFloatingPoint2Label
    DeviceCustomFloatingPoint3:real DeviceCustomFloatingPoint3Label DeviceCustomFloatingPoint4:real
    DeviceCustomFloatingPoint4Label DeviceCustomNumber1:int FieldDeviceCustomNumber1:long DeviceCustomNumber1Label
    DeviceCustomNumber2:int FieldDeviceCustomNumber2:long DeviceCustomNumber2Label DeviceCustomNumber3:int
    FieldDeviceCustomNumber3:long DeviceCustomNumber3Label DeviceCustomString1 DeviceCustomString1Label
    DeviceCustomString2 DeviceCustomString2Label DeviceCustomString3 DeviceCustomString3Label DeviceCustomString4
    DeviceCustomString4Label DeviceCustomString5 DeviceCustomString5Label DeviceCustomString6
    DeviceCustomString6Label DeviceCustomDate1 DeviceCustomDate1Label DeviceCustomDate2 DeviceCustomDate2Label
    FlexDate1 FlexDate1Label FlexNumber1:int FlexNumber1Label FlexNumber2:int FlexNumber2Label FlexString1
    FlexString1Label FlexString2 FlexString2Label RemoteIP RemotePort MaliciousIP ThreatSeverity:int
    IndicatorThreatType ThreatDescription ThreatConfidence ReportReferenceLink MaliciousIPLongitude:real
    MaliciousIPLatitude:real MaliciousIPCountry Computer SourceSystem SimplifiedDeviceAction CollectorHostName
    ${billing} _ResourceId _SubscriptionId Outcome ${received}`,
  DnsEvents: `
    Computer SourceSystem TimeGenerated:datetime EventId:int SubType ClientIP Name Result IPAddresses Message
    TaskCategory QueryType ResultCode:int MaliciousIP IndicatorThreatType Description Confidence Severity:int
    RemoteIPLongitude:real RemoteIPLatitude:real RemoteIPCountry ${billing} _ResourceId _SubscriptionId
    TenantId:guid ReportReferenceLink ${received}`,
  VMConnection: `
    TimeGenerated:datetime Computer Direction ProcessName SourceIp DestinationIp DestinationPort:int Protocol
    RemoteIp RemoteDnsQuestions RemoteDnsCanonicalNames RemoteClassification RemoteLongitude:real
    RemoteLatitude:real RemoteCountry BytesSent:long BytesReceived:long LinksLive:long LinksTerminated:long
    LinksEstablished:long LinksFailed:long Responses:long ResponseTimeSum:long ResponseTimeMin:long
    ResponseTimeMax:long MaliciousIp ${indicator} ConnectionId Machine Process AgentId SourceSystem ${billing}
    _ResourceId _SubscriptionId ReportReferenceLink AdditionalInformation TenantId:guid ${received}`,
  WireData: `
    Computer SessionStartTime:datetime SessionEndTime:datetime LocalIP LocalSubnet LocalPortNumber:int RemoteIP
    RemotePortNumber:int SessionID SessionState SentBytes:long ReceivedBytes:long TotalBytes:long ProtocolName
    IPVersion Direction ApplicationProtocol ProcessID:int ProcessName MaliciousIP ${indicator}
    RemoteIPLongitude:real RemoteIPLatitude:real RemoteIPCountry SourceSystem ManagementGroupName
    TimeGenerated:datetime LocalMAC RemoteMAC SequenceNumber:long SentPackets:long ReceivedPackets:long
    ApplicationServiceName LatencyMilliseconds:int LatencySamplingTimeStamp:datetime LatencySamplingFailureRate
    ${billing} _ResourceId _SubscriptionId ReportReferenceLink AdditionalInformation MG:guid TenantId:guid
    ${received}`,
};
