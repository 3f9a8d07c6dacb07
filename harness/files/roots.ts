import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * The root of the repository that a path, there or not, belongs to: the nearest folder with a `.git`, from the working
 * folder upwards, or from the path where it is not within that.
 */
export function rootOf(path: string): string | undefined {
  const here = nearestRoot(process.cwd());
  return here !== undefined && isWithin(resolve(path), here) ? here : nearestRoot(real(path));
}

/** The folder that a person works in: the root of its repository, or itself. */
export function workingRoot(): string {
  return nearestRoot(process.cwd()) ?? process.cwd();
}

function nearestRoot(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : nearestRoot(above);
}

/** A path, there or not, with the links among its folders that are there followed. */
export function real(path: string): string {
  const place = resolve(path);
  const above = dirname(place);
  return existsSync(place) || above === place ? realpathSync(place) : join(real(above), relative(above, place));
}

/** Whether a path is a folder or lies below it, by their names alone. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
