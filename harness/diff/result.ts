import { z } from 'zod';
import { telemetrySchema } from '../measure/measurement.js';

/**
 * The comparison: what a change of detections gained and lost over the same events. Every report of `assay diff` reads
 * this document and nothing else. It holds no wall-clock time, so the same inputs give the same bytes.
 */

/** Raised whenever a reader of the older document would misread the newer one. */
export const COMPARISON_VERSION = 1;

const count = z.int().min(0);
const unmeasured = z.strictObject({ unmeasured: z.string().min(1) });
const share = z.number().min(0).max(1);
const interval = z.looseObject({ estimate: share, low: share, high: share, n: z.int().min(1) });
const range = z.strictObject({ low: z.number(), mid: z.number(), high: z.number() });

/** Newer less older, with its 95% interval. */
const difference = z.strictObject({ estimate: z.number(), low: z.number(), high: z.number() });

/** Of events, those of malicious and of benign activities; of alerts, those that hold a malicious event and the others. */
const split = z.strictObject({ true: count, false: count });
const swing = z.strictObject({ gained: split, lost: split });

const diagnostic = z.strictObject({
  code: z.string(),
  message: z.string(),
  line: count,
  column: count,
  suggestion: z.string().optional(),
});

const version = z.strictObject({
  id: z.string(),
  file: z.string(),
  sha256: z.string(),
  /** Why this version does not run. */
  refused: z.array(diagnostic).optional(),
});

/** Something besides the rule's logic that playbooks, dashboards or analysts depend on. */
const contract = z.strictObject({
  what: z.enum([
    'column',
    'entity mapping',
    'custom detail',
    'rule name',
    'rule id',
    'severity',
    'schedule',
    'alert grouping',
    'trigger',
    'claims',
  ]),
  name: z.string(),
  /** Absent where it is new. */
  before: z.string().optional(),
  /** Absent where it vanished. */
  after: z.string().optional(),
});

const scenario = z.strictObject({
  id: z.string(),
  title: z.string(),
  label: z.enum(['malicious', 'benign']),
  claimed: z.boolean(),
  activities: count,
  /** Activities with an alert. */
  detected: z.strictObject({ before: count, after: count }),
  events: z.strictObject({ gained: count, lost: count }),
  /** Each alert is put down to one scenario. */
  alerts: z.strictObject({ gained: count, lost: count }),
});

/** An entry of a list through which gained events came in, or lost ones had come in before. */
const entry = z.strictObject({ list: z.string(), entry: z.string(), line: count, column: count, events: swing });

const change = z.strictObject({
  kind: z.enum(['entry', 'clause', 'setting']),
  list: z.string().optional(),
  removed: z.string(),
  added: z.string(),
  clause: z.string(),
  /** Which version's file the place is in. */
  side: z.enum(['base', 'head']),
  line: count,
  column: count,
  /**
   * Events that would be otherwise without this change; where no single change decides, those that this change alone
   * would have gained or lost. An event may count for several changes.
   */
  events: z.union([swing, unmeasured]),
});

const sample = z.strictObject({
  direction: z.enum(['gained', 'lost']),
  scenario: z.string(),
  label: z.enum(['malicious', 'benign']),
  role: z.string(),
  table: z.string(),
  event: z.string(),
  /** The columns that the rule names, and when and where it happened. */
  columns: z.record(z.string(), z.string()),
});

const breach = z.strictObject({ limit: z.string(), message: z.string() });

const detection = z.strictObject({
  id: z.string(),
  title: z.string(),
  environment: z.enum(['defender-xdr', 'sentinel']),
  change: z.enum(['changed', 'added', 'deleted', 'renamed']),
  /** `refused`: the newer rule does not run, and its detection does not state so. */
  status: z.enum(['passed', 'failed', 'refused']),
  base: version.optional(),
  head: version.optional(),
  contract: z.array(contract),
  workload: z
    .strictObject({
      name: z.string(),
      hosts: count,
      days: count,
      seed: z.int(),
      events: count,
      digest: z.string(),
      activities: z.strictObject({ malicious: count, benign: count }),
      /** Parts of the sensor that were switched off. */
      sensorOff: z.array(z.string()).optional(),
      telemetry: telemetrySchema.optional(),
    })
    .optional(),
  events: z.union([swing, unmeasured]),
  alerts: z.union([swing.extend({ before: split, after: split }), unmeasured]),
  recall: z.strictObject({
    before: z.union([interval, unmeasured]),
    after: z.union([interval, unmeasured]),
    difference: z.union([difference, unmeasured]),
    /** McNemar's exact test: claimed activities that only one of the versions caught. */
    test: z.strictObject({ gained: count, lost: count, p: share }).optional(),
  }),
  alertsPerDayPer1000Hosts: z.strictObject({
    before: z.union([range, unmeasured]),
    after: z.union([range, unmeasured]),
    /** At the mid rates. */
    difference: z.union([difference, unmeasured]),
  }),
  projectedPrecision: z.strictObject({
    attackRate: z.number(),
    before: z.union([interval, unmeasured]),
    after: z.union([interval, unmeasured]),
    difference: z.union([difference, unmeasured]),
  }),
  /** Those with a difference. */
  scenarios: z.array(scenario),
  entries: z.union([z.array(entry), unmeasured]),
  changes: z.union([z.array(change), unmeasured]),
  /** Events that no change decides, neither alone nor among the others. */
  together: swing,
  /** One for each scenario and direction. */
  samples: z.array(sample),
  breaches: z.array(breach),
});

export const comparisonSchema = z.strictObject({
  version: z.literal(COMPARISON_VERSION),
  status: z.enum(['passed', 'failed', 'refused']),
  versions: z.strictObject({ assay: z.string(), duckdb: z.string(), kusto: z.string() }),
  base: z.string(),
  head: z.string(),
  limits: z.array(z.string()),
  /** Detections that are the same in both, which were not run. */
  same: z.array(z.string()),
  detections: z.array(detection),
});

export type Comparison = Readonly<z.infer<typeof comparisonSchema>>;
export type DetectionComparison = Readonly<z.infer<typeof detection>>;
export type ContractChange = z.infer<typeof contract>;
export type ScenarioSwing = z.infer<typeof scenario>;
export type EntrySwing = z.infer<typeof entry>;
export type RuleChange = z.infer<typeof change>;
export type SampleEvent = z.infer<typeof sample>;
export type Breach = z.infer<typeof breach>;
export type Swing = z.infer<typeof swing>;
export type Split = z.infer<typeof split>;
export type Unmeasured = z.infer<typeof unmeasured>;
