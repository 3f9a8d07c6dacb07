/** A stretch of a text that only its owner may know. */
export interface Secret {
  readonly start: number;
  readonly end: number;
  /** What it is, in words for the report. */
  readonly kind: string;
  /** Whether a text of the same form stands in for it: so do keys that programs take for such. */
  readonly keepsForm: boolean;
}

/** A stretch that names somebody or something by where it stands. */
export interface Mention {
  readonly role: 'host' | 'user';
  readonly start: number;
  readonly end: number;
}
