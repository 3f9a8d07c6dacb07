import { didYouMean } from '../harness/files/nearest.js';
import type { Draws } from './random.js';

/**
 * Texts of scenario files with placeholders in braces, for what varies in life: `{hex:8}`, `{pick:a|b}`, `{drop}` for a
 * name that the scenario declares under `vary`. `{user}` stays: it is filled in for each host.
 */
export type Variables = ReadonlyMap<string, string>;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = '0123456789abcdef';
const ALNUM = `${LOWER}${LOWER.toUpperCase()}${DIGITS}`;

const WORDS = (
  'amber anchor arbor atlas aurora basil beacon birch bridge bright canyon cedar cinder cobalt copper coral crest delta ' +
  'drift ember falcon fern field flint forge frost garnet glacier grove harbor hazel heron indigo iris ivory jasper juniper ' +
  'kestrel lagoon larch laurel ledge lumen maple marble meadow mesa mirror nectar north ocean onyx opal orchard osprey ' +
  'pebble pine plume quartz quill raven reef ridge river rowan saffron sage sierra silver slate solar spruce stone summit ' +
  'thistle timber topaz tundra umber valley vapor vista walnut willow wren yarrow zephyr'
).split(' ');
const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-2'];
const DOCUMENTATION_NETWORKS = ['192.0.2', '198.51.100', '203.0.113'];
const DOCUMENTATION_DOMAINS = ['example.com', 'example.net', 'example.org'];

type Maker = (draws: Draws, argument: string | undefined, variables: Variables) => string;

const MAKERS: Readonly<Record<string, Maker>> = {
  hex: (draws, length) => draws.text(HEX, Number(length ?? 8)),
  digits: (draws, length) => draws.text(DIGITS, Number(length ?? 4)),
  letters: (draws, length) => draws.text(LOWER, Number(length ?? 8)),
  id: (draws, length) => draws.text(ALNUM, Number(length ?? 8)),
  base64: (draws, length) => `${draws.text(ALNUM, Number(length ?? 64))}==`,
  // The text of a name under `vary`, as PowerShell takes a script in its command line.
  encoded: (_draws, name, variables) => Buffer.from(variables.get(name ?? '') ?? '', 'utf16le').toString('base64'),
  word: (draws) => draws.pick(WORDS),
  Word: (draws) => capital(draws.pick(WORDS)),
  pick: (draws, choices) => draws.pick((choices ?? '').split('|')),
  region: (draws) => draws.pick(REGIONS),
  guid: (draws) =>
    `${draws.text(HEX, 8)}-${draws.text(HEX, 4)}-4${draws.text(HEX, 3)}-a${draws.text(HEX, 3)}-${draws.text(HEX, 12)}`,
  // What belongs to attackers comes from the ranges that are reserved for documentation (RFC 5737, RFC 2606).
  'attacker-address': (draws) => `${draws.pick(DOCUMENTATION_NETWORKS)}.${1 + draws.below(254)}`,
  'attacker-domain': (draws) =>
    `${draws.pick(WORDS)}-${draws.pick(WORDS)}${draws.below(90) + 10}.${draws.pick(DOCUMENTATION_DOMAINS)}`,
};

/** Placeholders that are filled in for each host, when rows are made. */
const PER_HOST = new Set(['user']);

const PLACEHOLDER = /\{([A-Za-z][\w-]*)(?::([^{}]*))?\}/g;

/** The names that a text may use besides those under `vary`. */
export function placeholderNames(): string[] {
  return [...Object.keys(MAKERS), ...PER_HOST, 'tenant'];
}

/** Fills in a text. `variables` holds the scenario's own names and the organisation's (`tenant`). */
export function expand(text: string, draws: Draws, variables: Variables): string {
  return text.replace(PLACEHOLDER, (whole, name: string, argument: string | undefined) => {
    const value = variables.get(name);
    if (value !== undefined) return value;
    const maker = MAKERS[name];
    if (maker !== undefined) return maker(draws, argument, variables);
    if (PER_HOST.has(name)) return whole;
    throw new Error(`Unknown placeholder '{${name}}'.`);
  });
}

/** What is wrong with the placeholders of a text; nothing when all is well. */
export function placeholderProblem(text: string, declared: Iterable<string>): string | undefined {
  const declaredNames = new Set(declared);
  const known = [...placeholderNames(), ...declaredNames];
  for (const [, name, argument] of text.matchAll(PLACEHOLDER)) {
    if (name === undefined) continue;
    if (!known.includes(name)) {
      return [`Unknown placeholder '{${name}}'.`, didYouMean(name, known)].filter(Boolean).join(' ');
    }
    if (name === 'encoded' && !(argument !== undefined && declaredNames.has(argument))) {
      return `'{encoded:${argument ?? ''}}' needs a name that is declared under 'vary'.`;
    }
    if (
      ['hex', 'digits', 'letters', 'id', 'base64'].includes(name) &&
      argument !== undefined &&
      !/^\d+$/.test(argument)
    ) {
      return `'{${name}:${argument}}' needs a number of characters, as in '{${name}:8}'.`;
    }
  }
  return undefined;
}

/** Whether a text differs from one expansion to the next. */
export function varies(text: string): boolean {
  for (const [, name] of text.matchAll(PLACEHOLDER)) {
    if (name !== undefined && !PER_HOST.has(name) && name !== 'tenant') return true;
  }
  return false;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
