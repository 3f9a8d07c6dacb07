/** Functions over regular expressions. No two matches overlap; a group that took no part in a match gives `''`. */
import { Refusal } from '../errors.js';
import type { KqlType } from '../types.js';
import type { Dynamic } from '../values/dynamic.js';
import { isArray } from '../values/dynamic.js';
import { planRegex, rust } from './regex.js';
import { regexSql, hosts as testHosts } from './regex-sql.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';
import { constantText, need } from './text.js';

const extractGroup: HostFunction = {
  name: 'extract',
  params: ['string', 'string', 'long'],
  returns: 'string',
  run: (text: string, pattern: string, group: bigint) => {
    return rust(pattern)?.first(text)?.groups[Number(group)] ?? '';
  },
};

const extractAll: HostFunction = {
  name: 'extract_all',
  params: ['string', 'string', 'dynamic'],
  returns: 'dynamic',
  handlesNull: true,
  run: (text: string, pattern: string, wanted: Dynamic) => {
    const regex = rust(pattern);
    if (!regex) return null;
    const wantedGroups = groupNumbers(wanted, regex.names);
    const found = regex.all(text).map(({ groups }) => wantedGroups.map((group) => groups[group] ?? ''));
    if (found.length === 0) return null;
    return wantedGroups.length === 1 ? found.map(([only]) => only ?? '') : found;
  },
};

const replaceRegex: HostFunction = {
  name: 'replace_regex',
  params: ['string', 'string', 'string'],
  returns: 'string',
  run: (text: string, pattern: string, rewrite: string) => {
    const regex = rust(pattern);
    if (!regex) return text;
    const parts = rewriteParts(rewrite);
    const bytes = Buffer.from(text);
    let [out, at] = ['', 0];
    for (const { start, end, groups } of regex.all(text)) {
      out += bytes.toString('utf8', at, start);
      for (const part of parts) out += typeof part === 'string' ? part : (groups[part] ?? '');
      at = end;
    }
    return out + bytes.toString('utf8', at);
  },
};

const countRegex: HostFunction = {
  name: 'count_regex',
  params: ['string', 'string'],
  returns: 'long',
  run: (text: string, pattern: string) => BigInt(rust(pattern)?.count(text) ?? 0),
};

const indexofRegex: HostFunction = {
  name: 'indexof_regex',
  params: ['string', 'string', 'long', 'long', 'long'],
  returns: 'long',
  run: (text: string, pattern: string, start: bigint, length: bigint, occurrence: bigint) => {
    if (length < -1n || occurrence < 1n) return null;
    const characters = Array.from(text);
    const from = start < 0n ? Math.max(0, characters.length + Number(start)) : Number(start);
    const window = characters.slice(from, length < 0n ? undefined : from + Number(length)).join('');
    const found = rust(pattern)?.all(window)[Number(occurrence) - 1];
    if (!found) return -1n;
    return BigInt(from + Array.from(Buffer.from(window).toString('utf8', 0, found.start)).length);
  },
};

export const hosts: readonly HostFunction[] = [
  ...testHosts,
  extractGroup,
  extractAll,
  replaceRegex,
  countRegex,
  indexofRegex,
];

export const functions: readonly ScalarFunction[] = [
  sqlFunction('string', 'extract', ([pattern, group, text], type, context) =>
    typed(extract(need(pattern), need(group), need(text), context), type, context),
  ),
  sqlFunction(
    'string',
    'extract_all',
    (args, _type, context) =>
      allMatches(need(args[0]), args.length > 2 ? args[1] : undefined, need(args.at(-1)), context),
    ['extractall'],
  ),
  sqlFunction('string', 'replace_regex', ([text, pattern, rewrite], _type, context) =>
    replaced(need(text), need(pattern), need(rewrite), context),
  ),
  sqlFunction('string', 'replace', ([pattern, rewrite, text], _type, context) =>
    replaced(need(text), need(pattern), need(rewrite), context),
  ),
  sqlFunction('string', 'trim_start', ([pattern, text], _type, context) =>
    cut(START, need(pattern), need(text), context),
  ),
  sqlFunction('string', 'trim_end', ([pattern, text], _type, context) => cut(END, need(pattern), need(text), context)),
  sqlFunction('string', 'trim', ([pattern, text], _type, context) => {
    const sql = cut(START, need(pattern), need(text), context);
    return cut(END, need(pattern), { sql, type: 'string', constant: undefined }, context);
  }),
  sqlFunction('string', 'indexof_regex', (args, _type, context) => {
    const [text, pattern, ...rest] = [need(args[0]), need(args[1]), ...args.slice(2)];
    const known = constantText(pattern);
    if (known !== undefined) planRegex(known);
    const numbers = [0n, -1n, 1n].map((value, i) => {
      const given = rest[i];
      return given ? context.convert(given, 'long') : context.literal(value, 'long');
    });
    return context.host(indexofRegex, [
      context.convert(text, 'string'),
      context.convert(pattern, 'string'),
      ...numbers,
    ]);
  }),
];

const START = ['\\A(?:', ')'] as const;
const END = ['(?:', ')\\z'] as const;

/** SQL of the number of matches: `countof(…, 'regex')`. */
export function countMatches(text: Arg, pattern: Arg, context: EmitContext): string {
  return regexSql(
    text,
    pattern,
    (sql, re2, { listable }) =>
      listable ? `len(regexp_extract_all(${sql}, ${context.literal(re2, 'string')}))` : undefined,
    (sql, original) => context.host(countRegex, [sql, original]),
    context,
  );
}

function extract(pattern: Arg, group: Arg, text: Arg, context: EmitContext): string {
  const number = typeof group.constant === 'bigint' ? group.constant : undefined;
  return regexSql(
    text,
    pattern,
    (sql, re2, plan) => {
      if (number === undefined) return undefined;
      if (number < 0n || number > plan.groups) return "''";
      return `regexp_extract(${sql}, ${context.literal(re2, 'string')}, ${number})`;
    },
    (sql, original) => context.host(extractGroup, [sql, original, context.convert(group, 'long')]),
    context,
  );
}

function allMatches(pattern: Arg, wanted: Arg | undefined, text: Arg, context: EmitContext): string {
  const known = constantText(pattern);
  if (known !== undefined && planRegex(known).groups === 0) {
    throw new Refusal('unsupported-regex', 'extract_all() needs a pattern with a capture group.', `(${known})`);
  }
  const groups = wanted ? context.convert(wanted, 'dynamic') : context.literal(null, 'dynamic');
  return regexSql(
    text,
    pattern,
    (sql, re2, plan) => {
      const only = wanted ? onlyNumber(wanted) : plan.groups === 1 ? 1 : undefined;
      if (only === undefined || only > plan.groups || !plan.listable) return undefined;
      const found = `regexp_extract_all(${sql}, ${context.literal(re2, 'string')}, ${only})`;
      return `nullif(to_json(list_transform(${found}, lambda found: coalesce(found, '')))::VARCHAR, '[]')`;
    },
    (sql, original) => context.host(extractAll, [sql, original, groups]),
    context,
  );
}

function onlyNumber(wanted: Arg): number | undefined {
  const value = wanted.constant;
  const [item] = value !== undefined && isArray(value) && value.length === 1 ? value : [];
  return typeof item === 'bigint' && item >= 0n && item <= 16n ? Number(item) : undefined;
}

function replaced(text: Arg, pattern: Arg, rewrite: Arg, context: EmitContext): string {
  const known = constantText(rewrite);
  return regexSql(
    text,
    pattern,
    (sql, re2, plan) => {
      if (known === undefined) return undefined;
      const written = rewriteParts(known).map((part) =>
        typeof part === 'string' ? part.replaceAll('\\', '\\\\') : part <= plan.groups ? `\\${part}` : '',
      );
      const literals = [re2, written.join('')].map((value) => context.literal(value, 'string'));
      return `regexp_replace(${sql}, ${literals.join(', ')}, 'g')`;
    },
    (sql, original) => context.host(replaceRegex, [sql, original, context.convert(rewrite, 'string')]),
    context,
  );
}

/** Removes one match that touches the start, or one that touches the end. */
function cut([before, after]: typeof START | typeof END, pattern: Arg, text: Arg, context: EmitContext): string {
  const [open, close, empty] = [before, after, ''].map((value) => context.literal(value, 'string'));
  return regexSql(
    text,
    pattern,
    (sql, re2) => `regexp_replace(${sql}, ${context.literal(`${before}${re2}${after}`, 'string')}, ${empty})`,
    (sql, original) => context.host(replaceRegex, [sql, `concat(${open}, ${original}, ${close})`, `${empty}`]),
    context,
  );
}

function typed(sql: string, type: KqlType, context: EmitContext): string {
  return type === 'string' ? sql : context.convert({ sql, type: 'string', constant: undefined }, type);
}

/** A rewrite as literal text and group numbers: `\1` is a group, `\0` the whole match, `\\` a backslash. */
function rewriteParts(rewrite: string): (string | number)[] {
  return rewrite
    .split(/(\\[0-9\\])/)
    .map((part, i) => (i % 2 === 0 ? part : part === '\\\\' ? '\\' : Number(part[1])))
    .filter((part) => part !== '');
}

/** The wanted groups, by number or by name; all groups when none are named. */
function groupNumbers(wanted: Dynamic, names: readonly (string | null)[]): number[] {
  if (!isArray(wanted)) return names.slice(1).map((_, i) => i + 1);
  return wanted.map((item) => (typeof item === 'string' ? names.indexOf(item) : Number(item)));
}
