/**
 * KQL text to DuckDB SQL. `compile` is the whole of it; the rest of this folder is how.
 */
import { QueryBinder } from './bind/query-binder.js';
import { Completed, NeedsSchema } from './bind/schemas.js';
import { BOUNDS, type Deadline, deadlineIn, nowhere } from './bounds.js';
import { type Diagnostic, KqlError, Refusal } from './errors.js';
import { usesOuterRow } from './plan/outer.js';
import type { Plan, Shared } from './plan/plan.js';
import { type EmitOptions, type Emitted, emit, emitShared, type Lineage } from './sql/emit.js';
import { at, type BoundText, bindText, type Names } from './syntax.js';
import type { NamedType, OutsideRows, TableSchema } from './types.js';

export { type Diagnostic, KqlError } from './errors.js';
export type { Lineage } from './sql/emit.js';
export type { FunctionSignature, Names } from './syntax.js';
export * from './types.js';

export interface CompileOptions {
  /** Tables and functions of the environment, and the rows that are given from outside. */
  readonly names: Names;
  /** What to do with a source that has no rows: refuse the rule (the default), or take it as empty. */
  readonly missingSources?: 'refuse' | 'empty';
  /** Whether each output row tells the events behind it. */
  readonly lineage?: boolean;
  /** Tables of the engine that hold the rows of shared plans, as `printShared` gives them, by the id of the plan. */
  readonly held?: ReadonlyMap<number, string>;
  /** What to take for columns that depend on the data, where there is no engine to ask: by default the query is refused. */
  readonly columnsOfData?: 'refuse' | 'none';
  /** What data said of such columns already. */
  readonly schemas?: Schemas;
  /** When it has to be done; as long as `Names.bounds` say from the start by default. */
  readonly deadline?: Deadline;
}

/** A stretch of the text: line and column count from 1, the length in UTF-16 units. */
export type Place = Pick<Diagnostic, 'line' | 'column' | 'length'>;

/** A compiled query: plain data, so that it can be kept on disk and run without the parser. */
export interface Compiled {
  readonly sql: string;
  /** The columns of the answer, in order; `c0`, `c1`, … in the SQL. */
  readonly columns: readonly NamedType[];
  readonly lineage: Lineage;
  readonly hosts: readonly string[];
  /** Where the text calls a host function first, by the function's name: some arguments are refused at run time only. */
  readonly places: Readonly<Record<string, Place>>;
  readonly patterns: readonly string[];
  /** The tables that the query reads, with the columns that it may use of them. */
  readonly tables: readonly { readonly name: string; readonly schema: TableSchema }[];
  /** The sources that the query reads, with the rows that it brings along. */
  readonly sources: readonly ({ readonly key: string } & OutsideRows)[];
  readonly usesNow: boolean;
  /** The query itself, where it has columns that only the data tells and that were taken to be none. */
  readonly open?: string;
  /** Warnings of the parser and binder. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a query whose columns depend on the data needs to know before it can be compiled. */
export interface Probe {
  /** Gives one column of text. */
  readonly query: Compiled;
  /** Where in the text the schema belongs. */
  readonly position: number;
  /** The schema for what the query gave. */
  readonly resolve: (found: readonly string[]) => TableSchema;
}

/** Schemas that the data decided, by the place in the text where they belong. */
export type Schemas = ReadonlyMap<number, TableSchema>;

/** Said of a table whose columns depend on the data and whose rows depend on the row around it. */
const OPEN_WITHIN =
  'The columns of this table depend on the data of each part: write them here, as in : (Name: string).';

/** Most tables of one query whose columns depend on the data. */
const MAX_PROBES = 32;

/**
 * Compiles a query. One whose columns depend on the data (`bag_unpack`, `pivot`) is refused, unless there is taken to be
 * no data; the engine's own `compileOver` looks at the data.
 *
 * @throws KqlError with every diagnostic of the parser and binder where the text has errors, or with a named refusal at
 *   its place in the text where it asks for something that is not supported
 */
export function compile(text: string, options: CompileOptions): Compiled {
  const schemas = new Map<number, TableSchema>();
  for (;;) {
    const step = compileStep(text, options, schemas);
    if (step.kind === 'compiled') return schemas.size === 0 ? step.compiled : { ...step.compiled, open: text };
    if (options.columnsOfData !== 'none') throw new KqlError([dependsOnData(text, step.probe.position)]);
    addSchema(schemas, step.probe, []);
  }
}

function dependsOnData(text: string, position: number): Diagnostic {
  const message =
    'The columns behind this call depend on the data: write its schema behind it, as in bag_unpack(d) : (Name: string).';
  return at(text, position, 0, 'unsupported-plugin', message);
}

/** Adds what a probe found to the schemas known so far. */
export function addSchema(schemas: Map<number, TableSchema>, probe: Probe, found: readonly string[]): void {
  if (schemas.size >= MAX_PROBES || schemas.has(probe.position)) {
    const message = `More than ${MAX_PROBES} tables of the query have columns that depend on the data.`;
    throw new KqlError([nowhere(`${message} Write the columns of some behind their calls.`)]);
  }
  schemas.set(probe.position, probe.resolve(found));
}

/** One step of compiling: the compiled query, or what has to be asked of the data first. */
export function compileStep(
  text: string,
  options: CompileOptions,
  schemas: Schemas,
): { readonly kind: 'compiled'; readonly compiled: Compiled } | { readonly kind: 'probe'; readonly probe: Probe } {
  const step = planStep(text, options, schemas);
  return step.kind === 'probe' ? step : { kind: 'compiled', compiled: print(step.planned, options) };
}

/** A query as a plan, before it becomes SQL. */
export interface Planned {
  readonly plan: Plan;
  /** Warnings of the parser and binder. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text that it was made of, for the places of what is found out later. */
  readonly text?: string;
}

/**
 * The plan of a query, for whoever looks into it or makes other queries of it; `print` gives its SQL. Where columns
 * depend on the data, `options.schemas` says what they are.
 *
 * @throws KqlError as `compile` does
 */
export function plan(text: string, options: CompileOptions): Planned {
  const schemas = new Map<number, TableSchema>(options.schemas);
  for (;;) {
    const step = planStep(text, options, schemas);
    if (step.kind === 'planned') return step.planned;
    if (options.columnsOfData !== 'none') throw new KqlError([dependsOnData(text, step.probe.position)]);
    addSchema(schemas, step.probe, []);
  }
}

/**
 * The SQL of a plan.
 *
 * @throws KqlError with a named refusal for what has no SQL
 */
export function print(planned: Planned, options: CompileOptions): Compiled {
  return printed(planned, options, () => emit(planned.plan, emitOptions(options)));
}

/**
 * The SQL of the rows of a shared plan, to be put into a table that `CompileOptions.held` then names.
 *
 * @throws KqlError with a named refusal for what has no SQL
 */
export function printShared(shared: Shared, options: CompileOptions): Compiled {
  const planned = { plan: shared.plan, diagnostics: [] };
  return printed(planned, options, () => emitShared(shared, emitOptions(options)));
}

function emitOptions({ lineage = false, held, names, deadline }: CompileOptions): EmitOptions {
  const bounds = names.bounds ?? BOUNDS;
  return {
    lineage,
    largest: bounds.sql,
    deadline: deadline ?? deadlineIn(bounds.time),
    ...(held !== undefined && { held }),
  };
}

function printed({ plan, diagnostics, text }: Planned, options: CompileOptions, emitted: () => Emitted): Compiled {
  try {
    const found = emitted();
    return {
      ...found,
      places: placesIn(found.places, text),
      columns: plan.columns.map(({ name, type }) => ({ name, type })),
      tables: found.tables.map((name) => ({ name, schema: options.names.tables.get(name) ?? [] })),
      sources: [...found.sources].map(([key, rows]) => ({ key, ...rows })),
      diagnostics,
    };
  } catch (error) {
    throw asKqlError(error, text);
  }
}

function placesIn(spans: Emitted['places'], text: string | undefined): Compiled['places'] {
  if (text === undefined) return {};
  return Object.fromEntries(
    [...spans].map(([host, { start, length: width }]) => {
      const { line, column, length } = at(text, start, width, '', '');
      return [host, { line, column, length }];
    }),
  );
}

function planStep(
  text: string,
  options: CompileOptions,
  schemas: Schemas,
): { readonly kind: 'planned'; readonly planned: Planned } | { readonly kind: 'probe'; readonly probe: Probe } {
  const deadline = options.deadline ?? deadlineIn((options.names.bounds ?? BOUNDS).time);
  const { bound, completed } = bindCompleted(text, options.names, schemas, deadline);
  const { diagnostics } = bound;
  const sources = { names: options.names, missing: options.missingSources ?? 'refuse' };
  const binder = new QueryBinder(completed, sources, deadline);
  try {
    return { kind: 'planned', planned: { plan: binder.query(bound.block), diagnostics, text } };
  } catch (error) {
    if (!(error instanceof NeedsSchema)) throw asKqlError(error, text);
    const { position, resolve } = error;
    if (usesOuterRow(error.probe)) throw new KqlError([at(text, position, 0, 'unsupported-argument', OPEN_WITHIN)]);
    const query = print({ plan: error.probe, diagnostics, text }, options);
    return {
      kind: 'probe',
      probe: { query, position, resolve: (found) => narrow(text, position, resolve(found), options) },
    };
  }
}

/** The schema that the data gave: one that is too wide is refused before it is written into the text. */
function narrow(text: string, position: number, schema: TableSchema, { names }: CompileOptions): TableSchema {
  const { most, raise } = (names.bounds ?? BOUNDS).columns;
  if (schema.length <= most) return schema;
  const message = `The data makes a table of ${schema.length.toLocaleString('en-US')} columns here. ${raise}`;
  throw new KqlError([at(text, position, 0, 'resource-limit', message)]);
}

/**
 * Binds a text with the schemas written into it. A name that only an open table explained counts as a column of it that
 * the data happens to lack.
 */
function bindCompleted(
  text: string,
  names: Names,
  schemas: Schemas,
  deadline: Deadline,
): { readonly bound: BoundText; readonly completed: Completed } {
  let known = schemas;
  for (;;) {
    const before = known;
    const completed = new Completed(text, known);
    const bound = bindText(completed.text, names, deadline);
    const errors = bound.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
    if (errors.length === 0)
      return { bound: { ...bound, diagnostics: inOriginal(bound.diagnostics, completed) }, completed };
    known = known.size > 0 ? explained(known, errors, completed) : known;
    if (known === before) throw new KqlError(inOriginal(errors, completed));
  }
}

/** Further columns, or other types of them, that explain errors in what follows an open table; else what was known. */
function explained(known: Schemas, errors: readonly Diagnostic[], completed: Completed): Schemas {
  const columns = new Map([...known.values()].flat().map((column) => [column.name, column.type]));
  const names = new Set(errors.map((error) => nameIn(completed.text, error)));
  const change = (changed: (schema: TableSchema) => TableSchema): Schemas =>
    new Map([...known].map(([at, schema]) => [at, changed(schema)]));
  if (errors.every((error) => error.code === 'KS116') && [...names].every((name) => columns.get(name) === 'dynamic')) {
    return change((schema) =>
      schema.map((column) => (names.has(column.name) ? { ...column, type: 'string' } : column)),
    );
  }
  const further = [...names].filter((name) => !columns.has(name)).map((name) => ({ name, type: 'dynamic' as const }));
  // What else is wrong at the place of an unknown name is wrong because of it.
  const unknown = new Set(errors.filter(({ code }) => code === 'KS142').map(({ line, column }) => `${line}:${column}`));
  if (further.length === 0 || !errors.every(({ line, column }) => unknown.has(`${line}:${column}`))) return known;
  return change((schema) => [...schema, ...further]);
}

/** The name at the place of a diagnostic, out of its brackets. */
function nameIn(text: string, { line, column, length }: Diagnostic): string {
  const start =
    text
      .split('\n')
      .slice(0, line - 1)
      .reduce((sum, before) => sum + before.length + 1, 0) +
    column -
    1;
  const written = text.slice(start, start + length);
  const bracketed = /^\[\s*(['"])(.*)\1\s*\]$/.exec(written);
  return bracketed?.[2] ?? written;
}

function inOriginal(diagnostics: readonly Diagnostic[], completed: Completed): readonly Diagnostic[] {
  if (completed.text === completed.original) return diagnostics;
  return diagnostics.map((diagnostic) => {
    const { line, column, length } = diagnostic;
    const start =
      completed.text
        .split('\n')
        .slice(0, line - 1)
        .reduce((sum, before) => sum + before.length + 1, 0) +
      column -
      1;
    const from = completed.origin(start);
    return { ...diagnostic, ...place(completed.original, from), length: completed.origin(start + length) - from };
  });
}

function place(text: string, start: number): { readonly line: number; readonly column: number } {
  const { line, column } = at(text, start, 0, '', '');
  return { line, column };
}

/** Whatever goes wrong while compiling is told as a diagnostic; an error of ours keeps its stack as the cause. */
function asKqlError(error: unknown, text = ''): KqlError {
  if (error instanceof KqlError) return error;
  const wrapped = new KqlError([diagnosticOf(error, text)]);
  wrapped.cause = error;
  return wrapped;
}

function diagnosticOf(error: unknown, text: string): Diagnostic {
  const nowhere = { severity: 'error', line: 0, column: 0, length: 0 } as const;
  if (error instanceof Refusal) {
    const { code, message, suggestion, span } = error;
    if (span) return at(text, span.start, span.length, code, message, suggestion);
    return { ...nowhere, code, message, ...(suggestion === undefined ? {} : { suggestion }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /stack/i.test(message))
    return { ...nowhere, code: 'resource-limit', message: 'The query nests too deeply.' };
  return { ...nowhere, code: 'internal-error', message };
}
