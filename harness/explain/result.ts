import type { Json } from '../measure/cells.js';

/** What a rule did with one event. Reports read this document and nothing else. */

/** Raised whenever a reader of the older document would misread the newer one. */
export const EXPLANATION_VERSION = 1;

/** A stretch of the rule's file, 1-based; the end is the first character after it. */
export interface Stretch {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export type Fields = Readonly<Record<string, Json>>;

/** A clause or an entry of a list, and what it said. */
export interface ExplainedPart extends Stretch {
  readonly kind: 'clause' | 'entry';
  readonly text: string;
  readonly value: boolean | null;
  /** Whether the whole condition would be another without it. */
  readonly decides: boolean;
}

interface Step extends Stretch {
  /** As written, on one line. */
  readonly text: string;
  /** Rows made of the event that came this far; with none, the event dropped out before. */
  readonly rows: number;
  /** What the first of those rows held in the columns that are asked about. */
  readonly values: Fields;
  /** The tables that rows come from which reach it. */
  readonly tables: readonly string[];
}

/** A condition: a `where`, or a column of true and false. */
export interface ConditionStep extends Step {
  readonly kind: 'where' | 'column' | 'branch';
  /** The column that it makes, or chooses a value of. */
  readonly makes?: string;
  /** Of a `where`: whether a row with the event went on. */
  readonly value: boolean | null;
  readonly parts: readonly ExplainedPart[];
}

/** The group that the event fell into. */
export interface GroupStep extends Step {
  readonly kind: 'group';
  /** Events in the group. */
  readonly events: number;
}

/** The partners that the event met. */
export interface JoinStep extends Step {
  readonly kind: 'join';
  readonly join: string;
  /** The side that the event came from. */
  readonly side: 'left' | 'right';
  /** Rows of the other side with the same keys. */
  readonly partners: number;
  /** Where there are none: what there is instead. */
  readonly missing?: MissingPartners;
}

/** What the other side of a join holds, of which an event met no row. */
export interface MissingPartners {
  readonly tables: readonly string[];
  /** All rows of the other side. */
  readonly rows: number;
  /** How many of them have each key. */
  readonly keys: readonly { readonly name: string; readonly rows: number }[];
  /** The condition that kept rows with all keys out of it, and how many. */
  readonly keptOut?: Stretch & { readonly text: string; readonly rows: number };
}

export type ExplainedStep = ConditionStep | GroupStep | JoinStep;

/** A change of one field that turns what the rule makes of the event into its opposite. */
export interface Flip {
  readonly column: string;
  readonly from: Json;
  readonly to: Json;
}

/** A change of the events beside it that turns what the rule makes of the event into its opposite. */
export type PartnerFlip =
  /** A field of one of them were another. */
  | ({ readonly what: 'field' } & Partner & Flip)
  /** One of them were not there. */
  | ({ readonly what: 'absent' } & Partner)
  /** The event came so many more times, each time with another value in the column, where one is named. */
  | { readonly what: 'again'; readonly times: number; readonly column?: string };

/** One of the events beside the event. */
export interface Partner {
  readonly table: string;
  /** Its place among the events of its table, from 1; the event itself is the first of its own. */
  readonly place: number;
  /** When it happened, where it says. */
  readonly at?: string;
}

export interface Explanation {
  readonly version: typeof EXPLANATION_VERSION;
  readonly detection: string;
  readonly title: string;
  readonly rule: {
    readonly file: string;
    readonly text: string;
    /** Where the text begins in the file. */
    readonly line: number;
    readonly column: number;
  };
  readonly event: { readonly table: string; readonly fields: Fields };
  /** Whether a row that the rule returns came from the event. */
  readonly returned: boolean;
  /** In the order in which rows pass them. */
  readonly steps: readonly ExplainedStep[];
  /** The step at which the event dropped out. */
  readonly droppedAt?: number;
  /** One for each field that can turn the outcome by itself, the nearest first. */
  readonly flips: readonly Flip[];
  /** The nearest such change for each field and table of the events beside it, for rules that hold events together. */
  readonly partnerFlips?: readonly PartnerFlip[];
  /** How many events of the workload the changes were tried among, where not all of them. */
  readonly among?: number;
  /** Whether these are but some of those that belong to it. */
  readonly amongSome?: boolean;
  /** Why no flips were looked for. */
  readonly withoutFlips?: string;
}
