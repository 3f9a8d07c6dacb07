import { z } from 'zod';
import { evidenceOfGrade, GRADES } from '../exceptions/result.js';
import { playedOverSchema } from './played-over.js';

/** What tuning a rule found. Reports read this document and nothing else. */

/** Raised whenever a reader of the older document would misread the newer one. */
export const TUNING_VERSION = 1;

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const range = z.strictObject({ low: z.number(), mid: z.number(), high: z.number() });

/** A rule over the workload: its alerts, and the attacks that it catches. */
const worth = z.strictObject({
  alerts: z.strictObject({ true: count, false: count }),
  /** At the low, mid and high rates of the benign scenarios. */
  falsePerDayPer1000Hosts: range,
  /** Malicious activities with an alert. */
  detected: count,
});

/** A set of exceptions, of its size the best that was found. */
const point = z.strictObject({
  entries: count,
  /** False alerts over the whole workload that it takes away, and that stay. */
  removed: count,
  removedPerDayPer1000Hosts: z.number(),
  remaining: count,
  remainingPerDayPer1000Hosts: z.number(),
  /** Malicious activities that were caught and then are not. */
  trueLost: count,
  /** Share of the events that reach the exceptions, and of hosts, of which it hides any. */
  events: share,
  hosts: share,
});

/** How a set fares on a part of the workload. */
const part = z.strictObject({
  falseAlerts: count,
  removed: count,
  detected: count,
  lost: count,
});

const hidden = z.strictObject({ scenario: z.string(), alerts: count });

/** A way of changing attacks, what it costs the attacker at least, and the scenarios that are then hidden. */
const evaded = z.strictObject({ transformation: z.string(), cost: z.string(), scenarios: z.array(z.string()) });

const exception = z.strictObject({
  condition: z.string(),
  reason: z.string(),
  /** How safe it is, and why. */
  ...evidenceOfGrade.shape,
  /** False alerts that it takes away, and those that no other of the set does. */
  removed: count,
  removedOnly: count,
  removedPerDayPer1000Hosts: z.number(),
  /** On the part that it was chosen on, and on the one it was judged on. */
  chosenOn: count,
  judgedOn: count,
  /** Where its false alerts come from, most first. */
  scenarios: z.array(hidden),
  /** Malicious scenarios of which it hides alerts, and activities that it alone loses. */
  hides: z.array(hidden),
  lost: count,
  /** What an attacker would have to do for what is caught to be hidden, and how many scenarios that hides. */
  evasions: z.array(z.strictObject({ transformation: z.string(), cost: z.string(), scenarios: count, of: count })),
  /** Ways of changing attacks, as `assay evade` has them, and the scenarios that it then hides; where it was asked for. */
  evaded: z.array(evaded).optional(),
  blast: z.strictObject({ events: count, shareOfEvents: share, hosts: count, shareOfHosts: share }),
});

const rejected = z.strictObject({ condition: z.string(), why: z.string(), chosenOn: count, judgedOn: count });

export const tuningSchema = z.strictObject({
  version: z.literal(TUNING_VERSION),
  detection: z.string(),
  title: z.string(),
  rule: z.strictObject({ file: z.string(), sha256: z.string() }),
  workload: playedOverSchema.extend({ rates: z.string() }),
  settings: z.strictObject({
    budget: count,
    maxTrueLost: count,
    worstGrade: z.enum(GRADES),
    /** Where in the rule the exceptions stand. */
    place: z.string(),
    /** The watchlist that holds them, where not the rule itself. */
    watchlist: z.string().optional(),
  }),
  search: z.strictObject({
    method: z.enum(['exact', 'greedy']),
    /** Why not exactly. */
    reason: z.string().optional(),
    /** Conditions that were made of the events, of them those of a grade that is asked for, and those compared. */
    candidates: count,
    safe: count,
    compared: count,
  }),
  before: worth,
  /** The rule run again with the exceptions in its text. */
  after: worth,
  /** By number of entries; the first has none. */
  curve: z.array(point).min(1),
  /** The set on the part of hosts and malicious scenarios it was chosen on, and on all the others. */
  /** Why there was nothing to make exceptions of, where the rule raised no false alert. */
  nothing: z.string().optional(),
  split: z.strictObject({
    chosen: part,
    judged: part,
    /** Of false alerts of benign scenarios that the choice was kept from seeing, the share that it takes away. */
    unseenScenarios: share.nullable(),
  }),
  exceptions: z.array(exception),
  rejected: z.array(rejected),
});

export type Tuning = Readonly<z.infer<typeof tuningSchema>>;
export type TunedException = z.infer<typeof exception>;
export type TuningPoint = z.infer<typeof point>;
export type RejectedException = z.infer<typeof rejected>;
export type Evaded = z.infer<typeof evaded>;
export type Worth = z.infer<typeof worth>;
