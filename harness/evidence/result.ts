import type { ExplainedStep } from '../explain/result.js';

/** What stands behind a detection's figures: for whoever looks, and no part of the measurement. */
export interface Evidence {
  /** Every alert in order, by its first row. */
  readonly alerts: { readonly columns: readonly string[]; readonly rows: readonly AlertEvidence[] };
  /** Attacks, and everyday activities that raised an alert: of each scenario the first few. */
  readonly activities: readonly ActivityEvidence[];
  /** What the rule did with the events of these activities; events with which it did the same share one. */
  readonly explanations: readonly EventExplanation[];
  /** Why there are no explanations. */
  readonly unexplained?: string;
}

export interface AlertEvidence {
  readonly verdict: 'true' | 'false';
  /** What the alert is put down to; empty when it came from no event of an activity. */
  readonly scenario: string;
  readonly host: string;
  /** Events that it came from. */
  readonly events: number;
  /** The id of the first of them; empty when there is none. */
  readonly event: string;
  /** A row as text, by column. */
  readonly row: readonly string[];
}

export interface ActivityEvidence {
  readonly scenario: string;
  readonly activity: number;
  readonly host: string;
  readonly detected: boolean;
  /** The first of those that the rule could have seen, with those that an alert came from before others. */
  readonly events: readonly EventEvidence[];
}

export interface EventEvidence {
  /** By which `assay explain` finds it. */
  readonly id: string;
  readonly time: string;
  readonly table: string;
  readonly role: string;
  /** Whether an alert came from it. */
  readonly returned: boolean;
  /** What the event holds in the columns that the rule names. */
  readonly facts: Readonly<Record<string, string>>;
  /** Which of the explanations is its own. */
  readonly explanation?: number;
}

/** What a rule did with an event, step by step; the values are those of the event. */
export interface EventExplanation {
  readonly returned: boolean;
  /** In the order in which rows pass them. */
  readonly steps: readonly ExplainedStep[];
  /** The step at which the event dropped out. */
  readonly droppedAt?: number;
}
