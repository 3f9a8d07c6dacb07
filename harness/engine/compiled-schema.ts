import { z } from 'zod';
import { type Compiled, KQL_TYPES } from '../kql/index.js';

const table = z.array(z.strictObject({ name: z.string(), type: z.enum(KQL_TYPES) }));
const place = z.strictObject({ line: z.int(), column: z.int(), length: z.int() });
const diagnostic = place.extend({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'information']),
  message: z.string(),
  suggestion: z.string().exactOptional(),
});

/** A compiled query as it is kept on disk. */
export const compiledSchema: z.ZodType<Compiled> = z.strictObject({
  sql: z.string(),
  columns: table,
  lineage: z.enum(['none', 'one', 'many']),
  hosts: z.array(z.string()),
  places: z.record(z.string(), place),
  patterns: z.array(z.string()),
  tables: z.array(z.strictObject({ name: z.string(), schema: table })),
  sources: z.array(z.strictObject({ key: z.string(), schema: table, rows: z.array(z.string()).exactOptional() })),
  usesNow: z.boolean(),
  open: z.string().exactOptional(),
  diagnostics: z.array(diagnostic),
});
