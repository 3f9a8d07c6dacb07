import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { loadScenarios } from '../../simulators/load.js';
import { type Played, type PlayOptions, playScenario, playWorkload } from '../../simulators/play.js';
import type { Scenario } from '../../simulators/scenario.js';
import { loadWorkload, type Workload, workloadSchema } from '../../simulators/workload.js';
import { TELEMETRY_TABLES } from '../../simulators/world/spell.js';

/** Milliseconds for what plays several worlds on a busy machine. */
const SLOW = 240_000;

const scenarios = loadScenarios();
const workload = loadWorkload('enterprise');

interface World {
  readonly connection: DuckDBConnection;
  readonly played: Played;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  number(sql: string): Promise<number>;
}

async function play(of: Workload, options: PlayOptions, threads?: number): Promise<World> {
  const instance = await DuckDBInstance.create(':memory:', threads === undefined ? {} : { threads: String(threads) });
  const connection = await instance.connect();
  const played = await playWorkload(connection, of, { scenarios, ...options });
  const rows = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await connection.runAndReadAll(sql)).getRowObjects();
  return { connection, played, rows, number: async (sql) => Number(Object.values((await rows(sql))[0] ?? {})[0]) };
}

/** Every visible cell of every event of a scenario, as one text an event. */
async function eventsOf(world: World, scenario: string): Promise<string[]> {
  const texts: string[] = [];
  for (const table of TELEMETRY_TABLES) {
    const rows = await world.rows(
      `SELECT md5(CAST(event AS VARCHAR)) AS text FROM (
        SELECT * EXCLUDE (_id) FROM "${table}" WHERE _scenario = '${scenario}') AS event ORDER BY text`,
    );
    texts.push(...rows.map((row) => `${table} ${row['text']}`));
  }
  return texts;
}

describe('a day at an enterprise', () => {
  let world: World;
  beforeAll(async () => {
    world = await play(workload, { hosts: 60 });
  }, SLOW);

  it('fills the tables of the environment with its columns in their order', async () => {
    for (const [name, schema] of builtInCatalog('defender-xdr').tables) {
      if (!TELEMETRY_TABLES.includes(name)) continue;
      const columns = (await world.rows(`DESCRIBE "${name}"`)).map((row) => String(row['column_name']));
      expect(columns.slice(0, -4).map((column) => column.replace(/~\d+$/, ''))).toEqual(
        schema.map((each) => each.name),
      );
      expect(columns.slice(-4)).toEqual(['_id', '_activity', '_scenario', '_role']);
      expect(await world.number(`SELECT count(*) FROM "${name}"`)).toBeGreaterThan(0);
    }
  });

  it('leaves nothing behind but these tables', async () => {
    const names = (await world.rows('SELECT table_name FROM duckdb_tables()')).map((row) => String(row['table_name']));
    expect(names.sort()).toEqual([...TELEMETRY_TABLES, '_activities'].sort());
  });

  it('numbers every row of every table once, in the order of its table', async () => {
    const all = TELEMETRY_TABLES.map((name) => `SELECT _id FROM "${name}"`).join(' UNION ALL ');
    const [row] = await world.rows(
      `SELECT count(*) AS n, count(DISTINCT _id) AS ids, min(_id) AS first, max(_id) AS last FROM (${all})`,
    );
    expect(Number(row?.['ids'])).toBe(Number(row?.['n']));
    expect(Number(row?.['first'])).toBe(1);
    expect(Number(row?.['last'])).toBe(world.played.nextId - 1);
    expect(await world.number('SELECT count(*) FROM DeviceNetworkEvents WHERE _id <> rowid + 1')).toBe(0);
    expect(
      await world.number(`SELECT count(*) FROM (
        SELECT Timestamp < lag(Timestamp) OVER (ORDER BY _id) AS back FROM DeviceNetworkEvents) WHERE back`),
    ).toBe(0);
  });

  it('gives every event the truth of one activity', async () => {
    for (const name of TELEMETRY_TABLES) {
      expect(
        await world.number(`SELECT count(*) FROM "${name}" e LEFT JOIN _activities a ON a.activity = e._activity
          WHERE a.scenario IS DISTINCT FROM e._scenario OR a.host <> e.DeviceName`),
      ).toBe(0);
    }
    expect(await world.number('SELECT count(*) - count(DISTINCT activity) FROM _activities')).toBe(0);
    expect(
      await world.number(`SELECT count(*) FROM DeviceNetworkEvents JOIN _activities ON activity = _activity
        WHERE (label = 'benign') <> (_role = 'background')`),
    ).toBe(0);
  });

  it('plays every malicious scenario as often as the workload says, each with a lookup', async () => {
    const malicious = scenarios.filter(({ label }) => label === 'malicious').length;
    expect(await world.number(`SELECT count(*) FROM _activities WHERE label = 'malicious'`)).toBe(malicious * 5);
    const missed = await world.rows(`SELECT scenario FROM _activities WHERE label = 'malicious' AND activity NOT IN
      (SELECT _activity FROM DeviceNetworkEvents WHERE _role = 'lookup')`);
    expect(missed.length).toBeLessThan(malicious * 5 * 0.02);
  });

  it('starts parents before children, and processes before what they do', async () => {
    for (const [name, time] of [
      ['DeviceNetworkEvents', 'Timestamp'],
      ['DeviceFileEvents', 'Timestamp'],
      ['DeviceRegistryEvents', 'Timestamp'],
      ['DeviceImageLoadEvents', 'Timestamp'],
      ['DeviceProcessEvents', 'ProcessCreationTime'],
    ]) {
      expect(
        await world.number(`SELECT count(*) FROM "${name}" WHERE InitiatingProcessCreationTime > "${time}"
          OR InitiatingProcessParentCreationTime > InitiatingProcessCreationTime`),
        name,
      ).toBe(0);
    }
  });

  it('tells of the creation of every malicious process that is not older than the workload', async () => {
    const start = world.played.start;
    expect(
      await world.number(`SELECT count(*) FROM DeviceNetworkEvents n
        JOIN _activities ON activity = _activity AND label = 'malicious'
        ANTI JOIN DeviceProcessEvents p ON p.DeviceId = n.DeviceId AND p.ProcessUniqueId = n.InitiatingProcessUniqueId
          AND p.ProcessCreationTime = n.InitiatingProcessCreationTime AND p.ProcessId = n.InitiatingProcessId
        WHERE n.InitiatingProcessFileName <> '' AND n.InitiatingProcessCreationTime >= ${start}`),
    ).toBe(0);
  });

  it('joins what a process leaves behind to the process by its ids', async () => {
    for (const name of ['DeviceFileEvents', 'DeviceRegistryEvents', 'DeviceImageLoadEvents']) {
      expect(
        await world.number(`SELECT count(*) FROM "${name}" f
          ANTI JOIN DeviceProcessEvents p ON p.DeviceId = f.DeviceId AND (p.ProcessUniqueId = f.InitiatingProcessUniqueId
            OR p.InitiatingProcessUniqueId = f.InitiatingProcessUniqueId)`),
        name,
      ).toBe(0);
    }
  });

  it('types addresses right, and gives attackers none but those for documentation', async () => {
    const wrong = await world.rows(`SELECT DISTINCT RemoteIP, RemoteIPType FROM DeviceNetworkEvents
      WHERE RemoteIPType <> '' AND (regexp_matches(RemoteIP, '^(10\\.|192\\.168\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.)')
        <> (RemoteIPType = 'Private') AND RemoteIP NOT LIKE 'fd%')`);
    expect(wrong).toEqual([]);
    const callbacks = await world.rows(`SELECT DISTINCT RemoteIP, RemoteUrl FROM DeviceNetworkEvents
      WHERE _role = 'callback' AND InitiatingProcessFileName <> '' AND regexp_matches(RemoteUrl, 'example\\.(com|net|org)')`);
    expect(callbacks.length).toBeGreaterThan(50);
    for (const { RemoteIP } of callbacks) expect(String(RemoteIP)).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\./);
  });

  it('has ReportIds that are unique with device and time, but for rows that arrived twice', async () => {
    const [row] = await world.rows(
      'SELECT count(*) AS n, count(DISTINCT (DeviceId, Timestamp, ReportId)) AS ids FROM DeviceNetworkEvents',
    );
    const twice = await world.number(
      'SELECT count(*) - count(DISTINCT hash(e)) FROM (SELECT * EXCLUDE (_id) FROM DeviceNetworkEvents) AS e',
    );
    expect(Number(row?.['n']) - Number(row?.['ids'])).toBe(twice);
    expect(twice).toBeGreaterThan(0);
  });

  it('goes out from the address that a connection has: its own for what stays on the host, a public one over IPv6', async () => {
    const locals = await world.rows(`SELECT DISTINCT RemoteIPType AS remote, LocalIPType AS local,
        regexp_replace(LocalIP, '[.:].*', '') AS starts
      FROM DeviceNetworkEvents WHERE RemoteIPType = 'Loopback' OR LocalIP LIKE '%:%' ORDER BY ALL`);
    expect(locals).toEqual([
      { remote: 'Loopback', local: 'Loopback', starts: '127' },
      { remote: 'Public', local: 'Public', starts: '2001' },
    ]);
  });

  it('has one file of a program of Windows on a host, and one build of Windows', async () => {
    const files = `SELECT DeviceName, InitiatingProcessFolderPath AS path, InitiatingProcessSHA1 AS sha1,
        InitiatingProcessVersionInfoProductVersion AS version, InitiatingProcessVersionInfoProductName AS product
      FROM DeviceNetworkEvents UNION ALL SELECT DeviceName, lower(FolderPath), SHA1, ProcessVersionInfoProductVersion,
        ProcessVersionInfoProductName FROM DeviceProcessEvents`;
    const several = (what: string, by: string): Promise<Record<string, unknown>[]> =>
      world.rows(`SELECT DeviceName FROM (SELECT *, 1 AS one FROM (${files})
        WHERE path LIKE 'c:\\windows\\%' AND product LIKE 'Microsoft_ Windows_ Operating System')
        GROUP BY DeviceName, ${by} HAVING count(DISTINCT ${what}) > 1`);
    expect(await several('sha1', 'path')).toEqual([]);
    expect(await several('version', 'one')).toEqual([]);
  });

  it('writes versions as their makers do', async () => {
    const versions = await world.rows(`SELECT DISTINCT InitiatingProcessVersionInfoProductName AS product,
        InitiatingProcessVersionInfoProductVersion AS version FROM DeviceNetworkEvents`);
    const of = (name: string): string[] =>
      versions.filter(({ product }) => product === name).map(({ version }) => String(version));
    for (const [name, form] of [
      ['Microsoft Office', /^16\.0\.\d{5}\.20\d{3}$/],
      ['Microsoft® .NET Framework', /^4\.8\.\d{4}\.0$/],
      ['Google Chrome', /^131\.0\.\d{4}\.\d+$/],
      ['Microsoft Edge WebView2', /^131\.0\.2903\.112$/],
    ] as const) {
      expect(of(name), name).not.toEqual([]);
      for (const version of of(name)) expect(version, name).toMatch(form);
    }
  });

  it('begins a command line with the program that the row names, where it names a path', async () => {
    const path = `lower(regexp_extract(InitiatingProcessCommandLine, '^"([A-Za-z]:[^"]+.exe)"', 1))`;
    expect(
      await world.rows(`SELECT DISTINCT InitiatingProcessFolderPath, InitiatingProcessCommandLine FROM DeviceNetworkEvents
        WHERE ${path} NOT IN ('', InitiatingProcessFolderPath)`),
    ).toEqual([]);
  });

  it('tells of inspected requests the host and how the program named itself', async () => {
    const requests =
      await world.rows(`SELECT _scenario AS scenario, json_extract_string(AdditionalFields, '$.host') AS host,
        json_extract_string(AdditionalFields, '$.user_agent') AS agent
      FROM DeviceNetworkEvents WHERE ActionType = 'HttpConnectionInspected'`);
    expect(requests.filter(({ host, agent }) => host === '' || agent === '')).toEqual([]);
    const certificates = requests.filter(({ scenario }) => scenario === 'bg-certificates');
    expect(new Set(certificates.map(({ agent }) => agent))).toEqual(new Set(['Microsoft-CryptoAPI/10.0']));
  });

  it('gives PowerShell scripts in its command line that can be read', async () => {
    const [row] = await world.rows(`SELECT any_value(ProcessCommandLine) AS line FROM DeviceProcessEvents
      WHERE _scenario = 's0674-charmpower' AND FileName = 'powershell.exe'`);
    const encoded = String(row?.['line']).split(' ').at(-1) ?? '';
    expect(Buffer.from(encoded, 'base64').toString('utf16le')).toMatch(
      /DownloadString\('https:\/\/s3\.amazonaws\.com\//,
    );
  });

  it('looks as telemetry does', async () => {
    const share = (condition: string, of = 'true'): Promise<number> =>
      world.number(`SELECT avg(CASE WHEN ${condition} THEN 1 ELSE 0 END) FROM DeviceNetworkEvents WHERE ${of}`);
    expect(await share(`RemoteUrl = ''`, `ActionType = 'ConnectionSuccess'`)).toBeGreaterThan(0.05);
    expect(await share(`RemoteUrl LIKE 'http%://%'`, `RemoteUrl <> ''`)).toBeLessThan(0.2);
    expect(await share(`InitiatingProcessFileName = lower(InitiatingProcessFileName)`)).toBeGreaterThan(0.9);
    expect(await share(`RemoteUrl = '' AND InitiatingProcessId = 0`, `ActionType LIKE '%Inspected'`)).toBe(1);
    expect(
      await world.number('SELECT avg(n) FROM (SELECT count(*) AS n FROM DeviceNetworkEvents GROUP BY DeviceId)'),
    ).toBeGreaterThan(600);
  });

  it('leaves no placeholder, and no table of doings to attacks alone', async () => {
    for (const name of TELEMETRY_TABLES) {
      const left = await world.rows(
        `SELECT regexp_extract(text, '[^,]*[{][A-Za-z][a-z-]*(:[^{}"]*)?[}]') AS found
          FROM (SELECT CAST(e AS VARCHAR) AS text FROM "${name}" AS e WHERE _role <> 'background' OR hash(_id) % 20 = 0)
          WHERE found <> '' LIMIT 3`,
      );
      expect(left, name).toEqual([]);
      const labels = `SELECT count(DISTINCT label) FROM "${name}" JOIN _activities ON activity = _activity`;
      expect(await world.number(labels), name).toBe(2);
    }
  });

  it('says who started each process of Windows, and the version of the protocol by the address', async () => {
    for (const name of TELEMETRY_TABLES) {
      const orphans = await world.rows(
        `SELECT InitiatingProcessFolderPath, _scenario FROM "${name}" WHERE InitiatingProcessParentFileName = ''
          AND InitiatingProcessFolderPath LIKE '_:%' LIMIT 3`,
      );
      expect(orphans, name).toEqual([]);
    }
    expect(
      await world.number(`SELECT count(*) FROM DeviceNetworkEvents
        WHERE (Protocol = 'TcpV4' AND RemoteIP LIKE '%:%') OR (Protocol = 'TcpV6' AND RemoteIP NOT LIKE '%:%')`),
    ).toBe(0);
  });

  it('has the estimates at hand by which volumes scale', () => {
    for (const scenario of world.played.scenarios) {
      const { low, mid, high } = scenario.rateFactor;
      expect(low, scenario.id).toBeLessThanOrEqual(1);
      expect(high, scenario.id).toBeGreaterThanOrEqual(1);
      if (scenario.label === 'malicious') expect([low, mid, high]).toEqual([1, 1, 1]);
    }
  });
});

it(
  'makes the same rows again, whatever the number of threads',
  async () => {
    const digest = async (world: World): Promise<unknown[]> =>
      await Promise.all(
        TELEMETRY_TABLES.map((name) =>
          // A row's number is among its cells, so that their order is held too.
          world.rows(`SELECT bit_xor(hash(e)) AS d, count(*) AS n FROM "${name}" AS e`),
        ),
      );
    const options = { hosts: 10, days: 2, runs: 1 };
    const first = await digest(await play(workload, options, 1));
    expect(await digest(await play(workload, options, 4))).toEqual(first);
    expect(await digest(await play(workload, { ...options, seed: 2 }, 4))).not.toEqual(first);
  },
  SLOW,
);

it(
  'changes no event of another scenario when one is added, removed or edited',
  async () => {
    const some = [
      'vidar',
      'gamaredon',
      's0674-charmpower',
      'corp-01-onedrive',
      'dev-01-git-over-https',
      'bg-outlook',
      'bg-mac',
    ];
    const chosen = scenarios.filter(({ id }) => some.includes(id));
    const whole = await play(workload, { hosts: 60, scenarios: chosen });
    await fc.assert(
      fc.asyncProperty(fc.subarray(some, { minLength: 1 }), fc.constantFrom(...some), async (kept, edited) => {
        const others = kept.filter((id) => id !== edited);
        const world = await play(workload, {
          hosts: 60,
          scenarios: chosen
            .filter(({ id }) => kept.includes(id) || id === edited)
            .map((each) => (each.id === edited ? changed(each) : each)),
        });
        for (const id of others) expect(await eventsOf(world, id)).toEqual(await eventsOf(whole, id));
      }),
      { numRuns: 4 },
    );
  },
  SLOW,
);

/** The scenario with another process, other hosts and another rhythm. */
function changed(scenario: Scenario): Scenario {
  const process = [{ image: 'powershell.exe', existing: false, commandLine: 'powershell.exe {word}' }];
  return scenario.label === 'malicious'
    ? { ...scenario, process, cadence: { ...scenario.cadence, kind: 'periodic', every: 777, times: 9 } }
    : { ...scenario, process, rows: { low: 3, mid: 9, high: 27 }, lives: 'burst' };
}

describe('the sensor', () => {
  const only = ['bg-outlook', 'corp-01-onedrive', 'gamaredon', 'bg-scans'];
  const chosen = scenarios.filter(({ id }) => only.includes(id));
  const under = (sensor: object, options: PlayOptions = {}): Promise<World> =>
    play(workloadSchema.parse({ ...workload, sensor }), { hosts: 40, scenarios: chosen, ...options });
  const clear = { emptyUrl: 0, inspected: { tls: 0, clear: 0, dns: 0 }, duplicates: 0, late: 0, connectsPerDay: 0 };
  const rows = (world: World): Promise<number> => world.number('SELECT count(*) FROM DeviceNetworkEvents');

  it(
    'reports a set of fields once a day',
    async () => {
      const capped = await under(clear);
      const open = await under({ ...clear, onceADay: false });
      expect(await rows(open)).toBeGreaterThan(await rows(capped));
      expect(
        await capped.number(`SELECT count(*) FROM (SELECT 1 FROM DeviceNetworkEvents GROUP BY DeviceId,
        InitiatingProcessUniqueId, ActionType, RemoteIP, RemotePort, RemoteUrl HAVING count(*) > 1)`),
      ).toBe(0);
    },
    SLOW,
  );

  it(
    'stops at 4,000 connects of a host and day',
    async () => {
      const most = (world: World): Promise<number> =>
        world.number('SELECT max(n) FROM (SELECT count(*) AS n FROM DeviceNetworkEvents GROUP BY DeviceId)');
      const scanner = {
        hosts: 400,
        rates: 'high',
        scenarios: scenarios.filter(({ id }) => id === 'bg-scans'),
      } as const;
      expect(await most(await under(clear, scanner))).toBeGreaterThan(4000);
      expect(await most(await under({ ...clear, connectsPerDay: 4000 }, scanner))).toBe(4000);
    },
    SLOW,
  );

  it(
    'empties names, adds inspections, duplicates and reports, each when asked',
    async () => {
      const count = (world: World, condition: string): Promise<number> =>
        world.number(`SELECT count(*) FROM DeviceNetworkEvents WHERE ${condition}`);
      const named = `_scenario = 'bg-outlook' AND RemoteUrl = ''`;
      const plain = await under(clear);
      expect(await count(plain, named)).toBe(0);
      expect(await count(await under({ ...clear, emptyUrl: 50 }), named)).toBeGreaterThan(0);
      const inspected = await under({ ...clear, inspected: { tls: 100, clear: 100, dns: 0 } });
      expect(
        await count(inspected, `ActionType = 'SslConnectionInspected' AND AdditionalFields LIKE '%server_name%'`),
      ).toBeGreaterThan(0);
      expect(await rows(await under({ ...clear, duplicates: 100 }))).toBe(2 * (await rows(plain)));
      const reports = await under({ ...clear, aggregatedReports: true });
      expect(
        await reports.number(`SELECT min(CAST(AdditionalFields->>'uniqueEventsAggregated' AS INTEGER)) FROM DeviceNetworkEvents
        WHERE ActionType = 'ConnectionSuccessAggregatedReport'`),
      ).toBeGreaterThan(1);
      expect(await rows(await under({ ...clear, late: 100 }))).toBeLessThan(await rows(plain));
    },
    SLOW,
  );
});

it(
  'plays in the columns of Sentinel too',
  async () => {
    const { rows, number } = await play(workload, { hosts: 10, runs: 1, environment: 'sentinel' });
    const schema = builtInCatalog('sentinel').tables.get('DeviceNetworkEvents') ?? [];
    const columns = (await rows('DESCRIBE DeviceNetworkEvents')).map((row) => String(row['column_name']));
    expect(columns.slice(0, -4)).toEqual(schema.map((column) => column.name));
    expect(
      await number(`SELECT count(*) FROM DeviceNetworkEvents WHERE Type <> 'DeviceNetworkEvents' OR TenantId = ''`),
    ).toBe(0);
    expect(await number('SELECT count(*) FROM DeviceNetworkEvents WHERE _TimeReceived <= TimeGenerated')).toBe(0);
    // Dynamic values are JSON text, and nothing rather than an empty text.
    expect(await number(`SELECT count(*) FROM DeviceNetworkEvents WHERE AdditionalFields = ''`)).toBe(0);
  },
  SLOW,
);

it(
  'rests on weekends',
  async () => {
    const { number } = await play(workload, {
      hosts: 12,
      days: 7,
      scenarios: scenarios.filter(({ id }) => id === 'browsing-edge'),
    });
    const on = (days: string): Promise<number> =>
      number(`SELECT count(*) FROM DeviceNetworkEvents WHERE Timestamp // 864000000000 % 7 IN (${days})`);
    expect(await on('5, 6')).toBeLessThan((await on('0, 1')) * 0.2);
  },
  SLOW,
);

describe('one scenario by itself', () => {
  it(
    'is one activity of an attack, or a day of something benign',
    async () => {
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      expect((await playScenario(connection, 'vidar', { scenarios })).activities).toBe(1);
      expect((await playScenario(connection, 'bg-outlook', { scenarios })).activities).toBeGreaterThan(20);
    },
    SLOW,
  );

  it('must be there', () => {
    expect(() => playScenario(undefined as unknown as DuckDBConnection, 'vidaar', { scenarios })).toThrow(
      /Did you mean 'vidar'\?/,
    );
  });
});
