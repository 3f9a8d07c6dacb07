import { isPlaceholder } from './assignments.js';
import type { Role } from './programs.js';

/** What a part of a value is, and where in the value it stands. */
export interface Part {
  readonly role: 'secret' | 'host' | 'user';
  readonly start: number;
  readonly end: number;
}

/** What is in the value of an option or argument: the user and the secret of a login, each of several hosts. */
export function partsOf(role: Role, text: string): readonly Part[] {
  return isPlaceholder(text) ? [] : SPLITTERS[role](text);
}

const secret = (start: number, end: number): readonly Part[] => (end > start ? [{ role: 'secret', start, end }] : []);

const SPLITTERS: Readonly<Record<Role, (text: string) => readonly Part[]>> = {
  secret: (text) => secret(0, text.length),
  data: () => [],
  host: hosts,
  user,
  login(text) {
    const sign = text.search(/[:%]|,(?=\S)/);
    if (sign === -1) return user(text);
    const after = text.slice(sign + 1);
    // Numbers are of ports, and of users and groups of containers.
    const isNone = isPlaceholder(after) || /^\d{1,5}$/.test(after);
    return [...user(text.slice(0, sign)), ...(isNone ? [] : secret(sign + 1, text.length))];
  },
  pair(text) {
    const sign = text.search(/[=:]/);
    return sign === -1 ? [] : secret(sign + 1, text.length);
  },
  slashed(text) {
    const slash = text.indexOf('/');
    const at = text.lastIndexOf('@');
    return slash < 1 || text[slash + 1] === '/' ? [] : secret(slash + 1, at > slash ? at : text.length);
  },
  target(text) {
    const sign = text.indexOf(':');
    if (sign === -1 || text.startsWith('//', sign + 1)) return [];
    const at = text.lastIndexOf('@');
    const end = at > sign ? at : text.length;
    // The host may stand behind the quotes of what comes before it.
    const quote = /["']$/.test(text.slice(sign + 1, end)) ? 1 : 0;
    return [...user(text.slice(0, sign)), ...secret(sign + 1, end - quote)];
  },
  cookies: (text) =>
    [...text.matchAll(/=([^;\s]+)/g)].flatMap(({ 0: whole, index }) => secret(index + 1, index + whole.length)),
  passed(text) {
    if (text.startsWith('pass:')) return secret('pass:'.length, text.length);
    return /^(?:env|file|fd|stdin)/.test(text) ? [] : secret(0, text.length);
  },
};

const HOST = /^(?=[^.]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_-]{0,62}(?:\.[A-Za-z0-9_-]{1,63}){0,10}$/;

function hosts(text: string): readonly Part[] {
  const parts: Part[] = [];
  for (const { 0: name, index } of text.matchAll(/[^,;\s"'`\\/@():]+/g)) {
    if (HOST.test(name) && name !== 'TERMSRV') parts.push({ role: 'host', start: index, end: index + name.length });
    // An instance of the host, or a port, follows.
    if (parts.length > 0 && /[\\:]/.test(text[index + name.length] ?? '')) break;
  }
  return parts;
}

function user(text: string): readonly Part[] {
  const start = Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/')) + 1;
  const at = text.indexOf('@', start);
  const end = at === -1 ? text.length : at;
  return /^[\p{L}_][\p{L}\p{N}_. $-]{0,63}$/u.test(text.slice(start, end)) ? [{ role: 'user', start, end }] : [];
}
