import { createHash } from 'node:crypto';
import type { Addresses } from './addresses.js';
import { Cache } from './cache.js';
import { holdsProgram, holdsSecrets, kindOfColumn } from './columns.js';
import { DEEPEST, type Dictionary, parted, type WordKind } from './dictionary.js';
import { replaceInJson } from './json-strings.js';
import { Needles, small, standsAlone } from './needles.js';
import {
  ADDRESS,
  EMAIL,
  LONG_BASE64,
  LONG_WORD,
  MAC,
  PERSONAL_SITE,
  PROFILE,
  profileName,
  REVERSE_NAME,
  SID,
  UNC_HOST,
  WORDS,
} from './patterns.js';
import type { Kind, Pseudonyms } from './pseudonyms.js';
import { decoded, find, looksRandom } from './secrets.js';
import { isBuiltIn, isOfExports } from './words.js';

/** How many values of a kind there were, and how many cells of the files held one. */
export interface Replaced {
  /** At most `MOST_COUNTED`, which then means that there were so many or more. */
  readonly values: number;
  readonly cells: number;
}

export const MOST_COUNTED = 1_000_000;

/** A stretch of text, and whether it is settled: what stands in for something is not looked at again. */
interface Piece {
  readonly text: string;
  readonly settled: boolean;
}

interface Remembered {
  readonly text: string;
  readonly kinds: readonly Kind[];
}

/** Puts stand-ins into texts. */
export class Replacer {
  /** Of each value a digest: how long it is does not matter, and it is not kept. */
  private readonly values = new Map<Kind, Set<string>>();
  private readonly cells = new Map<Kind, number>();
  private readonly remembered = new Cache<Remembered>();
  private readonly phrases: Needles;
  private readonly secrets: Needles;
  private kinds: Kind[] = [];
  private depth = 0;

  constructor(
    private readonly dictionary: Dictionary,
    private readonly pseudonyms: Pseudonyms,
    private readonly addresses: Addresses,
  ) {
    this.phrases = new Needles(dictionary.phrases.keys(), small, standsAlone);
    // A secret that is a word is not to be found within others.
    this.secrets = new Needles(
      dictionary.secrets,
      (text) => text,
      (text, start, end) => standsAlone(text, start, end) || !/^\p{L}+$/u.test(text.slice(start, end)),
    );
  }

  /** A value of a column with everything replaced. */
  replace(column: string, text: string): string {
    const isCell = this.depth === 0;
    this.depth += 1;
    try {
      return this.inner(column, text);
    } finally {
      this.depth -= 1;
      if (isCell) this.settle();
    }
  }

  private inner(column: string, text: string): string {
    const kind = kindOfColumn(column);
    if (text === '' || kind === 'public') return text;
    const key = `${column} ${text}`;
    let found = this.remembered.get(key);
    if (found === undefined) {
      const outer = this.kinds;
      this.kinds = [];
      found = { text: this.make(column, kind, text), kinds: [...new Set(this.kinds)] };
      this.kinds = outer;
      this.remembered.set(key, found, found.text.length);
    }
    this.kinds.push(...found.kinds);
    return found.text;
  }

  /**
   * The name of a file, without its ending: names that are known, and all words that are neither those of tables nor
   * usual for exports. The table of a custom log keeps its name, which rules have as well.
   */
  fileName(stem: string): string {
    const replaced = this.inner('', stem);
    this.kinds = [];
    if (/^\w{1,100}_CL$/.test(replaced)) return replaced;
    return replaced.replaceAll(/(?:host|user|domain|zone|secret)-[a-z2-9]{10}|[\p{L}\p{N}]+/gu, (word) =>
      word.includes('-') || isOfExports(word)
        ? word
        : this.put('name of a file', word, this.pseudonyms.name('name', word)),
    );
  }

  /** Counts what was replaced in a cell. */
  private settle(): void {
    for (const kind of new Set(this.kinds)) this.cells.set(kind, (this.cells.get(kind) ?? 0) + 1);
    this.kinds = [];
  }

  counts(): ReadonlyMap<Kind, Replaced> {
    return new Map(
      [...this.values].map(([kind, values]) => [kind, { values: values.size, cells: this.cells.get(kind) ?? 0 }]),
    );
  }

  private make(column: string, kind: ReturnType<typeof kindOfColumn>, text: string): string {
    switch (kind) {
      case 'host':
        return this.whole(text, () => this.host(text));
      case 'user':
        return this.whole(text, () => this.user(text));
      case 'domain':
        return this.whole(text, () => this.domain(text));
      case 'device':
      case 'id':
        return this.whole(text, () =>
          /^[0{}-]+$/.test(text) ? text : this.put('id', text, this.pseudonyms.shape(text.toLowerCase())),
        );
      case 'secret':
        return (
          (holdsSecrets(column) ? undefined : replaceInJson(text, (name, value) => this.replace(name, value))) ??
          this.secret(text, 'column')
        );
      default:
        return (
          replaceInJson(text, (name, value) => this.replace(name === '' ? column : name, value)) ??
          this.text(text, column)
        );
    }
  }

  /** A value that is one name, unless it holds several. */
  private whole(text: string, replaced: () => string): string {
    if (isBuiltIn(text)) return text;
    const nested = replaceInJson(text, (name, value) => this.replace(name, value));
    if (nested !== undefined) return nested;
    return /^[\d.]+$|:|@|[\\;,|]|^S-1-/i.test(text) ? this.text(text, '') : replaced();
  }

  private host(text: string): string {
    const [name, domain] = parted(text);
    const bare = name.replace(/\$$/, '');
    const stand = this.put('host', bare, this.pseudonyms.name('host', bare)) + name.slice(bare.length);
    return domain === '' ? stand : `${stand}.${this.domain(domain)}`;
  }

  private user(text: string): string {
    if (text.endsWith('$')) return this.host(text);
    const person = this.dictionary.person(text);
    return this.put('user', person, this.pseudonyms.name('user', person));
  }

  /** A domain, and what is below the part that was registered; one of everybody's stays. */
  private domain(text: string): string {
    const name = text.toLowerCase();
    if (!name.includes('.')) {
      const isHost = (this.dictionary.words.get(name) ?? this.dictionary.contextual.get(name)) === 'host';
      return isHost ? this.host(text) : this.put('domain', name, this.pseudonyms.name('domain', name));
    }
    const base = this.dictionary.registered(name);
    if (base === undefined) return text;
    const [label, rest] = parted(base);
    const stand = `${this.pseudonyms.name('domain', label)}.${/(^|\.)onmicrosoft\.com$/.test(rest) ? rest : 'example'}`;
    const below = name.slice(0, -base.length - 1);
    return this.put('domain', name, below === '' ? stand : `${this.pseudonyms.name('zone', below)}.${stand}`);
  }

  private secret(text: string, what: string): string {
    return this.put(`secret: ${what}`, text, this.pseudonyms.name('secret', text));
  }

  private text(text: string, column: string, depth = 0): string {
    let pieces = this.marked(text);
    pieces = swap(pieces, this.secrets, (found) => this.secret(found, 'seen elsewhere'));
    pieces = swap(pieces, SID, ([found]) => this.put('sid', found, this.sid(found)));
    pieces = swap(pieces, EMAIL, ([found, user = '', domain = '']) => {
      return this.put('e-mail address', found, `${this.user(user)}@${this.domain(domain)}`);
    });
    pieces = swap(pieces, PERSONAL_SITE, ([found]) => this.user(found));
    pieces = swap(pieces, MAC, ([found]) => this.put('MAC address', found, this.pseudonyms.shape(found)));
    pieces = swap(pieces, REVERSE_NAME, ([found]) => {
      const stand = this.addresses.reverseName(found);
      return stand === undefined ? undefined : this.put('address', found, stand);
    });
    pieces = swap(pieces, ADDRESS, ([found]) => {
      const stand = this.addresses.replacement(found);
      const kind = this.addresses.isOwnPublic(found) ? 'own public address' : 'address';
      return stand === undefined ? undefined : this.put(kind, found, stand);
    });
    pieces = swap(pieces, PROFILE, ([found]) => {
      const name = profileName(found);
      return isBuiltIn(name) ? undefined : this.user(name) + found.slice(name.length);
    });
    pieces = swap(pieces, UNC_HOST, ([found, host = '']) => {
      if (this.dictionary.kindOf(parted(host)[0]) !== 'host' || !this.dictionary.isOwnHost(host)) return undefined;
      return found.slice(0, -host.length) + this.host(host);
    });
    pieces = swap(pieces, ACCOUNT, ([found, domain = '', slash = '', account = '']) => {
      const { contextual } = this.dictionary;
      const of = (name: string): WordKind | undefined => this.dictionary.kindOf(name);
      if (of(domain) !== 'domain' && of(domain) !== 'host') return undefined;
      const isKnown = of(account) === 'user' || contextual.has(domain.toLowerCase());
      if (!isKnown || /[.](exe|dll|cmd|bat|ps1)$/i.test(found)) return undefined;
      return `${this.domain(domain)}${slash}${isBuiltIn(account) ? account : this.user(account)}`;
    });
    pieces = swap(pieces, this.phrases, (found) => this.named(found, this.dictionary.phrases.get(found.toLowerCase())));
    pieces = swap(pieces, WORDS, ([found]) => this.words(found));
    pieces = swap(pieces, LONG_BASE64, ([found]) => {
      if (depth < DEEPEST && this.encodes(found, column, depth)) {
        return this.put('encoded text', found, this.pseudonyms.shape(found));
      }
      const isRandom = !holdsProgram(column) && /[+=]/.test(found) && found.length >= 40 && looksRandom(found);
      return isRandom ? this.random(found) : undefined;
    });
    pieces = swap(pieces, LONG_WORD, ([found]) =>
      looksRandom(found) && !GUID.test(found) ? this.random(found) : undefined,
    );
    return pieces.map((piece) => piece.text).join('');
  }

  /** What is secret, and who and what stands where commands and addresses name them. */
  private marked(text: string): Piece[] {
    const { secrets, mentions } = find(text);
    const pieces: Piece[] = [];
    let at = 0;
    const put = (start: number, end: number, stand: string): void => {
      if (start > at) pieces.push({ text: text.slice(at, start), settled: false });
      pieces.push({ text: stand, settled: true });
      at = end;
    };
    for (const mark of [...secrets, ...mentions].sort((a, b) => a.start - b.start)) {
      const found = text.slice(mark.start, mark.end);
      if ('kind' in mark) {
        const { kind, keepsForm } = mark;
        put(
          mark.start,
          mark.end,
          keepsForm ? this.put(`secret: ${kind}`, found, this.pseudonyms.shape(found)) : this.secret(found, kind),
        );
      } else if (mark.role === 'host') {
        const isHost = this.dictionary.kindOf(parted(found)[0]) === 'host' && this.dictionary.isOwnHost(found);
        if (isHost && !isBuiltIn(found)) put(mark.start, mark.end, this.host(found));
      } else if (this.dictionary.kindOf(found) === 'user' && !isBuiltIn(found))
        put(mark.start, mark.end, this.user(found));
    }
    if (at < text.length) pieces.push({ text: text.slice(at), settled: false });
    return pieces;
  }

  /** Whether a word in base64 encodes a text in which something would be replaced. */
  private encodes(word: string, column: string, depth: number): boolean {
    const inner = decoded(word);
    if (inner === undefined) return false;
    const outer = this.kinds;
    this.kinds = [];
    const changes = this.text(inner, column, depth + 1) !== inner;
    this.kinds = outer;
    return changes;
  }

  private random(text: string): string {
    return this.put('random text', text, this.pseudonyms.shape(text));
  }

  /** The domain's part of an identifier and the account's, so that accounts of one domain stay such. */
  private sid(text: string): string {
    const parts = text.split('-');
    const isDomain = parts[2] === '5';
    const domain = parts.slice(4, 7);
    const of = (what: string, i: number): number => this.pseudonyms.number(`sid ${what} ${i}`);
    const stand = domain.map((_, i) => of(domain.join('-').toLowerCase(), i));
    const account = parts.slice(7).map((part, i) => {
      // The first thousand are the same in every domain.
      return isDomain && Number(part) < 1000 ? part : 1000 + (of(text, i + 3) % 4_000_000);
    });
    return [...parts.slice(0, 4), ...stand, ...account].join('-');
  }

  /** The longest names within a run of letters, digits, dots and dashes. */
  private words(text: string): string | undefined {
    if (text.startsWith('%')) return undefined;
    const inside = this.inOwnDomain(text);
    if (inside !== undefined) return inside;
    const parts = text.split(/([._$-]+)/);
    let out = '';
    let changed = false;
    for (let from = 0; from < parts.length; ) {
      let next = from + 1;
      let stand: string | undefined;
      if (from % 2 === 0 && parts[from] !== '') {
        for (let to = Math.min(parts.length, from + 31); to > from && stand === undefined; to -= 2) {
          stand = this.word(parts.slice(from, to).join(''));
          next = to;
        }
      }
      if (stand === undefined) next = from + 1;
      changed ||= stand !== undefined;
      out += stand ?? parts[from];
      from = next;
    }
    return changed ? out : undefined;
  }

  /** A name below a domain of the organisation is one of its machines. */
  private inOwnDomain(text: string): string | undefined {
    if (text.length > LONGEST_DOMAIN) return undefined;
    const labels = text.toLowerCase().split('.');
    const start = labels.findIndex((_, i) => i > 0 && this.dictionary.domains.has(labels.slice(i).join('.')));
    if (start === -1 || labels.slice(0, start).includes('')) return undefined;
    const below = labels.slice(0, start).map((label) => this.put('host', label, this.pseudonyms.name('host', label)));
    return [...below, this.domain(labels.slice(start).join('.'))].join('.');
  }

  private word(word: string): string | undefined {
    const name = word.toLowerCase();
    if (this.dictionary.domains.has(name)) return this.domain(word);
    return this.named(word, this.dictionary.words.get(name));
  }

  private named(text: string, kind: WordKind | undefined): string | undefined {
    switch (kind) {
      case 'host':
        return this.put('host', text, this.pseudonyms.name('host', text));
      case 'user':
        return this.user(text);
      case 'domain':
        return this.put('domain', text, this.pseudonyms.name('domain', text));
      case 'id':
        return this.put('id', text, this.pseudonyms.shape(text.toLowerCase()));
      case undefined:
        return undefined;
    }
  }

  private put(kind: Kind, value: string, stand: string): string {
    this.kinds.push(kind);
    const values = this.values.get(kind) ?? new Set();
    this.values.set(kind, values);
    if (values.size < MOST_COUNTED)
      values.add(createHash('sha256').update(value.toLowerCase()).digest('base64').slice(0, 16));
    return stand;
  }
}

/** `DOMAIN\account`, with one backslash or, as some languages write it, two. */
const ACCOUNT = /(?<![\w\\/:.])([\w.-]{1,64})(\\{1,2})([\w.$-]{1,64})(?![\w\\])/g;

/** Of DNS. */
const LONGEST_DOMAIN = 253;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Puts stand-ins for what a pattern, or one of many texts, is in the stretches that are not settled. */
function swap(
  pieces: readonly Piece[],
  pattern: RegExp,
  stand: (match: RegExpMatchArray & { readonly 0: string }) => string | undefined,
): Piece[];
function swap(pieces: readonly Piece[], needles: Needles, stand: (found: string) => string | undefined): Piece[];
function swap(
  pieces: readonly Piece[],
  sought: RegExp | Needles,
  stand: (found: never) => string | undefined,
): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    if (piece.settled) {
      out.push(piece);
      continue;
    }
    let at = 0;
    for (const [start, end, found] of places(piece.text, sought)) {
      const made = stand(found as never);
      if (made === undefined) continue;
      if (start > at) out.push({ text: piece.text.slice(at, start), settled: false });
      out.push({ text: made, settled: true });
      at = end;
    }
    if (at < piece.text.length) out.push({ text: piece.text.slice(at), settled: false });
  }
  return out;
}

function* places(
  text: string,
  sought: RegExp | Needles,
): Generator<readonly [number, number, RegExpMatchArray | string]> {
  if (sought instanceof Needles) {
    for (const { start, end } of sought.find(text)) yield [start, end, text.slice(start, end)];
  } else {
    for (const match of text.matchAll(sought)) yield [match.index, match.index + match[0].length, match];
  }
}
