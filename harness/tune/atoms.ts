import { kindOfField } from '../exceptions/control.js';
import type { Test } from '../exceptions/grade.js';
import { CLASSES, escaped, hostPattern } from '../exceptions/patterns.js';

/** One test of a condition, as KQL and as what it asks. */
export interface Atom extends Test {
  readonly kql: string;
}

/** A text as a KQL literal, verbatim where that reads better. */
export function kqlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they cannot stand in a literal as they are
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text))
    return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, unicode);
  return text.includes('\\') ? `@'${text.replaceAll("'", "''")}'` : `"${text.replaceAll('"', '\\"')}"`;
}

function unicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function atom(column: string, by: Test['by'], values: readonly string[], operator: string): Atom {
  const kql = `${column} ${operator} ${values.map(kqlText).join('')}`;
  return { column, kind: kindOfField(column), by, values, kql };
}

export function equals(column: string, value: string): Atom {
  return atom(column, 'equality', [value], '=~');
}

export function startsWith(column: string, value: string): Atom {
  return atom(column, 'start', [value], 'startswith');
}

export function matches(column: string, pattern: string): Atom {
  return atom(column, 'pattern', [pattern], 'matches regex');
}

export function goesTo(column: string, hosts: readonly string[]): Atom {
  return matches(column, hostPattern(hosts));
}

/** The parts of texts that differ from host to host and from version to version. */
const PARTS = new RegExp(
  [
    `(?<guid>(?<![0-9a-f])${CLASSES.guid}(?![0-9a-f-]))`,
    '(?<user>(?<=\\\\users\\\\)[^\\\\/"\' ]+(?=\\\\))',
    '(?<home>(?<=^/(?:users|home)/)[^/]+(?=/))',
    `(?<version>(?<![0-9a-z])${CLASSES.version}(?![0-9a-z]))`,
    `(?<hex>(?<![0-9a-z])(?=[a-f]*[0-9])[0-9a-f]{8,}(?![0-9a-z]))`,
  ].join('|'),
  'gi',
);
const NUMBERS = new RegExp(`${PARTS.source}|(?<number>[0-9]+)`, 'gi');

/** A text with such parts, as a pattern of all that are like it; without any, the text itself. */
export function generalised(text: string, numbers: boolean): { readonly pattern: string; readonly exact: boolean } {
  let pattern = '';
  let from = 0;
  for (const match of text.matchAll(numbers ? NUMBERS : PARTS)) {
    const groups = match.groups ?? {};
    const name = Object.keys(groups).find((group) => groups[group] !== undefined) ?? 'number';
    pattern += escaped(text.slice(from, match.index));
    pattern += CLASSES[name === 'home' ? 'user' : (name as keyof typeof CLASSES)];
    from = match.index + match[0].length;
  }
  return { pattern: pattern + escaped(text.slice(from)), exact: from === 0 };
}

/** The path of a program: as it is, or as a pattern of the same program for other users and versions. */
export function atPath(column: string, path: string): Atom {
  const lower = path.toLowerCase();
  const { pattern, exact } = generalised(lower, false);
  // What Windows itself holds has numbers for names, not versions.
  return exact || lower.startsWith('c:\\windows\\') ? equals(column, lower) : matches(column, `(?i)^${pattern}$`);
}

/** Everything below a folder. */
export function below(column: string, folder: string): Atom {
  const lower = folder.toLowerCase();
  const { pattern, exact } = generalised(lower, false);
  return exact || lower.startsWith('c:\\windows\\') ? startsWith(column, lower) : matches(column, `(?i)^${pattern}`);
}

/** The command lines that are like one. */
export function asCommand(column: string, command: string): Atom {
  const { pattern, exact } = generalised(command, true);
  return exact ? equals(column, command) : matches(column, `(?i)^${pattern}$`);
}

/** The host of a URL or of a bare name, in lower case; nothing for what is neither. */
export function hostOf(url: string): string | undefined {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/)?([a-z0-9_.-]+)(?::\d+)?(?:[/?#].*)?$/i.exec(url)?.[1]?.toLowerCase();
}
