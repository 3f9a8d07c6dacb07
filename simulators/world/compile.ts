import { own } from '../../harness/files/own.js';
import { isHuman, minutesOf, QUANTILES } from '../calendar.js';
import type { Catalogue } from '../catalogue.js';
import type { Host } from '../hosts.js';
import { identityOf } from '../hosts.js';
import { scenarioNumber } from '../load.js';
import { type Organisation, REFERENCE_ROLES } from '../organisation.js';
import { expand, type Variables, varies } from '../patterns.js';
import { Draws, keyOf } from '../random.js';
import {
  ACCOUNTS,
  type BenignScenario,
  CONNECTION_ACTIONS,
  HOST_ROLES,
  PROFILES,
  type Rates,
  type Scenario,
} from '../scenario.js';
import { addressType } from './addresses.js';
import type { Attack } from './attack.js';
import type { Destinations } from './destinations.js';
import { type Copy, ESTATE_RELEASES, type Processes } from './processes.js';
import { type Cell, PREFIX, type WorkTable } from './tables.js';

/** What every part of the generator works from. */
export interface World {
  readonly organisation: Organisation;
  readonly hosts: readonly Host[];
  readonly scenarios: readonly Scenario[];
  readonly catalogue: Catalogue;
  readonly processes: Processes;
  readonly destinations: Destinations;
  readonly seed: number;
  readonly rates: Rates;
  /** Permille of connections without a name at the sensor that rates are stated for. */
  readonly emptyUrl: number;
  readonly startTicks: bigint;
  readonly days: number;
  /** In place of runs that are drawn: the only malicious activities. */
  readonly attacks?: readonly Attack[];
}

export const HOSTS: WorkTable = {
  name: `${PREFIX}host`,
  columns: {
    h: 'INTEGER',
    h_key: 'BIGINT',
    h_role: 'INTEGER',
    h_offset: 'BIGINT',
    h_boot: 'BIGINT',
    h_weekend: 'BIGINT',
  },
};

/** A host and an account, or the host alone (account 7), as the columns of a row name them. */
export const WHO: WorkTable = {
  name: `${PREFIX}who`,
  columns: {
    who: 'BIGINT',
    w_device_id: 'VARCHAR',
    w_device: 'VARCHAR',
    w_group: 'VARCHAR',
    w_keeps_case: 'BOOLEAN',
    w_address: 'VARCHAR',
    w_address6: 'VARCHAR',
    w_address_type: 'VARCHAR',
    w_address6_type: 'VARCHAR',
    w_dns: 'VARCHAR',
    w_domain: 'VARCHAR',
    w_account: 'VARCHAR',
    w_sid: 'VARCHAR',
    w_upn: 'VARCHAR',
    w_object: 'VARCHAR',
    w_integrity: 'VARCHAR',
    w_elevation: 'VARCHAR',
    w_logon: 'BIGINT',
    w_session: 'BIGINT',
    w_user: 'VARCHAR',
    w_remote: 'BOOLEAN',
    w_remote_device: 'VARCHAR',
    w_remote_address: 'VARCHAR',
  },
};
/** The account number of rows that name no process. */
export const NOBODY = 7;

export const MINUTES: WorkTable = {
  name: `${PREFIX}minute`,
  columns: { m_place: 'BIGINT', m_minute: 'BIGINT' },
};

export const BENIGN: WorkTable = {
  name: `${PREFIX}benign`,
  columns: {
    scen: 'INTEGER',
    s_key: 'BIGINT',
    s_first: 'BIGINT',
    s_roles: 'INTEGER',
    s_share: 'BIGINT',
    s_rate: 'BIGINT',
    s_repeats: 'BIGINT',
    s_burst: 'BIGINT',
    s_within: 'BIGINT',
    s_profile: 'INTEGER',
    s_human: 'BOOLEAN',
    s_lives: 'INTEGER',
    s_waits: 'BOOLEAN',
    s_account: 'INTEGER',
    s_proc: 'INTEGER',
    s_releases: 'BIGINT',
    s_commands: 'BIGINT',
    s_fails: 'BIGINT',
    /** The scenario's first destination: draws count from it, so that they do not depend on other scenarios. */
    s_dest: 'BIGINT',
  },
};

/** Which destination each of 256 even draws leads to. */
export const SLOTS: WorkTable = {
  name: `${PREFIX}slot`,
  columns: { l_place: 'BIGINT', l_base: 'BIGINT', l_count: 'BIGINT', l_kind: 'INTEGER' },
};
export const SLOT_COUNT = 256;

export const SCENARIOS: WorkTable = {
  name: `${PREFIX}scenario`,
  columns: { n_scen: 'INTEGER', n_id: 'VARCHAR', n_label: 'VARCHAR', n_procedure: 'VARCHAR', n_technique: 'VARCHAR' },
};

/** The life of a benign process as a number. */
export const LIVES = ['logon', 'boot', 'burst', 'connection'] as const;

export function* hostRows(world: World): Generator<Cell[]> {
  for (const host of world.hosts) {
    const boot = world.startTicks - BigInt(host.upHours) * 36_000_000_000n - BigInt(host.key % 3_600_000) * 10_000n;
    const weekend = world.organisation.calendar.weekendActivity * 10;
    yield [host.index, host.key, HOST_ROLES.indexOf(host.role), host.utcOffset, boot, Math.round(weekend)];
  }
}

export function* whoRows(world: World): Generator<Cell[]> {
  for (const host of world.hosts) {
    const network = host.address.split('.').slice(0, 2).join('.');
    const remote = host.role === 'jump-host';
    const device: Cell[] = [
      host.deviceId,
      host.name,
      `${host.site}-${host.role}`,
      // Names of processes arrive in small letters, but not from every source.
      host.key % 20 === 0,
      host.address,
      host.address6,
      addressType(host.address),
      addressType(host.address6),
      `${network}.0.53`,
    ];
    const nobody = device.concat('', '', '', '', '', '', '', null, null, host.user.account, null, '', '');
    for (const [index, account] of ACCOUNTS.entries()) {
      const who = identityOf(account, host, world.organisation);
      const person = account === 'user' || account === 'admin';
      yield [
        host.index * 8 + index,
        ...device,
        who.domain,
        who.name,
        who.sid,
        who.upn,
        who.objectId,
        who.integrity,
        who.elevation,
        person
          ? 200_000 + (host.key % 90_000_000)
          : ({ system: 999, 'local-service': 997, 'network-service': 996 }[account as string] ?? 310_000),
        person ? 1 + (host.key % 3) : 0,
        host.user.account,
        remote && person,
        remote && person ? `ws-${host.site}-${String(1 + (host.key % 90)).padStart(4, '0')}` : '',
        remote && person ? `${network}.1.${2 + (host.key % 240)}` : '',
      ];
    }
    yield [host.index * 8 + NOBODY, ...nobody];
  }
}

export function* minuteRows(): Generator<Cell[]> {
  for (const [profile, name] of PROFILES.entries()) {
    const minutes = minutesOf(name);
    for (let quantile = 0; quantile < QUANTILES; quantile += 1)
      yield [profile * QUANTILES + quantile, minutes[quantile] ?? 0];
  }
}

export function* scenarioRows(world: World): Generator<Cell[]> {
  for (const [index, scenario] of world.scenarios.entries()) {
    const malicious = scenario.label === 'malicious';
    yield [
      index,
      scenario.id,
      scenario.label,
      malicious ? scenario.procedure : '',
      malicious ? scenario.technique : '',
    ];
  }
}

/** The names that the organisation gives, for texts of scenarios. */
export function organisationNames(organisation: Organisation): Map<string, string> {
  const network = organisation.sites[0]?.network ?? '10.0';
  return new Map([
    ['tenant', organisation.tenant],
    ['domain', organisation.domain],
    ['network', network],
  ]);
}

/** One value of each name under `vary`. */
export function varied(scenario: Scenario, draws: Draws, names: Variables): Map<string, string> {
  const variables = new Map(names);
  for (const [name, values] of Object.entries(scenario.vary)) {
    variables.set(name, expand(draws.pick(values), draws, variables));
  }
  return variables;
}

/** Share of the hosts of a scenario's roles that have it, in parts per million. */
export function sharePpm(scenario: BenignScenario, organisation: Organisation, rates: Rates): number {
  const known = own(organisation.shares, scenario.id);
  const roles: Readonly<Record<string, number>> = known === undefined ? REFERENCE_ROLES : organisation.roles;
  const reach = scenario.on.reduce((sum, role) => sum + (roles[role] ?? 0), 0);
  if (reach === 0) return 0;
  return Math.min(1_000_000, Math.round(((known ?? scenario.share[rates]) / reach) * 1_000_000));
}

/** Adds the processes and destinations of every benign scenario, and gives the rows of `BENIGN` and `SLOTS`. */
export function compileBenign(world: World): { benign: Cell[][]; slots: Cell[][] } {
  const benign: Cell[][] = [];
  const slots: Cell[][] = [];
  const names = organisationNames(world.organisation);
  for (const [index, scenario] of world.scenarios.entries()) {
    if (scenario.label !== 'benign') continue;
    const key = keyOf(world.seed, 'scenario', scenario.id);
    const draws = new Draws(key);
    const releases = scenario.process.at(-1)?.versions ?? ESTATE_RELEASES;
    const commands = variesAtAll(scenario) ? 8 : 1;
    const first = addProcesses(world, scenario, draws, names, releases, commands);
    const account = world.processes.accountOf(scenario.process);
    const dest = world.destinations.rows.length;
    const unnamed = addContacts(world, scenario, index, draws, names, slots);
    const named = (1 - unnamed) * (1 - world.emptyUrl / 1000);
    const rate = scenario.rows[world.rates] / (unnamed === 1 ? 1 : named);
    benign.push([
      index,
      key,
      BigInt(scenarioNumber(scenario.id)) << 28n,
      scenario.on.reduce((mask, role) => mask | (1 << HOST_ROLES.indexOf(role)), 0),
      sharePpm(scenario, world.organisation, world.rates),
      Math.round(rate * 1000),
      scenario.repeats,
      scenario.burst,
      Math.round(scenario.within * 1000),
      PROFILES.indexOf(scenario.when),
      isHuman(scenario.when),
      LIVES.indexOf(scenario.lives),
      isHuman(scenario.when) || scenario.lives === 'logon' || account === 'user',
      ACCOUNTS.indexOf(account),
      first,
      releases,
      commands,
      Math.round(scenario.fails * 10),
      dest,
    ]);
  }
  return { benign, slots };
}

function variesAtAll(scenario: BenignScenario): boolean {
  const texts = scenario.process.flatMap((node) => [node.image, node.folder ?? '', node.commandLine ?? '']);
  return Object.keys(scenario.vary).length > 0 || texts.some(varies);
}

function addProcesses(
  world: World,
  scenario: BenignScenario,
  draws: Draws,
  names: Variables,
  releases: number,
  commands: number,
): number {
  const copies: Copy[] = [];
  for (let release = 0; release < releases; release += 1) {
    for (let command = 0; command < commands; command += 1) {
      copies.push({ draws, variables: varied(scenario, draws, names), owner: '', release, estate: release });
    }
  }
  return world.processes.add(scenario.process, copies, scenario.leaves);
}

/** Fills the scenario's slots by weight; gives the share of its connections that have no name. */
function addContacts(
  world: World,
  scenario: BenignScenario,
  index: number,
  draws: Draws,
  names: Variables,
  slots: Cell[][],
): number {
  const total = scenario.contacts.reduce((sum, contact) => sum + contact.weight, 0);
  let filled = 0;
  let weight = 0;
  let unnamed = 0;
  for (const contact of scenario.contacts) {
    const variables = varied(scenario, draws, names);
    const ranges = world.destinations.add(contact, draws, variables, 6, 24);
    weight += contact.weight;
    const until = Math.round((weight / total) * SLOT_COUNT);
    if (contact.hosts === undefined) unnamed += until - filled;
    for (let slot = filled; slot < until; slot += 1) {
      const range = ranges[(slot - filled) % ranges.length];
      if (range === undefined) throw new Error(`A contact of '${scenario.id}' leads nowhere.`);
      slots.push([index * SLOT_COUNT + slot, range.base, range.count, CONNECTION_ACTIONS.indexOf(contact.action)]);
    }
    filled = until;
  }
  return unnamed / SLOT_COUNT;
}
