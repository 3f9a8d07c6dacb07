import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve, sep } from 'node:path';
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

/** The commit that a name stands for, or nothing where it is none or where there is no repository. */
export async function findRevision(name: string): Promise<Revision | undefined> {
  try {
    const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
    return { name, commit: commit.trim() };
  } catch (error) {
    // 128: no repository, or no such name; anything else is not about the name.
    const { code } = error as { readonly code?: unknown };
    if (code === 1 || code === 128) return undefined;
    throw new Error(`git cannot be run: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Writes what a revision has at a path, relative to the working directory, to a temporary folder. Nothing of the
 * repository or its working tree is touched. Links are left out: they could lead anywhere.
 *
 * @returns nothing where the revision has no file at the path
 */
export async function extract({ name, commit }: Revision, path: string): Promise<Extract | undefined> {
  const prefix = (await git('rev-parse', '--show-prefix')).trim();
  const wanted = posix.normalize(`${prefix}${path.replaceAll('\\', '/')}`).replace(/\/$/, '');
  if (wanted.startsWith('..') || posix.isAbsolute(wanted)) return undefined;
  const listed = await git('ls-tree', '-r', '-z', '--full-tree', commit, '--', wanted === '.' ? '' : wanted);
  const files = listed.split('\0').flatMap((line) => {
    const [, mode = '', file = ''] = /^(\d+) \w+ \w+\t(.*)$/s.exec(line) ?? [];
    return mode.startsWith('100') ? [file] : [];
  });
  if (files.length === 0) return undefined;
  const root = mkdtempSync(join(tmpdir(), 'assay-diff-'));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  try {
    for (const file of files) {
      const target = resolve(root, file);
      if (!target.startsWith(`${root}${sep}`)) throw new Error(`The revision holds a path outside of it: ${file}`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, await gitBytes('cat-file', 'blob', `${commit}:${file}`));
    }
  } catch (error) {
    remove();
    throw error;
  }
  const describe = (inside: string): string => inside.replaceAll(`${root}${sep}`, `${name}:`);
  return { path: join(root, wanted), describe, remove };
}

async function git(...args: readonly string[]): Promise<string> {
  return (await run('git', args, { maxBuffer: MOST_BYTES })).stdout;
}

async function gitBytes(...args: readonly string[]): Promise<Buffer> {
  return (await run('git', args, { maxBuffer: MOST_BYTES, encoding: 'buffer' })).stdout;
}
