/** Random texts for the compiler: soup of tokens, grammatical queries, and mutations of sound ones. */
import { operators } from '../../harness/kql/bind/operators/index.js';
import { CORPUS } from './corpus.js';
import { AGGREGATES, BINARY, FUNCTIONS, Grammar, PLUGINS, WINDOWS } from './grammar.js';
import type { Random } from './random.js';
import { NUMBERS, ODD_TEXTS, quoted } from './tokens.js';

const COLUMNS = ['k', 's', 'n', 'i', 'r', 't', 'w', 'b', 'd', 'g', 'm', 'v', 'x'];

/** Any text, by one of the ways. */
export function randomText(random: Random): string {
  switch (random.below(6)) {
    case 0:
      return soup(random);
    case 1:
      return mutated(random);
    default:
      return new Grammar(random).query();
  }
}

const PUNCTUATION = [
  '|',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ';',
  '.',
  '..',
  ':',
  '=',
  '=>',
  '==',
  '!=',
  '<',
  '<>',
  '*',
  '+',
  '-',
  '/',
  '%',
  '~',
  '$left',
  '$right',
  '@',
  '#',
  '`',
  '//',
  '\n',
  '\t',
  '"',
  "'",
  '```',
];
const WORDS = [
  'let',
  'by',
  'on',
  'with',
  'kind',
  'typeof',
  'of',
  'to',
  'step',
  'from',
  'in',
  'and',
  'or',
  'not',
  'asc',
  'desc',
  'nulls first',
  'declare',
  'set',
  'alias database',
  'restrict access to',
  'pattern',
  'view',
  'materialize',
  'toscalar',
  'dynamic',
  'datatable',
  'externaldata',
  'T',
  'U',
  '.show tables',
  '.drop table T',
  'isfuzzy=true',
  'withsource=x',
  'hint.strategy=broadcast',
  'default=0',
  'null',
  'true',
  'false',
];

function soup(random: Random): string {
  const names = [...operators.values()].map((operator) => operator.name);
  return random
    .many(1, 40, () => {
      switch (random.below(8)) {
        case 0:
          return random.pick(names);
        case 1:
          return random.pick(WORDS);
        case 2:
          return random.pick(COLUMNS);
        case 3:
          return random.pick(NUMBERS);
        case 4:
          return quoted(random, random.pick(ODD_TEXTS));
        case 5:
          return random.pick([...FUNCTIONS, ...AGGREGATES, ...PLUGINS, ...WINDOWS]);
        case 6:
          return random.chance(4) ? random.pick(ODD_TEXTS) : random.pick(BINARY);
        default:
          return random.pick(PUNCTUATION);
      }
    })
    .join(random.chance(4) ? '' : ' ');
}

const TOKEN = /\s+|[\w$-]+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|./gsu;

function mutated(random: Random): string {
  let tokens: readonly string[] = random.pick(CORPUS).match(TOKEN) ?? [];
  for (let changes = 1 + random.below(4); changes > 0 && tokens.length > 0; changes--) {
    const at = random.below(tokens.length);
    const other = random.pick(CORPUS).match(TOKEN) ?? [];
    const from = random.below(other.length);
    const changed = [...tokens];
    switch (random.below(7)) {
      case 0:
        changed.splice(at, 1 + random.below(3));
        break;
      case 1:
        changed.splice(at, 0, ...tokens.slice(at, at + 1 + random.below(8)));
        break;
      case 2:
        changed[at] = random.pick(other);
        break;
      case 3:
        changed.splice(at, tokens.length, ...other.slice(from));
        break;
      case 4:
        changed.splice(at, 0, random.pick(ODD_TEXTS));
        break;
      case 5:
        changed[at] = new Grammar(random).expression(2);
        break;
      default:
        changed[at] = random.pick(NUMBERS);
    }
    tokens = changed;
  }
  return tokens.join('');
}
