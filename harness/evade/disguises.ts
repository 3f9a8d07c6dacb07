import type { Disguise } from '../../simulators/evasions/facts.js';
import { Refusal } from '../kql/errors.js';
import { RustRegex } from '../kql/functions/regex.js';
import type { Exclusion, Test } from './exclusions.js';
import { sampleOf } from './sample.js';

const TEMP = 'C:\\Users\\{user}\\AppData\\Local\\Temp';

type Field = keyof Disguise | 'path';

/** The columns that say what program connects, loads or writes. */
const OF_ACTOR: Readonly<Record<string, Field>> = {
  InitiatingProcessFileName: 'image',
  InitiatingProcessFolderPath: 'path',
  InitiatingProcessCommandLine: 'commandLine',
  InitiatingProcessParentFileName: 'parent',
  InitiatingProcessVersionInfoCompanyName: 'company',
  InitiatingProcessVersionInfoProductName: 'product',
  InitiatingProcessVersionInfoFileDescription: 'description',
  InitiatingProcessVersionInfoOriginalFileName: 'original',
};

/** The columns of process starts that say what program was started. */
const OF_STARTED: Readonly<Record<string, Field>> = {
  FileName: 'image',
  FolderPath: 'path',
  ProcessCommandLine: 'commandLine',
  InitiatingProcessFileName: 'parent',
  ProcessVersionInfoCompanyName: 'company',
  ProcessVersionInfoProductName: 'product',
  ProcessVersionInfoFileDescription: 'description',
  ProcessVersionInfoOriginalFileName: 'original',
};

function fieldsOf(exclusion: Exclusion): Readonly<Record<string, Field>> {
  const { InitiatingProcessFileName: _, ...own } = OF_STARTED;
  return exclusion.some(({ column }) => Object.hasOwn(own, column)) ? OF_STARTED : OF_ACTOR;
}

/** Programs as exclusions describe them; those that no text satisfies are left out. Each once, in the rule's order. */
export function disguisesOf(exclusions: readonly Exclusion[]): Disguise[] {
  const found = new Map<string, Disguise>();
  for (const exclusion of exclusions) {
    const disguise = disguiseOf(exclusion);
    if (disguise !== undefined) found.set(JSON.stringify(disguise), disguise);
  }
  return [...found.values()];
}

function disguiseOf(exclusion: Exclusion): Disguise | undefined {
  const disguise: { -readonly [K in keyof Disguise]: string } = {};
  for (const [column, field] of Object.entries(fieldsOf(exclusion))) {
    const tests = exclusion.filter((test) => test.column === column);
    if (!tests.some((test) => !test.negated && test.value !== '')) continue;
    const value = candidates(tests, field).find((text) => satisfies(text, tests) && !hasPlaceholder(text));
    if (value === undefined) return undefined;
    if (field !== 'path') disguise[field] = value;
    else Object.assign(disguise, placeOf(value));
  }
  return Object.keys(disguise).length === 0 ? undefined : disguise;
}

/** A path as a folder, and a file where it names one. */
function placeOf(path: string): Pick<Disguise, 'folder'> & { image?: string } {
  const [, folder = path, image] = /^(.*?)\\([^\\]+\.[a-z]{3})$/i.exec(path) ?? [];
  return image === undefined ? { folder: path.replace(/\\+$/, '') } : { folder, image };
}

/** Most beginnings and ends tried for one column: each is combined with each. */
const MOST = 50;

/** Texts that may satisfy the tests: made of what they look for. */
function candidates(tests: readonly Test[], field: Field): string[] {
  const positive = tests.filter(({ negated }) => !negated);
  const of = (...operators: string[]): string[] =>
    positive
      .filter(({ operator }) => operators.includes(operator))
      .map(({ value }) => value)
      .slice(0, MOST);
  const whole = of('==', '=~', 'in', 'in~');
  const starts = of('startswith', 'startswith_cs', 'hasprefix', 'hasprefix_cs');
  const ends = of('endswith', 'endswith_cs', 'hassuffix', 'hassuffix_cs');
  const inside = of('has', 'has_cs', 'contains', 'contains_cs');
  const patterns = of('matches regex').flatMap((pattern) => sampleOf(pattern) ?? []);
  const middle = inside.join(' ');
  const made: string[] = [...whole, ...patterns];
  if (field === 'path') {
    const within = inside.map((text) => text.replace(/^\\+|\\+$/g, '')).join('\\');
    for (const start of starts.length > 0 ? starts : [`${TEMP}\\`]) {
      const base = /^[a-z]:/i.test(start) ? start : `${TEMP}\\${start.replace(/^\\+/, '')}`;
      const folder = within === '' ? base : `${base.replace(/\\?$/, '\\')}${within}\\`;
      made.push(folder, ...ends.map((end) => `${folder.replace(/\\?$/, '')}\\${end.replace(/^\\+/, '')}`));
      made.push(folder.replace(/\\?$/, '\\app\\'));
    }
    for (const text of inside) if (/^[a-z]:\\/i.test(text)) made.push(text);
    return made;
  }
  for (const start of ['', ...starts]) for (const end of ['', ...ends]) made.push([start, middle, end].join(''));
  for (const start of ['', ...starts]) for (const end of ['', ...ends]) made.push(`${start} ${middle} ${end}`.trim());
  if (field === 'image' || field === 'parent') made.push(...made.map((name) => `${name}.exe`));
  return made;
}

function satisfies(text: string, tests: readonly Test[]): boolean {
  return tests.every((test) => holds(text, test) !== test.negated);
}

/** Whether a text passes a test, near enough to choose one: what the rule does with it is for the rule to say. */
function holds(text: string, { operator, value }: Test): boolean {
  const [t, v] =
    operator.endsWith('_cs') || operator === '==' || operator === 'in' ? [text, value] : [fold(text), fold(value)];
  switch (operator.replace(/_cs$/, '')) {
    case '==':
    case '=~':
    case 'in':
    case 'in~':
      return fold(t) === fold(v);
    case 'startswith':
    case 'hasprefix':
      return t.startsWith(v);
    case 'endswith':
    case 'hassuffix':
      return t.endsWith(v);
    case 'contains':
      return t.includes(v);
    case 'has':
      return new RegExp(`(?<![\\p{L}\\p{N}])${escaped(v)}(?![\\p{L}\\p{N}])`, 'u').test(t);
    case 'matches regex':
      return matches(text, value);
    default:
      return false;
  }
}

function fold(text: string): string {
  return text.toLowerCase();
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Run by the engine of the language, whose time is linear: JavaScript's own takes years for some patterns. */
function matches(text: string, pattern: string): boolean {
  try {
    return RustRegex.compile(`(?i)${pattern}`)?.test(text) ?? false;
  } catch (error) {
    // What cannot be run is no pattern that a text can be checked against here.
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Braces that a scenario would take for something to fill in. */
function hasPlaceholder(text: string): boolean {
  return /\{(?!user\})[A-Za-z][\w-]*(:[^{}]*)?\}/.test(text);
}
