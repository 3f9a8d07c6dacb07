/**
 * KQL text to DuckDB SQL. `compile` is the whole of it; the rest of this folder is how.
 */
import { Binder } from './bind/binder.js';
import { type Diagnostic, KqlError } from './errors.js';
import { emit, type Lineage } from './sql/emit.js';
import { type BoundText, bindText, type Names } from './syntax.js';
import type { NamedType, TableSchema } from './types.js';

export { type Diagnostic, KqlError } from './errors.js';
export type { Lineage } from './sql/emit.js';
export type { FunctionSignature, Names } from './syntax.js';
export * from './types.js';

export interface CompileOptions {
  /** Tables and functions of the environment. */
  readonly names: Names;
  /** Schemas of the sources that the test data gives rows for, by key (`FileProfile`, `_GetWatchlist:VIP`, …). */
  readonly sources?: ReadonlyMap<string, TableSchema>;
  /** What to do with a source that has no rows: refuse the rule (the default), or take it as empty. */
  readonly missingSources?: 'refuse' | 'empty';
  /** Whether each output row tells the events behind it. */
  readonly lineage?: boolean;
}

/** A compiled query: plain data, so that it can be kept on disk and run without the parser. */
export interface Compiled {
  readonly sql: string;
  /** The columns of the answer, in order; `c0`, `c1`, … in the SQL. */
  readonly columns: readonly NamedType[];
  readonly lineage: Lineage;
  readonly hosts: readonly string[];
  readonly patterns: readonly string[];
  /** The tables that the query reads, with the columns that it may use of them. */
  readonly tables: readonly { readonly name: string; readonly schema: TableSchema }[];
  readonly usesNow: boolean;
  /** Warnings of the parser and binder. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles a query.
 *
 * @throws KqlError with every diagnostic of the parser and binder where the text has errors, or with a named refusal at
 *   its place in the text where it asks for something that is not supported
 */
export function compile(text: string, options: CompileOptions): Compiled {
  const bound = bindText(text, options.names);
  const errors = bound.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length > 0) throw new KqlError(errors);
  return compileBound(bound, options);
}

function compileBound(bound: BoundText, options: CompileOptions): Compiled {
  const used = new Set<string>();
  const given = options.sources ?? new Map<string, TableSchema>();
  const binder = new Binder(bound.text, {
    names: options.names,
    given,
    missing: options.missingSources ?? 'refuse',
    use: (key) => used.add(key),
  });
  try {
    const plan = binder.query(bound.block);
    const emitted = emit(plan, { lineage: options.lineage ?? false });
    const sources = new Map([...given].map(([key, schema]) => [`source:${key}`, schema]));
    return {
      ...emitted,
      columns: plan.columns.map(({ name, type }) => ({ name, type })),
      tables: emitted.tables.map((name) => ({ name, schema: options.names.tables.get(name) ?? sources.get(name) ?? [] })),
      diagnostics: bound.diagnostics,
    };
  } catch (error) {
    throw asKqlError(error);
  }
}

/** Whatever goes wrong while compiling is told as a diagnostic; an error of ours keeps its stack as the cause. */
function asKqlError(error: unknown): KqlError {
  if (error instanceof KqlError) return error;
  const refusal = error as { readonly code?: unknown; readonly message?: unknown };
  const named = typeof refusal.code === 'string' && error instanceof Error && error.name === 'Refusal';
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof RangeError && /stack/i.test(message) ? 'resource-limit' : named ? String(refusal.code) : 'internal-error';
  const told = code === 'resource-limit' ? 'The query nests too deeply.' : message;
  const wrapped = new KqlError([{ code, severity: 'error', message: told, line: 0, column: 0, length: 0 }]);
  wrapped.cause = error;
  return wrapped;
}
