/// <reference types="@kusto/language-service-next" />
/**
 * The one place that touches Microsoft's parser and binder: text in, bound tree and diagnostics out.
 *
 * The parser is C# compiled to a script that puts its namespaces on the global object; it takes a second to load, so
 * it is loaded when the first text is parsed and not before.
 */
import { createRequire } from 'node:module';
import { BOUNDS, type Deadline, deadlineIn, inTime } from './bounds.js';
import { closest } from './closest.js';
import { type Diagnostic, KqlError, shortDiagnostic } from './errors.js';
import type { Bounds, KqlType, NamedType, OutsideRows, TableSchema } from './types.js';

export type Node = Kusto.Language.Syntax.SyntaxNode;
export type Expression = Kusto.Language.Syntax.Expression;

/** A function that the product provides, as the binder needs to know it. */
export interface FunctionSignature {
  readonly name: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: KqlType;
    readonly optional?: boolean;
    readonly column?: boolean;
  }[];
  /** What it returns, for a function that stands alone. */
  readonly columns?: TableSchema;
  /** What it adds to its input, for a function to be invoked. */
  readonly adds?: TableSchema;
  /** Whether further columns may exist. */
  readonly open?: boolean;
}

/** What names a text may use besides its own: tables and functions of the environment. */
export interface Names {
  readonly tables: ReadonlyMap<string, TableSchema>;
  readonly functions: ReadonlyMap<string, FunctionSignature>;
  /** Rows from outside, by the key of what the text takes them from (`FileProfile`, `_GetWatchlist:VIP`, …). */
  readonly sources?: ReadonlyMap<string, OutsideRows>;
  /** How large a text that uses them may get; what `BOUNDS` says by default. */
  readonly bounds?: Bounds;
}

export interface BoundText {
  readonly text: string;
  readonly block: Kusto.Language.Syntax.QueryBlock;
  /** Errors and warnings of the parser and binder, in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses and binds a text.
 *
 * @throws KqlError only where the text exceeds a bound, or the parser itself breaks down on it
 */
export function bindText(
  text: string,
  names: Names,
  deadline: Deadline = deadlineIn((names.bounds ?? BOUNDS).time),
): BoundText {
  const bounds = names.bounds ?? BOUNDS;
  refuseTooLarge(text, bounds);
  const language = parser();
  const globals = globalsFor(language, names);
  const outer = watch;
  watch = (node) => {
    inTime(deadline);
    if (node) refuseTooWide(text, node, bounds);
  };
  try {
    const code = present(language.KustoCode.ParseAndAnalyze(text, globals));
    const block = present(code.Syntax);
    if (!isNode(block, 'QueryBlock')) {
      throw new KqlError([
        at(text, 0, text.length, 'unsupported-statement', 'This is a management command, not a query.'),
      ]);
    }
    const diagnostics = foremost(items(code.GetDiagnostics()), (each) => {
      inTime(deadline);
      return !namesInvokedColumn(block, each, names);
    }).map((each) => {
      inTime(deadline);
      return describe(code, text, each);
    });
    diagnostics.sort((a, b) => a.line - b.line || a.column - b.column || consequence(a) - consequence(b));
    return { text, block, diagnostics };
  } catch (error) {
    if (error instanceof KqlError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof RangeError)
      throw new KqlError([at(text, 0, 0, 'resource-limit', 'The query nests too deeply.')]);
    throw new KqlError([at(text, 0, text.length, 'parser-failure', `The KQL parser breaks down on this text: ${why}`)]);
  } finally {
    watch = outer;
  }
}

/** Sees each node that the parser's binder has bound, and is asked often on the way of the parser and the binder. */
let watch: ((node?: Node) => void) | undefined;

/** The parser's binder expands functions and compares all arguments with each other: nothing else could stop it. */
function watchBinder(language: typeof Kusto.Language): void {
  const { Binder } = language.Binding;
  const tree = Binder.TreeBinder.prototype as unknown as { BindNode(node: Node): void };
  const bind = tree.BindNode;
  tree.BindNode = function (node) {
    bind.call(this, node);
    watch?.(node);
  };
  const calls = Binder.prototype as unknown as { CheckArgument(...args: unknown[]): unknown };
  const check = calls.CheckArgument;
  calls.CheckArgument = function (...args) {
    watch?.();
    return check.apply(this, args);
  };
}

/** Parts of the parser that long texts pass often. */
const OFTEN_PARSED = ['ParseQueryBlockStatement', 'ParseExpression', 'ParseUnnamedExpression'] as const;

function watchParser(language: typeof Kusto.Language): void {
  const parser = language.Parsing.QueryParser.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of OFTEN_PARSED) {
    const parse = present(parser[name]);
    parser[name] = function (...args) {
      watch?.();
      return parse.apply(this, args);
    };
  }
}

function refuseTooWide(text: string, node: Node, { columns: { most, raise } }: Bounds): void {
  const type = (node as Partial<Expression>).ResultType ?? null;
  if (type === null || kindOf(type) !== 'TableSymbol') return;
  const count = (type as Kusto.Language.Symbols.TableSymbol).Columns?.Count ?? 0;
  if (count <= most) return;
  const message = `The query makes a table of ${count.toLocaleString('en-US')} columns. ${raise}`;
  // A function's body is bound as a text of its own, whose places are not those of the query.
  const start = Math.min(node.GetPositionInOriginalTree(node.TextStart), text.length);
  throw new KqlError([at(text, start, Math.min(node.Width, text.length - start), 'resource-limit', message)]);
}

/** Most findings of the parser that are described: each is searched a name that was meant. */
const MOST_FINDINGS = 100;

/** The first that count. Errors go before warnings, and both in the order of the text. */
function foremost(
  found: readonly Kusto.Language.Diagnostic[],
  counts: (found: Kusto.Language.Diagnostic) => boolean,
): readonly Kusto.Language.Diagnostic[] {
  const weight = (each: Kusto.Language.Diagnostic): number => (each.Severity === 'Error' ? 0 : 1);
  const first: Kusto.Language.Diagnostic[] = [];
  for (const each of [...found].sort((a, b) => weight(a) - weight(b) || a.Start - b.Start)) {
    if (first.length === MOST_FINDINGS) break;
    if (counts(each)) first.push(each);
  }
  return first;
}

/**
 * Strings and comments, brackets, words, and other signs, roughly as the parser sees them. What is not closed ends with
 * its line or the text, so that no place is read twice.
 */
const TOKENS =
  /@"(?:[^"]|"")*"?|@'(?:[^']|'')*'?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|```[\s\S]*?(?:```|$)|\/\/.*|([([{])|([)\]}])|\w+|[^\s\w]/g;

/** The parser gives up on about 500 levels by itself, but only after a time that grows with their square. */
const MOST_BRACKETS = 1_000;

/** The parser reads such texts in one go: what it would take too long for is refused before. */
function refuseTooLarge(text: string, { text: characters, tokens }: Bounds): void {
  const refuse = (start: number, message: string): never => {
    throw new KqlError([at(text, start, 0, 'resource-limit', message)]);
  };
  if (text.length > characters.most)
    refuse(0, `The query has ${text.length.toLocaleString('en-US')} characters. ${characters.raise}`);
  let depth = 0;
  let count = 0;
  for (const { 1: opening, 2: closing, index } of text.matchAll(TOKENS)) {
    if (opening !== undefined) depth++;
    else if (closing !== undefined) depth = Math.max(depth - 1, 0);
    if (depth > MOST_BRACKETS) refuse(index, `The query nests brackets deeper than ${MOST_BRACKETS} levels.`);
    if (++count > tokens.most)
      refuse(index, `The query has too many words and signs: here they exceed the limit. ${tokens.raise}`);
  }
}

/** Whether a syntax element is of a class of the parser, by the class's short name. */
export function isNode<K extends keyof Nodes>(
  element: Kusto.Language.Syntax.SyntaxElement | null,
  kind: K,
): element is Nodes[K] {
  return element !== null && kindOf(element) === kind;
}

type SyntaxNamespace = typeof Kusto.Language.Syntax;
/** Every syntax class by its short name. */
export type Nodes = {
  [K in keyof SyntaxNamespace as SyntaxNamespace[K] extends { prototype: Kusto.Language.Syntax.SyntaxElement }
    ? K
    : never]: SyntaxNamespace[K] extends { prototype: infer N } ? N : never;
};

/** Short class name of a syntax element or symbol: `FilterOperator`, `ColumnSymbol`. */
export function kindOf(thing: object): string {
  const full = (thing.constructor as unknown as { $$name?: string }).$$name ?? thing.constructor.name;
  const bare = full.replace(/\$\d.*$/, '');
  return bare.slice(bare.lastIndexOf('.') + 1);
}

/** A .NET list as an array. */
export function items<T>(
  list: System.Collections.Generic.IReadOnlyList$1<T> | Kusto.Language.Syntax.SyntaxList$1<T> | null | undefined,
): T[] {
  if (list === null || list === undefined) return [];
  const indexed = list as unknown as { readonly Count: number; getItem(index: number): T };
  return Array.from({ length: indexed.Count }, (_, i) => indexed.getItem(i));
}

/** The elements of a comma-separated syntax list. */
export function elements<T extends Kusto.Language.Syntax.SyntaxElement>(
  list: Kusto.Language.Syntax.SyntaxList$1<Kusto.Language.Syntax.SeparatedElement$1<T>> | null,
): T[] {
  return items(list).map((separated) => present(separated.Element$1));
}

/** A member that the parser's typings call nullable and that a bound tree without errors has. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('The syntax tree lacks a part that it must have.');
  return value;
}

/** The KQL type of a type symbol, or null where it is no scalar type or not known. */
export function typeOf(symbol: Kusto.Language.Symbols.TypeSymbol | null): KqlType | null {
  if (symbol === null || symbol === undefined) return null;
  const name = symbol.Name ?? '';
  if (SCALARS.has(name)) return name as KqlType;
  return kindOf(symbol).startsWith('Dynamic') ? 'dynamic' : null;
}

const SCALARS: ReadonlySet<string> = new Set([
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'string',
  'datetime',
  'timespan',
  'guid',
  'dynamic',
]);

/** Columns of a table or tuple symbol; a column of unknown type counts as dynamic, as an open table's do. */
export function columnsOf(symbol: Kusto.Language.Symbols.TypeSymbol | null): NamedType[] {
  const columns = (symbol as Kusto.Language.Symbols.TableSymbol | null)?.Columns ?? null;
  return items(columns).map((column) => ({ name: column.Name ?? '', type: typeOf(column.Type) ?? 'dynamic' }));
}

/** The name that the language gives the column of an expression without one of its own; undefined where it makes one up. */
export function resultName(expression: Expression): string | undefined {
  return parser().Binding.Binder.GetExpressionResultName(expression, null, null) ?? undefined;
}

/** A diagnostic at a stretch of the text. Offsets are in UTF-16 units. */
export function at(
  text: string,
  start: number,
  length: number,
  code: string,
  message: string,
  suggestion?: string,
): Diagnostic {
  const { line, column } = placeIn(text, start);
  return {
    code,
    severity: 'error',
    message,
    line,
    column,
    length,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** The lines of the text that was asked about last: thousands of findings are of one text. */
let lines: { readonly text: string; readonly starts: readonly number[] } | undefined;

function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  if (lines?.text !== text) lines = { text, starts: [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)] };
  const { starts } = lines;
  let line = 0;
  for (let end = starts.length; end - line > 1; ) {
    const middle = (line + end) >> 1;
    if ((starts[middle] ?? 0) <= offset) line = middle;
    else end = middle;
  }
  return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
}

/** What is said of an unknown name stands before what follows from it at the same place, such as its lack of a type. */
const consequence = ({ code }: Diagnostic): number => (UNKNOWN_NAMES.has(code) ? 0 : 1);

const UNKNOWN_NAMES: ReadonlySet<string> = new Set(['KS142', 'KS204', 'KS211', 'KS109', 'KS143']);

function describe(code: Kusto.Language.KustoCode, text: string, found: Kusto.Language.Diagnostic): Diagnostic {
  const start = found.HasLocation ? found.Start : 0;
  const length = found.HasLocation ? found.Length : 0;
  const name = found.Code ?? 'KS000';
  const suggestion = UNKNOWN_NAMES.has(name) ? nearestName(code, text.slice(start, start + length), start) : undefined;
  const severity = found.Severity === 'Error' ? 'error' : found.Severity === 'Warning' ? 'warning' : 'information';
  return { ...shortDiagnostic(at(text, start, length, name, found.Message ?? '', suggestion)), severity };
}

/**
 * Whether a diagnostic only says that `SHA1` in `invoke FileProfile(SHA1)` is unknown: the product takes the name of an
 * input column there, which the binder has no notion of. Our own binding checks that the column exists.
 */
function namesInvokedColumn(
  block: Kusto.Language.Syntax.QueryBlock,
  found: Kusto.Language.Diagnostic,
  names: Names,
): boolean {
  if (found.Code !== 'KS142' || !found.HasLocation) return false;
  const reference = block.GetTokenAt(found.Start)?.Parent?.Parent ?? null;
  const call = reference?.Parent?.Parent?.Parent?.Parent ?? null;
  if (!isNode(reference, 'NameReference') || !isNode(call, 'FunctionCallExpression')) return false;
  if (!isNode(call.Parent, 'InvokeOperator')) return false;
  const signature = names.functions.get(call.Name?.SimpleName ?? '');
  const place = elements(call.ArgumentList?.Expressions ?? null).indexOf(reference);
  return signature?.parameters[place]?.column === true;
}

/** The nearest name that is in scope at a place: a column of the input first, then tables and variables, then functions. */
function nearestName(code: Kusto.Language.KustoCode, name: string, start: number): string | undefined {
  const columns = items(code.GetColumnsInScope(start)?.Columns ?? null).map((column) => column.Name ?? '');
  const symbols = items(code.GetSymbolsInScope(start));
  const named = (functions: boolean): string[] =>
    symbols.filter((symbol) => (kindOf(symbol) === 'FunctionSymbol') === functions).map((symbol) => symbol.Name ?? '');
  return closest(name, columns) ?? closest(name, named(false)) ?? closest(name, named(true));
}

const globalsByNames = new WeakMap<Names, Kusto.Language.GlobalState>();

function globalsFor(language: typeof Kusto.Language, names: Names): Kusto.Language.GlobalState {
  let globals = globalsByNames.get(names);
  if (!globals) {
    const members: Kusto.Language.Symbols.Symbol[] = [];
    for (const [name, schema] of names.tables)
      members.push(new language.Symbols.TableSymbol.$ctor4(name, columnSymbols(language, schema)));
    for (const signature of names.functions.values()) members.push(functionSymbol(language, signature));
    const database = new language.Symbols.DatabaseSymbol.ctor('assay', members);
    globals = present(present(language.GlobalState.Default).WithDatabase(database));
    globalsByNames.set(names, globals);
  }
  return globals;
}

function columnSymbols(language: typeof Kusto.Language, schema: TableSchema): Kusto.Language.Symbols.ColumnSymbol[] {
  return schema.map(({ name, type }) => {
    const symbol = language.Symbols.ScalarTypes.GetSymbol(type);
    return new language.Symbols.ColumnSymbol(name, symbol, null, null, null, null);
  });
}

function functionSymbol(
  language: typeof Kusto.Language,
  signature: FunctionSignature,
): Kusto.Language.Symbols.FunctionSymbol {
  const table = (columns: TableSchema): Kusto.Language.Symbols.TableSymbol => {
    const symbol = new language.Symbols.TableSymbol.ctor(columnSymbols(language, columns));
    return signature.open ? present(symbol.WithIsOpen(true)) : symbol;
  };
  const parameters = signature.parameters.map(({ name, type, optional, column }) => {
    const scalar = present(language.Symbols.ScalarTypes.GetSymbol(column ? 'dynamic' : type));
    const { ArgumentKind, Parameter } = language.Symbols;
    return new Parameter.$ctor3(
      name,
      scalar,
      ArgumentKind.Expression,
      null,
      null,
      false,
      null,
      optional ? 0 : 1,
      1,
      null,
      null,
    );
  });
  if (!signature.adds) {
    return new language.Symbols.FunctionSymbol.$ctor5(signature.name, table(signature.columns ?? []), parameters);
  }
  const added = columnSymbols(language, signature.adds);
  const addedNames = new Set(signature.adds.map((column) => column.name));
  const input = new language.Symbols.Parameter.$ctor2('T', language.Symbols.TableSymbol.Empty);
  const returns = (context: Kusto.Language.Symbols.CustomReturnTypeContext): Kusto.Language.Symbols.TypeSymbol => {
    const argument = context.GetArgument$1('T');
    const existing = items((argument?.ResultType as Kusto.Language.Symbols.TableSymbol | null)?.Columns ?? null);
    const kept = existing.filter((column) => !addedNames.has(column.Name ?? ''));
    return new language.Symbols.TableSymbol.ctor([...kept, ...added]);
  };
  return new language.Symbols.FunctionSymbol.ctor(signature.name, returns, language.Symbols.Tabularity.Tabular, [
    input,
    ...parameters,
  ]);
}

/**
 * The parser's binder gives every `scan` a column `match_id`; the engine gives one only where the query asks for it, and
 * what follows must be bound accordingly.
 */
function dropUnaskedMatchId(language: typeof Kusto.Language): void {
  const binder = language.Binding.Binder.NodeBinder.prototype;
  const visit = binder.VisitScanOperator;
  binder.VisitScanOperator = function (node) {
    const bound = visit.call(this, node);
    const asked = items(node?.Parameters).some((parameter) => parameter.Name?.SimpleName === 'with_match_id');
    const table = bound?.ResultType as Kusto.Language.Symbols.TableSymbol | null;
    if (asked || !bound || !table) return bound;
    return withColumns(language, bound, table, items(table.Columns).slice(0, -1));
  };
}

/** The parser's binder takes `union kind=inner` for any other; the engine gives the columns that all members have. */
function narrowInnerUnions(language: typeof Kusto.Language): void {
  const binder = language.Binding.Binder.NodeBinder.prototype;
  const visit = binder.VisitUnionOperator;
  binder.VisitUnionOperator = function (node) {
    const bound = visit.call(this, node);
    const parameters = items(node?.Parameters).map((parameter) =>
      parameter.ToString(2)?.toLowerCase().replace(/\s/g, ''),
    );
    const table = bound?.ResultType as Kusto.Language.Symbols.TableSymbol | null;
    if (!node || !bound || !table || !parameters.includes('kind=inner')) return bound;
    const piped = isNode(node.Parent, 'PipeExpression') ? [node.Parent.Expression] : [];
    const members = [...piped, ...elements(node.Expressions)].flatMap((member) => tablesOf(member?.ResultType ?? null));
    const source = items(node.Parameters).find((parameter) => /^with_?source$/.test(parameter.Name?.SimpleName ?? ''));
    const named = source?.Expression?.ToString(2)?.trim();
    const shared = items(table.Columns).filter(
      (column) => column.Name === named || members.every((columns) => has(columns, column)),
    );
    return withColumns(language, bound, table, shared);
  };
}

/**
 * The parser's binder remembers which columns a column of a union was made of, each as often as it meets it, so that a
 * chain of unions of themselves doubles the list with every link. Once is enough.
 */
function rememberOriginalsOnce(language: typeof Kusto.Language): void {
  type Columns = readonly Kusto.Language.Symbols.ColumnSymbol[];
  const symbol = language.Symbols.ColumnSymbol as unknown as { GetTrulyOriginalColumns(columns: Columns): Columns };
  symbol.GetTrulyOriginalColumns = (columns) => {
    const originals = items(columns as unknown as List<Columns[number]>).flatMap((column) => {
      const before = items(column.OriginalColumns);
      return before.length > 0 ? before : [column];
    });
    return [...new Set(originals)];
  };
}

type List<T> = System.Collections.Generic.IReadOnlyList$1<T>;

/** The parser's binder lets `serialize x = …` make a second `x`; the engine replaces the one that there is, as `extend` does. */
function replaceBySerialize(language: typeof Kusto.Language): void {
  const binder = language.Binding.Binder.NodeBinder.prototype;
  const visit = binder.VisitSerializeOperator;
  binder.VisitSerializeOperator = function (node) {
    const bound = visit.call(this, node);
    const table = bound?.ResultType as Kusto.Language.Symbols.TableSymbol | null;
    if (!node || !bound || !table) return bound;
    const written = elements(node.Expressions);
    const columns = items(table.Columns);
    const made = columns.splice(columns.length - written.length);
    const added = made.filter((column, i) => {
      const entry = written[i] ?? null;
      const name = isNode(entry, 'SimpleNamedExpression') ? entry.Name?.SimpleName : column.Name;
      const at = name === column.Name ? -1 : columns.findIndex((existing) => existing.Name === name);
      const replaced = columns[at];
      if (replaced && column.Type) columns[at] = present(replaced.WithType(column.Type));
      return !replaced;
    });
    return withColumns(language, bound, table, [...columns, ...added]);
  };
}

/** Whether one of the columns is another: of its type, and of its name, which the binder lengthens by the type in clashes. */
function has(
  columns: readonly Kusto.Language.Symbols.ColumnSymbol[],
  { Name: name, Type: type }: Kusto.Language.Symbols.ColumnSymbol,
): boolean {
  const names = (own: string | null): boolean => own === name || `${own}_${type?.Name}` === name;
  return columns.some((own) => own.Type === type && names(own.Name));
}

/** The columns of each table that an expression of a union stands for. */
function tablesOf(type: Kusto.Language.Symbols.TypeSymbol | null): Kusto.Language.Symbols.ColumnSymbol[][] {
  if (type === null) return [];
  if (kindOf(type) === 'GroupSymbol') {
    return items((type as Kusto.Language.Symbols.GroupSymbol).Members).flatMap((member) =>
      tablesOf(member as Kusto.Language.Symbols.TypeSymbol),
    );
  }
  return kindOf(type) === 'TableSymbol' ? [items((type as Kusto.Language.Symbols.TableSymbol).Columns)] : [];
}

function withColumns(
  language: typeof Kusto.Language,
  bound: Kusto.Language.Binding.SemanticInfo,
  table: Kusto.Language.Symbols.TableSymbol,
  columns: Kusto.Language.Symbols.ColumnSymbol[],
): Kusto.Language.Binding.SemanticInfo {
  return new language.Binding.SemanticInfo.$ctor5(table.WithColumns(columns), bound.Diagnostics, false, null);
}

/** What the language has names for, by Microsoft's parser; operators and statements by the names of their classes. */
export interface LanguageNames {
  readonly functions: readonly string[];
  readonly aggregates: readonly string[];
  readonly plugins: readonly string[];
  readonly operators: readonly string[];
  readonly statements: readonly string[];
}

export function languageNames(): LanguageNames {
  const language = parser();
  const { Functions, Aggregates, PlugIns } = present(language.GlobalState.Default);
  const names = (symbols: typeof Functions): string[] =>
    (symbols as unknown as readonly Kusto.Language.Symbols.FunctionSymbol[]).map((symbol) => symbol.Name ?? '');
  const classes = Object.keys(language.Syntax);
  return {
    functions: names(Functions),
    aggregates: names(Aggregates),
    plugins: names(PlugIns),
    operators: classes.filter((name) => /^(?!Bad|Query).+Operator$/.test(name)),
    statements: classes.filter((name) => /^(?!Empty|Expression).+Statement$/.test(name)),
  };
}

let loaded: typeof Kusto.Language | undefined;

interface StringBuilder {
  buffer: string[];
  $str: string | null;
}

/**
 * Has the script's strings grow as JavaScript's own do. Its builder copies all that it holds whenever its length is
 * asked for, which the parser does at each token of a `dynamic()`: a list of 30,000 took minutes.
 */
function buildStringsOnce(): void {
  const { prototype } = (
    globalThis as unknown as { System: { Text: { StringBuilder: { prototype: Record<string, unknown> } } } }
  ).System.Text.StringBuilder;
  prototype['getString'] = function (this: StringBuilder): string {
    if (!this.$str) {
      let whole = '';
      for (const part of this.buffer) whole += part;
      this.$str = whole;
      this.buffer = [whole];
    }
    return this.$str;
  };
}

function parser(): typeof Kusto.Language {
  if (!loaded) {
    const load = createRequire(import.meta.url);
    load('@kusto/language-service-next/bridge.min.js');
    load('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
    loaded = (globalThis as unknown as { Kusto: { Language: typeof Kusto.Language } }).Kusto.Language;
    buildStringsOnce();
    dropUnaskedMatchId(loaded);
    narrowInnerUnions(loaded);
    replaceBySerialize(loaded);
    rememberOriginalsOnce(loaded);
    watchParser(loaded);
    watchBinder(loaded);
  }
  return loaded;
}
