import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { makeFolder } from '../files/output.js';
import { fileError, requireFile } from '../tables/readers/text.js';
import { Addresses, type Block } from './addresses.js';
import { Dictionary } from './dictionary.js';
import { passThrough } from './files.js';
import { type Kind, Pseudonyms } from './pseudonyms.js';
import type { FileResult, LostRecord } from './reader.js';
import { type Replaced, Replacer } from './replacer.js';

export interface AnonymizeOptions {
  /** The folder that the files are written into. */
  readonly out: string;
  /** A file with the key, to get the same stand-ins again; without it the key is drawn, used and forgotten. */
  readonly keyFile?: string | undefined;
  /** The organisation's domains, besides those of its hosts and users. */
  readonly ownDomains: readonly string[];
  /** The organisation's public addresses. */
  readonly ownNetworks: readonly Block[];
  /** Told what begins, for whoever waits. */
  readonly onStage?: (stage: string) => void;
}

export interface AnonymizedFile {
  readonly file: string;
  readonly written: string;
  readonly records: number;
  readonly lostCount: number;
  readonly lost: readonly LostRecord[];
}

/** What was done; no value that was replaced, nor what stands in for it. */
export interface Anonymized {
  readonly files: readonly AnonymizedFile[];
  readonly replaced: ReadonlyMap<Kind, Replaced>;
  /** Whether the key is known to anybody still. */
  readonly key: 'forgotten' | 'kept';
}

const KEY_BYTES = 32;

/**
 * Writes files anew with stand-ins for hosts, users, internal addresses and secrets: the same for the same value in
 * every column, text and file. All files are read before the first is written, so that what one of them calls a host is
 * known in the others.
 *
 * @throws FileError for a file or key that cannot be used, and where a file would be written over one that is read
 */
export async function anonymize(paths: readonly string[], options: AnonymizeOptions): Promise<Anonymized> {
  for (const path of paths) requireFile(path);
  const pseudonyms = new Pseudonyms(options.keyFile === undefined ? randomBytes(KEY_BYTES) : readKey(options.keyFile));
  try {
    const addresses = new Addresses(pseudonyms, options.ownNetworks);
    const dictionary = new Dictionary(addresses, options.ownDomains);
    for (const path of paths) {
      options.onStage?.(`reading ${path}`);
      dictionary.begin(path);
      const visit = (column: string, text: string): string => {
        dictionary.collect(column, text);
        return text;
      };
      await passThrough(path, undefined, { visit, link: (people) => dictionary.link(people) });
    }
    dictionary.finish();
    // A key that is kept gives the same addresses again, whichever others there are.
    if (options.keyFile === undefined) addresses.avoid(dictionary.addresses);
    const replacer = new Replacer(dictionary, pseudonyms, addresses);
    const targets = targetsOf(paths, options.out, (stem) => replacer.fileName(stem));
    makeFolder(options.out);
    const files: AnonymizedFile[] = [];
    for (const [file, written] of targets) {
      options.onStage?.(`writing ${written}`);
      const result: FileResult = await passThrough(file, written, {
        visit: (column, text) => replacer.replace(column, text),
      });
      files.push({ file, written, ...result });
    }
    return { files, replaced: replacer.counts(), key: options.keyFile === undefined ? 'forgotten' : 'kept' };
  } finally {
    pseudonyms.forget();
  }
}

function readKey(path: string): Uint8Array {
  requireFile(path);
  const key = readFileSync(path);
  if (key.length >= KEY_BYTES) return key;
  const message = `A key has ${KEY_BYTES} bytes or more, this file ${key.length}. Make one with: openssl rand -out ${path} ${KEY_BYTES}`;
  throw fileError(path, message);
}

/** Where each file goes: under its own name, in which names of hosts and users are replaced as well. */
function targetsOf(paths: readonly string[], out: string, replaced: (name: string) => string): [string, string][] {
  const sources = new Set(paths.map((path) => resolve(path)));
  const taken = new Map<string, string>();
  return paths.map((path) => {
    const [, stem = '', ending = ''] =
      /^(.*?)((?:\.(?:csv|ndjson|jsonl|json|parquet))?(?:\.gz)?)$/is.exec(basename(path)) ?? [];
    const target = join(out, `${replaced(stem)}${ending}`);
    if (sources.has(resolve(target)))
      throw fileError(path, 'The file would be written over itself: name another --out.');
    const other = taken.get(target);
    if (other !== undefined)
      throw fileError(path, `It would be written over what becomes of ${other}; rename one of them.`);
    if (existsSync(target)) throw fileError(path, `There is a file ${target} already; name a folder without it.`);
    taken.set(target, path);
    return [path, target];
  });
}
