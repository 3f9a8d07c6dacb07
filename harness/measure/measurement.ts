import { z } from 'zod';
import { coverageSchema } from '../coverage/result.js';

/**
 * The measurement: what a run of detections over tests and workloads found. Every report reads this document and
 * nothing else. It holds no wall-clock time, so the same inputs give the same bytes.
 */

/** Raised whenever a reader of the older document would misread the newer one. */
export const MEASUREMENT_VERSION = 1;

const count = z.int().min(0);

/** Why there is no number: there was nothing to divide by, or the rule did not run. */
const unmeasured = z.strictObject({ unmeasured: z.string().min(1) });

const interval = z.strictObject({
  estimate: z.number().min(0).max(1),
  /** Bounds of the 95% interval. */
  low: z.number().min(0).max(1),
  high: z.number().min(0).max(1),
  /** How many units the estimate is a share of. */
  n: z.int().min(1),
});

const proportion = z.union([interval, unmeasured]);

const range = z.strictObject({ low: z.number().min(0), mid: z.number().min(0), high: z.number().min(0) });

const diagnostic = z.strictObject({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'information']),
  message: z.string(),
  /** Place in the rule's file, 1-based; 0 when there is none. */
  line: count,
  column: count,
  suggestion: z.string().optional(),
});

const test = z.strictObject({
  name: z.string(),
  /** A `todo` is a known gap: listed, never a failure. */
  status: z.enum(['passed', 'failed', 'todo']),
  /** What was expected and what came instead; for a `todo` that holds by now, that it does. */
  message: z.string().optional(),
});

const split = z.strictObject({ true: z.int(), false: z.int() });

const scenario = z.strictObject({
  id: z.string(),
  title: z.string(),
  label: z.enum(['malicious', 'benign']),
  /** ATT&CK technique and procedure (software, group or campaign) of a malicious scenario. */
  technique: z.string().optional(),
  procedure: z.string().optional(),
  /** Whether the detection claims to catch it. */
  claimed: z.boolean(),
  activities: count,
  /** Activities with an alert whose lineage holds one of their events. */
  detected: count,
  /** Alerts whose lineage holds one of the scenario's events. */
  alerts: count,
  /** Of a benign scenario: the alerts it would raise at its low, mid and high rate. */
  alertsPerDayPer1000Hosts: range.optional(),
  /** Of a simulated benign scenario: the shares and rates that this range follows from. */
  estimate: z
    .strictObject({
      /** Percent of the hosts that could have it which do. */
      share: range,
      /** Rows a day of a host that has it. */
      rows: range,
      /** What both come to in this organisation. */
      rowsPerDayPer1000Hosts: range,
    })
    .optional(),
});

const literal = z.strictObject({
  /** The name of the list, or how it is used where it has none (`RemoteUrl has_any`). */
  list: z.string(),
  entry: z.string(),
  /** Place in the rule's file, 1-based. */
  line: count,
  column: count,
  /** Alerts that the entry brings as the only one of its list; negative where it holds alerts back. */
  all: split,
  /** Alerts that would be lost without it; negative where it alone holds alerts back. */
  only: split,
});

const gate = z.strictObject({
  /** What the gate is about: `recall`, `scenario <id>`, … */
  name: z.string(),
  demand: z.string(),
  /** Nothing when the subject is unmeasured, which fails the gate. */
  actual: z.number().nullable(),
  passed: z.boolean(),
  message: z.string(),
});

/** Events of people's own that rules were run over. */
export const telemetrySchema = z.strictObject({
  /** What was simulated beside them. */
  simulated: z.enum(['all', 'attacks', 'nothing']),
  files: z.array(
    z.strictObject({
      file: z.string(),
      sha256: z.string(),
      table: z.string(),
      rows: count,
      /** Rows that were left out, and the first of them. */
      badRows: count,
      bad: z.array(z.strictObject({ line: count, column: z.string().optional(), reason: z.string() })),
      /** Columns of the file that the table does not have. */
      leftOut: z.array(z.string()),
      /** Columns that the rule names and the file lacks: they are empty. */
      absent: z.array(z.string()),
      /** Rows of the file that are of tables which the environment does not have; said with its first table. */
      elsewhere: z.array(z.strictObject({ table: z.string(), rows: count })).optional(),
      /** The events say themselves what they are, as simulated ones do. */
      labelled: z.literal(true).optional(),
    }),
  ),
  labels: z
    .strictObject({
      file: z.string(),
      sha256: z.string(),
      entries: count,
      /** Lines of the labels that no event has. */
      unmatched: z.array(count),
    })
    .optional(),
  /** Files of activities that lie beside events which say themselves what they are. */
  activities: z.array(z.strictObject({ file: z.string(), sha256: z.string(), entries: count })).optional(),
  events: z.strictObject({ malicious: count, benign: count }),
  /** ISO 8601, of the first and the last event. */
  start: z.string(),
  end: z.string(),
  /** Hosts and the days from the first event to the last, by which alerts become alerts a day. */
  exposure: z.union([z.strictObject({ hosts: z.int().min(1), days: z.number() }), unmeasured]),
});

const workload = z.strictObject({
  name: z.string(),
  /** Of the simulation; 0 where nothing was simulated. */
  hosts: count,
  days: z.int().min(1),
  seed: z.int(),
  /** Which of their estimates the benign scenarios were played at. */
  rates: z.enum(['low', 'mid', 'high']),
  /** ISO 8601; the rule's clock stands at the end of each of its runs. */
  start: z.string(),
  end: z.string(),
  /** How often the rule runs, and how far back it looks; as ISO 8601 durations. */
  every: z.string(),
  lookback: z.string().optional(),
  runs: z.int().min(1),
  events: count,
  activities: z.strictObject({ malicious: count, benign: count }),
  /** Of every cell of every event and of the truth: what has the same one is the same workload. */
  digest: z.string(),
  /** Parts of the sensor that were switched off, besides what products have off as well. */
  sensorOff: z.array(z.string()).optional(),
  /** Events of people's own, measured over with the simulated ones or instead of them. */
  telemetry: telemetrySchema.optional(),
});

const baseline = z.strictObject({
  status: z.enum(['absent', 'same', 'changed', 'regressed', 'incomparable']),
  /** What differs, or why nothing was compared. */
  differences: z.array(z.string()),
});

const detection = z.strictObject({
  id: z.string(),
  title: z.string(),
  environment: z.enum(['defender-xdr', 'sentinel']),
  /** `refused`: the rule does not parse, bind or run, and nobody expected that. */
  status: z.enum(['passed', 'failed', 'refused']),
  rule: z.strictObject({
    file: z.string(),
    kind: z.enum(['kql', 'sentinel', 'defender']),
    sha256: z.string(),
    /** What its file is tagged with, beside what the detection claims. */
    techniques: z.array(z.string()).optional(),
    /** The KQL text, and where in the file it begins, 1-based; a baseline does without. */
    source: z.strictObject({ text: z.string(), line: count, column: count }).optional(),
  }),
  claims: z.strictObject({ techniques: z.array(z.string()), roles: z.array(z.string()) }),
  diagnostics: z.array(diagnostic),
  /** The refusal that the detection states, and whether it came so. */
  expectation: z.strictObject({ demand: z.string(), met: z.boolean(), message: z.string() }).optional(),
  tests: z.array(test),
  workload: workload.optional(),
  alerts: z.union([z.strictObject({ total: count, true: count, false: count }), unmeasured]),
  recall: proportion,
  /** `n` counts alerts; the interval comes from resampling `clusters` (a scenario on a host). */
  precision: z.union([interval.extend({ clusters: z.int().min(1) }), unmeasured]),
  /** Share of true alerts if claimed attacks came at `attackRate` per 1,000 hosts and day. `n` as for recall. */
  projectedPrecision: z.union([interval.extend({ attackRate: z.number() }), unmeasured]),
  /** False alerts, at the low, mid and high rates of the benign scenarios. */
  alertsPerDayPer1000Hosts: z.union([range, unmeasured]),
  /** Events over the targeted roles; only of rules that return single events. */
  events: z.union([z.strictObject({ tp: count, fp: count, fn: count, tn: count }), unmeasured]),
  scenarios: z.array(scenario),
  literals: z.union([z.array(literal), unmeasured]),
  /** What of the rule decides anything; only where it was asked for. */
  coverage: coverageSchema.optional(),
  gates: z.array(gate),
  baseline: baseline.optional(),
});

export const measurementSchema = z.strictObject({
  version: z.literal(MEASUREMENT_VERSION),
  status: z.enum(['passed', 'failed', 'refused']),
  /** What made the numbers, besides each detection's rule and workload. */
  versions: z.strictObject({ assay: z.string(), duckdb: z.string(), kusto: z.string() }),
  detections: z.array(detection).min(1),
});

export type Measurement = Readonly<z.infer<typeof measurementSchema>>;
export type DetectionMeasurement = Readonly<z.infer<typeof detection>>;
export type Status = Measurement['status'];
export type Interval = z.infer<typeof interval>;
export type Proportion = z.infer<typeof proportion>;
export type Unmeasured = z.infer<typeof unmeasured>;
export type Range = z.infer<typeof range>;
export type TestResult = z.infer<typeof test>;
export type ScenarioResult = z.infer<typeof scenario>;
export type LiteralResult = z.infer<typeof literal>;
export type GateResult = z.infer<typeof gate>;
export type WorkloadResult = z.infer<typeof workload>;
export type TelemetryResult = z.infer<typeof telemetrySchema>;
export type BaselineResult = z.infer<typeof baseline>;

export function isUnmeasured<T extends object>(value: T | Unmeasured): value is Unmeasured {
  return 'unmeasured' in value;
}

/** The status of the whole: a rule that was refused weighs more than a demand that was not met. */
export function statusOf(detections: readonly { readonly status: Status }[]): Status {
  for (const status of ['refused', 'failed'] as const) {
    if (detections.some((detection) => detection.status === status)) return status;
  }
  return 'passed';
}
