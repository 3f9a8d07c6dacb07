/** Says which of so many ways a text is made at the next place where there are several; 0 is the plainest. */
type Choose = (ways: number) => number;

/**
 * A text that a pattern matches, for the plain patterns that rules have: of alternatives the first, of classes their
 * first member, of repetitions as few as there may be, but one. Of other patterns it may be a text that does not match.
 */
export function patternExample(pattern: string): string {
  return exampleOf(pattern, () => 0);
}

/** That text, and those that part from it at one place: by another alternative, or without what may be left out. */
export function patternExamples(pattern: string): string[] {
  const places: number[] = [];
  const plain = exampleOf(pattern, (ways) => {
    places.push(ways);
    return 0;
  });
  const others = places.flatMap((ways, at) =>
    Array.from({ length: ways - 1 }, (_, i) => {
      let place = 0;
      return exampleOf(pattern, () => (place++ === at ? i + 1 : 0));
    }),
  );
  return [...new Set([plain, ...others])];
}

function exampleOf(pattern: string, choose: Choose): string {
  const groups: string[] = [];
  let rest = pattern.replace(/\(\?[a-zA-Z]+\)/g, '').replace(/\(\?(?:[a-zA-Z]*:|P?<[a-zA-Z]\w*>)/g, '(');
  // Innermost groups first, until there are none; each stands as one letter that no pattern has.
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/(?<!\\)\(((?:\\.|[^()\\])*)\)/, (_, inner: string) => {
      return String.fromCodePoint(PRIVATE + groups.push(written(inner, groups, choose)) - 1);
    });
  }
  return written(rest, groups, choose);
}

const PRIVATE = 0xe000;

function written(text: string, groups: readonly string[], choose: Choose): string {
  const ways = alternativesOf(text);
  return (ways[choose(ways.length)] ?? text).replace(ATOM, (_, atom: string, quantifier = '', least = '') => {
    const one = groups[(atom.codePointAt(0) ?? 0) - PRIVATE] ?? letterOf(atom);
    const optional = /^[*?]/.test(quantifier) || Number(least || 1) === 0;
    if (optional && choose(2) === 1) return '';
    return quantifier.startsWith('{') ? one.repeat(Math.max(1, Number(least))) : one;
  });
}

/** A letter, class, or escape, and how often it may come. */
const ATOM = /(\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[\s\S])([*+?]\??|\{(\d+)(?:,\d*)?\})?/g;

/** The alternatives that stand outside of classes. */
function alternativesOf(text: string): string[] {
  const found = [''];
  for (const [piece] of text.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[\s\S]/g)) {
    if (piece === '|') found.push('');
    else found.push((found.pop() ?? '') + piece);
  }
  return found;
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
  if (atom.startsWith('[')) {
    const first = /^\[(\\.|[\s\S])/.exec(atom)?.[1] ?? '';
    return first.startsWith('\\') ? letterOf(first) : first;
  }
  return atom.replace(/^\\/, '');
}
