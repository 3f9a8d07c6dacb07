import type { Declarations } from '../schema.js';
import { file, registryValue } from './groups.js';

/** Alerts, behaviours, responses, exposure, and AI agents. */
export const ALERT: Declarations = {
  AIAgentsInfo: `
    Timestamp:datetime RegistrySource AIAgentId:guid AIAgentName AgentCreationTime:datetime CreatorAccountUpn
    OwnerAccountUpns LastModifiedByUpn LastModifiedTime:datetime LastPublishedTime:datetime LastPublishedByUpn
    AgentDescription AgentStatus UserAuthenticationType AgentUsers KnowledgeDetails AgentActionTriggers RawAgentInfo
    AuthenticationTrigger AccessControlPolicy AuthorizedSecurityGroupIds:dynamic AgentTopicsDetails:dynamic
    AgentToolsDetails:dynamic EnvironmentId Platform IsGenerativeOrchestrationEnabled:bool AgentAppId
    ConnectedAgentsSchemaNames:dynamic ChildAgentsSchemaNames:dynamic Version IsBlocked:bool Instructions
    EntraObjectId EntraBlueprintId AIModel AccessCapabilities:dynamic ElementTypes:dynamic SourceAgentId`,
  AgentsInfo: `
    Timestamp:datetime AgentId AgentName Platform AgentDescription Version SourceAgentId EntraAgentId
    EntraBlueprintId ToolsAuthenticationType:dynamic Permissions:dynamic PublishedStatus LifecycleStatus
    Availability CreatedDateTime:datetime LastPublishedDateTime:datetime LastUpdatedDateTime:datetime Owners:dynamic
    SharedWith:dynamic InstanceCount:int Instructions Model Channels:dynamic Capabilities:dynamic
    DeclaredDataSources:dynamic DeclaredTools:dynamic McpServers:dynamic Skills:dynamic ConnectedAgents:dynamic
    Memory:dynamic Triggers:dynamic Guardrails:dynamic Endpoints:dynamic ObservabilityId:dynamic
    RawAgentInfo:dynamic`,
  AlertEvidence: `
    Timestamp:datetime AlertId Title Categories AttackTechniques ServiceSource DetectionSource EntityType
    EvidenceRole EvidenceDirection ${file} FileSize:long ThreatFamily RemoteIP RemoteUrl AccountName AccountDomain
    AccountSid AccountObjectId AccountUpn DeviceId DeviceName LocalIP NetworkMessageId EmailSubject Application
    ApplicationId:int OAuthApplicationId ProcessCommandLine ${registryValue} AdditionalFields Severity CloudResource
    CloudPlatform ResourceType ResourceID SubscriptionId`,
  AlertInfo: `Timestamp:datetime AlertId Title Category Severity ServiceSource DetectionSource AttackTechniques`,
  BehaviorEntities: `
    Timestamp:datetime BehaviorId Categories ServiceSource DetectionSource DataSources EntityType EntityRole
    DetailedEntityRole ${file} FileSize:long ThreatFamily RemoteIP RemoteUrl AccountName AccountDomain AccountSid
    AccountObjectId CloudPlatform CloudResourceType CloudResourceId CloudSubscriptionId AccountUpn DeviceId
    DeviceName LocalIP NetworkMessageId EmailSubject EmailClusterId Application ApplicationId:int OAuthApplicationId
    ProcessCommandLine ${registryValue} AdditionalFields ActionType`,
  BehaviorInfo: `
    Timestamp:datetime BehaviorId Title Description Categories AttackTechniques ServiceSource DetectionSource
    DataSources DeviceId AccountUpn AccountObjectId StartTime:datetime EndTime:datetime AdditionalFields ActionType`,
  DisruptionAndResponseEvents: `
    Timestamp:datetime ActionType DeviceId SourceDeviceId TargetDeviceId TargetDeviceName TargetDomainName
    DeviceName DomainName InitiatingProcessId:int InitiatingProcessFileName SourceUserSid SourceUserName
    SourceUserDomainName SourceIpAddress SourcePort:int IpAddress Port SourceDeviceName SourceDomainName
    AuthenticationProtocol Service InterfaceUuid InterfaceFriendlyName FileName ShareName LogonType LogonId:long
    SessionId:long CompromisedAccountCount:int PolicyId PolicyName PolicyVersion PolicyHash DataSources
    IsPolicyOn:bool ReportType`,
  ExposureGraphEdges: `
    EdgeId EdgeLabel SourceNodeId SourceNodeName SourceNodeLabel SourceNodeCategories:dynamic TargetNodeId
    TargetNodeName TargetNodeLabel TargetNodeCategories:dynamic EdgeProperties:dynamic`,
  ExposureGraphNodes: `NodeId NodeLabel NodeName Categories:dynamic NodeProperties:dynamic EntityIds:dynamic`,
};
