import { getDomain } from 'tldts';
import { howToRaise, limit } from '../files/limits.js';
import { fileError } from '../tables/readers/text.js';
import type { Addresses } from './addresses.js';
import { Cache } from './cache.js';
import { isOwnAddress, kindOfColumn, peopleOf } from './columns.js';
import { replaceInJson } from './json-strings.js';
import { LONGEST } from './needles.js';
import { ADDRESS, EMAIL, LONG_BASE64, PROFILE, profileName, UNC_HOST } from './patterns.js';
import { decoded, find } from './secrets.js';
import { isBuiltIn, isEveryday, isSharedDomain } from './words.js';

export type WordKind = 'host' | 'user' | 'domain' | 'id';

const ORDER: readonly WordKind[] = ['host', 'user', 'domain', 'id'];

/** A word that is made of what words are made of: it is found by looking up the words of a text. */
const WORD = /^[\p{L}\p{N}_.$-]+$/u;

/** What is longer is no name. */
const LONGEST_NAME = 256;
/** How deep what is encoded may hold what is encoded. */
export const DEEPEST = 3;

/**
 * Who and what telemetry tells of: collected from all files before any value is replaced, so that what one column calls
 * a host is known in every command line.
 */
export class Dictionary {
  /** By the word in small letters. */
  readonly words = new Map<string, WordKind>();
  /** The same for names with blanks and other signs. */
  readonly phrases = new Map<string, WordKind>();
  /** Names that mean so much else that they are replaced only where they stand as names. */
  readonly contextual = new Map<string, WordKind>();
  /** Own DNS domains, and the part of each that was registered. */
  readonly domains = new Map<string, string>();
  readonly secrets = new Set<string>();
  /** Internal and own public addresses. */
  readonly addresses = new Set<string>();
  /** Another name of the same person; empty where several are called so. */
  private readonly aliases = new Map<string, string>();
  private readonly mail = new Map<string, Set<string>>();
  private readonly hosts = new Set<string>();
  private readonly seen = new Cache<true>();
  private readonly most = limit('names');
  private kept = 0;
  private path = '';

  constructor(
    private readonly known: Addresses,
    ownDomains: readonly string[],
  ) {
    for (const domain of ownDomains) this.addDomain(domain);
  }

  /** Says which file the next values are of. */
  begin(path: string): void {
    this.path = path;
  }

  /**
   * Learns from the value of a column.
   * @throws FileError when there is more to remember than the limit
   */
  collect(column: string, text: string, depth = 0): void {
    const kind = kindOfColumn(column);
    if (text === '' || kind === 'public') return;
    const key = `${kind} ${isOwnAddress(column)} ${/(Upn|UserPrincipalName)$/i.test(column)} ${text}`;
    if (this.seen.has(key)) return;
    this.seen.set(key, true);
    if (/(Upn|UserPrincipalName)$/i.test(column)) this.addUpn(text);
    else if (kind === 'host') this.addHost(text);
    else if (kind === 'user') this.addUser(text);
    else if (kind === 'domain') this.addDomain(text);
    else if (kind === 'device' || kind === 'id') this.add(text, 'id');
    else if (kind === 'secret' && !/^\s*[{[]/.test(text)) this.addSecret(text);
    else if (isOwnAddress(column)) this.known.learn(text);
    this.scan(column, text, depth);
  }

  /** Learns that the names of a record are of one person. */
  link(columns: ReadonlyMap<string, string>): void {
    for (const { account = '', upn = '', display = '' } of peopleOf(columns).values()) {
      const [login, local] = [accountOf(account), accountOf(upn)];
      if (login !== '' && local !== '') this.alias(local, login);
      if (display !== '') this.alias(display.trim().toLowerCase(), login === '' ? local : login);
    }
  }

  /** The name that stands for all names of a person, in small letters. */
  person(name: string): string {
    let found = name.trim().toLowerCase();
    // An account, behind an address, behind a name that people use.
    for (let step = 0; step < 3; step += 1) {
      const next = this.aliases.get(found) || spelling(found);
      if (next === undefined || next === '' || next === found) break;
      found = next;
    }
    return found;
  }

  /** Settles what only all files together tell. */
  finish(): void {
    for (const [domain, users] of this.mail) {
      if (this.registered(domain) === undefined) continue;
      for (const user of users) this.addUser(user);
    }
    for (const host of this.hosts) if (this.isOwnHost(host)) this.addHost(host);
    this.seen.clear();
    this.mail.clear();
    this.hosts.clear();
  }

  /** The registered part of an own domain; nothing for one that is not the organisation's. */
  registered(domain: string): string | undefined {
    const base = registrable(domain);
    return this.domains.has(base) ? base : undefined;
  }

  /** Whether a name is of a machine that only its own network knows. */
  isOwnHost(name: string): boolean {
    const [, rest] = parted(name);
    return rest === '' || this.registered(rest) !== undefined || isPrivate(name);
  }

  /** What a word is where it stands as a name. */
  kindOf(name: string): WordKind | undefined {
    const plain = name.trim().toLowerCase();
    return this.words.get(plain) ?? this.phrases.get(plain) ?? this.contextual.get(plain);
  }

  private scan(column: string, text: string, depth: number): void {
    const nested = replaceInJson(
      text,
      (name, value) => {
        this.collect(name === '' && kindOfColumn(column) !== 'secret' ? column : name, value, depth);
        return value;
      },
      (people) => this.link(people),
    );
    if (nested !== undefined) return;
    const { secrets, mentions } = find(text);
    for (const { start, end } of secrets) this.addSecret(text.slice(start, end));
    for (const { role, start, end } of mentions) this.mention(role, text.slice(start, end));
    for (const match of text.matchAll(PROFILE)) this.addUser(profileName(match[0]));
    for (const [, user = '', domain = ''] of text.matchAll(EMAIL)) {
      const users = this.mail.get(domain.toLowerCase()) ?? new Set();
      if (!users.has(user)) this.remember();
      this.mail.set(domain.toLowerCase(), users.add(user));
    }
    for (const [, host = ''] of text.matchAll(UNC_HOST)) this.addLater(host);
    if (/Url$/i.test(column) && /^[\w-]+(\.[\w-]+)*$/.test(text) && (isPrivate(text) || !text.includes('.'))) {
      this.addLater(text);
    }
    for (const [address] of text.matchAll(ADDRESS)) {
      if (this.known.replacement(address) === undefined || this.addresses.has(address)) continue;
      this.remember();
      this.addresses.add(address);
    }
    if (depth >= DEEPEST) return;
    for (const [word] of text.matchAll(LONG_BASE64)) {
      const inner = decoded(word);
      if (inner !== undefined) this.collect('', inner, depth + 1);
    }
  }

  /** What a command or an address names: only a word that means nothing else is looked for in all texts. */
  private mention(role: 'host' | 'user', text: string): void {
    if (text.length < 3) return;
    const isDistinct = /[\d_.-]/.test(text) && !isEveryday(text);
    if (role === 'host') {
      if (this.isAddress(text) || isBuiltIn(text)) return;
      if (isDistinct) this.addLater(text);
      else this.addContextual(text, 'host');
    } else if (isDistinct) this.addUser(text);
    else if (!isBuiltIn(text)) this.addContextual(text, 'user');
  }

  private addContextual(text: string, kind: WordKind): void {
    const name = text.trim().toLowerCase();
    if (this.contextual.has(name) || name === '' || name.length > LONGEST_NAME) return;
    this.remember();
    this.contextual.set(name, kind);
  }

  private addLater(host: string): void {
    const name = host.toLowerCase();
    if (this.hosts.has(name) || name.length > LONGEST_NAME) return;
    this.remember();
    this.hosts.add(name);
  }

  private addUpn(text: string): void {
    const at = text.lastIndexOf('@');
    this.addUser(at < 1 ? text.replaceAll('@', '') : text.slice(0, at));
    if (at > 0) this.addDomain(text.slice(at + 1));
  }

  private addHost(text: string): void {
    const name = text.trim().toLowerCase();
    if (isBuiltIn(name) || this.isAddress(name)) return;
    const [host, domain] = parted(name);
    this.add(host, 'host');
    if (domain !== '') this.addDomain(domain);
  }

  private addUser(text: string): void {
    const name = text.trim();
    const [, domain, account] = /^([^\\]+)\\{1,2}(.+)$/.exec(name) ?? [];
    if (isBuiltIn(name) || this.isAddress(name) || /^S-1-/i.test(name)) return;
    if (domain !== undefined && account !== undefined) {
      this.addDomain(domain);
      this.addUser(account);
    } else if (name.includes('@')) {
      this.addUpn(name);
    } else if (name.endsWith('$')) {
      this.addHost(name.slice(0, -1));
    } else {
      this.add(name, 'user');
      const first = spelling(name.toLowerCase()) ?? name.toLowerCase();
      for (const spelt of spellings(first)) this.add(spelt, 'user', first);
    }
  }

  private addDomain(text: string): void {
    const domain = text.trim().toLowerCase().replace(/\.$/, '');
    if (isBuiltIn(domain) || isSharedDomain(domain) || this.isAddress(domain) || domain === '') return;
    const base = domain.includes('.') ? registrable(domain) : domain;
    if (domain.includes('.') && !this.domains.has(domain)) {
      this.remember();
      this.domains.set(domain, base).set(base, base);
    }
    this.add(parted(base)[0], 'domain');
  }

  private addSecret(text: string): void {
    // What is longer shows by its form where it stands again; a word means too much else.
    if (text.length < 6 || text.length > LONGEST || isEveryday(text) || this.secrets.has(text)) return;
    if (/^\p{L}\p{Ll}{0,10}$|^\p{Lu}{0,11}$/u.test(text)) return;
    if (/^[%$]|^[A-Za-z]:[\\/]|^[\\/]|^\d{1,7}$|\.(exe|dll|cmd|bat|ps1|txt|com|net|org)$/i.test(text)) return;
    this.remember();
    this.secrets.add(text);
  }

  private add(text: string, kind: WordKind, person?: string): void {
    const name = text.trim().toLowerCase();
    if (name === '' || name.length > LONGEST_NAME || isBuiltIn(name) || /^[0{}-]+$/.test(name)) return;
    if (person !== undefined && name !== person && !this.aliases.has(name)) this.aliases.set(name, person);
    const into = isEveryday(name) ? this.contextual : WORD.test(name) ? this.words : this.phrases;
    const before = into.get(name);
    if (before === undefined) this.remember();
    if (before === undefined || ORDER.indexOf(kind) < ORDER.indexOf(before)) into.set(name, kind);
  }

  private alias(from: string, to: string): void {
    if (from === '' || to === '' || from === to || isBuiltIn(from) || isBuiltIn(to)) return;
    const before = this.aliases.get(from);
    if (before === undefined) this.remember();
    this.aliases.set(from, before === undefined || before === to || before === spelling(from) ? to : '');
  }

  private remember(): void {
    this.kept += 1;
    if (this.kept <= this.most) return;
    throw fileError(this.path, `The files hold too many names and secrets to keep them apart. ${howToRaise('names')}`);
  }

  private isAddress(text: string): boolean {
    return /^[\d.]+$|:/.test(text);
  }
}

/** The first label of a name, and the domain after it. */
export function parted(name: string): readonly [string, string] {
  const dot = name.indexOf('.');
  return dot === -1 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** The part of a domain that somebody registered: `contoso.com` of `corp.contoso.com`. */
export function registrable(domain: string): string {
  if (domain.length > LONGEST_NAME) return domain;
  const labels = domain.split('.');
  const shared = labels.findIndex((_, i) => isSharedDomain(labels.slice(i).join('.')));
  if (shared > 0) return labels.slice(shared - 1).join('.');
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}

/** The account of `DOMAIN\account` or `account@domain`, in small letters; nothing of a machine's. */
function accountOf(text: string): string {
  const name = text.trim().toLowerCase();
  const account = name.slice(name.lastIndexOf('\\') + 1).split('@')[0] ?? '';
  return account.endsWith('$') ? '' : account;
}

/** How an account is made of a name: `jane.doe` of `Jane Doe` and of `Doe, Jane`. */
function spelling(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const [, last, first] = /^(\p{L}{2,}), (\p{L}{2,})$/u.exec(name) ?? [];
  if (last !== undefined && first !== undefined) return `${first}.${last}`;
  return /^\p{L}{2,} \p{L}{2,}$/u.test(name) ? name.replace(' ', '.') : undefined;
}

/** How people write the name that an account like `jane.doe` is made of, in the names of files as well. */
function spellings(account: string): string[] {
  const [first, last, ...rest] = account.split('.');
  const isName = (part: string | undefined): part is string =>
    /^\p{L}{3,}$/u.test(part ?? '') && !isEveryday(part ?? '');
  if (!isName(first) || !isName(last) || rest.length > 0) return [];
  return [
    `${last}, ${first}`,
    ...[' ', '.', '_', '-', ''].flatMap((sign) => [`${first}${sign}${last}`, `${last}${sign}${first}`]),
  ];
}

function isPrivate(name: string): boolean {
  return /\.(local|lan|internal|corp|intranet|intra|localdomain|private|home\.arpa)$/i.test(name);
}
