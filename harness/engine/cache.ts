/**
 * Compiled queries on disk, so that an unchanged rule starts without the parser. They lie with the user, never in a
 * repository: what is there comes from pull requests, and compiled queries are run. Each is signed with a key that only
 * the user can read, so that one that anybody else put here is compiled afresh, as is one that is damaged.
 */
import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileError } from '../files/errors.js';
import { isWithin, real, workingRoot } from '../files/roots.js';
import type { Compiled } from '../kql/index.js';
import { ASSAY_VERSION } from '../version.js';
import { compiledSchema } from './compiled-schema.js';

const COMPILER = fileURLToPath(new URL('../kql', import.meta.url));

/** A name for everything that a compiled query depends on: the compiler, the text, and what the text may name. */
export function cacheKey(text: string, parts: readonly unknown[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([ASSAY_VERSION, compilerState(), parts]));
  hash.update(text);
  return hash.digest('hex');
}

/**
 * The compiled query of a key; nothing where none is kept, or where what is there was not kept by this user.
 *
 * @throws FileError where `ASSAY_CACHE` names no private folder outside of the repository
 */
export function fromCache(key: string): Compiled | undefined {
  const place = folder();
  const secret = place === undefined ? undefined : secretOf(place);
  if (place === undefined || secret === undefined) return undefined;
  const entry = readOwn(join(place, `${key}.json`))?.toString('utf8') ?? '';
  const [signature = '', json = ''] = entry.split('\n', 2);
  if (!isSame(signature, signatureOf(secret, key, json))) return undefined;
  const read = compiledSchema.safeParse(JSON.parse(json));
  return read.success ? read.data : undefined;
}

/** Keeps a compiled query. A folder that cannot be written costs time at the next start and nothing else. */
export function toCache(key: string, compiled: Compiled): void {
  const place = folder();
  if (place === undefined) return;
  try {
    const secret = secretOf(place) ?? newSecret(place);
    const json = JSON.stringify(compiled);
    replace(join(place, `${key}.json`), `${signatureOf(secret, key, json)}\n${json}`);
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

/** Where compiled queries are kept: `ASSAY_CACHE`, else the user's folder for caches. Empty `ASSAY_CACHE` keeps none. */
function folder(): string | undefined {
  const named = process.env['ASSAY_CACHE'];
  if (named === '') return undefined;
  const place = named ?? usual();
  // What a person did not name is left alone without a word: without a cache, all is as it is, but slower.
  const refused = place === undefined ? 'nowhere' : refusal(place);
  if (refused === undefined) return place;
  if (named === undefined) return undefined;
  throw new FileError([{ file: 'ASSAY_CACHE', line: 0, column: 0, message: `'${named}' ${refused}` }]);
}

/** The standard has a relative `XDG_CACHE_HOME` ignored. */
function usual(): string | undefined {
  const cache = process.env['XDG_CACHE_HOME'] ?? '';
  const base = isAbsolute(cache) ? cache : join(home(), '.cache');
  return isAbsolute(base) ? join(base, 'assay', 'queries') : undefined;
}

function home(): string {
  try {
    return homedir();
  } catch (error) {
    // A user that the system does not know has none.
    if (codeOf(error) === 'ERR_SYSTEM_ERROR') return '';
    throw error;
  }
}

/** Why a folder holds no cache; makes it where it is not there. */
function refusal(place: string): string | undefined {
  if (!isAbsolute(place)) return 'is a relative path; name an absolute one, or nothing to keep no compiled queries.';
  const root = workingRoot();
  if (isWithin(place, root) || isWithin(real(place), real(root)))
    return `is within ${root}, whose files may be a stranger's; name a folder outside of it.`;
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    const found = statSync(place);
    if (!found.isDirectory()) return 'is not a folder; name one.';
    return isPrivate(found) ? undefined : 'is open to others; make it yours alone with chmod 700, or name another.';
  } catch (error) {
    if (isUnwritable(error)) return 'cannot be made or written; name another folder.';
    throw error;
  }
}

/** Whether only this user can reach a file. Windows keeps the folders of a user private itself. */
function isPrivate({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
}

const SECRET_BYTES = 32;

function secretOf(place: string): Buffer | undefined {
  const secret = readOwn(join(place, 'key'));
  return secret?.length === SECRET_BYTES ? secret : undefined;
}

function newSecret(place: string): Buffer {
  const secret = randomBytes(SECRET_BYTES);
  replace(join(place, 'key'), secret);
  return secret;
}

/** Of an entry under its own name: one that is moved to another is no answer there. */
function signatureOf(secret: Buffer, key: string, json: string): string {
  return createHmac('sha256', secret).update(`${key}\n${json}`).digest('hex');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What is in a private file of this user; nothing where there is none, or a link, a folder, a pipe or another's. */
function readOwn(file: string): Buffer | undefined {
  let opened: number;
  try {
    const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
    opened = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
  try {
    const found = fstatSync(opened);
    return found.isFile() && isPrivate(found) ? readFileSync(opened) : undefined;
  } finally {
    closeSync(opened);
  }
}

/** Writes a private file in one step, in place of whatever has its name. */
function replace(file: string, content: string | Buffer): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, content, { flag: 'wx', mode: 0o600 });
    try {
      renameSync(draft, file);
    } catch (error) {
      if (!['EISDIR', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
      // A folder has its name.
      rmSync(file, { recursive: true, force: true });
      renameSync(draft, file);
    }
  } finally {
    rmSync(draft, { force: true });
  }
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

/** Opening a link without following it is `ELOOP`, or `EMLINK` on some systems; a socket is `ENXIO`. */
function isNoFile(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'ENXIO', 'EACCES', 'EISDIR', 'EPERM'].includes(codeOf(error) ?? '');
}

function isUnwritable(error: unknown): boolean {
  return ['EACCES', 'EROFS', 'ENOSPC', 'EDQUOT', 'EPERM', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ELOOP'].includes(
    codeOf(error) ?? '',
  );
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
