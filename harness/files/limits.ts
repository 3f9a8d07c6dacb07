import { FileError } from './errors.js';
import { didYouMean } from './nearest.js';

/** What a limit counts. */
type Unit = 'bytes' | 'seconds' | 'number';

/** A bound on work that somebody else's file can ask for. */
interface Limit {
  readonly value: number;
  readonly unit: Unit;
  /** What it bounds, as the subject of a sentence. */
  readonly of: string;
}

/** All bounds, with their defaults; `docs/limits.md` is made from them. */
const LIMITS = {
  answer: { value: 256 * 1024 ** 2, unit: 'bytes', of: 'the answer of a query, as it is held to be shown' },
  columns: { value: 5_000, unit: 'number', of: 'the columns of a table' },
  days: { value: 366, unit: 'number', of: 'the days that a workload or own events last' },
  disk: { value: 10 * 1024 ** 3, unit: 'bytes', of: 'what a query puts aside on disk where memory is short' },
  'document-size': { value: 256 * 1024 ** 2, unit: 'bytes', of: 'a JSON value that holds all events of a file' },
  'file-size': { value: 512 * 1024 ** 2, unit: 'bytes', of: 'a file of a repository that is read whole' },
  'folder-depth': { value: 50, unit: 'number', of: 'how deep the folders lie in which files are looked for' },
  'folder-entries': { value: 200_000, unit: 'number', of: 'the files and folders among which files are looked for' },
  'git-answer': { value: 64 * 1024 ** 2, unit: 'bytes', of: 'what git answers, such as its list of files' },
  'git-time': { value: 120, unit: 'seconds', of: 'one call of git' },
  hosts: { value: 100_000, unit: 'number', of: 'the hosts of a workload' },
  'json-depth': { value: 100, unit: 'number', of: 'how deep the values of a JSON file lie in each other' },
  'like-depth': { value: 100, unit: 'number', of: 'the samples that are like each other in a chain' },
  'list-lookups': { value: 20_000_000, unit: 'number', of: 'the parts of texts that `check` compares in a list' },
  'list-rows': { value: 10_000, unit: 'number', of: 'the rows that one list of a test comes to' },
  memory: { value: 4 * 1024 ** 3, unit: 'bytes', of: 'the memory that one query takes, with the events that it reads' },
  names: { value: 2_000_000, unit: 'number', of: 'the names and secrets of the files that `anonymize` reads' },
  'query-length': { value: 2_000_000, unit: 'number', of: 'the characters of the text of a query' },
  'query-parts': {
    value: 500_000,
    unit: 'number',
    of: 'the parts of a query once the names that it declares are written out',
  },
  'query-sql': { value: 16_000_000, unit: 'number', of: 'the characters of the SQL that a query becomes' },
  'query-time': { value: 60, unit: 'seconds', of: 'one query, from its text to its answer' },
  'query-words': { value: 250_000, unit: 'number', of: 'the words and signs of the text of a query' },
  'record-size': { value: 16 * 1024 ** 2, unit: 'bytes', of: 'a record of a file of events' },
  'revision-size': { value: 2 * 1024 ** 3, unit: 'bytes', of: 'the files of a revision that are compared' },
  'rule-runs': { value: 10_080, unit: 'number', of: 'the runs of a rule over a workload' },
  'rule-time': { value: 300, unit: 'seconds', of: 'one run of a rule over the events of a world' },
  'simulated-events': { value: 200_000_000, unit: 'number', of: 'the events that a workload is expected to make' },
  'source-columns': { value: 1000, unit: 'number', of: 'the columns of a source of a detection' },
  'source-rows': { value: 100_000, unit: 'number', of: 'the rows of a source of a detection' },
  'test-rows': { value: 200_000, unit: 'number', of: 'the rows that the tests of a detection come to' },
  'text-size': { value: 64 * 1024 ** 2, unit: 'bytes', of: 'a rule, a CSV or a JSON file of a repository' },
  'unpacked-size': { value: 16 * 1024 ** 3, unit: 'bytes', of: 'what a packed file of events holds' },
  'yaml-depth': { value: 100, unit: 'number', of: 'how deep the values of a YAML file lie in each other' },
  'yaml-size': { value: 8 * 1024 ** 2, unit: 'bytes', of: 'a YAML file' },
  'yaml-values': {
    value: 1_000_000,
    unit: 'number',
    of: 'the values of a YAML file, those behind aliases counted at each alias',
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMITS;

/** The limits by name, as they are unless a person raises them. */
export const DEFAULT_LIMITS: Readonly<Record<LimitName, Limit>> = LIMITS;

/** The variable by which a person raises limits. Nothing within a repository can: it may be a stranger's. */
const VARIABLE = 'ASSAY_LIMITS';

const BYTES: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

let parsed: { readonly text: string; readonly values: ReadonlyMap<string, number> } | undefined;

/**
 * The limit that holds: its default, or what `ASSAY_LIMITS` says (`memory=8GB,columns=20000`).
 *
 * @returns bytes, seconds or a number, as the limit counts
 * @throws FileError where `ASSAY_LIMITS` is not a list of limits
 */
export function limit(name: LimitName): number {
  const text = process.env[VARIABLE] ?? '';
  if (parsed?.text !== text) parsed = { text, values: parse(text) };
  return parsed.values.get(name) ?? LIMITS[name].value;
}

/** How to raise a limit, as a sentence that ends a message. */
export function howToRaise(name: LimitName): string {
  return `The limit is ${limitText(name)}; set ${VARIABLE}=${name}=… to raise it.`;
}

/** A limit beside the sentence that says how to raise it, for what may not look it up here. */
export function boundOf(name: LimitName): { readonly most: number; readonly raise: string } {
  return { most: limit(name), raise: howToRaise(name) };
}

/** A limit as people write it, such as `512MB`, `60s` or `10,000`. */
export function limitText(name: LimitName): string {
  return written(limit(name), LIMITS[name].unit);
}

function written(value: number, unit: Unit): string {
  if (unit === 'seconds') return `${value}s`;
  if (unit === 'number') return value.toLocaleString('en-US');
  const [name = 'B', size = 1] =
    Object.entries(BYTES).findLast(([, bytes]) => value >= bytes && value % bytes === 0) ?? [];
  return `${value / size}${name}`;
}

function parse(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const entry of text.split(',').filter((each) => each.trim() !== '')) {
    const [name = '', value = ''] = entry.split('=').map((each) => each.trim());
    if (!Object.hasOwn(LIMITS, name))
      throw wrong(`There is no limit '${name}'.`, didYouMean(name, Object.keys(LIMITS)));
    values.set(name, amountOf(name as LimitName, value));
  }
  return values;
}

function amountOf(name: LimitName, text: string): number {
  const [, digits = '', end = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  const { unit, value } = DEFAULT_LIMITS[name];
  const scale =
    unit === 'bytes' ? BYTES[end.toUpperCase()] : end === '' || (unit === 'seconds' && end === 's') ? 1 : undefined;
  const number = Number(digits) * (scale ?? Number.NaN);
  if (digits !== '' && Number.isSafeInteger(Math.round(number)) && number > 0) return Math.round(number);
  throw wrong(`'${name}' is not set: '${text}' is not a value such as ${written(value, unit)}.`);
}

function wrong(message: string, suggestion?: string): FileError {
  return new FileError([{ file: VARIABLE, line: 0, column: 0, message, ...(suggestion && { suggestion }) }]);
}
