import type { Declarations } from '../schema.js';

/** Defender for Office 365: mail, Teams messages, and the links and files in them. */
export const EMAIL: Declarations = {
  CampaignInfo: `
    Timestamp:datetime CampaignName CampaignId CampaignType CampaignSubtype NetworkMessageId RecipientEmailAddress
    ReportId`,
  EmailAttachmentInfo: `
    Timestamp:datetime NetworkMessageId SenderFromAddress SenderDisplayName SenderObjectId RecipientEmailAddress
    RecipientObjectId FileName FileType SHA256 FileSize:long ThreatTypes ThreatNames DetectionMethods ReportId`,
  EmailEvents: `
    Timestamp:datetime NetworkMessageId InternetMessageId SenderMailFromAddress SenderFromAddress SenderDisplayName
    SenderObjectId SenderMailFromDomain SenderFromDomain SenderIPv4 SenderIPv6 RecipientEmailAddress
    RecipientObjectId Subject EmailClusterId:long EmailDirection DeliveryAction DeliveryLocation ThreatTypes
    ThreatNames DetectionMethods ConfidenceLevel BulkComplaintLevel:int EmailAction EmailActionPolicy
    EmailActionPolicyGuid AuthenticationDetails AttachmentCount:int UrlCount:int EmailLanguage Connectors
    OrgLevelAction OrgLevelPolicy UserLevelAction UserLevelPolicy ReportId AdditionalFields LatestDeliveryLocation
    LatestDeliveryAction DistributionList`,
  EmailPostDeliveryEvents: `
    Timestamp:datetime NetworkMessageId InternetMessageId Action ActionType ActionTrigger ActionResult
    RecipientEmailAddress DeliveryLocation SourceLocation ThreatTypes DetectionMethods ReportId`,
  EmailUrlInfo: `Timestamp:datetime NetworkMessageId Url UrlDomain UrlLocation ReportId`,
  FileMaliciousContentInfo: `
    Timestamp:datetime Workload FileName FolderPath FileSize:long SHA256 FileOwnerDisplayName FileOwnerUpn
    DocumentId ThreatTypes:dynamic ThreatNames DetectionMethods LastModifyingAccountUpn LastModifiedTime:datetime
    FileCreationTime:datetime ReportId`,
  MessageEvents: `
    Timestamp:datetime LastEditedTime TeamsMessageId SenderEmailAddress SenderDisplayName SenderObjectId SenderType
    RecipientDetails:dynamic IsOwnedThread:bool MessageId ParentMessageId GroupId GroupName ThreadId ThreadSubtype
    IsExternalThread:bool MessageFormatType MessageFormatSubtype MessageVersion MessageSubject ThreatTypes
    DetectionMethods:dynamic ConfidenceLevel:dynamic DeliveryAction DeliveryLocation ReportId SafetyTip`,
  MessagePostDeliveryEvents: `
    Timestamp:datetime TeamsMessageId Action ActionType ActionTrigger ActionResult SenderEmailAddress
    RecipientDetails:dynamic ThreatTypes ConfidenceLevel:dynamic DetectionMethods LatestDeliveryLocation ReportId
    IsExternalThread:bool SafetyTip`,
  MessageUrlInfo: `Timestamp:datetime TeamsMessageId Url UrlDomain ThreatTypes ReportId`,
  UrlClickEvents: `
    Timestamp:datetime Url ActionType AccountUpn Workload NetworkMessageId ThreatTypes DetectionMethods IPAddress
    IsClickedThrough:bool UrlChain ReportId AppName AppVersion SourceId TenantId Type SourceSystem
    TimeGenerated:datetime`,
};
