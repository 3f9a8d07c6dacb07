import type { Catalogue } from '../catalogue.js';
import type { Attack, AttackStep } from '../world/attack.js';
import type { Service } from './transformation.js';

/** A place that a documented procedure looked things up at. */
export type Documented = Pick<AttackStep, 'host' | 'port' | 'protocol' | 'to'> & { readonly scenario: string };

/** What attackers know of the world; none of it comes from a rule. */
export interface Facts {
  readonly catalogue: Catalogue;
  readonly services: readonly Service[];
  readonly documented: readonly Documented[];
}

/**
 * What attackers learn of one rule, where it is public or can be guessed: the fields of the programs that it leaves out,
 * and how long it waits. Whoever plays them supplies it; scenarios and transformations know no rule.
 */
export interface Words {
  readonly disguises: readonly Disguise[];
  /** Seconds within which the rule puts events together. */
  readonly window?: number;
}

/** A program as a rule leaves it out: values of its fields that the rule takes for harmless together. */
export interface Disguise {
  readonly image?: string;
  readonly folder?: string;
  readonly commandLine?: string;
  readonly parent?: string;
  readonly company?: string;
  readonly product?: string;
  readonly description?: string;
  readonly original?: string;
}

/** The registrable part of a host, near enough: its last two labels. */
export function siteOf(host: string): string {
  return host.toLowerCase().split('.').slice(-2).join('.');
}

/** Names that are reserved for documentation stand for attackers' own: no service. */
export function isPublicService(host: string): boolean {
  return host !== '' && !/(^|\.)example(\.(com|net|org))?$/.test(host);
}

/** The places at which attacks look things up, each host once. */
export function documentedPlaces(attacks: Iterable<readonly [string, Attack]>): Documented[] {
  const found = new Map<string, Documented>();
  for (const [scenario, attack] of attacks) {
    for (const { role, host, port, protocol, to } of attack.steps) {
      if (role === 'lookup' && isPublicService(host) && !found.has(host))
        found.set(host, { scenario, host, port, protocol, to });
    }
  }
  return [...found.values()];
}

/** The service that a host leads to. */
export function serviceOf(host: string, services: readonly Service[]): Service | undefined {
  const lower = host.toLowerCase();
  return services.find(({ names }) => names.some((name) => lower === name || lower.endsWith(`.${name}`)));
}
