/** Anchored patterns as exceptions use them: made from events, and understood again for grading. */

/** Escapes a text for a pattern. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** What may stand where events differ: each can only be what its name says, so that nothing else gets through. */
export const CLASSES = {
  user: '[^\\\\/]+',
  version: '[0-9]+(?:[._][0-9]+)+',
  guid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  number: '[0-9]+',
  hex: '[0-9a-f]{8,}',
} as const;

/** A part of a pattern that lets anything through. */
const OPEN = /\.\*|\.\+|\[\^[^\]]*\][*+]|\\[SWD][*+]/;

/** Whether a pattern is held at both ends and has nothing in it that lets any text through, but for a user's name in a path. */
export function isPinned(pattern: string): boolean {
  const body = bare(pattern);
  if (!body.startsWith('^') || !body.endsWith('$') || /\\\$$/.test(body)) return false;
  return !OPEN.test(body.replaceAll(`\\\\users\\\\${CLASSES.user}\\\\`, ''));
}

/** Whether a pattern may begin anywhere. */
export function openStart(pattern: string): boolean {
  return !bare(pattern).startsWith('^');
}

/** The text with which everything begins that a pattern matches. */
export function literalStart(pattern: string): string {
  const body = bare(pattern).replace(/^\^/, '');
  if (body.includes('|')) return '';
  let text = '';
  for (let i = 0; i < body.length; i++) {
    const char = body.charAt(i);
    if (char === '\\' && /[^A-Za-z0-9]/.test(body.charAt(i + 1))) {
      if (/[?*{]/.test(body.charAt(i + 2))) return text;
      text += body.charAt(i + 1);
      i += 1;
    } else if (/[\\^$.|?*+()[\]{}]/.test(char)) return text;
    else if (/[?*{]/.test(body.charAt(i + 1))) return text;
    else text += char;
  }
  return text;
}

const HOST_START = '^(?:https?://)?';
const HOST_END = '(?::[0-9]+)?(?:/.*)?$';

/** A pattern for URLs and bare names of exactly these hosts. */
export function hostPattern(hosts: readonly string[]): string {
  const [only, second] = hosts;
  const names = only !== undefined && second === undefined ? escaped(only) : `(?:${hosts.map(escaped).join('|')})`;
  return `(?i)${HOST_START}${names}${HOST_END}`;
}

/** The hosts that a pattern of `hostPattern` lets through; of another pattern nothing is known. */
export function hostsIn(pattern: string): (string | undefined)[] {
  const body = bare(pattern);
  if (!body.startsWith(HOST_START) || !body.endsWith(HOST_END)) return [undefined];
  const names = body.slice(HOST_START.length, -HOST_END.length);
  const inner = /^\(\?:(.*)\)$/.exec(names)?.[1] ?? names;
  return inner.split('|').map((name) => {
    const host = name.replaceAll('\\.', '.');
    return /^[a-z0-9.-]+$/i.test(host) && !/(^|[^\\])\./.test(name) ? host : undefined;
  });
}

function bare(pattern: string): string {
  return pattern.replace(/^\(\?i\)/, '').replace(/^\^\(\?i\)/, '^');
}
