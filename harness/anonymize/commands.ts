import { looksChosen } from './assignments.js';
import { isSecretName } from './names.js';
import { PROGRAMS, type Program, type Role } from './programs.js';
import { Quotes } from './quotes.js';
import { type Part, partsOf } from './values.js';

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

const WITHIN_QUOTES = /^(\\{0,15}["'`])([\s\S]*)\1$/;

/** Secrets, hosts and users that the arguments of known programs are, in scripts within quotes as well. */
export function findArguments(text: string): Part[] {
  const found: Part[] = [];
  within(text, 0, 0, found);
  return found;
}

function within(text: string, offset: number, depth: number, found: Part[]): void {
  const { commands, nested } = lex(text);
  const put: Put = (role, start, end) => {
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

type Put = (role: Part['role'], start: number, end: number) => void;

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
    const isValue = program?.isLast === true || (program?.valued?.test(words[i - 1]?.text ?? '') ?? false);
    if (named !== undefined && !/^[-/]/.test(word.text) && !isValue) {
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
function option(
  program: Program | undefined,
  word: Word,
  next: Word | undefined,
  around: readonly Word[],
  put: Put,
): boolean {
  const [, dash = '', name = '', sign = ''] =
    /^(--?|\/|)([\p{L}\p{N}][\p{L}\p{N}_.-]{0,63})([=:]?)/u.exec(word.text) ?? [];
  if (name === '') return false;
  const glued = dash.length + name.length + sign.length;
  const role = roleOf(program, dash, name, around);
  if (role !== undefined && (word.text.length === glued || sign !== '')) {
    if (word.text.length > glued) {
      value(role, word, glued, put);
      return false;
    }
    // Behind `password=` of sc whatever follows is the value; elsewhere an option may follow one without a value.
    if (next === undefined || (sign === '' && /^-[-\w]|^\/[a-z]+(?:[:=]|$)/i.test(next.text))) return false;
    value(role, next, 0, put);
    return true;
  }
  const isBare = word.text.length === glued && /^[-/](?:p|P|w|a|pw|pass)$/.test(word.text);
  if (isBare && next !== undefined && looksChosen(next.text)) {
    value('secret', next, 0, put);
    return true;
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
  return around.some(
    ({ text }, i, all) =>
      i > 0 && isSecretName(text.replace(/^env:/i, '')) && /^[-/](?:v|n|name|path|p)/i.test(all[i - 1]?.text ?? ''),
  );
}

/** Options that mean the same for many programs. */
const GENERIC: ReadonlyMap<string, Role> = new Map<string, Role>([
  ...named('host', 'computername cn node server remoteserver dc hostname machinename computer vmname'),
  ...named('user', 'user username ru userid login useraccount samaccountname identity runas'),
  ['credential', 'login'],
]);

function named(role: Role, options: string): (readonly [string, Role])[] {
  return options.split(' ').map((option) => [option, role] as const);
}

function value(role: Role, word: Word, from: number, put: Put): void {
  const raw = word.text.slice(from);
  const quoted = WITHIN_QUOTES.exec(raw);
  const offset = word.start + from + (quoted?.[1]?.length ?? 0);
  const text = quoted?.[2] ?? raw.replace(/["'`]$/, '');
  for (const part of partsOf(role, text)) put(part.role, offset + part.start, offset + part.end);
}

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
  const words =
    echo !== -1
      ? writer.slice(echo + 1)
      : writer.length === 1 || /=$/.test(writer.at(-2)?.text ?? '')
        ? writer.slice(-1)
        : [];
  // `sudo` and the like may stand before the program.
  const at = reader.slice(0, 4).findIndex(({ text }) => READERS.has(programName(text)) && programName(text) !== 'sudo');
  const program = reader[Math.max(at, 0)];
  const name = programName(program?.text ?? '');
  const reads = READERS.get(name);
  if (reads === undefined || !reader.some((word) => reads.test(word.text))) return;
  const role = name === 'chpasswd' ? 'login' : 'secret';
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
    if (/[(){},]/.test(char)) {
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
        // A list of arguments, as PowerShell writes it.
        if (text[at] === ',' && quotes.opening(at + 1) !== undefined) break;
      }
    }
    const raw = text.slice(start, at);
    const whole = WITHIN_QUOTES.exec(raw);
    const inner = whole?.[1]?.length ?? 0;
    const isWhole = inner > 0 && !(whole?.[2] ?? '').includes(whole?.[1] ?? '"');
    words.push(
      isWhole ? { start: start + inner, end: at - inner, text: whole?.[2] ?? '' } : { start, end: at, text: raw },
    );
  }
  close(false);
  return { commands, nested };
}
