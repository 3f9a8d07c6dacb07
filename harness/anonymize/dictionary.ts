import { getDomain } from 'tldts';
import type { Addresses } from './addresses.js';
import { isOwnAddress, kindOfColumn } from './columns.js';
import { replaceInJson } from './json-strings.js';
import { ADDRESS, EMAIL, INTERNAL_NAME, PROFILE, profileName, UNC_HOST } from './patterns.js';
import { SECRETS } from './secrets.js';
import { isBuiltIn, isEveryday, isSharedDomain } from './words.js';

export type WordKind = 'host' | 'user' | 'domain' | 'id';

const ORDER: readonly WordKind[] = ['host', 'user', 'domain', 'id'];

/** A word that is made of what words are made of: it is found by looking up the words of a text. */
const WORD = /^[\p{L}\p{N}_.$-]+$/u;

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
  private readonly mail = new Map<string, Set<string>>();
  private readonly unc = new Set<string>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly known: Addresses,
    ownDomains: readonly string[],
  ) {
    for (const domain of ownDomains) this.addDomain(domain);
  }

  /** Learns from the value of a column. */
  collect(column: string, text: string): void {
    const kind = kindOfColumn(column);
    if (text === '' || kind === 'public') return;
    const key = `${kind} ${text}`;
    if (text.length < 2_000) {
      if (this.seen.has(key)) return;
      if (this.seen.size > 200_000) this.seen.clear();
      this.seen.add(key);
    }
    if (/(Upn|UserPrincipalName)$/i.test(column)) this.addUpn(text);
    else if (kind === 'host') this.addHost(text);
    else if (kind === 'user') this.addUser(text);
    else if (kind === 'domain') this.addDomain(text);
    else if (kind === 'device' || kind === 'id') this.add(text, 'id');
    else if (kind === 'secret') this.addSecret(text);
    else if (isOwnAddress(column)) this.known.learn(text);
    this.scan(column, text);
  }

  /** Settles what only all files together tell. */
  finish(): void {
    for (const [domain, users] of this.mail) {
      if (this.registered(domain) === undefined) continue;
      for (const user of users) this.addUser(user);
    }
    for (const host of this.unc) {
      const [, rest] = parted(host);
      if (rest === '' || this.registered(rest) !== undefined || isPrivate(host)) this.addHost(host);
    }
    this.seen.clear();
    this.mail.clear();
    this.unc.clear();
  }

  /** The registered part of an own domain; nothing for one that is not the organisation's. */
  registered(domain: string): string | undefined {
    const base = registrable(domain);
    return this.domains.has(base) ? base : undefined;
  }

  private scan(column: string, text: string): void {
    const nested = replaceInJson(text, (name, value) => {
      this.collect(name === '' ? column : name, value);
      return value;
    });
    if (nested !== undefined) return;
    for (const { pattern } of SECRETS) {
      for (const [secret] of text.matchAll(pattern)) this.addSecret(secret);
    }
    for (const match of text.matchAll(PROFILE)) this.addUser(profileName(match[0]));
    for (const [, user = '', domain = ''] of text.matchAll(EMAIL)) {
      const users = this.mail.get(domain.toLowerCase()) ?? new Set();
      this.mail.set(domain.toLowerCase(), users.add(user));
    }
    for (const match of text.matchAll(UNC_HOST)) this.unc.add(match[0]);
    for (const match of text.matchAll(INTERNAL_NAME)) this.unc.add(match[0]);
    if (/Url$/i.test(column) && /^[\w-]+(\.[\w-]+)*$/.test(text) && (isPrivate(text) || !text.includes('.'))) {
      this.unc.add(text);
    }
    for (const [address] of text.matchAll(ADDRESS)) {
      if (this.known.replacement(address) !== undefined) this.addresses.add(address);
    }
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
    const [, domain, account] = /^([^\\]+)\\(.+)$/.exec(name) ?? [];
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
      for (const spelt of speltOut(name)) this.add(spelt, 'user');
    }
  }

  private addDomain(text: string): void {
    const domain = text.trim().toLowerCase().replace(/\.$/, '');
    if (isBuiltIn(domain) || isSharedDomain(domain) || this.isAddress(domain) || domain === '') return;
    const base = domain.includes('.') ? registrable(domain) : domain;
    if (domain.includes('.')) this.domains.set(domain, base).set(base, base);
    this.add(parted(base)[0], 'domain');
  }

  private addSecret(text: string): void {
    if (text.length >= 6 && !isEveryday(text) && !/^[%$]/.test(text)) this.secrets.add(text);
  }

  private add(text: string, kind: WordKind): void {
    const name = text.trim().toLowerCase();
    if (name === '' || isBuiltIn(name) || /^[0{}-]+$/.test(name)) return;
    const into = isEveryday(name) ? this.contextual : WORD.test(name) ? this.words : this.phrases;
    const before = into.get(name);
    if (before === undefined || ORDER.indexOf(kind) < ORDER.indexOf(before)) into.set(name, kind);
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
  const labels = domain.split('.');
  const shared = labels.findIndex((_, i) => isSharedDomain(labels.slice(i).join('.')));
  if (shared > 0) return labels.slice(shared - 1).join('.');
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}

/** How people write the name that an account like `jane.doe` is made of. */
function speltOut(account: string): string[] {
  const [first, last, ...rest] = account.split('.');
  const isName = (part: string | undefined): part is string =>
    /^\p{L}{3,}$/u.test(part ?? '') && !isEveryday(part ?? '');
  return isName(first) && isName(last) && rest.length === 0
    ? [`${first} ${last}`, `${last} ${first}`, `${last}, ${first}`]
    : [];
}

function isPrivate(name: string): boolean {
  return /\.(local|lan|internal|corp|intranet|intra|localdomain|private|home\.arpa)$/i.test(name);
}
