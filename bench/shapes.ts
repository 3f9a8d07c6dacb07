import { Engine } from '../harness/engine/engine.js';
import { compile } from '../harness/kql/index.js';
import { builtInCatalog } from '../harness/tables/catalog.js';
import { makeEvents, NOW } from './events.js';
import { type Result, race } from './race.js';

interface Shape {
  readonly name: string;
  readonly kql: string;
  readonly sql: string;
}

const TERM = (host: string): string => `(?:^|[^a-z0-9])${host.replaceAll('.', '\\.')}(?:$|[^a-z0-9])`;

/** Five shapes of real rules, each with the SQL that a person would write for it. */
const SHAPES: readonly Shape[] = [
  {
    name: 'has_any filter',
    kql: `DeviceNetworkEvents | where RemoteUrl has_any ("drive.google.com", "reddit.com", "pastebin.com") | project Timestamp, DeviceName, RemoteUrl`,
    sql: `SELECT Timestamp, DeviceName, RemoteUrl FROM DeviceNetworkEvents
      WHERE regexp_matches(RemoteUrl, '${['drive.google.com', 'reddit.com', 'pastebin.com'].map(TERM).join('|')}', 'i')`,
  },
  {
    name: 'join within a time window',
    kql: `let lookups = DeviceNetworkEvents | where RemoteUrl has "raw.githubusercontent.com" | project DeviceName, At = Timestamp;
      DeviceNetworkEvents | where RemotePort == 80 | project DeviceName, Timestamp, RemoteIP
      | join kind=inner lookups on DeviceName | where Timestamp between (At .. 1m) | project DeviceName, At, Timestamp, RemoteIP`,
    sql: `SELECT e.DeviceName, l.Timestamp AS At, e.Timestamp, e.RemoteIP FROM DeviceNetworkEvents e JOIN DeviceNetworkEvents l
      ON e.DeviceName = l.DeviceName WHERE e.RemotePort = 80 AND regexp_matches(l.RemoteUrl, '${TERM('raw.githubusercontent.com')}', 'i')
      AND e.Timestamp BETWEEN l.Timestamp AND l.Timestamp + 600000000`,
  },
  {
    name: 'summarize make_set and dcount',
    kql: `DeviceNetworkEvents | summarize Hosts = make_set(RemoteUrl), Addresses = dcount(RemoteIP), Events = count() by DeviceName`,
    sql: `SELECT DeviceName, to_json(list(DISTINCT RemoteUrl)) AS Hosts, count(DISTINCT RemoteIP) AS Addresses, count(*) AS Events
      FROM DeviceNetworkEvents GROUP BY DeviceName`,
  },
  {
    name: 'mv-expand of JSON',
    kql: `DeviceNetworkEvents | extend tags = parse_json(AdditionalFields).tags | mv-expand tag = tags to typeof(string) | summarize count() by tag`,
    sql: `SELECT tag, count(*) FROM (SELECT unnest(json_extract_string(AdditionalFields, '$.tags[*]')) AS tag FROM DeviceNetworkEvents) GROUP BY tag`,
  },
  {
    name: 'regex extraction',
    kql: `DeviceNetworkEvents | extend id = extract(@"--id=([0-9]+)", 1, InitiatingProcessCommandLine) | summarize count() by id`,
    sql: `SELECT regexp_extract(InitiatingProcessCommandLine, '--id=([0-9]+)', 1) AS id, count(*) FROM DeviceNetworkEvents GROUP BY id`,
  },
];

/** Each shape over 10 million events against hand-written SQL, within 4 GB of memory and what it spills. */
export async function benchShapes(rows = 10_000_000): Promise<Result[]> {
  const catalog = builtInCatalog('defender-xdr');
  const engine = await Engine.open({ memoryLimit: '4GB' });
  try {
    await makeEvents(engine.connection, 'DeviceNetworkEvents', catalog.tables.get('DeviceNetworkEvents') ?? [], rows);
    const results: Result[] = [];
    for (const { name, kql, sql } of SHAPES) {
      const compiled = compile(kql, { names: catalog });
      results.push(
        await race(
          { name: `${name}, 10 million events`, ours: 'compiled', theirs: 'hand-written', atMost: 1.3 },
          () => engine.materialize(compiled, 'ours', { now: NOW, timeoutMs: 600_000 }),
          () => engine.connection.run(`CREATE OR REPLACE TEMP TABLE theirs AS ${sql}`),
          3,
        ),
      );
      const [[ours, theirs]] = (await engine.query(
        'SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM theirs)',
      )) as [[bigint, bigint]];
      if (ours !== theirs || ours === 0n)
        throw new Error(`${name}: the two queries differ, ${ours} rows against ${theirs}.`);
    }
    return results;
  } finally {
    engine.close();
  }
}
