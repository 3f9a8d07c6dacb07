import { addressIn, type Catalogue } from '../catalogue.js';
import { expand, type Variables, varies } from '../patterns.js';
import { Draws, keyOf } from '../random.js';
import type { Contact, Step } from '../scenario.js';
import type { Sensor } from '../sensor.js';
import { addressType } from './addresses.js';
import type { AttackStep } from './attack.js';
import { type Cell, PREFIX, type WorkTable } from './tables.js';

/** Where connections go: a name, one of its addresses, a port. Permilles say how the sensor tells of it. */
export const DESTINATIONS: WorkTable = {
  name: `${PREFIX}destination`,
  columns: {
    dest: 'BIGINT',
    d_host: 'VARCHAR',
    d_full: 'VARCHAR',
    d_path: 'VARCHAR',
    d_address: 'VARCHAR',
    d_type: 'VARCHAR',
    d_v6: 'BOOLEAN',
    d_port: 'INTEGER',
    d_local_port: 'INTEGER',
    d_protocol: 'VARCHAR',
    d_empty: 'INTEGER',
    d_fulls: 'INTEGER',
    d_inspected: 'INTEGER',
    d_dns: 'INTEGER',
    d_inspection: 'INTEGER',
  },
};

/** A run of destinations: numbers `base` to `base + count - 1`, the addresses of one name. */
export interface Range {
  readonly base: number;
  readonly count: number;
}

const COLUMNS = Object.keys(DESTINATIONS.columns);
const [HOST, FULL, PATH, ADDRESS, EMPTY, FULLS] = ['d_host', 'd_full', 'd_path', 'd_address', 'd_empty', 'd_fulls'].map(
  (name) => COLUMNS.indexOf(name),
) as [number, number, number, number, number, number];

/** Addresses at most of a block without names. */
const WIDEST = 1024;

/** Destinations of all scenarios, numbered as they are made. */
export class Destinations {
  readonly rows: Cell[][] = [];
  private readonly catalogue: Catalogue;
  private readonly sensor: Sensor;

  constructor(catalogue: Catalogue, sensor: Sensor) {
    this.catalogue = catalogue;
    this.sensor = sensor;
  }

  /** A range for each name of a contact; `variants` of one that varies. `most` bounds the addresses of a name. */
  add(contact: Contact | Step, draws: Draws, variables: Variables, variants: number, most: number): Range[] {
    const names = new Set<string>();
    for (const pattern of contact.hosts ?? ['']) {
      const times = varies(pattern) ? variants : 1;
      for (let index = 0; index < times; index += 1) names.add(expand(pattern, draws, variables));
    }
    return [...names].map((host) => this.addName(host, contact, draws, variables, most));
  }

  /** The name and the addresses of a range, as a step of an attack states them. */
  place({ base, count }: Range): Pick<AttackStep, 'host' | 'to'> {
    const rows = this.rows.slice(base, base + count);
    return {
      host: String(rows[0]?.[HOST]),
      to: rows.map((row) => ({ address: String(row[ADDRESS]), path: String(row[PATH]) })),
    };
  }

  /** The destinations of a step of an attack. */
  addTold(step: AttackStep): Range {
    const base = this.rows.length;
    const contact = { port: step.port, protocol: step.protocol };
    for (const { address, path } of step.to) {
      const row = this.row(step.host, path, address, contact, 'ConnectionSuccess');
      if (step.told?.url !== undefined) {
        row[FULL] = step.told.url;
        row[EMPTY] = step.told.url === '' ? 1000 : 0;
        row[FULLS] = 1000;
      }
      this.rows.push(row);
    }
    return { base, count: this.rows.length - base };
  }

  private addName(host: string, contact: Contact | Step, draws: Draws, variables: Variables, most: number): Range {
    const base = this.rows.length;
    const action = 'action' in contact ? contact.action : 'ConnectionSuccess';
    const addresses =
      action === 'ListeningConnectionCreated'
        ? ['']
        : this.addressesOf(host, contact.address, draws, variables).slice(0, host === '' ? WIDEST : most);
    for (const address of addresses) {
      const path = contact.paths === undefined ? '/' : expand(draws.pick(contact.paths), draws, variables);
      this.rows.push(this.row(host, path, address, contact, action));
    }
    return { base, count: this.rows.length - base };
  }

  private row(
    host: string,
    path: string,
    address: string,
    contact: Pick<Step, 'port' | 'protocol'>,
    action: string,
  ): Cell[] {
    const inbound = action === 'InboundConnectionAccepted' || action === 'ListeningConnectionCreated';
    const clear = contact.port === 80;
    const web = clear || contact.port === 443;
    const { emptyUrl, fullUrl, inspected } = this.sensor;
    const tcp = contact.protocol === 'Tcp';
    const suffix = contact.port === 80 || contact.port === 443 ? '' : `:${contact.port}`;
    const blank = address.includes(':') && !address.startsWith('::ffff:');
    return [
      this.rows.length,
      host,
      host === '' ? '' : `${clear ? 'http' : 'https'}://${host}${suffix}${path}`,
      path,
      address,
      action === 'ConnectionAttempt' || action === 'ConnectionAcknowledged' ? '' : addressType(address),
      blank,
      inbound ? 0 : contact.port,
      inbound ? contact.port : 0,
      contact.protocol,
      host === '' ? 1000 : Math.round(emptyUrl * 10),
      web ? Math.round((clear ? fullUrl.clear : fullUrl.tls) * 10) : 0,
      tcp && web && !inbound ? Math.round((clear ? inspected.clear : inspected.tls) * 10) : 0,
      host !== '' && !inbound && addressType(address) === 'Public' ? Math.round(inspected.dns * 10) : 0,
      clear ? 1 : 0,
    ];
  }

  private addressesOf(host: string, pattern: string | undefined, draws: Draws, variables: Variables): string[] {
    if (pattern !== undefined) {
      const address = expand(pattern, draws, variables);
      if (!address.includes('/')) return [address];
      const within = host === '' ? draws : new Draws(keyOf(host, address));
      return host === '' ? spreadOver(address) : [addressIn(address, within)];
    }
    // A name of an attacker resolves to an address of the ranges for documentation.
    if (/(^|\.)example(\.(com|net|org))?$/.test(host)) {
      return [expand('{attacker-address}', new Draws(keyOf('attacker', host)), variables)];
    }
    return this.catalogue.addressesOf(host);
  }
}

/** Addresses of a block, evenly apart: all of a small one, a thousand of a large one. */
function spreadOver(block: string): string[] {
  const [base = '', length = '32'] = block.split('/');
  const first = base.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(length));
  const count = Math.min(size - 2, WIDEST);
  const step = Math.floor((size - 2) / count);
  return Array.from({ length: count }, (_, index) => {
    const address = first + 1 + index * step;
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  });
}
