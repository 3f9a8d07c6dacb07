import { getDomain, parse } from 'tldts';
import { loadScenarios } from '../../simulators/load.js';

/**
 * Who decides what a host gives: `owner`, whoever the name was given to; `anyone`, for a service that keeps what people
 * post under one name; `unknown`.
 */
export type HostControl = 'owner' | 'anyone' | 'unknown';

/**
 * Services that give each customer a name of their own and that the Public Suffix List does not have among its private
 * suffixes.
 */
const GIVES_NAMES: readonly string[] = ['sharepoint.com', 'slack.com', 'atlassian.net', 'livejournal.com'];

/** What is known of hosts: from the documented procedures, and from the Public Suffix List. */
export class Destinations {
  private readonly named: ReadonlySet<string>;
  private readonly misused: ReadonlySet<string>;

  /** @param hosts those that procedures contact, as scenarios write them: `{word}.workers.dev` */
  constructor(hosts: readonly string[]) {
    const lower = hosts.map((host) => host.toLowerCase());
    this.named = new Set(lower.filter((host) => !host.includes('{')));
    this.misused = new Set(lower.flatMap((host) => getDomain(host.replace(/\{[^}]*\}/g, 'x')) ?? []));
  }

  /** With what the malicious scenarios that ship with the project contact. */
  static shipped(): Destinations {
    shipped ??= new Destinations(
      loadScenarios().flatMap((scenario) =>
        scenario.label === 'malicious' ? scenario.steps.flatMap(({ hosts }) => hosts ?? []) : [],
      ),
    );
    return shipped;
  }

  controlOf(host: string): HostControl {
    const name = host.toLowerCase();
    if (this.named.has(name)) return 'anyone';
    const { publicSuffix, isPrivate, domain } = parse(name, { allowPrivateDomains: true });
    if (isPrivate === true && domain !== null && publicSuffix !== name) return 'owner';
    if (GIVES_NAMES.some((suffix) => name.endsWith(`.${suffix}`))) return 'owner';
    return this.misused.has(getDomain(name) ?? name) ? 'anyone' : 'unknown';
  }
}

let shipped: Destinations | undefined;
