import type { Declarations } from '../schema.js';
import { billing, record, resourceRecord } from './groups.js';

/** The workspace: its queries, its health, its use. */
export const WORKSPACE: Declarations = {
  LAQueryLogs: `
    TenantId TimeGenerated:datetime CorrelationId RecordKind AADObjectId AADTenantId AADEmail AADClientId
    ConditionalDataAccess QueryTimeRangeStart:datetime QueryTimeRangeEnd:datetime QueryText QueryThumbprint
    RequestClientApp RequestTarget RequestContext:dynamic RequestContextFilters:dynamic ResponseCode:int
    ResponseRowCount:int ResponseDurationMs:real StatsCPUTimeMs:real StatsDataProcessedStart:datetime
    StatsDataProcessedEnd:datetime StatsWorkspaceCount:int StatsRegionCount:int IsBillableQuery:bool ScannedGB:real
    WorkspaceRegion IsWorkspaceInFailover:bool SourceSystem ${billing} ${resourceRecord}`,
  Operation: `
    TenantId SourceSystem TimeGenerated:datetime Computer CorrelationId Detail ErrorId HelpLink ManagementGroupName
    OperationCategory OperationKey OperationStatus Solution SourceComputerId ${billing} ${resourceRecord}`,
  SentinelHealth: `
    TenantId SourceSystem TimeGenerated:datetime Description ExtendedProperties:dynamic OperationName Reason
    RecordId SentinelResourceId SentinelResourceKind SentinelResourceName SentinelResourceType Status WorkspaceId
    ${billing} ${record}`,
  Usage: `
    TenantId SourceSystem TimeGenerated:datetime Computer DataType Quantity:real QuantityUnit IsBillable:bool
    StartTime:datetime EndTime:datetime Solution ResourceUri MeterId LinkedMeterId LinkedResourceUri
    AvgLatencyInSeconds:real BatchesCapped:long BatchesOutsideSla:long BatchesWithinSla:long TotalBatches:long
    ${billing} ${record}`,
};
