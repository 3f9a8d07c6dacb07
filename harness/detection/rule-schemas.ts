import { z } from 'zod';

/**
 * The shapes of deployed rules. They hold what a rule file may say and of which type; whether the portal would take
 * the values is for `assay check`, which names each finding.
 */

const names = z.array(z.string());

const entityMapping = z.strictObject({
  entityType: z.string(),
  fieldMappings: z.array(z.strictObject({ identifier: z.string(), columnName: z.string() })),
});

const incidentConfiguration = z.strictObject({
  createIncident: z.boolean(),
  groupingConfiguration: z
    .strictObject({
      enabled: z.boolean(),
      reopenClosedIncident: z.boolean().optional(),
      lookbackDuration: z.string().optional(),
      matchingMethod: z.string().optional(),
      groupByEntities: names.optional(),
      groupByAlertDetails: names.optional(),
      groupByCustomDetails: names.optional(),
    })
    .optional(),
});

/** A Microsoft Sentinel analytics rule in the YAML of its content repositories. */
export const sentinelSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  query: z.string(),
  version: z.string().optional(),
  status: z.string().optional(),
  enabled: z.boolean().optional(),
  description: z.string().optional(),
  severity: z.string().optional(),
  requiredDataConnectors: z
    .array(z.strictObject({ connectorId: z.string(), dataTypes: names.optional(), datatypes: names.optional() }))
    .optional(),
  queryFrequency: z.string().optional(),
  queryPeriod: z.string().optional(),
  triggerOperator: z.string().optional(),
  triggerThreshold: z.int().min(0).optional(),
  tactics: names.optional(),
  techniques: names.optional(),
  subTechniques: names.optional(),
  relevantTechniques: names.optional(),
  tags: z.array(z.json()).optional(),
  entityMappings: z.array(entityMapping).nullish(),
  sentinelEntitiesMappings: z.array(z.strictObject({ columnName: z.string() })).optional(),
  customDetails: z.record(z.string(), z.string()).nullish(),
  alertDetailsOverride: z
    .strictObject({
      alertDisplayNameFormat: z.string().optional(),
      alertDescriptionFormat: z.string().optional(),
      alertSeverityColumnName: z.string().nullish(),
      alertTacticsColumnName: z.string().nullish(),
      alertDynamicProperties: z.array(z.strictObject({ alertProperty: z.string(), value: z.string() })).optional(),
    })
    .nullish(),
  eventGroupingSettings: z.strictObject({ aggregationKind: z.string() }).nullish(),
  incidentConfiguration: incidentConfiguration.optional(),
  suppressionEnabled: z.boolean().optional(),
  suppressionDuration: z.string().optional(),
  metadata: z.json().optional(),
});

const impactedAsset = z.strictObject({ '@odata.type': z.string(), identifier: z.string() });

/** A Defender XDR custom detection as the Microsoft Graph security API (`detectionRule`) writes it. */
export const defenderSchema = z.strictObject({
  id: z.string().optional(),
  detectorId: z.string().optional(),
  displayName: z.string(),
  isEnabled: z.boolean().optional(),
  queryCondition: z.strictObject({ queryText: z.string(), lastModifiedDateTime: z.string().optional() }),
  schedule: z.strictObject({ period: z.string(), nextRunDateTime: z.string().optional() }),
  detectionAction: z.strictObject({
    alertTemplate: z.strictObject({
      title: z.string(),
      description: z.string().optional(),
      severity: z.string(),
      category: z.string(),
      recommendedActions: z.string().nullish(),
      mitreTechniques: names.optional(),
      impactedAssets: z.array(impactedAsset).optional(),
    }),
    organizationalScope: z.json().optional(),
    responseActions: z.array(z.json()).optional(),
  }),
});

export type SentinelFile = z.infer<typeof sentinelSchema>;
export type DefenderFile = z.infer<typeof defenderSchema>;
