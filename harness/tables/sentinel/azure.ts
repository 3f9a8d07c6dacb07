import type { Declarations } from '../schema.js';
import { billing, indicator, operation, received, record, resourceRecord } from './groups.js';

/** Clouds: the activity, diagnostics and audit of Azure resources, and the trail of AWS. */
export const AZURE: Declarations = {
  AzureActivity: `
    OperationName OperationNameValue Level ActivityStatus ActivityStatusValue ActivitySubstatus
    ActivitySubstatusValue ResourceGroup SubscriptionId CorrelationId Caller CallerIpAddress Category CategoryValue
    HTTPRequest Properties EventSubmissionTimestamp:datetime Authorization ResourceId OperationId ResourceProvider
    ResourceProviderValue Resource EventDataId TenantId TimeGenerated:datetime SourceSystem Authorization_d:dynamic
    Claims Claims_d:dynamic Properties_d:dynamic Hierarchy ${billing} ${resourceRecord}`,
  AzureDiagnostics: `
    TenantId TimeGenerated:datetime ResourceId Category ResourceGroup SubscriptionId ResourceProvider Resource
    ResourceType OperationName ResultType CorrelationId ResultDescription SourceSystem ${billing} _ResourceId
    _SubscriptionId action_id_s action_name_s action_s ActivityId_g:guid AdHocOrScheduledJob_s application_name_s
    audit_schema_version_d:real avg_cpu_percent_s avg_mean_time_s backendHostname_s Caller_s callerId_s
    CallerIPAddress calls_s client_ip_s clientInfo_s clientIP_s clientIp_s clientIpAddress_s clientPort_d:real
    code_s collectionName_s conditions_destinationIP_s conditions_destinationPortRange_s conditions_None_s
    conditions_protocols_s conditions_sourceIP_s conditions_sourcePortRange_s count_executions_d:real
    cpu_time_d:real database_name_s database_principal_name_s DatabaseName_s db_id_s direction_s dop_d:real
    duration_d:real duration_milliseconds_d:real DurationMs:long ElasticPoolName_s endTime_t:datetime Environment_s
    error_code_s error_message_s errorLevel_s event_class_s event_s event_subclass_s event_time_t:datetime
    EventName_s execution_type_d:real executionInfo_endTime_t:datetime executionInfo_exitCode_d:real
    executionInfo_startTime_t:datetime host_s httpMethod_s httpStatus_d:real httpStatusCode_d:real httpStatusCode_s
    httpVersion_s id_s identity_claim_appid_g:guid identity_claim_ipaddr_s instanceId_s interval_end_time_d:real
    interval_start_time_d:real ip_s is_column_permission_s isAccessPolicyMatch_b:bool JobDurationInSecs_s
    JobFailureCode_s JobId_g:guid jobId_s JobOperation_s JobOperationSubType_s JobStartDateTime_s JobStatus_s
    JobUniqueId_g:guid Level log_bytes_used_d:real logical_io_reads_d:real logical_io_writes_d:real
    LogicalServerName_s macAddress_s matchedConnections_d:real max_cpu_time_d:real max_dop_d:real
    max_duration_d:real max_log_bytes_used_d:real max_logical_io_reads_d:real max_logical_io_writes_d:real
    max_num_physical_io_reads_d:real max_physical_io_reads_d:real max_query_max_used_memory_d:real
    max_rowcount_d:real max_time_s mean_time_s Message min_time_s msg_s num_physical_io_reads_d:real
    object_id_d:real object_name_s OperationVersion partitionKey_s physical_io_reads_d:real plan_id_d:real policy_s
    policyMode_s primaryIPv4Address_s priority_d:real properties_enabledForDeployment_b:bool
    properties_enabledForDiskEncryption_b:bool properties_enabledForTemplateDeployment_b:bool properties_s
    properties_sku_Family_s properties_sku_Name_s properties_tenantId_g:guid query_hash_s query_id_d:real
    query_max_used_memory_d:real query_plan_hash_s query_time_d:real querytext_s receivedBytes_d:real Region_s
    requestCharge_s requestQuery_s requestResourceId_s requestResourceType_s requestUri_s reserved_storage_mb_s
    resource_actionName_s resource_location_s resource_originRunId_s resource_resourceGroupName_s resource_runId_s
    resource_subscriptionId_g:guid resource_triggerName_s resource_workflowId_g:guid resource_workflowName_s
    response_rows_d:real resultCode_s resultDescription_ChildJobs_s resultDescription_ErrorJobs_s resultMessage_s
    ResultSignature rootCauseAnalysis_s routingRuleName_s rowcount_d:real ruleName_s RunbookName_s RunOn_s
    schema_name_s sentBytes_d:real sequence_group_id_g:guid sequence_number_d:real server_principal_sid_s
    session_id_d:real addedAccessPolicy_TenantId_g addedAccessPolicy_Permissions_certificates_s
    addedAccessPolicy_Permissions_secrets_s addedAccessPolicy_Permissions_keys_s
    identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s addedAccessPolicy_ObjectId_g
    removedAccessPolicy_ObjectId_g identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g
    identity_claim_oid_g identity_claim_upn_s AdditionalFields Tenant_g StreamType_s status_s userAgent_s systemId_g
    subnetId_s type_s vnetResourceGuid_g subnetPrefix_s startTime_t:datetime sslEnabled_s timeTaken_d:real
    identity_claim_http_schemas_microsoft_com_identity_claims_scope_s workflowId_s _schema_s
    correlation_clientTrackingId_s resultDescription_Summary_MachineId_s resultDescription_Summary_ScheduleName_s
    resultDescription_Summary_Status_s resultDescription_Summary_StatusDescription_s
    resultDescription_Summary_MachineName_s resultDescription_Summary_TotalUpdatesInstalled_d:real
    resultDescription_Summary_RebootRequired_b:bool resultDescription_Summary_TotalUpdatesFailed_d:real
    resultDescription_Summary_InstallPercentage_d:real resultDescription_Summary_StartDateTimeUtc_t:datetime
    resultDescription_Summary_InitialRequiredUpdatesCount_d:real resultDescription_Summary_EndDateTimeUtc_s
    resultDescription_Summary_DurationInMinutes_s correlation_actionTrackingId_g
    resultDescription_Summary_EndDateTimeUtc_t:datetime resultDescription_Summary_DurationInMinutes_d:real
    identity_claim_http_schemas_microsoft_com_claims_authnmethodsreferences_s MG ManagementGroupName Computer
    requestBytes_s responseBytes_s socketIp_s timeTaken_s securityProtocol_s endpoint_s rulesEngineMatchNames_s
    isReceivedFromClient_b:bool httpStatusDetails_s pop_s cacheStatus_s socketIP_s trackingReference_s
    details_matches_s identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_name_s
    resource_sourceTriggerHistoryName_s secretProperties_attributes_enabled_b:bool
    properties_enableRbacAuthorization_b:bool retryHistory_s properties_networkAcls_bypass_s
    properties_networkAcls_defaultAction_s ruleGroup_s transactionId_s transactionId_g originalHost_s clientPort_s
    ruleSetType_s ruleSetVersion_s ruleId_s site_s details_message_s details_data_s details_file_s details_line_s
    hostname_s correlation_clientTrackingId_g tags__type_s tags_LogicAppsCategory_s ${received}`,
  AzureMetrics: `
    TenantId SourceSystem TimeGenerated:datetime ResourceId ${operation} Resource ResourceGroup ResourceProvider
    SubscriptionId MetricName Average:real Count:real Maximum:real Minimum:real Total:real TimeGrain UnitName
    CallerIpAddress MaliciousIP ${indicator} RemoteIPCountry RemoteIPLatitude:real RemoteIPLongitude:real ${billing}
    ${resourceRecord}`,
  AzureDevOpsAuditing: `
    TenantId Id CorrelationId ActivityId ActorClientId ActorCUID ActorUserId ActorUPN AuthenticationMechanism
    TimeGenerated:datetime ScopeType ScopeDisplayName ScopeId ProjectId ProjectName IpAddress UserAgent
    OperationName Data:dynamic Details Area Category CategoryDisplayName ActorDisplayName SourceSystem ${billing}
    ${record}`,
  AKSAudit: `
    TenantId TimeGenerated:datetime Level AuditId Stage RequestUri Verb User:dynamic SourceIps:dynamic UserAgent
    ObjectRef:dynamic ResponseStatus:dynamic RequestObject:dynamic ResponseObject:dynamic
    RequestReceivedTime:datetime StageReceivedTime:datetime Annotations:dynamic PodName SourceSystem ${billing}
    ${resourceRecord}`,
  AKSAuditAdmin: `
    TenantId TimeGenerated:datetime Level AuditId Stage RequestUri Verb User:dynamic SourceIps:dynamic UserAgent
    ObjectRef:dynamic ResponseStatus:dynamic RequestObject:dynamic ResponseObject:dynamic
    RequestReceivedTime:datetime StageReceivedTime:datetime Annotations:dynamic PodName SourceSystem ${billing}
    ${resourceRecord}`,
  AppServiceIPSecAuditLogs: `
    TenantId TimeGenerated:datetime Result CsHost ServiceEndpoint CIp XForwardedFor XForwardedHost XAzureFDID
    XFDHealthProbe Details SourceSystem ${billing} ${resourceRecord}`,
  StorageBlobLogs: `
    TenantId TimeGenerated:datetime AccountName Location Protocol OperationName AuthenticationType StatusCode
    StatusText DurationMs:real ServerLatencyMs:real Uri CallerIpAddress CorrelationId SchemaVersion OperationVersion
    AuthenticationHash RequesterObjectId RequesterTenantId RequesterAppId RequesterAudience RequesterTokenIssuer
    RequesterUpn AuthorizationDetails:dynamic UserAgentHeader ReferrerHeader ClientRequestId Etag ServiceType
    OperationCount:int ObjectKey RequestHeaderSize:long RequestBodySize:long ResponseHeaderSize:long
    ResponseBodySize:long RequestMd5 ResponseMd5 LastModifiedTime:datetime ConditionsUsed ContentLengthHeader:long
    Category TlsVersion SasExpiryStatus MetricResponseType SourceUri DestinationUri AccessTier SourceAccessTier
    RehydratePriority SourceSystem ${billing} ${resourceRecord}`,
  StorageFileLogs: `
    TenantId TimeGenerated:datetime AccountName Location Protocol OperationName AuthenticationType StatusCode
    StatusText DurationMs:real ServerLatencyMs:real Uri CallerIpAddress CorrelationId SchemaVersion OperationVersion
    AuthenticationHash RequesterObjectId RequesterTenantId RequesterAppId RequesterAudience RequesterTokenIssuer
    RequesterUpn RequesterUserName AuthorizationDetails:dynamic SmbPrimarySID UserAgentHeader ReferrerHeader
    ClientRequestId Etag ServiceType OperationCount:int ObjectKey RequestHeaderSize:long RequestBodySize:long
    ResponseHeaderSize:long ResponseBodySize:long RequestMd5 ResponseMd5 LastModifiedTime:datetime ConditionsUsed
    ContentLengthHeader:long Category TlsVersion SmbTreeConnectID SmbPersistentHandleID SmbVolatileHandleID
    SmbMessageID SmbCreditsConsumed:int SmbCommandDetail SmbFileId SmbSessionID SmbCommandMajor:int SmbCommandMinor
    SasExpiryStatus MetricResponseType SmbStatusCode SourceSystem ${billing} ${resourceRecord}`,
  AWSCloudTrail: `
    TimeGenerated:datetime AwsEventId EventVersion EventSource EventTypeName EventName UserIdentityType
    UserIdentityPrincipalid UserIdentityArn UserIdentityAccountId UserIdentityInvokedBy UserIdentityAccessKeyId
    UserIdentityUserName SessionMfaAuthenticated:bool SessionCreationDate:datetime SessionIssuerType
    SessionIssuerPrincipalId SessionIssuerArn SessionIssuerAccountId SessionIssuerUserName AWSRegion SourceIpAddress
    UserAgent ErrorCode ErrorMessage RequestParameters ResponseElements AdditionalEventData AwsRequestId
    AwsRequestId_ Resources APIVersion ReadOnly:bool RecipientAccountId ServiceEventDetails SharedEventId
    VpcEndpointId ManagementEvent:bool TenantId SourceSystem OperationName Category EC2RoleDelivery TlsVersion
    CipherSuite ClientProvidedHostHeader IpProtocol SourcePort DestinationPort CidrIp UserIdentityUserId
    UserIdentityStoreArn ${billing} ${record}`,
};
