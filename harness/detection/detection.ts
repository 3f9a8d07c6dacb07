import { basename, dirname, join } from 'node:path';
import { FileError } from '../files/errors.js';
import { isThere, kindAt, pathNamed } from '../files/inside.js';
import { didYouMean } from '../files/nearest.js';
import { entriesOf, foldersFrom, type LookedInto } from '../files/walk.js';
import { type Place, readYaml, readYamlDocument } from '../files/yaml.js';
import { type Allowlist, allowlistSchema } from './allowlist-schema.js';
import { type DetectionFile, detectionSchema } from './detection-schema.js';
import { type Grouping, type Rule, readRule, type Schedule } from './rule.js';
import { spellOut } from './samples.js';
import { readSources, type Source } from './sources.js';
import { type TestCase, testsSchema } from './tests-schema.js';

const DETECTION_FILE = 'detection.yaml';
const RULE_FILES = ['rule.yaml', 'rule.kql'];
const KNOWN_FILES = [DETECTION_FILE, ...RULE_FILES, 'tests.yaml', 'allowlist.yaml', 'baseline.json', 'README.md'];

/** A detection whose files were read and fit together. */
export interface Detection extends DetectionFile {
  readonly folder: string;
  readonly deployed: Rule;
  /** Where something stands in `detection.yaml`. */
  placeOf(path: readonly (string | number)[]): Place & { readonly file: string };
  readonly tests: readonly TestCase[];
  /** Where something in a test stands in `tests.yaml`. */
  placeInTests(test: TestCase, path?: readonly (string | number)[]): Place & { readonly file: string };
  /** Rows in place of what the rule takes from elsewhere, in its tests and in its workload. */
  readonly sources: readonly Source[];
  readonly allowlist: Allowlist;
  /** Once a day without an end to what it sees, unless the rule or the detection says otherwise. */
  readonly runs: Schedule;
  readonly grouping: Grouping;
  readonly baselineFile: string;
}

/** The schedule of a rule that states none. */
export const DAILY: Schedule = { every: 864_000_000_000n };

/**
 * Reads the detection in a folder.
 *
 * @throws FileError for files that are missing, broken or contradict each other
 */
export function readDetection(folder: string): Detection {
  const file = join(folder, DETECTION_FILE);
  const document = readYamlDocument(file, detectionSchema);
  const { value } = document;
  const fail = (path: string[], message: string, suggestion?: string): FileError =>
    new FileError([{ file, ...document.placeOf(path), message, ...(suggestion !== undefined && { suggestion }) }]);

  if (value.id !== basename(folder)) {
    throw fail(['id'], `The id '${value.id}' is not the name of its folder, '${basename(folder)}'.`);
  }
  refuseStrayFiles(
    folder,
    [...KNOWN_FILES, value.rule, value.workload?.name].filter((name) => name !== undefined),
  );
  const deployed = readRule(
    value.rule === undefined
      ? join(folder, soleRule(folder, fail))
      : pathNamed(value.rule, folder, { file, ...document.placeOf(['rule']) }),
  );
  for (const [key, stated] of [
    ['schedule', deployed.schedule],
    ['alerts', deployed.grouping],
  ] as const) {
    if (value[key] === undefined || stated === undefined) continue;
    throw fail([key], `'${key}' is stated by ${basename(deployed.file)} already; remove it here.`);
  }
  const allowlistFile = join(folder, 'allowlist.yaml');
  return {
    ...value,
    placeOf: (path) => ({ file, ...document.placeOf(path) }),
    ...readTests(folder),
    folder,
    deployed,
    allowlist: isThere(allowlistFile) ? readYaml(allowlistFile, allowlistSchema) : { exceptions: [] },
    runs: deployed.schedule ?? scheduleOf(value, { file, ...document.placeOf(['schedule', 'every']) }) ?? DAILY,
    grouping: deployed.grouping ?? value.alerts ?? 'per-row',
    baselineFile: join(folder, 'baseline.json'),
  };
}

/**
 * The detection folders at or below the given paths, in order of path, each once.
 *
 * @throws FileError for a path that does not exist
 */
export function findDetections(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const kind = kindAt(path);
    if (kind === undefined) {
      const suggestion = didYouMean(path, pathsNear(path));
      const message = 'There is no such file or folder.';
      throw new FileError([
        { file: path, line: 0, column: 0, message, ...(suggestion !== undefined && { suggestion }) },
      ]);
    }
    for (const folder of kind === 'folder' ? foldersBelow(path) : [folderOf(path)]) found.add(folder);
  }
  return [...found].sort();
}

/** The detection that a file is of, in its own folder or in one within. */
function folderOf(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (isThere(join(folder, DETECTION_FILE))) return folder;
    if (folder === dirname(folder)) break;
  }
  const message = 'This file is of no detection; name the folder of one, or a folder of several.';
  throw new FileError([{ file, line: 0, column: 0, message }]);
}

/** What may have been meant by a path that leads nowhere: what lies beside it, or a detection that is called so. */
function pathsNear(path: string): string[] {
  const folders = new Set([dirname(path), 'detections']);
  return [...folders]
    .filter((folder) => kindAt(folder) === 'folder')
    .flatMap((folder) =>
      entriesOf(folder)
        .filter(({ name }) => !name.startsWith('.'))
        .map(({ name }) => join(folder, name)),
    );
}

function foldersBelow(folder: string): string[] {
  const isDetection = ({ entries }: LookedInto): boolean => entries.some(({ name }) => name === DETECTION_FILE);
  return [...foldersFrom(folder, isDetection)].filter(isDetection).map((looked) => looked.folder);
}

function soleRule(folder: string, fail: (path: string[], message: string) => FileError): string {
  const present = RULE_FILES.filter((name) => isThere(join(folder, name)));
  const [first, second] = present;
  if (first === undefined) throw fail([], `The folder holds no rule; expected ${RULE_FILES.join(' or ')}.`);
  if (second !== undefined) throw fail([], `The folder holds ${first} and ${second}; say which with 'rule:'.`);
  return first;
}

/** A `test.yaml` that nobody reads would be a test that nobody runs. */
function refuseStrayFiles(folder: string, known: readonly string[]): void {
  for (const entry of entriesOf(folder)) {
    if (entry.isDirectory() || !/\.(ya?ml|kql)$/.test(entry.name) || known.includes(entry.name)) continue;
    const suggestion = didYouMean(entry.name, known);
    throw new FileError([
      {
        file: join(folder, entry.name),
        line: 0,
        column: 0,
        message: `A detection has no such file; expected ${KNOWN_FILES.join(', ')}.`,
        ...(suggestion !== undefined && { suggestion }),
      },
    ]);
  }
}

function readTests(folder: string): Pick<Detection, 'tests' | 'placeInTests' | 'sources'> {
  const file = join(folder, 'tests.yaml');
  if (!isThere(file)) return { tests: [], placeInTests: () => ({ file, line: 0, column: 0 }), sources: [] };
  const document = readYamlDocument(file, testsSchema);
  const { tests: written, samples = {}, sources = {} } = document.value;
  const spelled = spellOut(written, samples, (path) => ({ file, ...document.placeOf(path) }));
  const tests = spelled.map(({ test }) => test);
  const indexes = new Map(tests.map((test, index) => [test, index]));
  return {
    tests,
    sources: readSources(sources, folder, (path) => ({ file, ...document.placeOf(['sources', ...path]) })),
    placeInTests: (test, path = []) => {
      const index = indexes.get(test) ?? -1;
      return { file, ...document.placeOf(['tests', index, ...(spelled[index]?.written(path) ?? path)]) };
    },
  };
}

function scheduleOf({ schedule }: DetectionFile, statedAt: NonNullable<Schedule['statedAt']>): Schedule | undefined {
  if (schedule === undefined) return undefined;
  const { every, lookback } = schedule;
  return { every, statedAt, ...(lookback !== undefined && { lookback }) };
}
