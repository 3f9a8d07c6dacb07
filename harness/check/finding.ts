import type { Detection } from '../detection/detection.js';
import type { DetectionFile } from '../detection/detection-schema.js';
import type { Rule } from '../detection/rule.js';
import type { BoundText, Names } from '../kql/syntax.js';
import type { TableSchema } from '../kql/types.js';
import type { Environment } from '../tables/schema.js';

/** What `assay check` says of a rule, at its place in the rule's file. */
export interface Finding {
  /** Microsoft's (`KS142`), the compiler's (`unsupported-function`), or that of a check (`covered-entry`). */
  readonly code: string;
  readonly severity: Severity;
  readonly file: string;
  /** 1-based; 0 when the finding is the file as a whole. */
  readonly line: number;
  /** 1-based; 0 when the finding is the file as a whole. */
  readonly column: number;
  /** Length in characters of the marked text. */
  readonly length: number;
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

export type Severity = 'error' | 'warning' | 'information';

/** Something that a check saw: in the KQL text, or at a value of one of the YAML files. */
export interface Seen {
  readonly at:
    | Stretch
    | { readonly path: readonly PropertyKey[] }
    | { readonly claim: number }
    /** An entry of `allowlist.yaml`, or its condition or last day. */
    | { readonly exception: number; readonly key?: 'condition' | 'expiry' }
    /** Another file of the detection: at a place in it, or as a whole. */
    | { readonly file: string; readonly line?: number; readonly column?: number };
  readonly message: string;
  readonly remedy: string;
  /** When it differs from that of the check. */
  readonly severity?: Severity;
}

/** A part of the KQL text, in UTF-16 units. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
}

/** One thing that is checked. */
export interface Check {
  readonly code: string;
  readonly severity: Severity;
  /** What it looks for, in one sentence. */
  readonly title: string;
  run(subject: Subject): Iterable<Seen>;
}

/** A rule to judge, bound as far as it binds. */
export interface Subject {
  readonly rule: Rule;
  readonly environment: Environment;
  readonly bound: BoundText;
  /** What the rule returns; nothing when only a run could tell. */
  readonly columns: TableSchema | undefined;
  /** Names of the tables that the environment has. */
  readonly tables: ReadonlySet<string>;
  /** What the detection claims, for a rule that has a `detection.yaml`. */
  readonly claims: DetectionFile['claims'] | undefined;
  /** The whole of it, with what its rule can name. */
  readonly detection: { readonly files: Detection; readonly names: Names } | undefined;
  /** The day on which it is judged, such as `2027-03-01`. */
  readonly today: string;
}
