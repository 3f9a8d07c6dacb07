import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Most bytes of one file, or of a list of files. */
const MOST_BYTES = 64 * 1024 * 1024;

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
 */
export async function findRevision(name: string, path: string): Promise<Revision | undefined> {
  try {
    const commit = await git(
      folderOf(path),
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${name}^{commit}`,
    );
    return { name, commit: commit.trim() };
  } catch (error) {
    // 128: no repository, or no such name; anything else is not about the name.
    const { code } = error as { readonly code?: unknown };
    if (code === 1 || code === 128) return undefined;
    throw new Error(`git cannot be run: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Both ends of `base..head`, or of `base...head`, whose base is where the two parted; nothing where a text is no range.
 * An end that is left out is `HEAD`, as git has it.
 *
 * @param path a path, there or not, whose repository is asked
 */
export async function rangeOf(
  text: string,
  path: string,
): Promise<{ readonly base: string; readonly head: string } | undefined> {
  const [, from = '', dots, to = ''] = /^(.*?)(\.{2,3})([^.].*)?$/.exec(text) ?? [];
  const [base, head] = [from || 'HEAD', to || 'HEAD'];
  if (dots === undefined || (from === '' && to === '')) return undefined;
  const [one, other] = [await findRevision(base, path), await findRevision(head, path)];
  if (one === undefined || other === undefined) return undefined;
  if (dots === '..') return { base, head };
  const parted = await git(folderOf(path), 'merge-base', one.commit, other.commit).catch(() => undefined);
  return parted === undefined ? undefined : { base: parted.slice(0, 12), head };
}

/** Whether the repository of a path holds only its latest commits. */
export async function isShallow(path: string): Promise<boolean> {
  try {
    return (await git(folderOf(path), 'rev-parse', '--is-shallow-repository')).trim() === 'true';
  } catch {
    // There is no repository.
    return false;
  }
}

/**
 * Writes what a revision has at a path of the working tree, there or not, to a temporary folder. Nothing of the
 * repository or its working tree is touched. Links are left out: they could lead anywhere.
 *
 * @returns nothing where the revision has no file at the path
 */
export async function extract({ name, commit }: Revision, path: string): Promise<Extract | undefined> {
  const folder = folderOf(path);
  const prefix = (await git(folder, 'rev-parse', '--show-prefix')).replace(/\r?\n$/, '');
  const wanted = posix
    .normalize(`${prefix}${relative(folder, resolve(path)).replaceAll('\\', '/')}`)
    .replace(/\/$/, '');
  const all = wanted === '.' || wanted === '';
  const filesAt = async (place: string): Promise<string[]> => {
    const at = place === '' ? [] : ['--', place];
    const listed = await git(folder, 'ls-tree', '-r', '-z', '--full-tree', commit, ...at);
    return listed.split('\0').flatMap((line) => {
      const [, mode = '', file = ''] = /^(\d+) \w+ \w+\t(.*)$/s.exec(line) ?? [];
      return mode.startsWith('100') ? [file] : [];
    });
  };
  const asked = await filesAt(all ? '' : wanted);
  if (asked.length === 0) return undefined;
  // A rule belongs to what stands beside it: its detection.yaml, and all that this one names.
  const beside = asked[0] === wanted && !all ? await filesAt(posix.dirname(wanted)) : [];
  const isDetection = beside.includes(posix.join(posix.dirname(wanted), 'detection.yaml'));
  const files = isDetection ? beside : asked;
  const root = mkdtempSync(join(tmpdir(), 'assay-diff-'));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  try {
    for (const file of files) {
      const target = resolve(root, file);
      if (!target.startsWith(`${root}${sep}`)) throw new Error(`The revision holds a path outside of it: ${file}`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, await gitBytes(folder, 'cat-file', 'blob', `${commit}:${file}`));
    }
  } catch (error) {
    remove();
    throw error;
  }
  const describe = (inside: string): string => inside.replaceAll(`${root}${sep}`, `${name}:`);
  return { path: join(root, wanted), describe, remove };
}

/** The nearest folder that is there: git is asked from within the repository that a path belongs to. */
function folderOf(path: string): string {
  const folder = resolve(path);
  return existsSync(folder) && statSync(folder).isDirectory() ? folder : folderOf(dirname(folder));
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await run('git', args, { cwd, maxBuffer: MOST_BYTES })).stdout;
}

async function gitBytes(cwd: string, ...args: readonly string[]): Promise<Buffer> {
  return (await run('git', args, { cwd, maxBuffer: MOST_BYTES, encoding: 'buffer' })).stdout;
}
