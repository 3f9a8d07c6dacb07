import { describe, expect, it } from 'vitest';
import { makeHosts } from '../../simulators/hosts.js';
import { loadOrganisation } from '../../simulators/organisation.js';
import { addressType } from '../../simulators/world/addresses.js';

const organisation = loadOrganisation('enterprise');

describe('the hosts of an organisation', () => {
  it('are the same in a small workload and a large one', () => {
    expect(makeHosts(organisation, 300, 1).slice(0, 40)).toEqual(makeHosts(organisation, 40, 1));
  });

  it('differ with the seed, and from one another', () => {
    const hosts = makeHosts(organisation, 1000, 1);
    expect(makeHosts(organisation, 1, 2)[0]?.deviceId).not.toBe(hosts[0]?.deviceId);
    for (const of of ['name', 'deviceId', 'address'] as const) {
      expect(new Set(hosts.map((host) => host[of])).size, of).toBe(1000);
    }
    expect(new Set(hosts.map((host) => host.user.account)).size).toBe(1000);
  });

  it('follow the shares of roles and sites', () => {
    const hosts = makeHosts(organisation, 1000, 1);
    for (const [role, share] of Object.entries(organisation.roles)) {
      const count = hosts.filter((host) => host.role === role).length;
      expect(Math.abs(count - share * 10), role).toBeLessThanOrEqual(5);
    }
    for (const { name, share } of organisation.sites) {
      expect(Math.abs(hosts.filter((host) => host.site === name).length - share * 10), name).toBeLessThanOrEqual(10);
    }
  });
});

it.each([
  ['10.1.2.3', 'Private'],
  ['172.31.0.1', 'Private'],
  ['172.32.0.1', 'Public'],
  ['192.168.1.1', 'Private'],
  ['127.0.0.1', 'Loopback'],
  ['169.254.1.1', 'LinkLocal'],
  ['100.64.0.1', 'CarrierGradeNat'],
  ['239.255.255.250', 'Reserved'],
  ['255.255.255.255', 'Broadcast'],
  ['203.0.113.9', 'Public'],
  ['fd00:1::2', 'Private'],
  ['fe80::1', 'LinkLocal'],
  ['::1', 'Loopback'],
  ['::ffff:140.82.112.3', 'FourToSixMapping'],
  ['2606:4700::1', 'Public'],
  ['', ''],
])('types %s as %s', (address, type) => {
  expect(addressType(address)).toBe(type);
});
