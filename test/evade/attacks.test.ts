import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { transform } from '../../simulators/evasions/apply.js';
import { drawAttacks, playAttacks, type Variant } from '../../simulators/evasions/attacks.js';
import type { Words } from '../../simulators/evasions/facts.js';
import { loadServiceHosts, loadTransformations } from '../../simulators/evasions/transformation.js';
import { loadScenarios } from '../../simulators/load.js';
import { playWorkload } from '../../simulators/play.js';
import type { MaliciousScenario } from '../../simulators/scenario.js';
import { sensorSchema } from '../../simulators/sensor.js';
import { workloadSchema } from '../../simulators/workload.js';
import type { Attack } from '../../simulators/world/attack.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const CLEAR = {
  ...{ connectsPerDay: 0, emptyUrl: 0, fullUrl: { tls: 0, clear: 0 }, inspected: { tls: 0, clear: 0, dns: 0 } },
  ...{ duplicates: 0, late: 0 },
};
const workload = workloadSchema.parse({
  ...{ id: 'evaded', title: 'evaded', organisation: 'small-office', hosts: 12, runs: 1, sensor: CLEAR },
});
const scenarios = loadScenarios().filter(({ label }) => label === 'malicious');
const transformations = loadTransformations();
const attacks = drawAttacks(workload, { scenarios });
const WORDS: Words = {
  disguises: [
    {
      ...{ image: 'chrome.exe', folder: 'C:\\Program Files\\Acme', company: 'Acme Ltd.', commandLine: '--update' },
      parent: 'explorer.exe',
    },
  ],
  window: 600,
};

interface Changed extends Variant {
  readonly transformation: string;
}

function variantsOf(scenario: MaliciousScenario, own: readonly Attack[]): Changed[] {
  return transformations.flatMap((each) => {
    const made = own.flatMap((attack) => {
      const outcome = transform(attack, scenario, [each], attacks.facts, WORDS, 1);
      return 'attack' in outcome ? [outcome.attack] : [];
    });
    const id = `${scenario.id}~${each.id}`;
    return made.length === 0 ? [] : [{ id, scenario, attacks: made, transformation: each.id }];
  });
}

const variants = [...attacks.of].flatMap(([scenario, own]) => variantsOf(scenario, own));

let connection: DuckDBConnection;
const rows = async (sql: string): Promise<Record<string, unknown>[]> =>
  (await connection.runAndReadAll(sql)).getRowObjects();
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await playAttacks(connection, workload, variants, {});
});

describe('attacks that are drawn', () => {
  it('are those that the world plays, event for event', async () => {
    const own = await (await DuckDBInstance.create(':memory:')).connect();
    const digest = async (): Promise<unknown> =>
      (
        await own.runAndReadAll(`SELECT count(*), bit_xor(hash(e)) FROM DeviceProcessEvents AS e
        UNION ALL SELECT count(*), bit_xor(hash(e)) FROM DeviceNetworkEvents AS e
        UNION ALL SELECT count(*), bit_xor(hash(e)) FROM DeviceFileEvents AS e
        UNION ALL SELECT count(*), bit_xor(hash(e)) FROM DeviceRegistryEvents AS e`)
      ).getRows();
    await playWorkload(own, workload, { scenarios });
    const drawn = await digest();
    await playWorkload(own, workload, { scenarios, attacks: [...attacks.of.values()].flat() });
    expect(await digest()).toEqual(drawn);
    expect(sensorSchema.parse(CLEAR)).toEqual(workload.sensor);
  });
});

describe('transformations', () => {
  it('each apply to some scenario, name their sources, and say why they cost what they cost', () => {
    const applied = new Set(variants.map(({ transformation }) => transformation));
    expect([...applied].sort()).toEqual(transformations.map(({ id }) => id).sort());
    for (const { sources, cost } of transformations) {
      expect(sources.length).toBeGreaterThan(0);
      expect(cost.why.length).toBeGreaterThan(10);
    }
  });

  it('make the same choices with the same seed, and others with another', () => {
    const [entry] = [...attacks.of].filter(([{ id }]) => id === 'gamaredon');
    const [scenario, own] = entry ?? [];
    const other = transformations.find(({ id }) => id === 'other-service');
    if (scenario === undefined || own === undefined || other === undefined) throw new Error('Gamaredon is gone.');
    const hosts = (seed: number): string[] =>
      own.flatMap((attack) => {
        const outcome = transform(attack, scenario, [other], attacks.facts, WORDS, seed);
        return 'attack' in outcome ? outcome.attack.steps.map(({ host }) => host) : [];
      });
    expect(hosts(1)).toEqual(hosts(1));
    expect(new Set([1, 2, 3, 4, 5].map((seed) => hosts(seed).join())).size).toBeGreaterThan(1);
  });

  it('leave no two services claiming one name', () => {
    const names = loadServiceHosts().flatMap((service) => service.names);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('changed attacks', () => {
  it('tell of every process that connects for the first time that day as started, by the parent that its events name', async () => {
    const lost = await rows(`
      SELECT DISTINCT n._scenario, n.InitiatingProcessFileName FROM DeviceNetworkEvents n
      WHERE n.InitiatingProcessId > 0 AND n.InitiatingProcessCreationTime >= (SELECT min(Timestamp) FROM DeviceProcessEvents)
        AND NOT EXISTS (SELECT 1 FROM DeviceProcessEvents p WHERE p._activity = n._activity AND p.ProcessId = n.InitiatingProcessId
          AND p.ProcessCreationTime = n.InitiatingProcessCreationTime AND lower(p.FileName) = lower(n.InitiatingProcessFileName)
          AND p.InitiatingProcessId = n.InitiatingProcessParentId AND p.ProcessCommandLine = n.InitiatingProcessCommandLine)`);
    expect(lost).toEqual([]);
  });

  it('start helpers from the very process that waits for them, once it is there', async () => {
    const [row] = await rows(`
      SELECT count(*) AS helpers, count(*) FILTER (WHERE parent.ProcessCreationTime < child.ProcessCreationTime) AS linked
      FROM DeviceProcessEvents child LEFT JOIN DeviceProcessEvents parent
        ON parent._activity = child._activity AND parent.ProcessId = child.InitiatingProcessId
        AND parent.ProcessCreationTime = child.InitiatingProcessCreationTime
      WHERE child._scenario LIKE '%~headless-browser' AND child.ProcessCommandLine LIKE '%--dump-dom%'
        AND child._scenario NOT IN (SELECT DISTINCT _scenario FROM DeviceProcessEvents WHERE FileName = 'none')`);
    expect(Number(row?.['helpers'])).toBeGreaterThan(40);
    expect(Number(row?.['linked'])).toBeGreaterThan(0.7 * Number(row?.['helpers']));
  });

  it('name the disguise in every table, and the file that was made for it', async () => {
    const named = await rows(`SELECT DISTINCT lower(InitiatingProcessFileName) AS name FROM DeviceNetworkEvents
      WHERE _scenario LIKE '%~excluded-name'`);
    expect(named).toEqual([{ name: 'chrome.exe' }]);
    const [made] = await rows(`SELECT count(DISTINCT _activity) AS n FROM DeviceFileEvents
      WHERE _scenario LIKE '%~excluded-name' AND FileName = 'chrome.exe'`);
    expect(Number(made?.['n'])).toBeGreaterThan(40);
  });

  it('write URLs as they are meant', async () => {
    const urls = async (id: string): Promise<string[]> =>
      (
        await rows(`SELECT DISTINCT RemoteUrl FROM DeviceNetworkEvents
          WHERE _scenario = 's0674-charmpower~${id}' AND _role = 'lookup'`)
      ).map((row) => String(row['RemoteUrl']));
    expect(await urls('url-case')).toEqual(['S3.aMaZoNaWs.cOm']);
    expect(await urls('url-trailing-dot')).toEqual(['s3.amazonaws.com.']);
    expect((await urls('url-port'))[0]).toMatch(/^https:\/\/s3\.amazonaws\.com:443\//);
    expect((await urls('url-userinfo'))[0]).toMatch(/^https:\/\/[^/]+@s3\.amazonaws\.com\//);
    expect(decodeURIComponent((await urls('url-encoding'))[0] ?? '')).toMatch(/^https:\/\/s3\.amazonaws\.com\//);
    expect(await urls('sensor-no-url')).toEqual(['']);
    expect(await urls('sensor-capped')).toEqual([]);
  });

  it('make the noise that uses up what the sensor reports, and are told of no more after it', async () => {
    const told =
      await rows(`SELECT _role, count(*) AS n, count(DISTINCT RemotePort) AS ports, any_value(RemoteIPType) AS type
      FROM DeviceNetworkEvents WHERE _scenario = 's0674-charmpower~sensor-flooded' GROUP BY _role`);
    expect(told).toEqual([{ _role: 'setup', n: 100n, ports: 100n, type: 'Private' }]);
  });
});
