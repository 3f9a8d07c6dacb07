import type { Declarations } from '../schema.js';
import { account, cloudResource, device, file, initiating, processVersion, registryValue } from './groups.js';

/** Defender for Endpoint: what happens on devices, and what they are. */
export const DEVICE: Declarations = {
  DeviceEvents: `
    ${device} ActionType ${file} MD5 FileSize:long AccountDomain AccountName AccountSid RemoteUrl RemoteDeviceName
    ProcessId:long ProcessCommandLine ProcessCreationTime:datetime ProcessTokenElevation LogonId:long
    ${registryValue} RemoteIP RemotePort:int LocalIP LocalPort:int FileOriginUrl FileOriginIP ${initiating.hashes}
    ${initiating.file} InitiatingProcessFolderPath ${initiating.run} ${initiating.account} ${initiating.version}
    ${initiating.parent} InitiatingProcessLogonId:long ReportId:long AppGuardContainerId AdditionalFields
    ${initiating.session} CreatedProcessSessionId:long IsProcessRemoteSession:bool ProcessRemoteSessionDeviceName
    ProcessRemoteSessionIP InitiatingProcessUniqueId`,
  DeviceFileCertificateInfo: `
    ${device} SHA1 IsSigned:bool SignatureType Signer SignerHash Issuer IssuerHash CertificateSerialNumber
    CrlDistributionPointUrls CertificateCreationTime:datetime CertificateExpirationTime:datetime
    CertificateCountersignatureTime:datetime IsTrusted:bool IsRootSignerMicrosoft:bool ReportId:long`,
  DeviceFileEvents: `
    ${device} ActionType ${file} MD5 FileOriginUrl FileOriginReferrerUrl FileOriginIP PreviousFolderPath
    PreviousFileName FileSize:long ${initiating.account} InitiatingProcessMD5 InitiatingProcessSHA1
    InitiatingProcessSHA256 InitiatingProcessFolderPath ${initiating.file} ${initiating.version} ${initiating.run}
    ${initiating.integrity} ${initiating.parent} RequestProtocol RequestSourceIP RequestSourcePort:int
    RequestAccountName RequestAccountDomain RequestAccountSid ShareName SensitivityLabel SensitivitySubLabel
    IsAzureInfoProtectionApplied:bool ReportId:long AppGuardContainerId AdditionalFields ${initiating.session}
    InitiatingProcessUniqueId LogonID:long`,
  DeviceImageLoadEvents: `
    ${device} ActionType ${file} MD5 FileSize:long ${initiating.account} ${initiating.integrity}
    ${initiating.hashes} ${initiating.file} ${initiating.version} ${initiating.run} InitiatingProcessFolderPath
    ${initiating.parent} ReportId:long AppGuardContainerId ${initiating.session} InitiatingProcessUniqueId`,
  DeviceInfo: `
    ${device} ClientVersion PublicIP OSArchitecture OSPlatform OSBuild:long IsAzureADJoined:bool JoinType
    AadDeviceId LoggedOnUsers RegistryDeviceTag OSVersion MachineGroup ReportId:long OnboardingStatus
    AdditionalFields DeviceCategory DeviceType DeviceSubtype Model Vendor OSDistribution OSVersionInfo
    MergedDeviceIds MergedToDeviceId IsInternetFacing:bool SensorHealthState IsExcluded:bool ExclusionReason
    ExposureLevel AssetValue DeviceManualTags DeviceDynamicTags ConnectivityType HostDeviceId ${cloudResource}
    HardwareUuid CloudPlatforms AzureVmId AzureVmSubscriptionId IsTransient:bool OsBuildRevision MitigationStatus
    Site DiscoverySources`,
  DeviceLogonEvents: `
    ${device} ActionType LogonType AccountDomain AccountName AccountSid Protocol FailureReason IsLocalAdmin:bool
    LogonId:long RemoteDeviceName RemoteIP RemoteIPType RemotePort:int ${initiating.account} ${initiating.integrity}
    ${initiating.hashes} ${initiating.file} ${initiating.version} ${initiating.run} InitiatingProcessFolderPath
    ${initiating.parent} ReportId:long AppGuardContainerId AdditionalFields ${initiating.session}
    InitiatingProcessUniqueId`,
  DeviceNetworkEvents: `
    ${device} ActionType RemoteIP RemotePort:int RemoteUrl LocalIP LocalPort:int Protocol LocalIPType RemoteIPType
    ${initiating.hashes} ${initiating.file} ${initiating.version} ${initiating.run} InitiatingProcessFolderPath
    InitiatingProcessParentFileName InitiatingProcessParentId:long InitiatingProcessParentCreationTime:datetime
    ${initiating.account} ${initiating.integrity} ReportId:long AppGuardContainerId AdditionalFields
    ${initiating.session} InitiatingProcessUniqueId LogonID:long`,
  DeviceNetworkInfo: `
    ${device} NetworkAdapterName MacAddress NetworkAdapterType NetworkAdapterStatus TunnelType ConnectedNetworks
    DnsAddresses IPv4Dhcp IPv6Dhcp DefaultGateways IPAddresses ReportId:long NetworkAdapterVendor OnboardingStatus
    NetworkAdapterDnsSuffix`,
  DeviceProcessEvents: `
    ${device} ActionType ${file} MD5 FileSize:long ${processVersion} ProcessId:long ProcessCommandLine
    ProcessIntegrityLevel ProcessTokenElevation ProcessCreationTime:datetime ${account} LogonId:long
    ${initiating.account} InitiatingProcessLogonId:long ${initiating.integrity} ${initiating.hashes}
    ${initiating.file} ${initiating.version} ${initiating.run} InitiatingProcessFolderPath ${initiating.parent}
    InitiatingProcessSignerType InitiatingProcessSignatureStatus ReportId:long AppGuardContainerId AdditionalFields
    ${initiating.session} CreatedProcessSessionId:long IsProcessRemoteSession:bool ProcessRemoteSessionDeviceName
    ProcessRemoteSessionIP ProcessUniqueId InitiatingProcessUniqueId LogonID:long`,
  DeviceRegistryEvents: `
    ${device} ActionType RegistryKey RegistryValueType RegistryValueName RegistryValueData PreviousRegistryKey
    PreviousRegistryValueName PreviousRegistryValueData ${initiating.account} ${initiating.hashes}
    ${initiating.file} ${initiating.version} ${initiating.run} InitiatingProcessFolderPath ${initiating.parent}
    ${initiating.integrity} ReportId:long AppGuardContainerId ${initiating.session} InitiatingProcessUniqueId`,
};
