import type { z } from 'zod';
import { excerpt } from '../kql/errors.js';
import type { FileProblem } from './errors.js';
import { didYouMean } from './nearest.js';
import type { Place } from './places.js';
import { keysAt, literalsAt } from './schemas.js';

/** Where things stand in the file that is judged. */
export interface Places {
  readonly file: string;
  /** What was read from it. */
  readonly document: unknown;
  value(path: readonly PropertyKey[]): Place;
  key(path: readonly PropertyKey[]): Place;
}

type Issue = z.core.$ZodIssue;

/** Every issue of a failed validation as a problem at its place, in words for the person who wrote the file. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, places: Places): FileProblem[] {
  const { issues } = error;
  const shown = issues.slice(0, MOST_SHOWN).flatMap((issue) => problemsOfIssue(issue, issue.path, schema, places));
  const more = issues.length - MOST_SHOWN;
  const next = issues[MOST_SHOWN];
  if (next === undefined) return shown;
  const message = `${more} more ${more === 1 ? 'problem begins' : 'problems begin'} here.`;
  return [...shown, problem(places.file, places.value(next.path), message, undefined)];
}

/** Most problems reported for one file; the rest show once these are fixed. */
const MOST_SHOWN = 100;

function problemsOfIssue(issue: Issue, path: readonly PropertyKey[], schema: z.ZodType, places: Places): FileProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path, places.document);
    const shown = issue.keys.slice(0, MOST_SHOWN).map((key) => {
      const message = `Unknown key '${excerpt(key)}'${within(path)}; expected ${oneOf(known)}.`;
      return problem(places.file, places.key([...path, key]), message, didYouMean(key, known));
    });
    const next = issue.keys[MOST_SHOWN];
    if (next === undefined) return shown;
    const message = `${issue.keys.length - MOST_SHOWN} more unknown keys${within(path)} begin here.`;
    return [...shown, problem(places.file, places.key([...path, next]), message, undefined)];
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return [undecided(path, schema, places)];
  }
  if (issue.code === 'invalid_union') {
    const closest = closestBranch(issue.errors);
    if (closest !== undefined) {
      return closest.flatMap((inner) => problemsOfIssue(inner, [...path, ...inner.path], schema, places));
    }
  }
  const told = sentence(issue, path);
  const keys = wantsMapping(issue) ? keysAt(schema, path, places.document) : [];
  const hint = keys.length === 0 ? suggestion(issue) : `Its keys are ${listed(keys)}.`;
  return [problem(places.file, places.value(path), told, hint)];
}

/** Whether something stands where a mapping should. */
function wantsMapping(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.expected === 'object' && issue.input !== undefined;
}

/** Forms that texts must have, in words, by their patterns. */
const FORMS: Readonly<Record<string, string>> = {
  '/^T\\d{4}(\\.\\d{3})?$/': 'an ATT&CK technique, such as T1102 or T1102.001',
  '/^[a-z0-9][a-z0-9-]*$/': 'of small letters, digits and hyphens, such as script-reads-paste',
  '/^\\d{4}-\\d{2}-\\d{2}$/': 'a day, such as 2026-03-02',
};

function formatWords({ format, pattern, message }: z.core.$ZodIssueInvalidStringFormat): string {
  if (format !== 'regex') return `a valid ${format}`;
  const words = FORMS[pattern ?? ''];
  if (words !== undefined) return words;
  // What a schema says itself is better than its pattern.
  return message.startsWith('Invalid') ? `text that matches ${pattern}` : `text as follows: ${message}`;
}

/** A key that should decide between alternatives, and decides for none. */
function undecided(path: readonly PropertyKey[], schema: z.ZodType, places: Places): FileProblem {
  const known = literalsAt(schema, path, places.document);
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    places.document,
  );
  const message =
    found === undefined
      ? `'${dotted(path)}' is missing; expected ${oneOf(known)}.`
      : `'${dotted(path)}' must be ${oneOf(known)}, found ${describe(found)}.`;
  return problem(
    places.file,
    places.value(path),
    message,
    typeof found === 'string' ? didYouMean(found, known) : undefined,
  );
}

/** Of several alternatives the one that got furthest: its first issue is deepest, and it is not about the type. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (branch: readonly Issue[]): number => branch[0]?.path.length ?? 0;
  const deepest = Math.max(...branches.map(depth));
  const structural = branches.filter(
    (branch) => depth(branch) === deepest && !(branch[0]?.code === 'invalid_type' && deepest === 0),
  );
  return structural.length === 1 ? structural[0] : undefined;
}

function problem(file: string, place: Place, message: string, suggested: string | undefined): FileProblem {
  return { file, line: place.line, column: place.column, message, ...(suggested && { suggestion: suggested }) };
}

function sentence(issue: Issue, path: readonly PropertyKey[]): string {
  const name = dotted(path);
  const subject = name === '' ? 'The document' : `'${name}'`;
  const found = describe(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${subject} is missing; expected ${article(issue.expected)}.`
        : `${subject} must be ${article(issue.expected)}, found ${found}.`;
    case 'invalid_value':
      return issue.input === undefined
        ? `${subject} is missing; expected ${oneOf(issue.values.map(String))}.`
        : `${subject} must be ${oneOf(issue.values.map(String))}, found ${found}.`;
    case 'invalid_union': {
      const expected = issue.errors.flatMap((branch) => branch.flatMap(expectation));
      const wanted = expected.length === 0 ? 'another form' : [...new Set(expected)].join(' or ');
      return `${subject} must be ${wanted}, found ${found}.`;
    }
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `${subject} must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}, found ${found}.`
        : `${subject} must hold at least ${issue.minimum} ${unit(issue.origin)}.`;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `${subject} must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}, found ${found}.`
        : `${subject} must hold at most ${issue.maximum} ${unit(issue.origin)}.`;
    case 'invalid_format':
      return `${subject} must be ${formatWords(issue)}, found ${found}.`;
    case 'custom':
      return name === '' ? issue.message : `${subject}: ${issue.message}`;
    default:
      return `${subject}: ${issue.message}`;
  }
}

function suggestion(issue: Issue): string | undefined {
  return issue.code === 'invalid_value' && typeof issue.input === 'string'
    ? didYouMean(issue.input, issue.values.map(String))
    : undefined;
}

function expectation(issue: Issue): string[] {
  if (issue.code === 'invalid_type') return [article(issue.expected)];
  return issue.code === 'invalid_value' ? [oneOf(issue.values.map(String))] : [];
}

/** `a.b[2].c` */
export function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${excerpt(String(key))}`))
    .join('');
}

function within(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : ` in '${dotted(path)}'`;
}

const NAMES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
};

function article(expected: string): string {
  return NAMES[expected] ?? expected;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `'${excerpt(value)}'` : String(value);
}

function unit(origin: string): string {
  return origin === 'string' ? 'characters' : 'entries';
}

function oneOf(names: readonly string[]): string {
  return joined(names, 'or');
}

function listed(names: readonly string[]): string {
  return joined(names, 'and');
}

function joined(names: readonly string[], word: string): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop();
  if (last === undefined) return 'no key';
  return quoted.length === 0 ? last : `${quoted.join(', ')} ${word} ${last}`;
}

/** Every issue of a failed validation as sentences, for a document that is no file that a person wrote. */
export function problemWords(error: z.ZodError, schema: z.ZodType, document: unknown): string[] {
  const nowhere = { line: 0, column: 0 };
  const places: Places = { file: '', document, value: () => nowhere, key: () => nowhere };
  return problemsOf(error, schema, places).map(({ message, suggestion: hint }) =>
    hint === undefined ? message.replace(/\.$/, '') : `${message} ${hint}`,
  );
}
