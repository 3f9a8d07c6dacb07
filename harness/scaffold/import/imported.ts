/** A rule that was read from somewhere else, in the form that a detection's `rule.yaml` has. */
export interface ImportedRule {
  /** Where it came from: the file, and which of several rules in it. */
  readonly from: string;
  readonly name: string;
  readonly kind: 'sentinel' | 'defender';
  readonly techniques: readonly string[];
  readonly text: string;
  /** What of it was left behind, in words. */
  readonly lost: readonly string[];
}

/** A rule or file that could not be carried over, and why. */
export interface Refused {
  readonly from: string;
  readonly why: string;
}

export type Imported = ImportedRule | Refused;

export type Bag = Readonly<Record<string, unknown>>;

export function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The techniques among names; `T1102.001` and `t1102` alike. */
export function techniquesAmong(names: readonly string[]): string[] {
  const found = names.map((name) => name.trim().toUpperCase()).filter((name) => /^T\d{4}(\.\d{3})?$/.test(name));
  return [...new Set(found)];
}
