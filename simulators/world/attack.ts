import type { Artifact, EventRole, MaliciousScenario, ProcessNode } from '../scenario.js';

/** A program as it runs in one attack; no text holds placeholders but `{user}`. */
export type Program = ProcessNode & {
  /** Whether its file has a valid signature; what its version fields suggest when absent. */
  readonly signed?: boolean;
};

/** What the sensor tells of a connection, where it is not left to the sensor. */
export interface Told {
  /** What `RemoteUrl` holds; what the sensor makes of the host when absent. */
  readonly url?: string;
  /** `aggregated`: only an hourly count tells of it. `none`: no row does. */
  readonly as?: 'aggregated' | 'none';
}

/** A process of its own that makes a step's connections in place of the attack's. */
export interface Helper {
  /** From the oldest ancestor to the one that connects; of a child only itself. */
  readonly process: readonly Program[];
  /** Started by the attack's own process; else it has parents of its own. */
  readonly child: boolean;
}

export interface AttackStep {
  readonly role: Exclude<EventRole, 'background'>;
  /** Empty for an address without a name. */
  readonly host: string;
  /** Where the name leads: one is drawn for each lookup. */
  readonly to: readonly { readonly address: string; readonly path: string }[];
  readonly port: number;
  readonly protocol: 'Tcp' | 'Udp' | 'Icmp';
  /** Milliseconds after the lookup's beginning. */
  readonly offset: number;
  readonly told?: Told;
  readonly helper?: Helper;
}

/** One run of a malicious scenario of which nothing is left to chance: who, where, when, with what, to where. */
export interface Attack {
  /** Place of its scenario among those of the world that it is played in. */
  readonly scenario: number;
  readonly activity: bigint;
  readonly run: number;
  readonly host: number;
  /** Ticks of the first lookup. */
  readonly at: bigint;
  /** What the instances of its processes are drawn from. */
  readonly key: number;
  /** Whose files it brings. */
  readonly owner: string;
  readonly process: readonly Program[];
  readonly leaves: readonly Artifact[];
  readonly cadence: MaliciousScenario['cadence'];
  readonly steps: readonly AttackStep[];
}
