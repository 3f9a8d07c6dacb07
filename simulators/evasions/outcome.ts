import type { Draws } from '../random.js';
import type { MaliciousScenario } from '../scenario.js';
import type { Attack, AttackStep } from '../world/attack.js';
import type { Facts, Words } from './facts.js';
import type { Cost } from './transformation.js';

export interface Context {
  readonly scenario: MaliciousScenario;
  readonly facts: Facts;
  readonly words: Words;
  readonly draws: Draws;
}

export type Outcome =
  | {
      readonly attack: Attack;
      /** What this attack costs where it is dearer than the transformation as such. */
      readonly cost?: Cost;
      readonly needs?: string;
    }
  | { readonly reason: string };

/** The attack with each of its lookups changed; the reason where that leaves all as they were. */
export function eachLookup(attack: Attack, change: (step: AttackStep) => AttackStep, otherwise: string): Outcome {
  let changed = false;
  const steps = attack.steps.map((step) => {
    const next = step.role === 'lookup' ? change(step) : step;
    changed ||= next !== step;
    return next;
  });
  return changed ? { attack: { ...attack, steps } } : { reason: otherwise };
}
