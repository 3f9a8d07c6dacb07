import { z } from 'zod';
import { boundedInt } from '../files/bounded.js';
import { type Duration, parseDuration } from './duration.js';

/** What an event is within its activity. */
export const ROLES = ['lookup', 'callback', 'setup', 'background'] as const;

const share = z.number().min(0).max(1);
const atLeastShare = z.strictObject({ atLeast: share });
const atMostNumber = z.strictObject({ atMost: z.number().min(0) });

/** `5m`, `1h`, `14d`, or as Sentinel writes it `PT5M`, `P14D`. */
export const duration = z.string().transform((text, context): Duration => {
  const parsed = parseDuration(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `'${text}' is not a duration such as 5m, 1h or 14d`, input: text });
  return z.NEVER;
});

/** The refusal that a rule is known to get, and that it must get: a rule that starts to run is a finding too. */
const refusal = z.strictObject({
  /** Microsoft's code (`KS142`) or one of ours (`unsupported-operator`). */
  code: z.string().min(1),
  /** Place in the rule's file, 1-based. */
  line: z.int().min(1).optional(),
  column: z.int().min(1).optional(),
  suggestion: z.string().min(1).optional(),
});

const gates = z.strictObject({
  /** Share of the rule's clauses, list entries and branches that decide something in the tests. */
  coverage: atLeastShare.optional(),
  recall: atLeastShare.optional(),
  precision: atLeastShare.optional(),
  projectedPrecision: atLeastShare.optional(),
  /** At the mid rates. */
  alertsPerDayPer1000Hosts: atMostNumber.optional(),
  /** By scenario id. */
  scenarios: z
    .record(z.string(), z.strictObject({ recall: atLeastShare.optional(), alerts: atMostNumber.optional() }))
    .optional(),
});

/** `detection.yaml`: what a detection claims, how it is run, and what it must be worth. */
export const detectionSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  environment: z.enum(['defender-xdr', 'sentinel']),
  /** The file that holds the rule; by default the `rule.yaml` or `rule.kql` of the folder. */
  rule: z.string().min(1).optional(),
  claims: z.strictObject({
    /** ATT&CK techniques; a technique covers its sub-techniques. */
    techniques: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)).min(1),
    /** Roles of the events that the rule is meant to return. */
    roles: z.array(z.enum(ROLES)).min(1),
  }),
  expects: z.strictObject({ refused: refusal }).optional(),
  /** What it is measured over; the numbers override the workload's own. */
  workload: z
    .strictObject({
      /** One that ships with Assay, or the path of a file, from the detection's folder. */
      name: z.string().min(1).optional(),
      hosts: boundedInt('hosts', 1).optional(),
      days: boundedInt('days', 1).optional(),
      seed: z.int().min(0).optional(),
    })
    .optional(),
  /** Only for a `rule.kql`, whose file says neither; a `rule.yaml` states its own. */
  schedule: z.strictObject({ every: duration, lookback: duration.optional() }).optional(),
  /** An alert for each row, one for all rows of a run, or one for each value of these columns in a run. */
  alerts: z
    .union([z.enum(['per-row', 'per-run']), z.strictObject({ perEntity: z.array(z.string().min(1)).min(1) })])
    .optional(),
  gates: gates.optional(),
});

export type DetectionFile = z.infer<typeof detectionSchema>;
export type Gates = z.infer<typeof gates>;
export type ExpectedRefusal = z.infer<typeof refusal>;
export type Role = (typeof ROLES)[number];
