import { basename, dirname, extname, join, normalize } from 'node:path';
import { DAILY, type Detection, findDetections, readDetection } from '../detection/detection.js';
import { ROLES } from '../detection/detection-schema.js';
import { type Rule, readRule } from '../detection/rule.js';
import { FileError } from '../files/errors.js';
import { isThere, kindAt } from '../files/inside.js';
import type { Environment } from '../tables/schema.js';
import { type Extract, extract, findRevision, isShallow, type Revision, rangeOf } from './revisions.js';

/** One side of a comparison: detections of a path or of a revision. */
export interface Side {
  /** As a person would name it: `main (1a2b3c4)`, `the working tree`, `rules/new.kql`. */
  readonly label: string;
  readonly detections: readonly Detection[];
  /** Whether it names one detection or rule, which is compared with whatever the other side names. */
  readonly single: boolean;
  /** Removes what was written for it. */
  close(): void;
}

export interface SideOptions {
  /** The folder that is looked at in a revision that names none. */
  readonly within: string;
  /** Where a bare `.kql` rule runs. */
  readonly environment?: Environment | undefined;
}

/**
 * Reads both sides of a comparison. A side is a rule's file, a folder of detections, a git revision, or
 * `revision:path`; without the newer one the working tree is compared. Both may be given at once as git does,
 * `base..head`, or `base...head` for what came since the two parted.
 *
 * @throws FileError for what is none of these, and for files that are broken
 */
export async function readSides(
  base: string,
  head: string | undefined,
  options: SideOptions,
): Promise<{ readonly base: Side; readonly head: Side }> {
  // Alone, it can only be a revision: a file that a change adds under its name does not hide it.
  const alone = head === undefined ? await findRevision(base, options.within) : undefined;
  if (head === undefined && alone === undefined && kindAt(base) !== undefined) {
    throw unusable(base, `'${base}' is a path: name what to compare it with, or a git revision in its place.`);
  }
  const range = head === undefined && alone === undefined ? await rangeOf(base, options.within) : undefined;
  if (range !== undefined) return await readSides(range.base, range.head, options);
  const inside = head !== undefined && kindAt(head) !== undefined ? head : options.within;
  const older = alone === undefined ? await open(base, inside) : await openRevision(alone, inside, inside);
  try {
    const newer = await open(head ?? workingTree(older.inside ?? options.within), options.within);
    try {
      // A bare rule takes what it does not say from the detection that it is compared with.
      const [first, second] = older.bare ? [newer, older] : [older, newer];
      const one = read(first, options, []);
      const other = read(second, options, one.detections);
      const [is, was] = older.bare ? [one, other] : [other, one];
      return { base: was, head: head === undefined ? { ...is, label: 'the working tree' } : is };
    } catch (error) {
      newer.remove();
      throw error;
    }
  } catch (error) {
    older.remove();
    throw error;
  }
}

function workingTree(path: string): string {
  if (kindAt(path) !== undefined) return path;
  throw unusable(path, 'There is nothing here; say with --in which folder holds the detections.');
}

interface Opened {
  readonly label: string;
  readonly path: string;
  /** The path within a revision. */
  readonly inside: string | undefined;
  /** Whether it is a rule's file that stands alone. */
  readonly bare: boolean;
  readonly extracted: Extract | undefined;
  remove(): void;
}

async function open(spec: string, within: string): Promise<Opened> {
  if (kindAt(spec) !== undefined) {
    const bare = isBare(spec);
    return { label: spec, path: spec, inside: undefined, bare, extracted: undefined, remove: () => undefined };
  }
  const [, name = spec, inside = within] = /^([^:]+):(.+)$/.exec(spec) ?? [];
  const revision = await findRevision(name, inside);
  if (revision === undefined) {
    const hint = (await isShallow(inside))
      ? ' This clone is shallow: `git fetch --unshallow` brings what it lacks.'
      : '';
    throw unusable(spec, `'${spec}' is neither a file or folder nor a git revision.${hint}`);
  }
  return await openRevision(revision, inside, within);
}

async function openRevision(revision: Revision, inside: string, within: string): Promise<Opened> {
  const { name } = revision;
  const extracted = await extract(revision, inside);
  if (extracted === undefined) throw unusable(name, `The revision '${name}' has nothing at '${inside}'.`);
  const short = revision.commit.slice(0, 7);
  const label = name.startsWith(short) ? name : `${name} (${short})`;
  return {
    label: inside === within ? label : `${label}, ${inside}`,
    path: extracted.path,
    inside,
    bare: isBare(extracted.path),
    extracted,
    remove: extracted.remove,
  };
}

function isBare(path: string): boolean {
  return kindAt(path) === 'file' && !isThere(join(dirname(path), 'detection.yaml'));
}

/** @param others detections of the other side, from which a bare rule takes what it does not say */
function read(
  { label, path, extracted, bare, remove }: Opened,
  options: SideOptions,
  others: readonly Detection[],
): Side {
  const find = (): Detection[] =>
    bare ? [bareDetection(path, options.environment, others)] : findDetections([path]).map(readDetection);
  const detections =
    extracted === undefined ? find() : inWordsOf(extracted, find).map((found) => described(found, extracted));
  const single = kindAt(path) === 'file' || detections[0]?.folder === normalize(`${path}/.`);
  return { label, detections, single, close: remove };
}

/** Errors speak of `revision:path`, not of the temporary folder. */
function inWordsOf<T>(extracted: Extract, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new FileError(
      error.problems.map((problem) => ({
        ...problem,
        file: extracted.describe(problem.file),
        message: extracted.describe(problem.message),
      })),
    );
  }
}

function described(detection: Detection, extracted: Extract): Detection {
  return { ...detection, deployed: { ...detection.deployed, file: extracted.describe(detection.deployed.file) } };
}

/** A rule that nobody wrote a `detection.yaml` for. It claims no technique, which stands for every one. */
function bareDetection(file: string, environment: Environment | undefined, others: readonly Detection[]): Detection {
  const deployed = readRule(file);
  const [other] = others.length === 1 ? others : [];
  const runsIn = environmentOf(deployed) ?? environment ?? other?.environment;
  if (runsIn === undefined) throw unusable(file, 'A .kql file does not say where it runs: add --environment.');
  const nowhere = { file, line: 0, column: 0 };
  const claims = other?.claims ?? { techniques: [], roles: [...ROLES] };
  return {
    id: basename(file, extname(file)),
    title: titleOf(deployed) ?? basename(file),
    environment: runsIn,
    claims,
    // What it takes from another detection may be a file there.
    folder: other?.folder ?? dirname(file),
    deployed,
    placeOf: () => nowhere,
    tests: [],
    placeInTests: () => nowhere,
    sources: other?.sources ?? [],
    allowlist: { exceptions: [] },
    runs: deployed.schedule ?? other?.runs ?? DAILY,
    grouping: deployed.grouping ?? other?.grouping ?? 'per-row',
    baselineFile: join(dirname(file), 'baseline.json'),
    ...(other?.workload !== undefined && { workload: other.workload }),
  };
}

function environmentOf({ kind }: Rule): Environment | undefined {
  return kind === 'kql' ? undefined : kind === 'sentinel' ? 'sentinel' : 'defender-xdr';
}

function titleOf(rule: Rule): string | undefined {
  if (rule.kind === 'kql') return undefined;
  return rule.kind === 'sentinel' ? rule.document.value.name : rule.document.value.displayName;
}

function unusable(file: string, message: string): FileError {
  return new FileError([{ file, line: 0, column: 0, message }]);
}
