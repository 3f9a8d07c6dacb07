import { getDomain } from 'tldts';
import { doesAsTold } from '../exceptions/control.js';
import type { Destinations } from '../exceptions/destinations.js';
import { type Atom, asCommand, atPath, below, equals, goesTo, hostOf } from './atoms.js';
import type { Facts } from './columns.js';
import type { Row } from './ground.js';

/** A condition that may become an exception: tests that must all hold. */
export interface Candidate {
  readonly atoms: readonly Atom[];
  readonly kql: string;
}

/** Longer command lines make patterns that nobody can read. */
const LONGEST_COMMAND = 300;
/** Variants of one program: its commonest command lines and parents. */
const MOST_COMMANDS = 12;
const MOST_PARENTS = 8;
/** More hosts than these are no list that a person would review. */
const MOST_HOSTS = 12;
/** Folders so near the root are no program's own. */
const LEAST_DEPTH = 3;

/**
 * Conditions that the events behind false alerts suggest: each program by its path, that with its parent, its command
 * line, its account, its destinations; folders that hold several programs; destinations that have an owner.
 *
 * @param rows of false alerts, of the part that is chosen on
 * @returns each once, in an order that depends on the events alone
 */
export function candidatesFrom(rows: readonly Row[], facts: Facts, destinations: Destinations): Candidate[] {
  const found = new Map<string, Candidate>();
  const add = (...atoms: readonly (Atom | undefined)[]): void => {
    const present = atoms.filter((atom) => atom !== undefined);
    if (present.length !== atoms.length || present.length === 0) return;
    const kql = present.map((atom) => atom.kql).join(' and ');
    if (!found.has(kql)) found.set(kql, { atoms: present, kql });
  };
  const programs = groupBy(rows, (row) => programAtom(row, facts)?.kql);
  for (const own of programs.values()) {
    const program = own[0] && programAtom(own[0], facts);
    if (program !== undefined) addVariants(add, program, own, facts, destinations);
  }
  for (const [folder, own] of foldersOf(rows, facts)) {
    const told = own.some(({ fields }) => doesAsTold(fields[facts.path ?? ''] ?? ''));
    if (!told) addVariants(add, folder, own, facts, destinations);
    // Who may start a program of the folder that does what it is told is bound by the destination alone.
    else for (const to of ownedHosts(own, facts, destinations)) add(folder, to);
  }
  if (facts.destination !== undefined) addHosts(add, rows, facts.destination, facts, destinations);
  return [...found.values()];
}

type Add = (...atoms: readonly (Atom | undefined)[]) => void;

function programAtom(row: Row, { path, file }: Facts): Atom | undefined {
  const at = path === undefined ? '' : (row.fields[path] ?? '');
  if (path !== undefined && at !== '') return atPath(path, at);
  const name = file === undefined ? '' : (row.fields[file] ?? '');
  return file === undefined || name === '' ? undefined : equals(file, name.toLowerCase());
}

function addVariants(add: Add, program: Atom, own: readonly Row[], facts: Facts, destinations: Destinations): void {
  const account = systemAccount(own, facts);
  const company = shared(own, facts.company);
  const narrowed = [[], ...[account, company].flatMap((atom) => (atom === undefined ? [] : [[atom]]))];
  for (const base of narrowed) {
    add(program, ...base);
    for (const to of hostAtoms(own, facts, destinations)) add(program, ...base, to);
    for (const group of commonest(own, facts.group, MOST_PARENTS)) add(program, ...base, group.atom);
  }
  for (const { atom: parent, rows } of commonest(own, facts.parent, MOST_PARENTS)) {
    add(program, parent);
    for (const to of hostAtoms(rows, facts, destinations)) add(program, parent, to);
  }
  if (program.by === 'start') return;
  for (const { command, rows } of commandsOf(own, facts)) {
    add(program, command);
    const system = systemAccount(rows, facts);
    if (system !== undefined) add(program, command, system);
    for (const to of hostAtoms(rows, facts, destinations)) add(program, command, to);
    for (const { atom: parent } of commonest(rows, facts.parent, 2)) add(program, command, parent);
  }
}

/** What the rows have in common when they all ran as Windows itself. */
function systemAccount(rows: readonly Row[], { integrity }: Facts): Atom | undefined {
  if (integrity === undefined || !rows.every(({ fields }) => fields[integrity]?.toLowerCase() === 'system'))
    return undefined;
  return equals(integrity, 'System');
}

/** The one value that all rows have. */
function shared(rows: readonly Row[], column: string | undefined): Atom | undefined {
  if (column === undefined) return undefined;
  const values = new Set(rows.map(({ fields }) => fields[column] ?? ''));
  const [only] = values;
  return values.size === 1 && only !== undefined && only !== '' ? equals(column, only) : undefined;
}

function commonest(
  rows: readonly Row[],
  column: string | undefined,
  most: number,
): { readonly atom: Atom; readonly rows: readonly Row[] }[] {
  if (column === undefined) return [];
  const groups = groupBy(rows, ({ fields }) => (fields[column] ?? '').toLowerCase() || undefined);
  return byCount(groups)
    .slice(0, most)
    .map(([value, own]) => ({ atom: equals(column, value), rows: own }));
}

function commandsOf(
  rows: readonly Row[],
  { command }: Facts,
): { readonly command: Atom; readonly rows: readonly Row[] }[] {
  if (command === undefined) return [];
  const of = (row: Row): Atom | undefined => {
    const text = row.fields[command] ?? '';
    return text === '' || text.length > LONGEST_COMMAND ? undefined : asCommand(command, text);
  };
  return byCount(groupBy(rows, (row) => of(row)?.kql.toLowerCase()))
    .slice(0, MOST_COMMANDS)
    .flatMap(([, own]) => {
      const made = own[0] && of(own[0]);
      return made === undefined ? [] : [{ command: made, rows: own }];
    });
}

/** The hosts that rows go to, all of them and those that have an owner, where they are few. */
function hostAtoms(rows: readonly Row[], facts: Facts, destinations: Destinations): Atom[] {
  const { destination } = facts;
  if (destination === undefined) return [];
  const hosts = hostsOf(rows, destination);
  const all = hosts.length > 0 && hosts.length <= MOST_HOSTS ? [goesTo(destination, hosts)] : [];
  const owned = ownedHosts(rows, facts, destinations);
  return owned.some(({ kql }) => kql === all[0]?.kql) ? owned : [...all, ...owned];
}

/** Those of the hosts that rows go to that have an owner, where they are few. */
function ownedHosts(rows: readonly Row[], { destination }: Facts, destinations: Destinations): Atom[] {
  if (destination === undefined) return [];
  const owned = hostsOf(rows, destination).filter((host) => destinations.controlOf(host) === 'owner');
  return owned.length > 0 && owned.length <= MOST_HOSTS ? [goesTo(destination, owned)] : [];
}

function hostsOf(rows: readonly Row[], destination: string): string[] {
  return [...new Set(rows.flatMap(({ fields }) => hostOf(fields[destination] ?? '') ?? []))].sort();
}

/** Destinations that have an owner, whichever program goes there: one by one, and those of a domain together. */
function addHosts(add: Add, rows: readonly Row[], column: string, facts: Facts, destinations: Destinations): void {
  const byHost = groupBy(rows, ({ fields }) => hostOf(fields[column] ?? ''));
  const owned = byCount(byHost).filter(([host]) => destinations.controlOf(host) === 'owner');
  const programs = (own: readonly Row[]): number => new Set(own.map((row) => programAtom(row, facts)?.kql)).size;
  const visited = owned.filter(([, own]) => programs(own) > 1);
  for (const [host] of visited) add(goesTo(column, [host]));
  for (const same of groupBy(visited, ([host]) => getDomain(host) ?? undefined).values()) {
    const hosts = same.map(([host]) => host).slice(0, MOST_HOSTS);
    if (hosts.length > 1) add(goesTo(column, hosts.sort()));
  }
}

/** Folders with several programs in or below them, but those near the root. */
function foldersOf(rows: readonly Row[], { path }: Facts): [Atom, Row[]][] {
  if (path === undefined) return [];
  const folders = new Map<string, { atom: Atom; rows: Row[]; programs: Set<string> }>();
  for (const row of rows) {
    const at = (row.fields[path] ?? '').toLowerCase();
    const parts = at.split('\\');
    for (let depth = LEAST_DEPTH; depth < parts.length; depth++) {
      const folder = `${parts.slice(0, depth).join('\\')}\\`;
      // A user's folder holds everybody's programs until that of the vendor.
      if (
        /^c:\\(users\\[^\\]+\\(appdata\\((local|roaming)\\(programs\\|microsoft\\)?)?)?|windows\\[^\\]+\\|program files( \(x86\))?\\windowsapps\\)$/.test(
          folder,
        )
      )
        continue;
      const atom = below(path, folder);
      const known = folders.get(atom.kql) ?? { atom, rows: [], programs: new Set() };
      known.rows.push(row);
      known.programs.add(parts.slice(depth).join('\\'));
      folders.set(atom.kql, known);
    }
  }
  return [...folders.values()].filter(({ programs }) => programs.size > 1).map(({ atom, rows: own }) => [atom, own]);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Groups from the largest on; of equal ones the first in the alphabet. */
function byCount<T>(groups: ReadonlyMap<string, readonly T[]>): [string, readonly T[]][] {
  return [...groups].sort(([a, own], [b, other]) => other.length - own.length || (a < b ? -1 : 1));
}
