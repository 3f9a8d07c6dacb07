import { z } from 'zod';
import { organisationSchema } from '../../simulators/organisation.js';
import { scenarioSchema } from '../../simulators/scenario.js';
import { workloadSchema } from '../../simulators/workload.js';
import { adviceSchema } from '../advise/result.js';
import { allowlistSchema } from '../detection/allowlist-schema.js';
import { detectionSchema } from '../detection/detection-schema.js';
import { defenderSchema, sentinelSchema } from '../detection/rule-schemas.js';
import { testsSchema } from '../detection/tests-schema.js';
import { comparisonSchema } from '../diff/result.js';
import { evasionSchema } from '../evade/result.js';
import { guideSchema } from '../guide/result.js';
import { measurementSchema } from '../measure/measurement.js';
import { mutationSchema } from '../mutate/result.js';
import { tuningSchema } from '../tune/result.js';

/** Every file format, by the name of its schema. */
const FORMATS = {
  detection: ['detection.yaml: what a detection claims, how it is run, and what it must be worth', detectionSchema],
  tests: ['tests.yaml: events, and what the rule must make of them', testsSchema],
  allowlist: ['allowlist.yaml: reviewed exceptions of a rule', allowlistSchema],
  'sentinel-rule': ['rule.yaml: a Microsoft Sentinel analytics rule', sentinelSchema],
  'defender-rule': ['rule.yaml: a Defender XDR custom detection', defenderSchema],
  scenario: ['A scenario that events are made from', scenarioSchema],
  workload: ['What an organisation would see', workloadSchema],
  organisation: ['Hosts, people and what runs on them', organisationSchema],
  measurement: ['What `assay test` measured', measurementSchema],
  comparison: ['What `assay diff` found', comparisonSchema],
  mutation: ['What `assay mutate` found about a detection', mutationSchema],
  tuning: ['What `assay tune` found about a detection', tuningSchema],
  advice: ['What `assay advise` found about a detection', adviceSchema],
  guide: ['What `assay guide` found about a detection', guideSchema],
  evasion: ['What `assay evade` found about a detection', evasionSchema],
} as const satisfies Readonly<Record<string, readonly [string, z.ZodType]>>;

/**
 * The JSON Schema (2020-12) of every file format by name, made from the schemas that the files are read through: an
 * editor takes what Assay takes. What a schema says beyond JSON Schema (that a duration can be read, that names differ)
 * is still for Assay to find.
 */
export function jsonSchemas(): ReadonlyMap<string, object> {
  return new Map(
    Object.entries(FORMATS).map(([name, [title, schema]]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
      return [name, { $schema, title, ...rest }];
    }),
  );
}

/** The files that hold the schemas, by path below `folder`. */
export function schemaFiles(folder: string): Map<string, string> {
  return new Map(
    [...jsonSchemas()].map(([name, schema]) => [`${folder}/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`]),
  );
}
