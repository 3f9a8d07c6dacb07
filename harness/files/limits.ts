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
  columns: { value: 5_000, unit: 'number', of: 'the columns of a table' },
  'document-size': { value: 256 * 1024 ** 2, unit: 'bytes', of: 'a JSON value that holds all events of a file' },
  'file-size': { value: 512 * 1024 ** 2, unit: 'bytes', of: 'a file of a repository that is read whole' },
  'git-answer': { value: 64 * 1024 ** 2, unit: 'bytes', of: 'what git answers, such as its list of files' },
  'git-time': { value: 120, unit: 'seconds', of: 'one call of git' },
  names: { value: 2_000_000, unit: 'number', of: 'names and secrets of the files that `anonymize` reads' },
  'revision-size': { value: 2 * 1024 ** 3, unit: 'bytes', of: 'the files of a revision that are compared' },
  'record-size': { value: 16 * 1024 ** 2, unit: 'bytes', of: 'a record of a file of events' },
  'unpacked-size': { value: 16 * 1024 ** 3, unit: 'bytes', of: 'what a packed file of events holds' },
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
