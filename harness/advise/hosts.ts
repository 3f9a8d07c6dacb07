import type { MaliciousScenario } from '../../simulators/scenario.js';

/** A host that documented procedures look something up at. */
export interface LookupHost {
  /** The name, or for names that each attack chooses the part that they share. */
  readonly name: string;
  /** Whether attacks choose names of their own below it. */
  readonly chosen: boolean;
  readonly scenarios: readonly MaliciousScenario[];
}

/** Names that are reserved for examples (RFC 2606): they stand for what each attacker registers. */
const RESERVED = /(^|\.)(example|test|invalid|localhost)$|(^|\.)example\.(com|net|org)$/;

/** The hosts that scenarios look something up at, each once, in the order of the alphabet. */
export function lookupHosts(scenarios: readonly MaliciousScenario[]): LookupHost[] {
  const found = new Map<string, { chosen: boolean; scenarios: Set<MaliciousScenario> }>();
  for (const scenario of scenarios) {
    for (const { role, hosts } of scenario.steps) {
      if (role !== 'lookup') continue;
      for (const pattern of (hosts ?? []).flatMap((host) => withVariants(host, scenario))) {
        const chosen = pattern.includes('{');
        const name = pattern.slice(pattern.lastIndexOf('}') + 1).replace(/^[^.]*\./, (cut) => (chosen ? '' : cut));
        if (!name.includes('.') || RESERVED.test(name)) continue;
        const known = found.get(name) ?? { chosen: false, scenarios: new Set() };
        known.chosen ||= chosen;
        known.scenarios.add(scenario);
        found.set(name, known);
      }
    }
  }
  return [...found]
    .map(([name, { chosen, scenarios: own }]) => ({ name, chosen, scenarios: [...own] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A host whose name a scenario varies, as each of the names that it takes. */
function withVariants(host: string, { vary }: MaliciousScenario): string[] {
  const name = /^\{([a-z][\w-]*)\}$/.exec(host)?.[1];
  return (name === undefined ? undefined : vary[name]) ?? [host];
}

/** Whether a list entry is a host, and not the name of a file. */
export function isHost(entry: string): boolean {
  return (
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(entry) && !/\.(exe|dll|ps1|bat|cmd|vbs|js|hta|scr|msi|com\.exe)$/i.test(entry)
  );
}

/** Whether an entry stands in a host as whole terms, as `has` compares. */
export function isWithin(entry: string, host: string): boolean {
  const escaped = entry.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^a-z0-9])${escaped}($|[^a-z0-9])`).test(host.toLowerCase());
}
