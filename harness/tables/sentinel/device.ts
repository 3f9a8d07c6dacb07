import type { Declarations } from '../schema.js';
import { billing, initiating, processVersion, record } from './groups.js';

/** The device tables of Defender for Endpoint as Sentinel stores them. */
export const DEVICE: Declarations = {
  DeviceEvents: `
    TenantId AccountDomain AccountName AccountSid ActionType AdditionalFields:dynamic AppGuardContainerId DeviceId
    DeviceName FileName FileOriginIP FileOriginUrl FolderPath InitiatingProcessAccountDomain
    InitiatingProcessAccountName InitiatingProcessAccountObjectId InitiatingProcessAccountSid
    InitiatingProcessAccountUpn InitiatingProcessCommandLine InitiatingProcessFileName InitiatingProcessFolderPath
    InitiatingProcessId:long InitiatingProcessLogonId:long InitiatingProcessMD5 InitiatingProcessParentFileName
    InitiatingProcessParentId:long InitiatingProcessSHA1 InitiatingProcessSHA256 LocalIP LocalPort:int LogonId:long
    MD5 MachineGroup ProcessCommandLine ProcessId:long ProcessTokenElevation RegistryKey RegistryValueData
    RegistryValueName RemoteDeviceName RemoteIP RemotePort:int RemoteUrl ReportId:long SHA1 SHA256
    TimeGenerated:datetime FileSize:long InitiatingProcessCreationTime:datetime InitiatingProcessFileSize:long
    InitiatingProcessParentCreationTime:datetime ${initiating.versionByName} ProcessCreationTime:datetime
    CreatedProcessSessionId:long IsProcessRemoteSession:bool ProcessRemoteSessionDeviceName ProcessRemoteSessionIP
    ${initiating.session} SourceSystem ${billing} Timestamp:datetime ${record}`,
  DeviceFileCertificateInfo: `
    TenantId CertificateSerialNumber CrlDistributionPointUrls DeviceId DeviceName IsRootSignerMicrosoft:bool
    IsSigned:bool IsTrusted:bool Issuer IssuerHash MachineGroup ReportId:long SHA1 SignatureType Signer SignerHash
    TimeGenerated:datetime CertificateCountersignatureTime:datetime CertificateCreationTime:datetime
    CertificateExpirationTime:datetime SourceSystem ${billing} Timestamp:datetime ${record}`,
  DeviceFileEvents: `
    TenantId ActionType AdditionalFields:dynamic AppGuardContainerId DeviceId DeviceName FileName FileOriginIP
    FileOriginReferrerUrl FileOriginUrl FileSize:long FolderPath ${initiating.actor}
    IsAzureInfoProtectionApplied:bool MD5 MachineGroup PreviousFileName PreviousFolderPath ReportId:long
    RequestAccountDomain RequestAccountName RequestAccountSid RequestProtocol RequestSourceIP RequestSourcePort:int
    SHA1 SHA256 SensitivityLabel SensitivitySubLabel ShareName TimeGenerated:datetime ${initiating.times}
    InitiatingProcessFileSize:long ${initiating.versionByName} ${initiating.session} SourceSystem ${billing}
    Timestamp:datetime ${record}`,
  DeviceImageLoadEvents: `
    TenantId ActionType AppGuardContainerId DeviceId DeviceName FileName FolderPath ${initiating.actor} MD5
    MachineGroup ReportId:long SHA1 SHA256 TimeGenerated:datetime ${initiating.times} InitiatingProcessFileSize:long
    ${initiating.versionByName} FileSize:long ${initiating.session} SourceSystem ${billing} Timestamp:datetime
    ${record}`,
  DeviceInfo: `
    TenantId AdditionalFields:dynamic ClientVersion DeviceId DeviceName DeviceObjectId IsAzureADJoined:bool
    LoggedOnUsers:dynamic MachineGroup OSArchitecture OSBuild:long OSPlatform OSVersion PublicIP RegistryDeviceTag
    ReportId:long TimeGenerated:datetime AadDeviceId DeviceCategory DeviceSubtype DeviceType JoinType
    MergedDeviceIds MergedToDeviceId Model OnboardingStatus OSDistribution OSVersionInfo Vendor SensorHealthState
    IsExcluded:bool ExclusionReason AssetValue ExposureLevel IsInternetFacing:bool DeviceManualTags
    DeviceDynamicTags AzureResourceId AwsResourceName GcpFullResourceName AzureVmId AzureVmSubscriptionId
    CloudPlatforms HardwareUuid HostDeviceId IsTransient:bool MitigationStatus OsBuildRevision
    RestrictedDeviceSecurityOperations SourceSystem ${billing} Timestamp:datetime ConnectivityType ${record}`,
  DeviceLogonEvents: `
    TenantId AccountDomain AccountName AccountSid ActionType AdditionalFields:dynamic AppGuardContainerId DeviceId
    DeviceName FailureReason ${initiating.actor} IsLocalAdmin:bool LogonId:long LogonType MachineGroup Protocol
    RemoteDeviceName RemoteIP RemoteIPType RemotePort:int ReportId:long TimeGenerated:datetime ${initiating.times}
    InitiatingProcessFileSize:long ${initiating.versionByName} ${initiating.session} SourceSystem ${billing}
    Timestamp:datetime ${record}`,
  DeviceNetworkEvents: `
    TenantId ActionType AdditionalFields:dynamic AppGuardContainerId DeviceId DeviceName ${initiating.actor}
    InitiatingProcessFileSize:long ${initiating.version} LocalIP LocalIPType LocalPort:int MachineGroup Protocol
    RemoteIP RemoteIPType RemotePort:int RemoteUrl ReportId:long TimeGenerated:datetime ${initiating.times}
    ${initiating.session} SourceSystem ${billing} Timestamp:datetime ${record}`,
  DeviceNetworkInfo: `
    TenantId ConnectedNetworks:dynamic DefaultGateways:dynamic DeviceId DeviceName DnsAddresses:dynamic
    IPAddresses:dynamic IPv4Dhcp IPv6Dhcp MacAddress MachineGroup NetworkAdapterName NetworkAdapterStatus
    NetworkAdapterType ReportId:long TimeGenerated:datetime TunnelType NetworkAdapterVendor SourceSystem ${billing}
    Timestamp:datetime ${record}`,
  DeviceProcessEvents: `
    TenantId AccountDomain AccountName AccountObjectId AccountSid AccountUpn ActionType AdditionalFields:dynamic
    AppGuardContainerId DeviceId DeviceName FileName FolderPath FileSize:long InitiatingProcessAccountDomain
    InitiatingProcessAccountName InitiatingProcessAccountObjectId InitiatingProcessAccountSid
    InitiatingProcessAccountUpn InitiatingProcessCommandLine InitiatingProcessFileName InitiatingProcessFolderPath
    InitiatingProcessId:long InitiatingProcessIntegrityLevel InitiatingProcessLogonId:long InitiatingProcessMD5
    InitiatingProcessParentFileName InitiatingProcessParentId:long InitiatingProcessSHA1 InitiatingProcessSHA256
    InitiatingProcessTokenElevation InitiatingProcessFileSize:long ${initiating.version} LogonId:long MD5
    MachineGroup ProcessCommandLine ProcessCreationTime:datetime ProcessId:long ProcessIntegrityLevel
    ProcessTokenElevation ${processVersion} InitiatingProcessSignerType InitiatingProcessSignatureStatus
    ReportId:long SHA1 SHA256 TimeGenerated:datetime ${initiating.times} CreatedProcessSessionId:long
    IsProcessRemoteSession:bool ProcessRemoteSessionDeviceName ProcessRemoteSessionIP ${initiating.session}
    ProcessUniqueId SourceSystem ${billing} Timestamp:datetime ${record}`,
  DeviceRegistryEvents: `
    TenantId ActionType AppGuardContainerId DeviceId DeviceName ${initiating.actor} InitiatingProcessFileSize:long
    ${initiating.version} MachineGroup PreviousRegistryKey PreviousRegistryValueData PreviousRegistryValueName
    RegistryKey RegistryValueData RegistryValueName RegistryValueType ReportId:long TimeGenerated:datetime
    ${initiating.times} ${initiating.session} SourceSystem ${billing} Timestamp:datetime ${record}`,
};
