import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { join, parse, relative, resolve, sep } from 'node:path';
import { FileError } from './errors.js';

/**
 * Makes sure that no link of a repository leads what is written elsewhere. A repository's links may be a stranger's:
 * within a repository, or below the working folder, a path has to stay within it, and out of `.git`, once all links are
 * followed. Elsewhere links are a person's own.
 *
 * @param path a folder, there or not
 * @throws FileError naming the link
 */
export function refuseDetours(path: string): void {
  const { root, links } = rootOf(resolve(path));
  if (root === undefined) return;
  for (const link of links) {
    const real = realPath(link);
    const inside = real === undefined ? '..' : relative(realpathSync(root), real);
    const parts = inside.split(sep);
    if (parts[0] !== '..' && !parts.some((part) => part.toLowerCase() === '.git') && parse(inside).root === '')
      continue;
    const message = `This is a link that leads out of ${root}; remove it, or name another folder.`;
    throw new FileError([{ file: link, line: 0, column: 0, message }]);
  }
}

/** Whether a path lies within a repository, or below the working folder. */
export function isInRepository(path: string): boolean {
  return rootOf(resolve(path)).root !== undefined;
}

/**
 * The repository that a path lies in, else the working folder where it lies below it, and the links on the way from
 * there. A link ends the search for a repository: what is behind it does not say where the path belongs.
 */
function rootOf(path: string): { readonly root?: string; readonly links: readonly string[] } {
  const home = process.cwd();
  let root: string | undefined;
  const links: string[] = [];
  for (const folder of foldersTo(path)) {
    const found = statOf(folder);
    if (found === undefined) break;
    if (found.isSymbolicLink() && root !== undefined) links.push(folder);
    if (links.length > 0) continue;
    if (folder === home || statOf(join(folder, '.git')) !== undefined) root = folder;
  }
  return { ...(root !== undefined && { root }), links };
}

/** All folders that a path leads through, and the path itself, outermost first. */
function* foldersTo(path: string): Generator<string> {
  const { root } = parse(path);
  yield root;
  for (let end = root.length; end < path.length; ) {
    const next = path.indexOf(sep, end + 1);
    end = next < 0 ? path.length : next;
    yield path.slice(0, end);
  }
}

/** What stands at a path; nothing where the path leads to nothing, and where the system does not say. */
export function statOf(path: string): Stats | undefined {
  return asked(() => lstatSync(path));
}

function realPath(path: string): string | undefined {
  return asked(() => realpathSync(path));
}

function asked<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
