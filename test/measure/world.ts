import type { Engine } from '../../harness/engine/index.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import type { Exposure } from '../../harness/measure/figures.js';
import type { PlayedWorld } from '../../harness/measure/play.js';
import { worldOf } from '../../harness/measure/world.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';

export const CATALOG = builtInCatalog('defender-xdr');
export const START = parseDatetime('2026-03-02') ?? 0n;
const HOUR = 36_000_000_000n;

/** An event of the little world: its hour, activity, role, host name contacted and process. */
export type SmallEvent = readonly [hour: number, activity: number, role: string, url: string, process: string];

/** An activity: its scenario, label and host. */
export type SmallActivity = readonly [id: number, scenario: string, label: 'malicious' | 'benign', host: string];

/** A world of a few events, in the shape that the simulators give theirs. */
export async function smallWorld(
  engine: Engine,
  activities: readonly SmallActivity[],
  events: readonly SmallEvent[],
  days = 1,
): Promise<PlayedWorld> {
  const end = START + BigInt(days) * 24n * HOUR;
  const schema = CATALOG.tables.get('DeviceNetworkEvents') ?? [];
  await engine.declare('DeviceNetworkEvents', schema);
  for (const hidden of ['_activity BIGINT', '_scenario VARCHAR', '_role VARCHAR']) {
    await engine.query(`ALTER TABLE DeviceNetworkEvents ADD COLUMN ${hidden}`);
  }
  const hostOf = new Map(activities.map(([id, , , host]) => [id, host]));
  const rows = events.map(
    ([hour, activity, role, url, process], index) =>
      `(${START + BigInt(Math.round(hour * 3600)) * 10_000_000n}, '${hostOf.get(activity)}', '${url}', '${process}', ${index + 1}, ${activity}, '${role}')`,
  );
  await engine.query(
    `INSERT INTO DeviceNetworkEvents ("Timestamp", DeviceName, RemoteUrl, InitiatingProcessFileName, _id, _activity, _role) VALUES ${rows.join(', ')}`,
  );
  await engine.query(
    `CREATE TABLE _activities AS SELECT * FROM (VALUES ${activities
      .map(([id, scenario, label, host]) => {
        const technique = label === 'malicious' ? "'T1102.001'" : 'NULL';
        return `(${id}::BIGINT, '${scenario}', '${label}', '${host}', ${START}::BIGINT, 'S0000', ${technique})`;
      })
      .join(', ')}) AS a(activity, scenario, label, host, start, procedure, technique)`,
  );
  await engine.seal();
  const ids = [...new Map(activities.map(([, id, label]) => [id, label]))];
  const exposure: Exposure = {
    hosts: 10,
    days,
    seed: 1,
    scenarios: ids.map(([id, label]) => ({ id, title: `The ${id}`, label, rateFactor: { low: 0.5, mid: 1, high: 2 } })),
  };
  return {
    world: worldOf(engine, CATALOG, START, end),
    engine,
    exposure,
    tables: new Set(['DeviceNetworkEvents']),
    described: {
      name: 'small',
      rates: 'mid',
      hosts: 10,
      days,
      seed: 1,
      start: '2026-03-02T00:00:00Z',
      end: '2026-03-03T00:00:00Z',
      events: events.length,
      activities: { malicious: 0, benign: 0 },
      digest: '0',
    },
  };
}
