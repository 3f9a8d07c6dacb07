import { Draws, keyOf } from '../random.js';
import type { MaliciousScenario } from '../scenario.js';
import type { Attack } from '../world/attack.js';
import { CHANGES } from './changes.js';
import type { Facts, Words } from './facts.js';
import type { Context, Outcome } from './outcome.js';
import { COSTS, type Cost, PARTS, type Transformation } from './transformation.js';

/** An attack as transformations made it, with what that took. */
export interface Transformed {
  readonly attack: Attack;
  /** The dearest of the transformations, or dearer where this attack needs more. */
  readonly cost: Cost;
  /** What it took beyond what the transformations always take. */
  readonly needs: readonly string[];
}

/** Why there is no such attack. */
export interface NotThere {
  readonly reason: string;
}

/**
 * An attack with transformations, in the order of the parts that they change.
 *
 * @param seed decides between what the attacker may choose from; the same one makes the same choice
 */
export function transform(
  attack: Attack,
  scenario: MaliciousScenario,
  transformations: readonly Transformation[],
  facts: Facts,
  words: Words,
  seed: number,
): Transformed | NotThere {
  const ordered = [...transformations].sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part));
  let current = attack;
  let cost: Cost = 'edit';
  const needs: string[] = [];
  for (const { id, applies, change, cost: own } of ordered) {
    if (applies.hiding !== undefined && !applies.hiding.includes(scenario.hiding))
      return { reason: `it is made for what hides as ${applies.hiding.join(' or ')}` };
    const draws = new Draws(keyOf(seed, 'evasion', id, scenario.id, attack.run));
    const context: Context = { scenario, facts, words, draws };
    const outcome: Outcome = CHANGES[change.kind](current, change as never, context);
    if ('reason' in outcome) return outcome;
    if (same(outcome.attack, current)) return { reason: 'it changes nothing' };
    current = outcome.attack;
    cost = dearer(cost, dearer(own.level, outcome.cost ?? 'edit'));
    if (outcome.needs !== undefined) needs.push(outcome.needs);
  }
  return { attack: current, cost, needs };
}

function dearer(a: Cost, b: Cost): Cost {
  return COSTS.indexOf(a) >= COSTS.indexOf(b) ? a : b;
}

function same(a: Attack, b: Attack): boolean {
  const told = (attack: Attack): string => JSON.stringify({ ...attack, activity: '', at: '' });
  return told(a) === told(b);
}
