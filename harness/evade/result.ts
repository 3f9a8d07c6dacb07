import { z } from 'zod';

/** What evading a detection found. Reports read this document and nothing else. It holds no wall-clock time. */

/** Raised whenever a reader of the older document would misread the newer one. */
export const EVASION_VERSION = 1;

const count = z.int().min(0);
const text = z.string().min(1);

/** From the cheapest for the attacker on; `chance` costs nothing and cannot be forced. */
export const COST_LEVELS = ['edit', 'adapt', 'build', 'privilege', 'chance'] as const;
const cost = z.enum(COST_LEVELS);

const source = z.strictObject({ name: text, url: z.string().optional() });

const interval = z.strictObject({
  estimate: z.number().min(0).max(1),
  /** Bounds of the 95% interval (Wilson). */
  low: z.number().min(0).max(1),
  high: z.number().min(0).max(1),
  /** How many pairs the estimate is a share of. */
  n: z.int().min(1),
});
const proportion = z.union([interval, z.strictObject({ unmeasured: text })]);

const transformation = z.strictObject({
  id: text,
  title: text,
  does: text,
  cost: z.strictObject({ level: cost, why: text }),
  requires: z.array(z.string()),
  applies: text,
  sources: z.array(source),
});

/** Of how many activities an alert came from one of their events. */
const share = { activities: z.int().min(1), caught: count, detected: z.boolean() };

const scenario = z.strictObject({
  id: text,
  title: text,
  procedure: text,
  hiding: text,
  /** Untransformed. */
  ...share,
  /**
   * The cheapest change by which a scenario that is detected no longer is: one transformation, or two where no one is as
   * cheap. Nothing where none was found.
   */
  cheapest: z
    .strictObject({
      transformations: z.array(text).min(1).max(2),
      cost,
      /** Costs of all its parts added up, as `EFFORT` counts them. */
      effort: z.int().min(1),
      needs: z.array(z.string()),
    })
    .optional(),
});

const pair = z.strictObject({
  scenario: text,
  transformation: text,
  ...share,
  /** Dearer than the transformation as such where these activities need more. */
  cost,
  /** What it takes beyond what the transformation always takes. */
  needs: z.array(z.string()),
});

/** A pair that makes no sense, with the reason. */
const leftOut = z.strictObject({ scenario: text, transformation: text, reason: text });

/** Two transformations at once; only those that were searched. */
const composed = z.strictObject({
  scenario: text,
  transformations: z.tuple([text, text]),
  ...share,
  cost,
  effort: z.int().min(2),
  needs: z.array(z.string()),
});

/** The levels of MITRE's Summiting the Pyramid. */
export const ROBUSTNESS = {
  1: 'ephemeral values',
  2: 'core to adversary-brought tool or outside boundary',
  3: 'core to pre-existing tools or inside boundary',
  4: 'core to some implementations of the technique',
  5: 'core to the technique or sub-technique',
} as const;

const clause = z.strictObject({
  text,
  /** Place in the rule's file, 1-based. */
  line: z.int().min(1),
  column: z.int().min(1),
  endLine: z.int().min(1),
  endColumn: z.int().min(1),
  /** Columns of events that it tests. */
  fields: z.array(z.string()),
  /** A key of `ROBUSTNESS`; none for what attackers have no part in, as the time of an event. */
  level: z.int().min(1).max(5).optional(),
  why: text,
});

export const evasionSchema = z.strictObject({
  version: z.literal(EVASION_VERSION),
  detection: text,
  title: text,
  rule: z.strictObject({
    file: text,
    /** Of the KQL text. */
    sha256: text,
    source: z.string(),
  }),
  workload: z.strictObject({
    name: text,
    hosts: z.int().min(1),
    days: z.int().min(1),
    seed: count,
    /** Activities of each pair, at most. */
    runs: count,
    /** `row`: the rule looks at each event alone, and no other event was needed. */
    judged: z.enum(['row', 'world']),
  }),
  depth: z.union([z.literal(1), z.literal(2)]),
  /** What was taken from the rule for transformations that need its words. */
  words: z.strictObject({
    disguises: z.array(z.record(z.string(), z.string())),
    windowSeconds: z.number().positive().optional(),
  }),
  transformations: z.array(transformation),
  scenarios: z.array(scenario),
  pairs: z.array(pair),
  leftOut: z.array(leftOut),
  /** Nothing where depth is 1. */
  composed: z.array(composed).optional(),
  /** Share of pairs that are still detected, of those whose scenario is detected untransformed. */
  stillDetected: proportion,
  /** Share of all pairs that are detected. */
  detectedOfAll: proportion,
  clauses: z.array(clause),
  /** The lowest level of its clauses: an attacker needs to get past one. */
  robustness: z.int().min(1).max(5).optional(),
});

export type EvasionResult = z.infer<typeof evasionSchema>;
export type Pair = EvasionResult['pairs'][number];
export type EvadedScenario = EvasionResult['scenarios'][number];
export type RatedClause = EvasionResult['clauses'][number];
export type Composed = z.infer<typeof composed>;
export type CostLevel = (typeof COST_LEVELS)[number];

/** What each cost counts when two are added up: two of one level are less than one of the next. */
export const EFFORT: Readonly<Record<CostLevel, number>> = { edit: 1, adapt: 3, build: 9, privilege: 27, chance: 81 };

/** Whether a pair counts as detected: at least half of its activities are. */
export function isDetected(caught: number, activities: number): boolean {
  return activities > 0 && caught * 2 >= activities;
}
