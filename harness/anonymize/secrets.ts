import { findAssignments, isPlaceholder } from './assignments.js';
import { findArguments } from './commands.js';
import type { Mention, Secret } from './findings.js';
import { ANY_FORMAT, formatOf } from './formats.js';

/** What a text holds, in its order and apart from each other. */
export interface Found {
  readonly secrets: readonly Secret[];
  readonly mentions: readonly Mention[];
}

interface Context {
  readonly kind: string;
  /** Ends with the secret, its first group. */
  readonly pattern: RegExp;
  readonly keepsForm?: boolean;
}

/** Where what stands around it says that a text is secret. Neither this nor other patterns look back over a distance. */
const CONTEXTS: readonly Context[] = [
  {
    kind: 'encoded script',
    pattern: /(?<=[\s"'])[-/]e(?:nc?|nco[a-z]{0,12}|c)?\s{1,4}["']?([A-Za-z0-9+/]{16,}={0,2})/gi,
    keepsForm: true,
  },
  { kind: 'web hook', pattern: /\/webhooks\/\d{1,24}\/([\w-]{20,})/g, keepsForm: true },
  { kind: 'web hook', pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/([\w/]+)/g, keepsForm: true },
  { kind: 'web hook', pattern: /webhook\.office\.com\/\w{1,16}\/([\w@/-]+)/g, keepsForm: true },
  { kind: 'Telegram bot token', pattern: /\/bot(\d{6,12}:[\w-]{20,})/g, keepsForm: true },
  {
    kind: 'login in code',
    pattern:
      /(?:NetworkCredential|PSCredential|OAuthCredential)\s{0,3}\(\s{0,3}["'][^"']{0,128}["']\s{0,3},\s{0,3}["']([^"']+)/gi,
  },
  { kind: 'argument of a command', pattern: /ConvertTo-SecureString\s{0,3}\(\s{0,3}["']([^"']+)/gi },
  { kind: 'connection string', pattern: /jdbc:oracle:\w{1,8}:[\w.$-]{1,64}\/([^\s@"']{1,256})(?=@)/gi },
  { kind: 'Wi-Fi key', pattern: /(?:Key Content|Schlüsselinhalt|Contenu de la clé)\s{0,40}:\s{1,4}(\S{8,63})/gi },
  { kind: 'login of an address', pattern: /%3A%2F%2F[\w.-]{1,64}%3A([^\s@"'&/]{1,128}?)(?=%40)/gi },
];

const SCHEME =
  /(?<![A-Za-z])(bearer|basic|negotiate|ntlm|token|apikey|jwt|sso-key)\s{1,3}["']?([A-Za-z0-9][A-Za-z0-9._~+/=:-]{7,})/gi;
const COOKIES = /(?<![\w])(set-)?cookie2?["']?\s{0,3}[:=]\s{0,3}["']?([^\r\n"']+)/gi;
const AUTHORITY = /:\/\/([^\s"'<>/\\`|]{1,512})/g;

/** Finds what is secret in a text, and the hosts and users that stand where commands and addresses have them. */
export function find(text: string): Found {
  if (text.length < 4) return { secrets: [], mentions: [] };
  const secrets: Secret[] = [];
  const mentions: Mention[] = [];
  for (const match of text.matchAll(ANY_FORMAT)) {
    secrets.push({ start: match.index, end: match.index + match[0].length, kind: formatOf(match), keepsForm: true });
  }
  for (const { kind, pattern, keepsForm = false } of CONTEXTS) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      secrets.push({ start: end - (match[1]?.length ?? 0), end, kind, keepsForm });
    }
  }
  schemes(text, secrets);
  cookies(text, secrets);
  logins(text, secrets, mentions);
  secrets.push(...findAssignments(text));
  for (const { role, start, end } of findArguments(text)) {
    if (role === 'host' || role === 'user') mentions.push({ role, start, end });
    else secrets.push({ start, end, kind: 'argument of a command', keepsForm: false });
  }
  const apart = merged(secrets);
  return { secrets: apart, mentions: outside(mentions, apart) };
}

function schemes(text: string, secrets: Secret[]): void {
  for (const match of text.matchAll(SCHEME)) {
    const [whole, scheme = '', value = ''] = match;
    const isHeader = /authorization["'\s:=\\]{1,8}$/i.test(text.slice(Math.max(0, match.index - 24), match.index));
    const isKey = /^(?:bearer|basic|jwt)$/i.test(scheme) && value.length >= 12 && /\d|[a-z][A-Z]|=$/.test(value);
    if (!isHeader && !isKey) continue;
    const end = match.index + whole.length;
    secrets.push({ start: end - value.length, end, kind: `${scheme.toLowerCase()} authorization`, keepsForm: false });
  }
}

function cookies(text: string, secrets: Secret[]): void {
  for (const match of text.matchAll(COOKIES)) {
    const [whole, set, list = ''] = match;
    const from = match.index + whole.length - list.length;
    for (const pair of list.matchAll(/=([^;\s]+)/g)) {
      const start = from + pair.index + 1;
      secrets.push({ start, end: start + (pair[1]?.length ?? 0), kind: 'cookie', keepsForm: false });
      // The others say for how long and where it holds.
      if (set !== undefined) break;
    }
  }
}

/** `https://user:secret@host`, where the secret may hold an `@` as well. */
function logins(text: string, secrets: Secret[], mentions: Mention[]): void {
  for (const match of text.matchAll(AUTHORITY)) {
    const [whole, rest = ''] = match;
    // A question mark before an `@` is of a secret, unless what comes before it is a host.
    const authority = /^[^:@]*:(?!\d{1,5}[?#])[^@]*@/.test(rest) ? rest : (rest.split(/[?#]/, 1)[0] ?? '');
    const from = match.index + whole.length - rest.length;
    const at = authority.lastIndexOf('@');
    const colon = authority.indexOf(':');
    if (at > 0 && colon !== -1 && colon < at) {
      const [start, end] = [from + colon + 1, from + at];
      if (end > start && !isPlaceholder(text.slice(start, end))) {
        secrets.push({ start, end, kind: 'login of an address', keepsForm: false });
      }
      if (colon > 0) mentions.push({ role: 'user', start: from, end: from + colon });
    } else if (at >= 20) {
      secrets.push({ start: from, end: from + at, kind: 'login of an address', keepsForm: false });
    }
    const host = /^[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}/.exec(authority.slice(at + 1))?.[0] ?? '';
    if (host !== '') mentions.push({ role: 'host', start: from + at + 1, end: from + at + 1 + host.length });
  }
}

/** Stretches that touch become one; a form that is known says what it is. */
function merged(secrets: Secret[]): Secret[] {
  const out: Secret[] = [];
  for (const secret of secrets.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = out.at(-1);
    if (secret.end <= secret.start) continue;
    if (last === undefined || secret.start >= last.end) out.push(secret);
    else {
      const known = last.keepsForm ? last : secret.keepsForm ? secret : last;
      const [start, end] = [last.start, Math.max(last.end, secret.end)];
      out[out.length - 1] = {
        start,
        end,
        kind: known.kind,
        keepsForm: known.keepsForm && known.start === start && known.end === end,
      };
    }
  }
  return out;
}

function outside(mentions: Mention[], secrets: readonly Secret[]): Mention[] {
  const out: Mention[] = [];
  let next = 0;
  for (const mention of mentions.sort((a, b) => a.start - b.start || b.end - a.end)) {
    while ((secrets[next]?.end ?? Number.POSITIVE_INFINITY) <= mention.start) next += 1;
    const isFree = (secrets[next]?.start ?? Number.POSITIVE_INFINITY) >= mention.end;
    if (isFree && mention.start >= (out.at(-1)?.end ?? 0)) out.push(mention);
  }
  return out;
}

/** The text that a word in base64 encodes, of UTF-8 or UTF-16; nothing for other words. */
export function decoded(word: string): string | undefined {
  const bytes = Buffer.from(word, 'base64');
  if (bytes.length < 8) return undefined;
  const isWide = bytes.length % 2 === 0 && bytes[1] === 0 && bytes[3] === 0;
  const text = bytes.toString(isWide ? 'utf16le' : 'utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a text holds none
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text) ? undefined : text;
}

/**
 * Whether a word looks drawn by lot, as keys and ids do and words of people do not: long, with digits and letters, and
 * going from the one kind of character to the other at more than a third of its places.
 */
export function looksRandom(word: string): boolean {
  if (word.length < 20 || PACKAGE.test(word)) return false;
  const kinds = Array.from(word, (char) =>
    /[0-9]/.test(char) ? 0 : /[a-z]/.test(char) ? 1 : /[A-Z]/.test(char) ? 2 : 3,
  );
  if (!kinds.includes(0) || !(kinds.includes(1) || kinds.includes(2))) return false;
  const letters = kinds.filter((kind) => kind < 3).length;
  const turns = kinds.filter((kind, i) => i > 0 && kind < 3 && (kinds[i - 1] ?? 3) < 3 && kind !== kinds[i - 1]).length;
  return turns >= letters / 3;
}

/** The end of the name of an app's package, and of its publisher. */
const PACKAGE = /(?:_|^)(?:x64|x86|arm64|arm|neutral)?_[^_]{0,64}_[a-hjkmnp-z0-9]{13}$/;
