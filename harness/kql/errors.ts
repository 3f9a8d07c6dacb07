/** What went wrong with a KQL text, at its place in the text. */
export interface Diagnostic {
  /** Microsoft's code (`KS142`) for what its binder says, ours (`unsupported-function`, …) for the rest. */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** 1-based; 0 when the finding has no place in the text. */
  readonly line: number;
  /** 1-based; 0 when the finding has no place in the text. */
  readonly column: number;
  /** Length in characters of the marked text. */
  readonly length: number;
  /** What to write instead, when something is known. */
  readonly suggestion?: string;
}

/** Codes of the refusals that are ours. */
export type RefusalCode =
  | 'unsupported-operator'
  | 'unsupported-function'
  | 'unsupported-aggregate'
  | 'unsupported-plugin'
  | 'unsupported-statement'
  | 'unsupported-expression'
  | 'unsupported-argument'
  | 'unsupported-type'
  | 'unsupported-regex'
  | 'missing-source'
  | 'unknown-table'
  | 'evaluation-error'
  | 'resource-limit'
  /** Microsoft's parser breaks down on the text. */
  | 'parser-failure'
  | 'internal-error';

/** A query that cannot be compiled or run; holds every diagnostic that says why, the first in `message`. */
export class KqlError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? 'The query cannot be run.');
    this.name = 'KqlError';
    this.diagnostics = diagnostics;
  }
}

/** A refusal raised where the place is not known; whoever knows the syntax node adds the place. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly suggestion: string | undefined;
  /** The stretch of the text that asked for it, in UTF-16 units, once somebody knows. */
  span?: { readonly start: number; readonly length: number };

  constructor(code: RefusalCode, message: string, suggestion?: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.suggestion = suggestion;
  }
}

/**
 * A refusal as text, for what is found out while DuckDB runs: it passes on no more than the message of an error.
 *
 * @param host the host function that refuses, by which the place in the text is found
 */
export function refusalText({ code, message }: Pick<Refusal, 'code' | 'message'>, host?: string): string {
  return `refused as ${code}${host === undefined ? '' : ` by ${host}`}: ${message}`;
}

const REFUSED = /refused as ([a-z-]+)(?: by (\w+))?: (.*)/;

/** The refusal that a message of DuckDB holds, if it holds one. */
export function refusalIn(
  text: string,
): (Pick<Refusal, 'code' | 'message'> & { readonly host: string | undefined }) | undefined {
  const [, code, host, message] = REFUSED.exec(text) ?? [];
  return code === undefined || message === undefined ? undefined : { code: code as RefusalCode, message, host };
}
