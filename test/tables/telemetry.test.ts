import { describe, expect, it } from 'vitest';
import { formatDatetime } from '../../harness/kql/values/datetime.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import type { Environment } from '../../harness/tables/schema.js';
import { type MergedTelemetry, type ReadTelemetry, readTelemetry } from '../../harness/tables/telemetry/index.js';
import { Bench } from './loading.js';

const bench = new Bench();

const HUNTING = [
  'Timestamp,DeviceId,DeviceName,RemoteUrl,RemotePort,InitiatingProcessFileName,AdditionalFields,ReportId',
  '2026-03-02T10:00:00.1234567Z,d1,pc-1.corp.example,pastebin.com,443,powershell.exe,"{""a"":1}",17',
  '2026-03-02T12:00:00Z,d2,pc-2.corp.example,example.com,https,chrome.exe,,18',
  '2026-03-03T10:00:00Z,d2,pc-2.corp.example,gist.github.com,443,code.exe,,19',
].join('\n');

const PORTAL = [
  '"TenantId","TimeGenerated [UTC]","DeviceId","DeviceName","RemoteUrl","AdditionalFields","MachineGroup","Type","_ResourceId"',
  't,"3/2/2026, 1:00:00.123 PM",d3,pc-3,api.telegram.org,"{""b"":2}",office,DeviceNetworkEvents,',
].join('\n');

/** Reads files into a database of the environment, and puts them into its tables. */
async function read(
  files: readonly string[],
  options: { readonly labels?: string; readonly environment?: Environment } = {},
): Promise<{
  readonly read: ReadTelemetry;
  readonly merged: MergedTelemetry;
  readonly rows: Record<string, unknown>[];
}> {
  for (const table of ['DeviceNetworkEvents', '_activities']) {
    await bench.connection.run(`DROP TABLE IF EXISTS "${table}"`);
  }
  const catalog = builtInCatalog(options.environment ?? 'defender-xdr');
  const found = await readTelemetry(bench.connection, { files, labels: options.labels }, catalog);
  const merged = await found.merge();
  return { read: found, merged, rows: await bench.rows('DeviceNetworkEvents') };
}

async function activities(): Promise<unknown[]> {
  const sql = 'SELECT scenario, label, host, technique FROM _activities ORDER BY activity';
  return (await bench.connection.runAndReadAll(sql)).getRowObjectsJS();
}

describe('own telemetry', () => {
  it('takes exports of either product into the columns of either environment', async () => {
    const files = [bench.file('DeviceNetworkEvents.csv', HUNTING), bench.file('portal.csv', PORTAL)];
    const xdr = await read(files);
    expect(xdr.rows.map((row) => [formatDatetime(row['Timestamp'] as bigint), row['AdditionalFields']])).toEqual([
      ['2026-03-02T10:00:00.1234567Z', '{"a":1}'],
      ['2026-03-03T10:00:00.0000000Z', ''],
      ['2026-03-02T13:00:00.1230000Z', '{"b":2}'],
    ]);
    const sentinel = await read(files, { environment: 'sentinel' });
    expect(sentinel.rows.map((row) => [row['TimeGenerated'], row['Timestamp'], row['MachineGroup']])).toEqual(
      xdr.rows.map((row, i) => [row['Timestamp'], row['Timestamp'], i === 2 ? 'office' : '']),
    );
    expect(new Set(xdr.rows.map((row) => row['_id'])).size).toBe(3);
    expect(xdr.read).toMatchObject({ hosts: 3 });
    expect(formatDatetime(xdr.read.start)).toBe('2026-03-02T10:00:00.1234567Z');
    expect(xdr.merged.events).toEqual({ malicious: 0, benign: 3 });
  });

  it('keeps the good rows, and tells of each file what became of it', async () => {
    const path = bench.file(
      'net.csv',
      HUNTING.replace('Timestamp,', 'Unheard,Timestamp,').replaceAll('\n2026', '\nx,2026'),
    );
    const { read: found } = await read([`devicenetworkevents=${path}`]);
    const [file] = found.files;
    expect(file).toMatchObject({ file: path, table: 'DeviceNetworkEvents', rows: 2, rejectedCount: 1 });
    expect(file?.rejected).toMatchObject([{ line: 3, column: 'RemotePort', reason: "'https' is not of type int." }]);
    expect(file?.leftOut).toEqual(['Unheard']);
    expect(file?.absent).toContain('InitiatingProcessCommandLine');
    expect(file?.absent).not.toContain('RemoteUrl');
    expect(file?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('counts a row without a time as bad', async () => {
    const path = bench.file('DeviceNetworkEvents-timeless.csv', `${HUNTING}\n,d9,pc-9,a,1,b.exe,,20`);
    const { read: found } = await read([path]);
    expect(found.files[0]).toMatchObject({ rows: 2, rejectedCount: 2 });
    expect(found.files[0]?.rejected[1]).toMatchObject({ line: 5, column: 'Timestamp' });
  });

  it('finds the table by rows that name it, and by columns that only one has', async () => {
    const rows = [{ TimeGenerated: '2026-03-02T10:00:00Z', Type: 'DeviceNetworkEvents', RemoteUrl: 'a' }];
    const named = await read([bench.file('rows.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'))]);
    expect(named.read.files[0]?.table).toBe('DeviceNetworkEvents');
    const column = { Timestamp: '2026-03-02T10:00:00Z', RemoteIPType: 'Public', LocalIPType: 'Private' };
    const told = await read([bench.file('some.json', JSON.stringify([column]))]);
    expect(told.read.files[0]?.table).toBe('DeviceNetworkEvents');
  });

  it('refuses what it would have to guess, and says how to say it', async () => {
    const refused = async (name: string, content: string, prefix = ''): Promise<string> =>
      (await bench.failure(read([prefix + bench.file(name, content)]))).message;
    const time = '2026-03-02T10:00:00Z';
    expect(await refused('few.csv', `Timestamp,DeviceName\n${time},a`)).toContain('--events DeviceEvents=');
    expect(await refused('none.csv', `Timestamp,Nothing\n${time},a`)).toContain('No table has all of its columns');
    const mixed = `Timestamp,Type\n${time},DeviceEvents\n${time},DeviceInfo`;
    expect(await refused('mixed.csv', mixed, 'DeviceEvents=')).toContain('rows name DeviceInfo as their table');
    expect(await refused('x.csv', HUNTING, 'DeviceNetworkEvent=')).toContain("Did you mean 'DeviceNetworkEvents'?");
    expect(await refused('DeviceNetworkEvents-b.csv', HUNTING.replace('RemoteUrl', 'RemoteURL'))).toContain(
      'RemoteUrl',
    );
    expect(await refused('SigninLogs.csv', `TimeGenerated,UserPrincipalName,AppDisplayName\n${time},a,b`)).toContain(
      'a table of Sentinel alone',
    );
    expect(await refused('e.csv', HUNTING.split('\n')[0] ?? '', 'DeviceNetworkEvents=')).toContain('There is no event');
    expect(await refused('z.csv', 'DeviceId,RemoteUrl\na,b', 'DeviceNetworkEvents=')).toContain('No column says when');
  });

  it('labels events by the columns that they hold, by host and time, and by file; the others are benign', async () => {
    const labels = bench.file(
      'labels.yaml',
      [
        '- { scenario: red-team, technique: T1102.001, match: { ReportId: 17, DeviceId: d1 } }',
        '- { scenario: stealer, host: PC-2, from: 2026-03-03T00:00:00Z, to: "2026-03-04T00:00:00Z", role: lookup }',
        '- { scenario: drill, file: portal.csv, label: benign, title: A drill }',
        '- { scenario: red-team, match: { RemoteUrl: [pastebin.com, nowhere.example] } }',
        '- { scenario: elsewhere, host: pc-99 }',
      ].join('\n'),
    );
    const files = [bench.file('DeviceNetworkEvents.csv', HUNTING), bench.file('portal.csv', PORTAL)];
    const { read: found, merged, rows } = await read(files, { labels });
    expect(await activities()).toEqual([
      { scenario: 'red-team', label: 'malicious', host: 'pc-1.corp.example', technique: 'T1102.001' },
      { scenario: 'drill', label: 'benign', host: 'pc-3', technique: null },
      { scenario: 'stealer', label: 'malicious', host: 'pc-2.corp.example', technique: null },
    ]);
    expect(rows.map((row) => [row['_scenario'], row['_role']])).toEqual([
      ['red-team', null],
      ['stealer', 'lookup'],
      ['drill', null],
    ]);
    expect(merged.scenarios.find(({ id }) => id === 'drill')?.title).toBe('A drill');
    expect(merged.events).toEqual({ malicious: 2, benign: 1 });
    // The first label that fits decides, so that the fourth decides nothing.
    expect(found.labels).toMatchObject({ entries: 5, unmatched: [4, 5] });
  });

  it('reads labels of CSV, with an activity of its own for each id', async () => {
    const labels = bench.file(
      'labels.csv',
      'ReportId,DeviceId,scenario,activity\n17,d1,raid,1\n19,d2,raid,1\n,d3,other,2\n',
    );
    const { rows } = await read([bench.file('DeviceNetworkEvents.csv', HUNTING)], { labels });
    expect(rows.map((row) => row['_scenario'])).toEqual(['raid', 'raid']);
    expect(await activities()).toHaveLength(1);
  });

  it('refuses labels that mean nothing, contradict each other or do not fit their column, at their line', async () => {
    const path = bench.file('DeviceNetworkEvents.csv', HUNTING);
    const refused = async (text: string): Promise<string> =>
      (await bench.failure(read([path], { labels: bench.file('bad.yaml', text) }))).message;
    expect(await refused('- { scenario: a }')).toContain('Say which events are meant');
    expect(await refused('- { scenario: a, hots: b }')).toContain("Did you mean 'host'?");
    expect(await refused('- { scenario: a, host: b }\n- { scenario: a, host: c, label: benign }')).toMatch(
      /bad\.yaml:2:1: The scenario 'a' cannot be benign/,
    );
    expect(await refused('- { scenario: a, match: { ReportId: x } }')).toContain("'x' is not of type long");
  });
});
