/**
 * Compiled queries on disk, so that an unchanged rule starts without the parser. They lie with the user, not in the
 * repository: what is in a repository comes from pull requests, and compiled queries are run as they are.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Compiled } from '../kql/index.js';
import { ASSAY_VERSION } from '../version.js';

const COMPILER = fileURLToPath(new URL('../kql', import.meta.url));

/** Where compiled queries are kept: `ASSAY_CACHE`, else the user's folder for caches. Empty `ASSAY_CACHE` keeps none. */
function folder(): string | null {
  const named = process.env['ASSAY_CACHE'];
  if (named !== undefined) return named === '' ? null : named;
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'assay', 'compiled');
}

/** A name for everything that a compiled query depends on: the compiler, the text, and what the text may name. */
export function cacheKey(text: string, parts: readonly unknown[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([ASSAY_VERSION, compilerState(), parts]));
  hash.update(text);
  return hash.digest('hex');
}

/** The compiled query of a key, or undefined where none is kept or it cannot be read. */
export function fromCache(key: string): Compiled | undefined {
  const place = folder();
  if (place === null) return undefined;
  try {
    return JSON.parse(readFileSync(join(place, `${key}.json`), 'utf8')) as Compiled;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Keeps a compiled query. A folder that cannot be written costs time at the next start and nothing else. */
export function toCache(key: string, compiled: Compiled): void {
  const place = folder();
  if (place === null) return;
  const file = join(place, `${key}.json`);
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(place, { recursive: true });
    writeFileSync(draft, JSON.stringify(compiled));
    renameSync(draft, file);
  } catch (error) {
    if (!isUnwritable(error)) throw error;
  }
}

/** A compiled query from the cache, else compiled and kept. `identity` tells its options from all others. */
export function keptOr(text: string, identity: readonly unknown[], compile: () => Compiled): Compiled {
  const key = cacheKey(text, identity);
  const kept = fromCache(key);
  if (kept) return kept;
  const compiled = compile();
  toCache(key, compiled);
  return compiled;
}

let state: string | undefined;

/** Changes whenever a file of the compiler does: a checkout has one version over many edits. */
function compilerState(): string {
  if (state === undefined) {
    const files = readdirSync(COMPILER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const newest = Math.max(...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
    state = `${files.length}:${newest}`;
  }
  return state;
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

function isUnwritable(error: unknown): boolean {
  return ['EACCES', 'EROFS', 'ENOSPC', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
