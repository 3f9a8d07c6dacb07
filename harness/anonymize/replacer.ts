import type { Addresses } from './addresses.js';
import { holdsProgram, kindOfColumn } from './columns.js';
import { type Dictionary, parted, type WordKind } from './dictionary.js';
import { replaceInJson } from './json-strings.js';
import {
  ADDRESS,
  EMAIL,
  LONG_BASE64,
  LONG_WORD,
  MAC,
  PERSONAL_SITE,
  PROFILE,
  profileName,
  SID,
  WORDS,
} from './patterns.js';
import type { Kind, Pseudonyms } from './pseudonyms.js';
import { looksRandom, SECRETS } from './secrets.js';
import { isBuiltIn } from './words.js';

/** How many values of a kind there were, and how often they stood in the files. */
export interface Replaced {
  readonly values: number;
  readonly occurrences: number;
}

/** A stretch of text, and whether it is settled: what stands in for something is not looked at again. */
interface Piece {
  readonly text: string;
  readonly settled: boolean;
}

interface Remembered {
  readonly text: string;
  readonly kinds: readonly Kind[];
}

const MOST_REMEMBERED = 200_000;
const LONGEST_REMEMBERED = 4_096;
const ALTERNATIVES = 2_000;

/** Puts stand-ins into texts. */
export class Replacer {
  private readonly values = new Map<Kind, Set<string>>();
  private readonly occurrences = new Map<Kind, number>();
  private readonly remembered = new Map<string, Remembered>();
  private readonly phrases: readonly RegExp[];
  private readonly secrets: readonly RegExp[];
  private kinds: Kind[] = [];

  constructor(
    private readonly dictionary: Dictionary,
    private readonly pseudonyms: Pseudonyms,
    private readonly addresses: Addresses,
  ) {
    this.phrases = alternations([...dictionary.phrases.keys()], 'gi', '(?<![\\p{L}\\p{N}])', '(?![\\p{L}\\p{N}])');
    this.secrets = alternations([...dictionary.secrets], 'g', '', '');
  }

  /** A value of a column with everything replaced. */
  replace(column: string, text: string): string {
    const kind = kindOfColumn(column);
    if (text === '' || kind === 'public') return text;
    const key = `${column} ${text}`;
    let found = this.remembered.get(key);
    if (found === undefined) {
      const outer = this.kinds;
      this.kinds = [];
      found = { text: this.make(column, kind, text), kinds: this.kinds };
      this.kinds = outer;
      if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
      if (text.length <= LONGEST_REMEMBERED) this.remembered.set(key, found);
    }
    this.kinds.push(...found.kinds);
    return found.text;
  }

  /** Counts what was replaced in a record. */
  settle(): void {
    for (const kind of this.kinds) this.occurrences.set(kind, (this.occurrences.get(kind) ?? 0) + 1);
    this.kinds = [];
  }

  counts(): ReadonlyMap<Kind, Replaced> {
    return new Map(
      [...this.values].map(([kind, values]) => [
        kind,
        { values: values.size, occurrences: this.occurrences.get(kind) ?? 0 },
      ]),
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
        return this.secret(text);
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
    return this.put('user', text, this.pseudonyms.name('user', text));
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

  private secret(text: string): string {
    return this.put('secret', text, this.pseudonyms.name('secret', text));
  }

  private text(text: string, column: string): string {
    let pieces: Piece[] = [{ text, settled: false }];
    for (const { pattern, keepsForm } of SECRETS) {
      pieces = swap(pieces, pattern, ([found]) => {
        // A variable is the name of a secret, not the secret.
        if (/^[%$]/.test(found)) return undefined;
        return keepsForm ? this.put('secret', found, this.pseudonyms.shape(found)) : this.secret(found);
      });
    }
    for (const pattern of this.secrets) pieces = swap(pieces, pattern, ([found]) => this.secret(found));
    pieces = swap(pieces, SID, ([found]) => this.put('sid', found, this.sid(found)));
    pieces = swap(pieces, EMAIL, ([found, user = '', domain = '']) => {
      return this.put('e-mail address', found, `${this.user(user)}@${this.domain(domain)}`);
    });
    pieces = swap(pieces, PERSONAL_SITE, ([found]) => this.user(found));
    pieces = swap(pieces, MAC, ([found]) => this.put('MAC address', found, this.pseudonyms.shape(found)));
    pieces = swap(pieces, ADDRESS, ([found]) => {
      const stand = this.addresses.replacement(found);
      const kind = this.addresses.isOwnPublic(found) ? 'own public address' : 'address';
      return stand === undefined ? undefined : this.put(kind, found, stand);
    });
    pieces = swap(pieces, PROFILE, ([found]) => {
      const name = profileName(found);
      return isBuiltIn(name) ? undefined : this.user(name) + found.slice(name.length);
    });
    pieces = swap(pieces, ACCOUNT, ([found, domain = '', slash = '', account = '']) => {
      const { words, contextual } = this.dictionary;
      const of = (name: string): WordKind | undefined =>
        words.get(name.toLowerCase()) ?? contextual.get(name.toLowerCase());
      if (of(domain) !== 'domain' && of(domain) !== 'host') return undefined;
      const isKnown = of(account) === 'user' || contextual.has(domain.toLowerCase());
      if (!isKnown || /[.](exe|dll|cmd|bat|ps1)$/i.test(found)) return undefined;
      return `${this.domain(domain)}${slash}${isBuiltIn(account) ? account : this.user(account)}`;
    });
    for (const pattern of this.phrases) {
      pieces = swap(pieces, pattern, ([found]) => this.named(found, this.dictionary.phrases.get(found.toLowerCase())));
    }
    pieces = swap(pieces, WORDS, ([found]) => this.words(found));
    if (!holdsProgram(column)) {
      pieces = swap(pieces, LONG_BASE64, ([found]) =>
        /[+=]/.test(found) && looksRandom(found) ? this.random(found) : undefined,
      );
    }
    pieces = swap(pieces, LONG_WORD, ([found]) =>
      looksRandom(found) && !GUID.test(found) ? this.random(found) : undefined,
    );
    return pieces.map((piece) => piece.text).join('');
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
    this.values.set(kind, values.add(value.toLowerCase()));
    return stand;
  }
}

/** `DOMAIN\account`, with one backslash or, as some languages write it, two. */
const ACCOUNT = /(?<![\w\\/:.])([\w.-]{1,64})(\\{1,2})([\w.$-]{1,64})(?![\w\\])/g;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Puts stand-ins for what a pattern finds in the stretches that are not settled. */
function swap(
  pieces: readonly Piece[],
  pattern: RegExp,
  stand: (match: RegExpMatchArray & { readonly 0: string }) => string | undefined,
): Piece[] {
  return pieces.flatMap((piece) => {
    if (piece.settled) return [piece];
    const parts: Piece[] = [];
    let at = 0;
    for (const match of piece.text.matchAll(pattern)) {
      const made = stand(match);
      if (made === undefined) continue;
      if (match.index > at) parts.push({ text: piece.text.slice(at, match.index), settled: false });
      parts.push({ text: made, settled: true });
      at = match.index + match[0].length;
    }
    if (at < piece.text.length) parts.push({ text: piece.text.slice(at), settled: false });
    return parts;
  });
}

function alternations(texts: readonly string[], flags: string, before: string, after: string): RegExp[] {
  const sorted = [...texts].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const made: RegExp[] = [];
  for (let at = 0; at < sorted.length; at += ALTERNATIVES) {
    const escaped = sorted.slice(at, at + ALTERNATIVES).map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    made.push(new RegExp(`${before}(?:${escaped.join('|')})${after}`, `${flags}u`));
  }
  return made;
}
