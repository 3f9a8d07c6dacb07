import type { Guide, GuideScenario, GuideSign } from '../../harness/guide/result.js';

/** What each report of a guide says, so that they say the same. */

/** Signs that tell less than this many bits are noise. */
const LEAST_BITS = 0.01;
/** What a person looks at first, at most. */
const CHECKS = 3;

const FACTS: Readonly<Record<string, string>> = {
  file: 'Program',
  path: 'Folder',
  company: 'Company',
  parent: 'Started by',
  command: 'Command line',
};

export function factName(fact: string): string {
  return FACTS[fact] ?? fact;
}

export function contactName(role: string): string {
  return role === 'background' ? 'Contacts' : `Contacts (${role})`;
}

/** What tells attacks from the rest, that which tells most first. */
export function tellingSigns({ signs }: Guide): GuideSign[] {
  return signs.filter(({ tells }) => (tells ?? 0) >= LEAST_BITS);
}

/** `97%`, or that there are no alerts of that kind. */
export function shareText(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(value * 100)}%`;
}

export interface LookAlike {
  readonly what: string;
  readonly scenario: string;
  readonly alike: string;
  /** What tells the two apart. */
  readonly differs: readonly string[];
}

export const NOTHING_APART = 'no sign tells them apart, only names and places do';

/** The scenario of the other label that looks most like this one. */
export function lookAlikeOf({ lookAlike: nearest, label }: GuideScenario, { signs }: Guide): LookAlike | undefined {
  if (nearest === undefined) return undefined;
  return {
    what: label === 'malicious' ? 'Looks most like the everyday' : 'Looks most like the attack',
    scenario: nearest.scenario,
    alike: `${Math.round(nearest.alike * 100)}% alike`,
    differs: nearest.differs.flatMap(({ sign, here }) => {
      const says = signs.find(({ id }) => id === sign)?.says;
      return says === undefined ? [] : [`${here ? 'here' : 'there'} ${says}`];
    }),
  };
}

/** Where to look first: at what tells it from its look-alike; without one at what tells most of what it has. */
export function looksFirst({ lookAlike: nearest, signs: own }: GuideScenario, { signs }: Guide): string[] {
  const apart = nearest?.differs.map(({ sign }) => sign) ?? [];
  const telling = signs.filter(({ id, tells }) => (tells ?? 1) >= LEAST_BITS && own.includes(id)).map(({ id }) => id);
  const ids = [...new Set([...apart, ...telling])];
  return ids.slice(0, CHECKS).flatMap((id) => signs.find((sign) => sign.id === id)?.look ?? []);
}
