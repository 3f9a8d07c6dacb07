/**
 * The entity types that Sentinel maps, with the identifiers of each.
 * Source: Microsoft Learn, "Microsoft Sentinel entity types reference".
 */
export const ENTITIES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    Account:
      'Name FullName NTDomain DnsDomain UPNSuffix Sid AadTenantId AadUserId PUID IsDomainJoined DisplayName ObjectGuid',
    Host: 'DnsDomain NTDomain HostName FullName NetBiosName AzureID OMSAgentID OSFamily OSVersion IsDomainJoined',
    IP: 'Address AddressScope',
    URL: 'Url',
    AzureResource: 'ResourceId',
    CloudApplication: 'AppId Name InstanceName',
    DNS: 'DomainName',
    File: 'Directory Name',
    FileHash: 'Algorithm Value',
    Malware: 'Name Category',
    Process: 'ProcessId CommandLine ElevationToken CreationTimeUtc',
    RegistryKey: 'Hive Key',
    RegistryValue: 'Name Value ValueType',
    SecurityGroup: 'DistinguishedName SID ObjectGuid',
    Mailbox: 'MailboxPrimaryAddress DisplayName Upn ExternalDirectoryObjectId RiskLevel',
    MailCluster:
      'NetworkMessageIds CountByDeliveryStatus CountByThreatType CountByProtectionStatus Threats Query QueryTime ' +
      'MailCount IsVolumeAnomaly Source ClusterSourceIdentifier ClusterSourceType ClusterQueryStartTime ' +
      'ClusterQueryEndTime ClusterGroup',
    MailMessage:
      'Recipient Urls Threats Sender P1Sender P1SenderDisplayName P1SenderDomain SenderIP P2Sender ' +
      'P2SenderDisplayName P2SenderDomain ReceivedDate NetworkMessageId InternetMessageId Subject ' +
      'BodyFingerprintBin1 BodyFingerprintBin2 BodyFingerprintBin3 BodyFingerprintBin4 BodyFingerprintBin5 ' +
      'AntispamDirection DeliveryAction DeliveryLocation Language ThreatDetectionMethods',
    SubmissionMail:
      'NetworkMessageId Timestamp Recipient Sender SenderIp Subject ReportType SubmissionId SubmissionDate Submitter',
  }).map(([type, identifiers]) => [type, identifiers.split(' ')]),
);
