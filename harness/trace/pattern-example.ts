/**
 * A text that a pattern matches, for the plain patterns that rules have: of alternatives the first, of classes their
 * first member, of repetitions as few as there may be, but one. Of other patterns it may be a text that does not match.
 */
export function patternExample(pattern: string): string {
  const groups: string[] = [];
  let rest = pattern.replace(/\(\?[a-zA-Z]+\)/g, '').replace(/\(\?(?:[a-zA-Z]*:|P?<[a-zA-Z]\w*>)/g, '(');
  // Innermost groups first, until there are none; each stands as one letter that no pattern has.
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/(?<!\\)\(((?:\\.|[^()\\])*)\)/, (_, inner: string) => {
      return String.fromCodePoint(PRIVATE + groups.push(written(inner, groups)) - 1);
    });
  }
  return written(rest, groups);
}

const PRIVATE = 0xe000;

function written(text: string, groups: readonly string[]): string {
  return firstOf(text).replace(ATOM, (_, atom: string, quantifier = '', least = '') => {
    const one = groups[(atom.codePointAt(0) ?? 0) - PRIVATE] ?? letterOf(atom);
    return quantifier.startsWith('{') ? one.repeat(Math.max(1, Number(least))) : one;
  });
}

/** A letter, class, or escape, and how often it may come. */
const ATOM = /(\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[\s\S])([*+?]\??|\{(\d+)(?:,\d*)?\})?/g;

/** The first of alternatives that stand outside of classes. */
function firstOf(text: string): string {
  return /^(?:\\.|\[(?:\\.|[^\]\\])*\]|[^|\\[])*/.exec(text)?.[0] ?? text;
}

const CLASSES: Readonly<Record<string, string>> = {
  '\\d': '1',
  '\\w': 'a',
  '\\s': ' ',
  '\\D': 'a',
  '\\W': ' ',
  '\\S': 'a',
  '\\b': '',
  '\\B': '',
  '\\A': '',
  '\\z': '',
  '\\t': '\t',
  '\\n': '\n',
  '^': '',
  $: '',
  '.': 'a',
};

function letterOf(atom: string): string {
  const known = CLASSES[atom];
  if (known !== undefined) return known;
  if (atom.startsWith('[^')) return ['a', '1', '-', ' '].find((letter) => !atom.slice(2).includes(letter)) ?? 'a';
  if (atom.startsWith('[')) return letterOf(/^\[(\\.|[\s\S])/.exec(atom)?.[1] ?? '');
  return atom.replace(/^\\/, '');
}
