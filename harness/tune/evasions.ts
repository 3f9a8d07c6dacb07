import { type Cost, type FieldKind, isProtected } from '../exceptions/control.js';
import { literalStart } from '../exceptions/patterns.js';
import { type Bits, hasBit } from '../trace/bits.js';
import type { Atom } from './atoms.js';
import type { Ground } from './ground.js';

/** What an attacker changes to look like what is excepted. */
interface Transformation {
  readonly name: string;
  readonly cost: Cost;
  readonly sets: readonly FieldKind[];
  /** Whether it can set a path that only administrators write to. */
  readonly protectedPaths: boolean;
}

/** From the cheapest on; each sets the fields of the process and leaves where it connects to. */
const TRANSFORMATIONS: readonly Transformation[] = [
  { name: 'another name for the binary', cost: 'choice', sets: ['file name'], protectedPaths: false },
  {
    name: 'another name, command line and version information',
    cost: 'choice',
    sets: ['file name', 'command line', 'version information'],
    protectedPaths: false,
  },
  {
    name: 'the same in a folder that a user can write to, with the right parent',
    cost: 'imitation',
    sets: ['file name', 'command line', 'version information', 'path', 'parent'],
    protectedPaths: false,
  },
  {
    name: 'injection into the excepted program, or side-loading',
    cost: 'foothold',
    sets: ['file name', 'command line', 'version information', 'path', 'parent', 'signer', 'hash'],
    protectedPaths: true,
  },
  {
    name: 'the same with administrator rights',
    cost: 'administrator',
    sets: ['file name', 'command line', 'version information', 'path', 'parent', 'signer', 'hash', 'account'],
    protectedPaths: true,
  },
];

export interface Evasion {
  readonly transformation: string;
  readonly cost: Cost;
  /** Scenarios of which an activity would be hidden, of those that are caught. */
  readonly scenarios: number;
  readonly of: number;
}

/**
 * What attackers would have to change of what is caught for a condition to hide it: each transformation sets some fields
 * as the condition asks, and the other fields are those of the attack.
 *
 * @param holds for each atom the rows for which it holds
 */
export function evasionsOf(atoms: readonly Atom[], holds: readonly Bits[], ground: Ground): Evasion[] {
  const of = new Set(ground.caught.map(({ scenario }) => scenario)).size;
  return TRANSFORMATIONS.map((transformation) => {
    const left = atoms.flatMap((atom, i) => (isSet(atom, transformation) ? [] : [holds[i]]));
    const hidden = (alert: number): boolean => {
      const rows = ground.alerts[alert]?.rows ?? [];
      return rows.length > 0 && rows.every((row) => left.every((set) => set !== undefined && hasBit(set, row)));
    };
    const scenarios = new Set(
      ground.caught.filter(({ alerts }) => alerts.every(hidden)).map(({ scenario }) => scenario),
    );
    return { transformation: transformation.name, cost: transformation.cost, scenarios: scenarios.size, of };
  });
}

function isSet({ kind, by, values }: Atom, { sets, protectedPaths }: Transformation): boolean {
  if (!sets.includes(kind)) return false;
  if (kind !== 'path' || protectedPaths) return true;
  return !values.every((value) => isProtected(by === 'pattern' ? literalStart(value) : value));
}
