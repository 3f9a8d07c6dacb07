import { createHash } from 'node:crypto';
import { base, en, Faker } from '@faker-js/faker';
import type { Organisation } from './organisation.js';
import { combine, keyOf } from './random.js';
import { type Account, HOST_ROLES, type HostRole } from './scenario.js';

/** One machine and the person who works at it. */
export interface Host {
  readonly index: number;
  readonly key: number;
  readonly role: HostRole;
  readonly name: string;
  readonly deviceId: string;
  /** Minutes that local time is ahead of UTC. */
  readonly utcOffset: number;
  readonly address: string;
  readonly address6: string;
  readonly site: string;
  /** Hours before the workload at which it last started: before any session that can be open as it begins. */
  readonly upHours: number;
  readonly user: Person;
}

export interface Person {
  readonly account: string;
  readonly upn: string;
  readonly objectId: string;
  readonly sid: string;
}

/** An account as the columns of a row name it. */
export interface Identity {
  readonly domain: string;
  readonly name: string;
  readonly sid: string;
  readonly upn: string;
  readonly objectId: string;
  readonly integrity: string;
  readonly elevation: string;
}

/**
 * The hosts of an organisation. A host is the same whatever their number, so that a larger workload contains the smaller.
 */
export function makeHosts(organisation: Organisation, count: number, seed: number): Host[] {
  const people = new People(organisation, seed);
  const perRole = new Map<HostRole, number>();
  return Array.from({ length: count }, (_, index) => {
    const key = keyOf(seed, 'host', index);
    const role = spread(index, Object.entries(organisation.roles), 0x9e3779b1) as HostRole;
    const sites = organisation.sites.map((site): [string, number] => [site.name, site.share]);
    const site =
      organisation.sites.find((each) => each.name === spread(index, sites, 0xc2b2ae35)) ?? organisation.sites[0];
    if (site === undefined) throw new Error('An organisation has at least one site.');
    const number = (perRole.get(role) ?? 0) + 1;
    perRole.set(role, number);
    const short = `${PREFIX[role]}-${site.name}-${String(number).padStart(4, '0')}`;
    // One host in twenty is joined to the cloud directory alone and has no domain suffix.
    const name = combine(key, 1) % 20 === 0 && role === 'office' ? short : `${short}.${organisation.domain}`;
    return {
      index,
      key,
      role,
      name,
      deviceId: createHash('sha1').update(`${seed}/${index}`).digest('hex'),
      utcOffset: site.utcOffset,
      address: `${site.network}.${1 + (Math.floor(index / 250) % 250)}.${2 + (index % 250)}`,
      // Of the range for documentation (RFC 3849): what reaches the internet over IPv6 does so from a public address.
      address6: `2001:db8:${(site.utcOffset + 4096).toString(16)}::${(index + 16).toString(16)}`,
      site: site.name,
      upHours: 72 + (combine(key, 2) % (role === 'office' || role === 'developer' ? 240 : 1200)),
      user: people.next(),
    };
  });
}

const PREFIX: Readonly<Record<HostRole, string>> = {
  office: 'ws',
  developer: 'dev',
  kiosk: 'kiosk',
  mac: 'mac',
  server: 'srv',
  linux: 'lnx',
  'build-agent': 'ci',
  'jump-host': 'jump',
  'security-scanner': 'sec',
};

/** Which of the shares falls to an index, spread as evenly as can be (multiples of an irrational step). */
function spread(index: number, shares: readonly (readonly [string, number])[], step: number): string {
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  let point = ((Math.imul(index, step) >>> 0) * total) / 0x100000000;
  for (const [name, share] of shares) {
    if (point < share) return name;
    point -= share;
  }
  return shares[0]?.[0] ?? HOST_ROLES[0];
}

class People {
  private readonly taken = new Map<string, number>();
  private readonly faker = new Faker({ locale: [en, base] });
  private readonly organisation: Organisation;
  private readonly authority: string;
  private count = 0;

  constructor(organisation: Organisation, seed: number) {
    this.organisation = organisation;
    this.faker.seed(seed);
    this.authority = [1, 2, 3].map((part) => keyOf('domain', organisation.tenant, part)).join('-');
  }

  next(): Person {
    const first = this.faker.person.firstName();
    const last = this.faker.person.lastName();
    const plain = `${first.charAt(0)}.${last}`.toLowerCase().replace(/[^a-z.]/g, '');
    const number = (this.taken.get(plain) ?? 0) + 1;
    this.taken.set(plain, number);
    const account = number === 1 ? plain : `${plain}${number}`;
    this.count += 1;
    return {
      account,
      upn: `${account}@${this.organisation.tenant}.example`,
      objectId: guidOf(`${this.organisation.tenant}/${account}`),
      sid: `S-1-5-21-${this.authority}-${1100 + this.count}`,
    };
  }
}

/** The account that a process of a kind runs under on a host. */
export function identityOf(account: Account, host: Host, organisation: Organisation): Identity {
  const domain = organisation.tenant;
  switch (account) {
    case 'user':
      return { ...person(host.user, domain), integrity: 'Medium', elevation: 'TokenElevationTypeLimited' };
    case 'admin': {
      const name = `adm-${host.user.account}`;
      const admin = { account: name, upn: `${name}@${domain}.example`, objectId: guidOf(`${domain}/${name}`) };
      return {
        ...person({ ...admin, sid: host.user.sid.replace(/\d+$/, (rid) => String(Number(rid) + 100_000)) }, domain),
        integrity: 'High',
        elevation: 'TokenElevationTypeFull',
      };
    }
    case 'system':
      return isUnix(host.role) ? root(host) : wellKnown('system', 'S-1-5-18');
    case 'local-service':
      return wellKnown('local service', 'S-1-5-19');
    case 'network-service':
      return wellKnown('network service', 'S-1-5-20');
    case 'service-account':
      return {
        domain,
        name: `svc-${host.role}`,
        sid: host.user.sid.replace(/\d+$/, String(5000 + HOST_ROLES.indexOf(host.role))),
        upn: '',
        objectId: '',
        integrity: 'High',
        elevation: 'TokenElevationTypeDefault',
      };
  }
}

function person(user: Person, domain: string): Omit<Identity, 'integrity' | 'elevation'> {
  return { domain, name: user.account, sid: user.sid, upn: user.upn, objectId: user.objectId };
}

function wellKnown(name: string, sid: string): Identity {
  const nobody = { upn: '', objectId: '' };
  return { domain: 'nt authority', name, sid, ...nobody, integrity: 'System', elevation: 'TokenElevationTypeDefault' };
}

/** Whether hosts of a role run macOS or Linux. */
function isUnix(role: HostRole): boolean {
  return role === 'mac' || role === 'linux';
}

function root(host: Host): Identity {
  const domain = host.name.split('.')[0] ?? host.name;
  return { domain, name: 'root', sid: '', upn: '', objectId: '', integrity: '', elevation: '' };
}

/** A GUID that is always the same for the same text. */
export function guidOf(text: string): string {
  const hex = createHash('sha1').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
