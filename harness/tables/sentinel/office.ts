import type { Declarations } from '../schema.js';
import { billing, received, record } from './groups.js';

/** Microsoft 365, the Power Platform and Intune. */
export const OFFICE: Declarations = {
  OfficeActivity: `
    TenantId Application UserDomain Activity UserAgent RecordType TimeGenerated:datetime Operation OrganizationId
    UserType UserKey OfficeWorkload ResultStatus ResultReasonType OfficeObjectId UserId ClientIP Site_ ItemType
    EventSource Source_Name MachineDomainInfo MachineId Site_Url SourceRelativeUrl SourceFileName
    SourceFileExtension DestinationRelativeUrl DestinationFileName DestinationFileExtension UserSharedWith
    SharingType CustomEvent Event_Data ModifiedObjectResolvedName Parameters ExternalAccess OriginatingServer
    OrganizationName Logon_Type InternalLogonType:int MailboxGuid MailboxOwnerUPN MailboxOwnerSid
    MailboxOwnerMasterAccountSid LogonUserSid LogonUserDisplayName ClientInfoString Client_IPAddress
    ClientMachineName ClientProcessName ClientVersion Folder CrossMailboxOperations:bool DestMailboxId
    DestMailboxOwnerUPN DestMailboxOwnerSid DestMailboxOwnerMasterAccountSid DestFolder Folders AffectedItems Item
    ModifiedProperties SendAsUserSmtp SendAsUserMailboxGuid SendOnBehalfOfUserSmtp SendonBehalfOfUserMailboxGuid
    ExtendedProperties Client LoginStatus:int Actor ActorContextId ActorIpAddress InterSystemsId IntraSystemId
    SupportTicketId TargetContextId DataCenterSecurityEventType:int EffectiveOrganization ElevationTime:datetime
    ElevationApprover ElevationApprovedTime:datetime ElevationRequestId ElevationRole ElevationDuration:int
    GenericInfo SourceSystem OfficeId SourceRecordId AzureActiveDirectory_EventType AADTarget Start_Time:datetime
    OfficeTenantId TargetUserOrGroupName TargetUserOrGroupType MessageId Members:dynamic TeamName TeamGuid
    ChannelType ChannelName ChannelGuid ExtraProperties:dynamic AddOnType AddonName TabType Name OldValue NewValue
    ItemName ChatThreadId ChatName CommunicationType AADGroupId AddOnGuid AppDistributionMode TargetUserId
    OperationScope AzureADAppId OperationProperties:dynamic AppId ClientAppId ApplicationId SRPolicyId SRPolicyName
    SRRuleMatchDetails:dynamic IsManagedDevice:bool AppPoolName AppAccessContext:dynamic Attendees:dynamic
    ArtifactsShared:dynamic IsJoinedFromLobby:bool JoinTime:datetime LeaveTime:datetime DeviceInformation
    MeetingDetailId ListItemUniqueId SensitivityLabelId UniqueSharingId ${billing} _ResourceId _SubscriptionId
    OrganizationId_:guid UserId_ ClientIP_ Scope Site_Url_ SourceRelativeUrl_ SourceFileName_ ActorContextId_
    OfficeTenantId_ ${received}`,
  Dynamics365Activity: `
    TenantId SourceRecordId UserAgent TimeGenerated:datetime Operation OrganizationId UserType UserKey
    OfficeWorkload RecordType ResultStatus OriginalObjectId UserId ClientIP CorrelationId CrmOrganizationUniqueName
    InstanceUrl ItemUrl ItemType Message EntityId EntityName Fields:dynamic Query QueryResults:dynamic ServiceName
    SystemUserId SourceSystem ${billing} _ResourceId _SubscriptionId ServiceContextId ServiceContextIdType
    ${received}`,
  PowerAppsActivity: `
    TenantId EventOriginalUid RecordType TimeGenerated:datetime EventOriginalType OrganizationId ActorUserType
    ActorUserId EventResult ObjectId ActorName SrcIpAddr TargetAppName Workload AdditionalInfo:dynamic SourceSystem
    ${billing} ${record}`,
  PowerPlatformAdminActivity: `
    TenantId EventOriginalUid RecordType TimeGenerated:datetime EventOriginalType OrganizationId ActorUserType
    ActorUserId EventResult ActorName Workload PropertyCollection:dynamic Properties:dynamic EnvironmentId
    RequiresCustomerKeyEncryption:bool SourceSystem ${billing} ${record}`,
  IntuneOperationalLogs: `
    SourceSystem TimeGenerated:datetime OperationName Category Properties Result ${billing} TenantId ${record}`,
};
