/** Functions over text. Positions and lengths count Unicode code points. */
import { Refusal } from '../errors.js';
import type { KqlType } from '../types.js';
import type { Dynamic } from '../values/dynamic.js';
import { isArray, isBag, parseDynamic } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';
import { countMatches, functions as regexFunctions, hosts as regexHosts } from './string-regex.js';
import { fold, hasTermIn } from './terms.js';
import { constantText, need, textOf } from './text.js';

/** DuckDB's substring() takes no larger offset or length; KQL's strings are shorter. */
const LONGEST = 2n ** 31n - 1n;
const LARGEST_TEXT = 16_777_216;
/** `strrep()` repeats at most so often. */
const MOST_REPEATS = 1024n;

const strcatArray: HostFunction = {
  name: 'strcat_array',
  params: ['dynamic', 'string'],
  returns: 'string',
  run: (list: Dynamic, delimiter: string) => {
    if (!isArray(list)) return '';
    const texts = list.map(textOf);
    const length = texts.reduce((sum, text) => sum + text.length + delimiter.length, 0);
    if (length > LARGEST_TEXT)
      throw new Refusal('resource-limit', `strcat_array() would make a text of more than ${LARGEST_TEXT} characters.`);
    return texts.join(delimiter);
  },
};

const strrep: HostFunction = {
  name: 'strrep',
  params: ['string', 'long', 'string'],
  returns: 'string',
  run: (text: string, times: bigint, delimiter: string) => {
    const count = Number(times < 0n ? 0n : times > MOST_REPEATS ? MOST_REPEATS : times);
    if ((text.length + delimiter.length) * count > LARGEST_TEXT) {
      throw new Refusal('resource-limit', `strrep() would make a text of more than ${LARGEST_TEXT} characters.`);
    }
    return Array.from({ length: count }, () => text).join(delimiter);
  },
};

const reverse: HostFunction = {
  name: 'reverse',
  params: ['string'],
  returns: 'string',
  run: (text: string) => Array.from(text).reverse().join(''),
};

/** Upper case without a change of length: `ß` stays. */
const upper: HostFunction = {
  name: 'toupper',
  params: ['string'],
  returns: 'string',
  run: (text: string) =>
    Array.from(text, (char) => {
      const large = char.toUpperCase();
      return Array.from(large).length === 1 ? large : char;
    }).join(''),
};

const translate: HostFunction = {
  name: 'translate',
  params: ['string', 'string', 'string'],
  returns: 'string',
  run: (search: string, replacement: string, text: string) => {
    const [from, to] = [Array.from(search), Array.from(replacement)];
    // A shorter list of replacements goes on with its last character; an empty one removes.
    return Array.from(text, (char) => {
      const at = from.indexOf(char);
      return at < 0 ? char : (to[at] ?? to.at(-1) ?? '');
    }).join('');
  },
};

const replaceStrings: HostFunction = {
  name: 'replace_strings',
  params: ['string', 'dynamic', 'dynamic'],
  returns: 'string',
  handlesNull: true,
  run: (text: string, lookups: Dynamic, rewrites: Dynamic) => {
    if (!isArray(lookups) || !isArray(rewrites)) return text;
    const pairs = lookups.flatMap((lookup, i) =>
      typeof lookup === 'string' && lookup !== '' ? [{ lookup, rewrite: rewrites[i] }] : [],
    );
    let [out, at] = ['', 0];
    while (at < text.length) {
      const pair = pairs.find(({ lookup }) => text.startsWith(lookup, at));
      // A match whose replacement is not text stays as it is, but counts as matched.
      if (pair) out += typeof pair.rewrite === 'string' ? pair.rewrite : pair.lookup;
      else out += text[at];
      at += pair ? pair.lookup.length : 1;
    }
    return out;
  },
};

const indexof: HostFunction = {
  name: 'indexof',
  params: ['string', 'string', 'long', 'long', 'long'],
  returns: 'long',
  run: (text: string, sought: string, start: bigint, length: bigint, occurrence: bigint) => {
    if (length < -1n || occurrence < 1n) return null;
    const [characters, wanted] = [Array.from(text), Array.from(sought)];
    const from = start < 0n ? Math.max(0, characters.length + Number(start)) : Number(start);
    const end = length < 0n ? characters.length : Math.min(characters.length, from + Number(length));
    let left = Number(occurrence);
    for (let at = from; at + wanted.length <= end; at++) {
      if (wanted.every((char, i) => characters[at + i] === char) && --left === 0) return BigInt(at);
    }
    return -1n;
  },
};

const countText: HostFunction = {
  name: 'countof',
  params: ['string', 'string'],
  returns: 'long',
  run: (text: string, sought: string) => {
    if (sought === '') return 0n;
    let count = 0n;
    // Plain matches may overlap.
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) count++;
    return count;
  },
};

const regexQuote: HostFunction = {
  name: 'regex_quote',
  params: ['string'],
  returns: 'string',
  run: (text: string) => text.replace(/[\\.+*?()|[\]{}^$#&~-]/g, '\\$&'),
};

const fromCodepoints: HostFunction = {
  name: 'unicode_codepoints_to_string',
  params: [],
  variadic: 'dynamic',
  returns: 'string',
  handlesNull: true,
  run: (...values: Dynamic[]) =>
    values
      .flat()
      .map((value) => (typeof value === 'bigint' && value >= 0n && value <= 0x10ffffn ? Number(value) : undefined))
      .map((code) => (code === undefined ? '' : String.fromCodePoint(code)))
      .join(''),
};

const toCodepoints: HostFunction = {
  name: 'unicode_codepoints_from_string',
  params: ['string'],
  returns: 'dynamic',
  run: (text: string) => Array.from(text, (char) => BigInt(char.codePointAt(0) ?? 0)),
};

/** Both arguments folded. */
const hasAnyIndex: HostFunction = {
  name: 'has_any_index',
  params: ['string', 'dynamic'],
  returns: 'long',
  handlesNull: true,
  run: (text: string, list: Dynamic) =>
    isArray(list) ? BigInt(list.findIndex((item) => hasTermIn(text, textOf(item)))) : -1n,
};

const extractJson: HostFunction = {
  name: 'extract_json',
  params: ['string', 'string'],
  returns: 'string',
  run: (path: string, json: string) => {
    const steps = jsonPath(path);
    let value: Dynamic | undefined = parseDynamic(json);
    for (const step of steps ?? []) {
      if (typeof step === 'string') value = value !== undefined && isBag(value) ? value.get(step) : undefined;
      else value = value !== undefined && isArray(value) ? value.at(step) : undefined;
    }
    return steps && value !== undefined ? textOf(value) : '';
  },
};

export const hosts: readonly HostFunction[] = [
  ...regexHosts,
  strcatArray,
  strrep,
  reverse,
  upper,
  translate,
  replaceStrings,
  indexof,
  countText,
  regexQuote,
  fromCodepoints,
  toCodepoints,
  hasAnyIndex,
  extractJson,
];

export const functions: readonly ScalarFunction[] = [
  ...regexFunctions,
  sqlFunction('string', 'strlen', ([text], _type, context) => `length(${string(text, context)})`),
  sqlFunction('string', 'string_size', ([text], _type, context) => `strlen(${string(text, context)})`),
  sqlFunction('string', 'tolower', ([text], _type, context) => `lower(${string(text, context)})`),
  sqlFunction('string', 'toupper', ([text], _type, context) =>
    once([string(text, context)], (sql) => {
      const sharp = context.literal('ß', 'string');
      return `CASE WHEN contains(${sql}, ${sharp}) THEN ${context.host(upper, [sql])} ELSE upper(${sql}) END`;
    }),
  ),
  sqlFunction('string', 'strcat', (args, _type, context) => `concat(${strings(args, context)})`),
  sqlFunction('string', 'strcat_delim', (args, _type, context) => `concat_ws(${strings(args, context)})`),
  hostCall('string', strcatArray, [], ['array_strcat']),
  hostCall('string', strrep, ['']),
  sqlFunction('string', 'strcmp', ([left, right], _type, context) =>
    once([string(left, context), string(right, context)], (l, r) => {
      const [less, equal, more] = [-1n, 0n, 1n].map((value) => context.literal(value, 'long'));
      return `CASE WHEN ${l} < ${r} THEN ${less} WHEN ${l} > ${r} THEN ${more} ELSE ${equal} END`;
    }),
  ),
  sqlFunction('string', 'substring', substring),
  sqlFunction('string', 'split', split),
  sqlFunction(
    'string',
    'replace_string',
    ([text, lookup, rewrite], _type, context) =>
      `replace(${strings([need(text), need(lookup), need(rewrite)], context)})`,
  ),
  hostCall('string', replaceStrings),
  hostCall('string', translate),
  sqlFunction('string', 'reverse', ([text], _type, context) =>
    once([string(text, context)], (sql) => {
      return `CASE WHEN strlen(${sql}) = length(${sql}) THEN reverse(${sql}) ELSE ${context.host(reverse, [sql])} END`;
    }),
  ),
  sqlFunction('string', 'indexof', (args, type, context) =>
    args.length === 2
      ? `(instr(${strings(args, context)}) - 1)`
      : hostCall('string', indexof, [0n, -1n, 1n]).emit(args, type, context),
  ),
  sqlFunction('string', 'countof', countof),
  hostCall('string', regexQuote),
  sqlFunction('string', 'isempty', ([value], _type, context) => isEmpty(need(value), context)),
  sqlFunction('string', 'isnotempty', ([value], _type, context) => `(NOT ${isEmpty(need(value), context)})`, [
    'notempty',
  ]),
  sqlFunction('string', 'isascii', ([text], _type, context) =>
    once([string(text, context)], (sql) => `(strlen(${sql}) = length(${sql}))`),
  ),
  // A string that is not UTF-8 cannot be stored.
  sqlFunction('string', 'isutf8', () => 'true'),
  hostCall('string', fromCodepoints, [], ['make_string']),
  hostCall('string', toCodepoints, [], ['to_utf8']),
  sqlFunction('string', 'has_any_index', ([text, list], _type, context) =>
    context.host(
      hasAnyIndex,
      [string(text, context), context.convert(need(list), 'dynamic')].map((sql) => fold(sql, false)),
    ),
  ),
  sqlFunction(
    'string',
    'extract_json',
    ([path, json], type, context) => {
      const sql = context.host(extractJson, [string(path, context), string(json, context)]);
      return type === 'string' ? sql : context.convert({ sql, type: 'string', constant: undefined }, type);
    },
    ['extractjson'],
  ),
];

function string(arg: Arg | undefined, context: EmitContext): string {
  return context.convert(need(arg), 'string');
}

function strings(args: readonly Arg[], context: EmitContext): string {
  return args.map((arg) => context.convert(arg, 'string')).join(', ');
}

function isEmpty(value: Arg, context: EmitContext): string {
  const textual = value.type === 'string' || value.type === 'dynamic';
  return textual ? `(${context.convert(value, 'string')} = '')` : `(${value.sql} IS NULL)`;
}

/** `substring(text, start, length)`: a negative start counts from the end, and never reaches before the beginning. */
function substring([text, start, length]: readonly Arg[], _type: KqlType, context: EmitContext): string {
  const source = string(text, context);
  const count = length ? clamp(context.convert(length, 'long')) : context.literal(LONGEST, 'long');
  const from = need(start);
  if (typeof from.constant === 'bigint' && from.constant >= 0n) {
    const first = from.constant < LONGEST ? from.constant + 1n : LONGEST;
    return `coalesce(substring(${source}, ${first}, ${count}), '')`;
  }
  return once([source, `(${context.convert(from, 'long')})::BIGINT`, count], (sql, at, size) => {
    const first = `CASE WHEN ${at} < 0 THEN greatest(length(${sql}) + ${at}, 0) ELSE ${clamp(at)} END + 1`;
    return `coalesce(substring(${sql}, ${first}, ${size}), '')`;
  });
}

function clamp(sql: string): string {
  return `least(greatest((${sql})::BIGINT, 0), ${LONGEST - 1n})`;
}

function split([text, delimiter, index]: readonly Arg[], _type: KqlType, context: EmitContext): string {
  const source = string(text, context);
  const by = string(delimiter, context);
  const parts =
    constantText(delimiter) === ''
      ? `[${source}]`
      : constantText(delimiter) === undefined
        ? once([source, by], (sql, at) => `CASE WHEN ${at} = '' THEN [${sql}] ELSE string_split(${sql}, ${at}) END`)
        : `string_split(${source}, ${by})`;
  if (!index) return `to_json(${parts})::VARCHAR`;
  return once([context.convert(index, 'long'), parts], (at, list) => {
    return `CASE WHEN ${at} >= 0 THEN to_json((${list})[${clamp(at)} + 1 : ${clamp(at)} + 1])::VARCHAR END`;
  });
}

function countof([text, sought, kind]: readonly Arg[], _type: KqlType, context: EmitContext): string {
  const how = kind ? constantText(kind) : 'normal';
  if (how === 'regex') return countMatches(need(text), need(sought), context);
  if (how !== 'normal') {
    throw new Refusal('unsupported-argument', "countof() takes 'normal' or 'regex' as its kind.", "'normal'");
  }
  return context.host(countText, [string(text, context), string(sought, context)]);
}

/** The steps of a JSON path such as `$.a[0]['b']`; `undefined` when it is not one. */
function jsonPath(path: string): (string | number)[] | undefined {
  const step = /\.([^.[\]]+)|\[(-?\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/y;
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  for (let at = 1; at < path.length; at = step.lastIndex) {
    step.lastIndex = at;
    const match = step.exec(path);
    if (!match) return undefined;
    steps.push(match[2] === undefined ? (match[1] ?? match[3] ?? match[4] ?? '') : Number(match[2]));
  }
  return steps;
}
