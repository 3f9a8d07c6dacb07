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

/** Characters that a message shows of a text that it quotes. */
const LONGEST_QUOTE = 80;

/** Characters of a longer message that are kept: from its start, and from its end. */
const [FROM_START, FROM_END] = [3000, 1000];

/** What stands in quotes: an apostrophe within a word opens and closes none. */
const QUOTED = /(?<!\w)(['"`])((?:(?!\1).|\1(?=\w))*)\1(?!\w)/gs;

/** A text that is cut where it is too long to quote. */
export function excerpt(text: string): string {
  if (text.length <= LONGEST_QUOTE) return text;
  return `${text.slice(0, LONGEST_QUOTE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** A message in which everything that it quotes is an `excerpt`: files and rules may hold any text, of any length. */
export function shortened(message: string): string {
  const whole =
    message.length <= FROM_START + FROM_END
      ? message
      : `${message.slice(0, FROM_START)}…${message.slice(message.length - FROM_END)}`;
  return whole.replace(QUOTED, (_, mark: string, inner: string) => `${mark}${excerpt(inner)}${mark}`);
}

/** A diagnostic with what it quotes cut. */
export function shortDiagnostic(diagnostic: Diagnostic): Diagnostic {
  const { message, suggestion } = diagnostic;
  return {
    ...diagnostic,
    message: shortened(message),
    ...(suggestion !== undefined && { suggestion: excerpt(suggestion) }),
  };
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
    const short = diagnostics.map(shortDiagnostic);
    super(short[0]?.message ?? 'The query cannot be run.');
    this.name = 'KqlError';
    this.diagnostics = short;
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
