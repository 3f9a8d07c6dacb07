import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve, sep } from 'node:path';
import { FileError } from '../files/errors.js';
import { type CommittedFile, Repository } from '../files/git.js';
import { howToRaise, type LimitName, limit } from '../files/limits.js';
import { scratchFolder } from '../files/scratch.js';

/** A git revision as it was asked for, and the commit that it is. */
export interface Revision {
  readonly name: string;
  readonly commit: string;
}

/** Files of a revision, written to a temporary folder; whoever asked for them removes it. */
export interface Extract {
  /** The folder or file that was asked for. */
  readonly path: string;
  /** A path within the extract as `revision:path`. */
  describe(path: string): string;
  remove(): void;
}

/**
 * The commit that a name stands for, or nothing where it is none or where there is no repository.
 *
 * @param path a path, there or not, whose repository is asked
 * @throws FileError where git cannot tell
 */
export async function findRevision(name: string, path: string): Promise<Revision | undefined> {
  const commit = await (await Repository.of(path))?.commit(name);
  return commit === undefined ? undefined : { name, commit };
}

/**
 * Both ends of `base..head`, or of `base...head`, whose base is where the two parted; nothing where a text is no range.
 * An end that is left out is `HEAD`, as git has it.
 *
 * @param path a path, there or not, whose repository is asked
 * @throws FileError where git cannot tell
 */
export async function rangeOf(
  text: string,
  path: string,
): Promise<{ readonly base: string; readonly head: string } | undefined> {
  const [, from = '', dots, to = ''] = /^(.*?)(\.{2,3})([^.].*)?$/.exec(text) ?? [];
  const [base, head] = [from || 'HEAD', to || 'HEAD'];
  if (dots === undefined || (from === '' && to === '')) return undefined;
  const repository = await Repository.of(path);
  const [one, other] = [await repository?.commit(base), await repository?.commit(head)];
  if (one === undefined || other === undefined) return undefined;
  if (dots === '..') return { base, head };
  const parted = await repository?.mergeBase(one, other);
  return parted === undefined ? undefined : { base: parted.slice(0, 12), head };
}

/** Whether the repository of a path holds only its latest commits. */
export async function isShallow(path: string): Promise<boolean> {
  return (await (await Repository.of(path))?.isShallow()) === true;
}

/**
 * Writes what a revision has at a path of the working tree, there or not, to a temporary folder. Nothing of the
 * repository or its working tree is touched. Links are left out: they could lead anywhere.
 *
 * @returns nothing where the revision has no file at the path
 * @throws FileError for a file, or files, beyond the limit of size
 */
export async function extract({ name, commit }: Revision, path: string): Promise<Extract | undefined> {
  const repository = await Repository.of(path);
  if (repository === undefined) return undefined;
  const wanted = repository.pathOf(path);
  const asked = await repository.files(commit, wanted);
  if (asked.length === 0) return undefined;
  // A rule belongs to what stands beside it: its detection.yaml, and all that this one names.
  const folder = posix.dirname(wanted);
  const isFile = asked[0]?.path === wanted;
  const beside = isFile ? await repository.files(commit, folder === '.' ? '' : folder) : [];
  const isDetection = beside.some((file) => file.path === posix.join(folder, 'detection.yaml'));
  const files = isDetection ? beside : asked;
  bounded(files, name, wanted);
  const { path: root, remove } = scratchFolder();
  try {
    for (const file of files) {
      const target = resolve(root, file.path);
      if (!target.startsWith(`${root}${sep}`)) throw wrong(name, file.path, 'This leads out of the revision.');
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, await repository.content(file));
    }
  } catch (error) {
    remove();
    throw error;
  }
  const describe = (inside: string): string => inside.replaceAll(`${root}${sep}`, `${name}:`);
  return { path: join(root, wanted), describe, remove };
}

/** Sizes are known before anything is read: a few bytes of a repository can hold gigabytes. */
function bounded(files: readonly CommittedFile[], name: string, wanted: string): void {
  const large = files.find(({ size }) => size > limit('file-size'));
  if (large !== undefined) throw tooLarge(name, large.path, large.size, 'file-size');
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > limit('revision-size')) throw tooLarge(name, wanted, total, 'revision-size');
}

function tooLarge(name: string, path: string, bytes: number, by: LimitName): FileError {
  const size = `${bytes.toLocaleString('en-US')} bytes`;
  return wrong(name, path, `This is too large to compare, with ${size}. ${howToRaise(by)}`);
}

function wrong(name: string, path: string, message: string): FileError {
  return new FileError([{ file: `${name}:${path}`, line: 0, column: 0, message }]);
}
