/**
 * What Assay runs of the language and what it refuses, read from the registries that the compiler itself reads: a name
 * stands here as supported because the compiler would find it, and for no other reason.
 */
import { markdownTable } from 'markdown-table';
import { aggregates } from './aggregates/index.js';
import { specialFormNames } from './bind/calls.js';
import { graphFunctionNames } from './bind/graph/match.js';
import { operators } from './bind/operators/index.js';
import { plugins } from './bind/plugins/index.js';
import { statements } from './bind/statements.js';
import { tabularForms } from './bind/tabular.js';
import { windowFunctions } from './bind/windows.js';
import { scalarFunctions, scalarOperators } from './functions/index.js';
import { reasonFor } from './reasons.js';
import { type LanguageNames, languageNames } from './syntax.js';

export type SupportKind = 'statement' | 'operator' | 'scalar operator' | 'function' | 'aggregate' | 'plugin';

/** Names of one kind that run; functions come in families. */
export interface SupportGroup {
  readonly kind: SupportKind;
  readonly family?: string;
  readonly names: readonly string[];
}

/** A name that the language has and that is refused where a query uses it. */
export interface RefusedName {
  readonly kind: SupportKind;
  readonly name: string;
  readonly reason: string;
}

export interface Support {
  readonly supported: readonly SupportGroup[];
  readonly refused: readonly RefusedName[];
}

/** Functions that give more than the null of invalid arguments. */
const running = new Map([...scalarFunctions].filter(([, fn]) => fn.refuses === undefined));

const NOT_YET = 'not supported yet';

/** The matrix. Loads the parser, since only it knows what the language has besides. */
export function support(): Support {
  const language = languageNames();
  return { supported: supported(language), refused: refused(language) };
}

function supported(language: LanguageNames): SupportGroup[] {
  const families = new Map<string, string[]>();
  for (const [name, fn] of running) families.set(fn.family, [...(families.get(fn.family) ?? []), name]);
  const special = [...specialFormNames, ...tabularForms.keys()].filter((name) => !scalarFunctions.has(name));
  families.set('of the row or table', [...new Set(special)]);
  families.set(
    'of graphs',
    graphFunctionNames.filter((name) => !aggregates.has(name)),
  );
  families.set('window', [...windowFunctions.keys()]);
  return [
    group('statement', named(statements)),
    group('operator', named(operators)),
    group(
      'scalar operator',
      [...scalarOperators.keys()].map((name) => name.replace(/^unary/, 'unary ')),
    ),
    ...[...families]
      .sort(([a], [b]) => compare(a, b))
      .map(([family, names]) => ({ ...group('function', known(names, language.functions)), family })),
    group('aggregate', known([...aggregates.keys()], language.aggregates)),
    group('plugin', known([...plugins.keys()], language.plugins)),
  ];
}

/** Names that the parser knows too: no query can use any other. */
function known(names: readonly string[], language: readonly string[]): string[] {
  return names.filter((name) => language.includes(name));
}

function refused(language: LanguageNames): RefusedName[] {
  const runs = new Set([
    ...running.keys(),
    ...specialFormNames,
    ...windowFunctions.keys(),
    ...tabularForms.keys(),
    ...graphFunctionNames,
  ]);
  const reason = (name: string): string => reasonFor(name) ?? scalarFunctions.get(name)?.refuses ?? NOT_YET;
  const lacks = (kind: SupportKind, names: readonly string[]): RefusedName[] =>
    [...new Set(names)].sort(compare).map((name) => ({ kind, name, reason: reason(name) }));
  const classes = (all: readonly string[], known: ReadonlyMap<string, unknown>): string[] =>
    all.filter((name) => !known.has(name)).map(written);
  return [
    ...lacks('statement', classes(language.statements, statements)),
    ...lacks('operator', classes(language.operators, operators)),
    // Names that begin with underscores are the cloud's own.
    ...lacks(
      'function',
      language.functions.filter((name) => !name.startsWith('__') && !runs.has(name) && !aggregates.has(name)),
    ),
    ...lacks(
      'aggregate',
      language.aggregates.filter((name) => !aggregates.has(name)),
    ),
    ...lacks(
      'plugin',
      language.plugins.filter((name) => !plugins.has(name)),
    ),
  ];
}

/** What is written in a query for a class of the parser: `GraphMatchOperator` is `graph-match`. */
function written(className: string): string {
  const words = className
    .replace(/(Operator|Statement)$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '-')
    .toLowerCase();
  return { 'reduce-by': 'reduce', pattern: 'declare pattern', restrict: 'restrict access' }[words] ?? words;
}

function named(registry: ReadonlyMap<string, { readonly name: string }>): string[] {
  return [...registry.values()].map(({ name }) => name);
}

function group(kind: SupportKind, names: readonly string[]): SupportGroup {
  return { kind, names: [...new Set(names)].sort(compare) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The matrix as Markdown: a table of what runs, and one of what is refused, by kind and reason. */
export function supportMarkdown({ supported, refused }: Support): string {
  const code = (names: readonly string[]): string =>
    names.map((name) => `\`${name}\``.replaceAll('|', '\\|')).join(' ');
  const runs = supported.map((group) => [title(group), String(group.names.length), code(group.names)]);
  const not = byReason(refused).map(({ kind, reason, names }) => [`${kind}s`, reason, code(names)]);
  return [
    markdownTable([['what runs', '', 'names'], ...runs]),
    '',
    markdownTable([['what is refused', 'why', 'names'], ...not]),
    '',
  ].join('\n');
}

const WIDTH = 100;

/** The matrix for a terminal. */
export function supportText({ supported, refused }: Support): string {
  const runs = supported.map((group) => `${title(group)} (${group.names.length})\n${wrapped(group.names)}\n`);
  const not = byReason(refused).map(({ kind, reason, names }) => `${kind}s: ${reason}\n${wrapped(names)}\n`);
  return `${runs.join('\n')}\nRefused by name\n\n${not.join('\n')}`;
}

function title({ kind, family }: SupportGroup): string {
  return family === undefined ? `${kind}s` : `${kind}s: ${family}`;
}

function byReason(
  refused: readonly RefusedName[],
): readonly { readonly kind: SupportKind; readonly reason: string; readonly names: readonly string[] }[] {
  const groups = new Map<string, { kind: SupportKind; reason: string; names: string[] }>();
  for (const { kind, reason, name } of refused) {
    const key = `${kind}: ${reason}`;
    const group = groups.get(key) ?? { kind, reason, names: [] };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function wrapped(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + name.length + 2 <= WIDTH) lines[lines.length - 1] = `${line}  ${name}`;
    else lines.push(`  ${name}`);
  }
  return lines.join('\n');
}
