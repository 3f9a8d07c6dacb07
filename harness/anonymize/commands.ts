import { isPlaceholder } from './assignments.js';
import { isSecretName } from './names.js';
import { PROGRAMS, type Program, type Role } from './programs.js';
import { Quotes } from './quotes.js';

/** What an argument of a command is, and where it stands. */
export interface Argument {
  readonly role: Role;
  readonly start: number;
  readonly end: number;
}

/** A word of a command line. */
export interface Word {
  /** Of what is between its quotes, or of all of it. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Command {
  readonly words: readonly Word[];
  /** Whether its output goes to the next. */
  readonly piped: boolean;
}

const DEEPEST = 5;

/** Secrets, hosts and users that the arguments of known programs are, in scripts within quotes as well. */
export function findArguments(text: string): Argument[] {
  const found: Argument[] = [];
  within(text, 0, 0, found);
  return found;
}

function within(text: string, offset: number, depth: number, found: Argument[]): void {
  const { commands, nested } = lex(text);
  const put = (role: Role, start: number, end: number): void => {
    if (end > start) found.push({ role, start: start + offset, end: end + offset });
  };
  commands.forEach((command, i) => {
    interpret(command.words, put);
    const reader = command.piped ? commands[i + 1] : undefined;
    if (reader !== undefined) readFromInput(command.words, reader.words, put);
  });
  if (depth >= DEEPEST) return;
  for (const { start, end } of nested) within(text.slice(start, end), offset + start, depth + 1, found);
}

type Put = (role: Role, start: number, end: number) => void;

/** Goes through the words of a command once; the last program that they name says what its options mean. */
function interpret(words: readonly Word[], put: Put): void {
  let program: Program | undefined;
  let from = 0;
  const settle = (to: number): void => {
    if (program !== undefined) positions(program, words.slice(from, to), put);
  };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as Word;
    const next = words[i + 1];
    const named = PROGRAMS.get(programName(word.text));
    if (named !== undefined && !/^[-/]/.test(word.text) && program?.isLast !== true) {
      settle(i);
      program = named;
      from = i + 1;
      continue;
    }
    if (!/^[-/]./.test(word.text) && !/^\w{2,20}=$/.test(word.text)) continue;
    if (option(program, word, next, words.slice(Math.max(from, i - 12), i + 6), put)) i += 1;
  }
  settle(words.length);
}

/** @returns whether the next word was the value of the option */
function option(program: Program | undefined, word: Word, next: Word | undefined, around: readonly Word[], put: Put): boolean {
  const [, dash = '', name = '', sign = ''] = /^(--?|\/|)([\p{L}\p{N}][\p{L}\p{N}_.-]{0,63})([=:]?)/u.exec(word.text) ?? [];
  if (name === '') return false;
  const glued = dash.length + name.length + sign.length;
  const role = roleOf(program, dash, name, around);
  if (role !== undefined) {
    if (sign !== '') {
      // `/node:"a"`, and `password= x` of sc, whose value is a word of its own.
      if (word.text.length > glued) return value(role, word, glued, put), false;
      return next === undefined ? false : (value(role, next, 0, put), true);
    }
    const takes = next !== undefined && !/^-[-\w]|^\/[a-z]+(?:[:=]|$)/i.test(next.text) && word.text.length === glued;
    if (takes) return value(role, next, 0, put), true;
    return false;
  }
  for (const [attached, what] of program?.attached ?? []) {
    if (word.text.startsWith(attached) && word.text.length > attached.length) {
      value(what, word, attached.length, put);
      return false;
    }
  }
  return false;
}

function roleOf(program: Program | undefined, dash: string, name: string, around: readonly Word[]): Role | undefined {
  const own = program?.options.get(`${dash}${name}`) ?? program?.options.get(`/${name.toLowerCase()}`);
  if (own !== undefined) return own === 'data' ? (namesSecret(around) ? 'secret' : undefined) : own;
  const plain = name.toLowerCase();
  if (dash === '' || /^https?$/.test(plain)) return undefined;
  const generic = GENERIC.get(plain);
  if (generic !== undefined && name.length > 1) return generic;
  return isSecretName(name) && (dash !== '/' || /^[\w.-]+$/.test(name)) ? 'secret' : undefined;
}

/** Whether options around name a value that is a secret: `/v DefaultPassword`, `-Name DefaultPassword`. */
function namesSecret(around: readonly Word[]): boolean {
  return around.some(({ text }, i, all) => i > 0 && isSecretName(text.replace(/^env:/i, '')) && /^[-/](?:v|n|name|path|p)/i.test(all[i - 1]?.text ?? ''));
}

/** Options that mean the same for many programs. */
const GENERIC: ReadonlyMap<string, Role> = new Map<string, Role>([
  ...['computername', 'cn', 'node', 'server', 'remoteserver', 'dc', 'hostname', 'machinename', 'computer', 'vmname'].map(
    (name) => [name, 'host'] as const,
  ),
  ...['user', 'username', 'ru', 'userid', 'login', 'useraccount', 'samaccountname', 'identity', 'runas'].map(
    (name) => [name, 'user'] as const,
  ),
  ['credential', 'login'],
]);

function value(role: Role, word: Word, from: number, put: Put): void {
  const raw = word.text.slice(from);
  const quoted = /^(\\*["'`])([^]*)\1$/.exec(raw);
  const start = word.start + from + (quoted?.[1]?.length ?? 0);
  split(role, quoted?.[2] ?? raw.replace(/["'`]$/, ''), start, put);
}

/** What is in a value: the user and the secret of a login, each of several hosts. */
function split(role: Role, text: string, start: number, put: Put): void {
  if (isPlaceholder(text)) return;
  if (role === 'host') {
    for (const match of text.matchAll(/[^,;\s"'`\\/@()]+/g)) {
      if (HOST.test(match[0])) put('host', start + match.index, start + match.index + match[0].length);
      if (text[match.index + match[0].length] === '\\') break;
    }
    return;
  }
  if (role === 'user') {
    const slash = Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/')) + 1;
    const at = text.indexOf('@', slash);
    const end = at === -1 ? text.length : at;
    if (/^[\p{L}_][\p{L}\p{N}_. $-]{0,63}$/u.test(text.slice(slash, end))) put('user', start + slash, start + end);
    return;
  }
  if (role === 'login') {
    const sign = text.search(/[:%]|,(?=\S)/);
    if (sign === -1) return split('user', text, start, put);
    split('user', text.slice(0, sign), start, put);
    const secret = text.slice(sign + 1);
    if (!isPlaceholder(secret) && !/^\d{1,5}$/.test(secret)) put('secret', start + sign + 1, start + text.length);
    return;
  }
  if (role === 'pair') {
    const sign = text.search(/[=:]/);
    if (sign !== -1) put('secret', start + sign + 1, start + text.length);
    return;
  }
  if (role === 'slashed') {
    const slash = text.indexOf('/');
    const at = text.lastIndexOf('@');
    if (slash > 0 && text[slash + 1] !== '/') put('secret', start + slash + 1, start + (at > slash ? at : text.length));
    return;
  }
  if (role === 'target') {
    // `DOMAIN/user:secret@host`, the host perhaps behind a quote.
    const sign = text.indexOf(':');
    if (sign === -1 || text.startsWith('//', sign + 1)) return;
    const at = text.lastIndexOf('@');
    const end = at > sign ? at : text.length;
    split('user', text.slice(0, sign), start, put);
    put('secret', start + sign + 1, start + end - (/["']$/.test(text.slice(sign + 1, end)) ? 1 : 0));
    return;
  }
  if (role === 'cookies') {
    for (const match of text.matchAll(/=([^;\s]+)/g)) put('secret', start + match.index + 1, start + match.index + match[0].length);
    return;
  }
  if (role === 'passed') {
    const sign = text.indexOf(':');
    if (/^(?:pass|env|file|fd|stdin)/.test(text)) return text.startsWith('pass:') ? put('secret', start + sign + 1, start + text.length) : undefined;
  }
  if (role === 'data') return;
  put('secret', start, start + text.length);
}

const HOST = /^(?=[^.]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_-]{0,62}(?:\.[A-Za-z0-9_-]{1,63}){0,10}$/;

/** The words of a program that are no options, at the places that it gives a meaning. */
function positions(program: Program, words: readonly Word[], put: Put): void {
  const plain: Word[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as Word;
    if (/^(?:-|\/[a-z?][\w-]{0,40}(?:[:=]|$))/i.test(word.text)) {
      if (program.valued?.test(word.text)) i += 1;
      continue;
    }
    plain.push(word);
  }
  for (const [pattern, roles] of program.positions ?? []) {
    const head = pattern === '' ? [] : pattern.split(' ');
    if (!head.every((text, i) => plain[i]?.text.toLowerCase().replaceAll(/["']/g, '') === text)) continue;
    roles.forEach((role, i) => {
      const word = plain[head.length + i];
      if (role !== undefined && word !== undefined) value(role, word, 0, put);
    });
    return;
  }
  if (program.choose !== undefined) for (const [role, word] of program.choose(plain)) value(role, word, 0, put);
}

const ECHO = /^(?:echo|printf|write-output|write-host)$/i;
const READERS: ReadonlyMap<string, RegExp> = new Map([
  ['sudo', /^-\w*S/],
  ['runas', /^/],
  ['chpasswd', /^/],
  ['kinit', /^/],
  ['passwd', /^/],
  ['gh', /^--with-token$/],
  ['docker', /^--password-stdin$/],
  ['podman', /^--password-stdin$/],
  ['helm', /^--password-stdin$/],
  ['anydesk', /^--set-password$/],
  ['convertto-securestring', /^/],
  ['gpg', /^--passphrase-fd/],
  ['smbpasswd', /^-s/],
  ['cryptsetup', /^/],
]);

/** What one command writes and the next reads as a secret. */
function readFromInput(writer: readonly Word[], reader: readonly Word[], put: Put): void {
  const echo = writer.findLastIndex(({ text }) => ECHO.test(text));
  // PowerShell passes on a value that stands for itself.
  const words = echo !== -1 ? writer.slice(echo + 1) : writer.length === 1 || /=$/.test(writer.at(-2)?.text ?? '') ? writer.slice(-1) : [];
  const [program, ...args] = reader;
  const reads = READERS.get(programName(program?.text ?? ''));
  if (reads === undefined || ![program, ...args].some((word) => reads.test(word?.text ?? ''))) return;
  const role = programName(program?.text ?? '') === 'chpasswd' ? 'login' : 'secret';
  for (const word of words) if (!/^-\w{1,2}$/.test(word.text)) value(role, word, 0, put);
}

function programName(text: string): string {
  if (text.length > 512) return '';
  const bare = text.replaceAll(/["'`()&]/g, '');
  const name = bare.slice(Math.max(bare.lastIndexOf('\\'), bare.lastIndexOf('/')) + 1).toLowerCase();
  return name.replace(/\.(?:exe|com|cmd|bat|py|ps1|sh)$/, '');
}

/** Cuts a text into commands and their words; what stands between quotes may be a script of its own. */
function lex(text: string): { commands: Command[]; nested: { start: number; end: number }[] } {
  const commands: Command[] = [];
  const nested: { start: number; end: number }[] = [];
  const quotes = new Quotes(text);
  let words: Word[] = [];
  const close = (piped: boolean): void => {
    if (words.length > 0) commands.push({ words, piped });
    words = [];
  };
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    if (/\s/.test(char)) {
      if (char === '\n') close(false);
      at += 1;
      continue;
    }
    if (/[|;&]/.test(char)) {
      close(char === '|' && text[at + 1] !== '|');
      at += 1;
      continue;
    }
    if (/[(){}]/.test(char)) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < text.length && !/\s/.test(text[at] as string)) {
      const here = text[at] as string;
      if (/[|;&]/.test(here) && /^(?:$|[\s|;&])/.test(text[at + 1] ?? '')) break;
      if (here === ')' && /^(?:$|[\s;|)])/.test(text[at + 1] ?? '')) break;
      const opens = at === start || !/[\p{L}\p{N}]/u.test(text[at - 1] as string) || /[-/]/.test(text[start] as string);
      const quoted = opens && /["'`\\&]/.test(here) ? quotes.at(at) : undefined;
      if (quoted === undefined) at += 1;
      else {
        if (/[\s:]/.test(text.slice(quoted.start, quoted.end))) nested.push({ start: quoted.start, end: quoted.end });
        at = quoted.after;
      }
    }
    const raw = text.slice(start, at);
    const whole = /^(\\*["'`])([^]*)\1$/.exec(raw);
    const inner = whole?.[1]?.length ?? 0;
    const isWhole = inner > 0 && !(whole?.[2] ?? '').includes(whole?.[1] ?? '"');
    words.push(isWhole ? { start: start + inner, end: at - inner, text: whole?.[2] ?? '' } : { start, end: at, text: raw });
  }
  close(false);
  return { commands, nested };
}
