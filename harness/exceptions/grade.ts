import type { Call, Expr } from '../kql/plan/plan.js';
import type { Clause } from '../trace/clauses.js';
import {
  type Cost,
  cheapest,
  dearest,
  doesAsTold,
  type FieldKind,
  GRADE_OF,
  isProtected,
  kindOfField,
} from './control.js';
import { Destinations } from './destinations.js';
import { hostsIn, isPinned, literalStart, openStart } from './patterns.js';
import type { Grade } from './result.js';

/** One test of a condition: what it asks of a field. */
export interface Test {
  readonly column: string;
  readonly kind: FieldKind;
  /** How the values are compared. */
  readonly by: 'equality' | 'start' | 'pattern' | 'loose';
  readonly values: readonly string[];
}

export interface FieldControl {
  readonly field: string;
  readonly kind: FieldKind;
  /** Who controls it, in words. */
  readonly control: string;
}

/** How safe an exception is, by who controls its fields. */
export interface Graded {
  readonly grade: Grade;
  readonly cost: Cost;
  /** The cheapest way to be hidden by it, in words. */
  readonly way: string;
  readonly fields: readonly FieldControl[];
}

/** More alternatives than these are not told apart. */
const MOST_ALTERNATIVES = 64;

/**
 * Grades a condition by what it takes an attacker to meet all of its tests: the dearest of them decides, and of several
 * ways to meet them the cheapest. What is not understood counts as met.
 */
export function gradeOf(clause: Clause, destinations = Destinations.shipped()): Graded {
  const alternatives = alternativesOf(clause);
  if (alternatives === undefined)
    return { grade: 'E', cost: 'choice', way: 'the condition has too many alternatives to be told apart', fields: [] };
  return gradeTests(alternatives, destinations);
}

/** Grades alternatives of tests that must all hold. */
export function gradeTests(alternatives: readonly (readonly Test[])[], destinations = Destinations.shipped()): Graded {
  const judged = alternatives.map((tests) => judge(tests, destinations));
  const cost = cheapest(judged.map((each) => each.cost));
  const worst = judged.find((each) => each.cost === cost);
  const fields = new Map(judged.flatMap((each) => each.fields).map((field) => [JSON.stringify(field), field]));
  return { grade: GRADE_OF[cost], cost, way: worst?.way ?? 'nothing is asked', fields: [...fields.values()] };
}

/** The alternatives of a condition, each as the tests that must all hold; a negated test only narrows. */
export function alternativesOf(clause: Clause): readonly (readonly Test[])[] | undefined {
  switch (clause.kind) {
    case 'all': {
      let found: (readonly Test[])[] = [[]];
      for (const part of clause.parts) {
        const alternatives = alternativesOf(part);
        if (alternatives === undefined) return undefined;
        found = found.flatMap((before) => alternatives.map((after) => [...before, ...after]));
        if (found.length > MOST_ALTERNATIVES) return undefined;
      }
      return found;
    }
    case 'any': {
      const parts = clause.parts.map(alternativesOf);
      if (!parts.every((part) => part !== undefined)) return undefined;
      const found = parts.flat();
      return found.length > MOST_ALTERNATIVES ? undefined : found;
    }
    case 'not':
      return [[]];
    case 'list': {
      if (clause.negated || clause.subject.kind !== 'column') return [[]];
      const exact = clause.expr.fn.name.startsWith('in');
      const { name: column } = clause.subject.column;
      const values = clause.entries.map(({ text }) => text);
      return [[{ column, kind: kindOfField(column), by: exact ? 'equality' : 'loose', values }]];
    }
    case 'test':
      return [testIn(clause.expr)];
  }
}

const COMPARES: Readonly<Record<string, Test['by']>> = {
  '==': 'equality',
  '=~': 'equality',
  startswith: 'start',
  startswith_cs: 'start',
  'matches regex': 'pattern',
  endswith: 'loose',
  endswith_cs: 'loose',
  has: 'loose',
  has_cs: 'loose',
  contains: 'loose',
  contains_cs: 'loose',
};

function testIn(expr: Expr): readonly Test[] {
  if (expr.kind !== 'call') return [];
  const by = COMPARES[expr.fn.name];
  const [column, value] = (expr satisfies Call).args;
  if (by === undefined || column?.kind !== 'column' || value?.kind !== 'literal' || value.value === null) return [];
  const { name } = column.column;
  return [{ column: name, kind: kindOfField(name), by, values: [String(value.value)] }];
}

/** Of what a process is: what a program of the attacker's own must imitate, and what code inside the program has. */
const OF_PROGRAM: ReadonlySet<FieldKind> = new Set([
  'file name',
  'path',
  'parent',
  'command line',
  'version information',
  'signer',
  'hash',
]);

interface Judged {
  readonly cost: Cost;
  readonly way: string;
  readonly fields: readonly FieldControl[];
}

function judge(tests: readonly Test[], destinations: Destinations): Judged {
  const told = tests.map((test) => ({ test, ...controlOf(test, destinations) }));
  const program = told.filter(({ test }) => OF_PROGRAM.has(test.kind));
  const others = told.filter(({ test }) => !OF_PROGRAM.has(test.kind));
  const ways: { cost: Cost; way: string }[] = [
    { cost: dearest(program.map(({ cost }) => cost)), way: 'a program of its own that looks the same' },
  ];
  if (program.length > 0) ways.push(insideOf(program.map(({ test }) => test)));
  const cost = cheapest(ways.map((way) => way.cost));
  const all = dearest([cost, ...others.map((each) => each.cost)]);
  const decisive = others.find((each) => each.cost === all && all !== cost);
  const way = decisive?.control ?? ways.find((each) => each.cost === cost)?.way ?? '';
  return {
    cost: all,
    way: tests.length === 0 ? 'nothing is asked of a field that is understood' : way,
    fields: told.map(({ test, control }) => ({ field: test.column, kind: test.kind, control })),
  };
}

/** What it takes to act from inside the program that is excepted. */
function insideOf(tests: readonly Test[]): { cost: Cost; way: string } {
  const commands = tests.filter(({ kind }) => kind === 'command line');
  const pinned = commands.some(({ by, values }) => by === 'equality' || (by === 'pattern' && values.every(isPinned)));
  const named = tests.filter(({ kind }) => kind === 'file name' || kind === 'path').flatMap(({ values }) => values);
  const told = named.filter((name) => doesAsTold(lastPart(name)));
  const anyProgram = tests.some(({ kind, by }) => kind === 'path' && by === 'start');
  if (!pinned && told.length > 0)
    return { cost: 'choice', way: `${lastPart(told[0] ?? '')} itself, which does what its command line says` };
  if (anyProgram && !pinned && named.every((name) => openFolder(name)))
    return { cost: 'choice', way: 'a program in that folder that does what its command line says' };
  return { cost: 'foothold', way: 'code inside the program, as by injection or side-loading' };
}

/** The file name that ends a path or a pattern of one. */
function lastPart(path: string): string {
  return path
    .replace(/\\([.$^()[\]{}+*?|/-])/g, '$1')
    .replace(/\$$/, '')
    .replace(/^.*[\\/]/, '');
}

/** Folders in which programs stand that do what they are told. */
function openFolder(path: string): boolean {
  return /^c:\\(windows|program files|program files \(x86\))\\?$|^c:\\windows\\(system32|syswow64|microsoft\.net)\\/i.test(
    path,
  );
}

function controlOf(test: Test, destinations: Destinations): { cost: Cost; control: string } {
  const { kind, by } = test;
  switch (kind) {
    case 'file name':
      return { cost: 'choice', control: 'any program can be given this name' };
    case 'version information':
      return { cost: 'choice', control: 'any program can be built with this version information' };
    case 'command line':
      return { cost: 'choice', control: 'whoever starts a program writes its command line' };
    case 'parent':
      return { cost: 'imitation', control: 'a program can be started by this one, or made to look so' };
    case 'path':
      return pathControl(test);
    case 'signer':
      return { cost: 'others', control: 'it takes a key of the signer' };
    case 'hash':
      return { cost: 'others', control: 'no other file has this hash' };
    case 'account':
      return test.values.every(isAdministrative)
        ? { cost: 'administrator', control: 'only administrators run programs under it' }
        : { cost: 'imitation', control: 'whoever has this account' };
    case 'destination':
      return hostControl(test, destinations);
    case 'address':
      return by === 'equality'
        ? { cost: 'others', control: 'the provider of the address' }
        : { cost: 'choice', control: 'an address of a range can be rented' };
    case 'port':
      return { cost: 'choice', control: 'any server can listen on this port' };
    case 'device':
      return by === 'loose'
        ? { cost: 'choice', control: 'part of a name is no device' }
        : { cost: 'foothold', control: 'the organisation names its devices; it takes a foothold on one of these' };
    case 'other':
      return { cost: 'choice', control: 'nothing is known of who controls it' };
  }
}

function pathControl({ by, values }: Test): { cost: Cost; control: string } {
  if (by === 'loose') return { cost: 'choice', control: 'a folder of this name can be made anywhere' };
  const starts = values.map((value) => (by === 'pattern' ? literalStart(value) : value));
  if (by === 'pattern' && values.some(openStart))
    return { cost: 'choice', control: 'the pattern does not say where the path begins' };
  if (starts.every(isProtected)) return { cost: 'administrator', control: 'only administrators write to this folder' };
  return { cost: 'imitation', control: 'a user can write to this folder' };
}

/** The accounts of Windows itself, and the levels that only administrators reach. */
function isAdministrative(value: string): boolean {
  return /^(system|high|s-1-5-(18|19|20)|local service|network service|nt authority\\.*|root|tokenelevationtypefull)$/i.test(
    value,
  );
}

function hostControl({ by, values }: Test, destinations: Destinations): { cost: Cost; control: string } {
  const hosts = by === 'equality' ? values.flatMap(hostOf) : by === 'pattern' ? values.flatMap(hostsIn) : [undefined];
  if (!hosts.every((host) => host !== undefined)) return { cost: 'choice', control: 'the test does not pin the host' };
  const controls = new Set(hosts.map((host) => destinations.controlOf(host)));
  if (controls.has('anyone')) return { cost: 'choice', control: 'anyone may post at this service' };
  if (controls.has('unknown')) return { cost: 'choice', control: 'nothing is known of who may post there' };
  return { cost: 'others', control: 'the owner of this name, or an account with them' };
}

function hostOf(value: string): [string | undefined] {
  return [/^(?:https?:\/\/)?([a-z0-9.-]+)(?::\d+)?(?:\/.*)?$/i.exec(value)?.[1]];
}
