import { createHash } from 'node:crypto';
import type { Part } from './choice.js';

const drawn = new Map<string, boolean>();

/** One half of all names, the same on every machine and whatever other names there are. */
export function isChosen(kind: 'host' | 'scenario', name: string, seed: number): boolean {
  const key = `${seed}/${kind}/${name}`;
  const known = drawn.get(key) ?? (createHash('sha256').update(key).digest()[0] ?? 0) % 2 === 0;
  drawn.set(key, known);
  return known;
}

/** The part of hosts and malicious scenarios that exceptions are chosen on, and the one that they are judged on. */
export function partsOf(seed: number): { readonly chosen: Part; readonly judged: Part; readonly all: Part } {
  const half = (chosen: boolean): Part => ({
    alerts: ({ host }) => isChosen('host', host, seed) === chosen,
    attacks: ({ scenario }) => isChosen('scenario', scenario, seed) === chosen,
  });
  return { chosen: half(true), judged: half(false), all: { alerts: () => true, attacks: () => true } };
}

/** The part of hosts that exceptions are chosen on, of one half of the benign scenarios and all malicious ones of it. */
export function scenarioHalf(seed: number, half: boolean): { readonly seen: Part; readonly unseen: Part } {
  const within = ({ scenario }: { readonly scenario: string }): boolean =>
    isChosen('scenario', scenario, seed) === half;
  return {
    seen: { alerts: within, attacks: within },
    unseen: { alerts: (alert) => !within(alert), attacks: (attack) => !within(attack) },
  };
}
