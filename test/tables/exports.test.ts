import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { type MergedTelemetry, type ReadTelemetry, readTelemetry } from '../../harness/tables/telemetry/index.js';
import { Bench } from './loading.js';

const bench = new Bench();
const at = (second: number): string => `2026-03-02T10:00:0${second}.1234567Z`;
const net = (n: number, more = {}): object => ({
  Timestamp: at(n),
  DeviceId: `d${n}`,
  RemoteUrl: 'pastebin.com',
  RemotePort: 443,
  AdditionalFields: { n },
  ...more,
});
const proc = (n: number): object => ({ Timestamp: at(n), DeviceId: `d${n}`, FileName: 'a.exe', ProcessId: n });
const streamed = (table: string, properties: object): object => ({
  time: at(9),
  tenantId: 't',
  category: `AdvancedHunting-${table}`,
  properties,
});

async function read(
  files: readonly string[],
  labels?: string,
): Promise<{ readonly read: ReadTelemetry; readonly merged: MergedTelemetry }> {
  for (const table of ['DeviceNetworkEvents', 'DeviceProcessEvents', '_activities']) {
    await bench.connection.run(`DROP TABLE IF EXISTS "${table}"`);
  }
  const found = await readTelemetry(bench.connection, { files, labels }, builtInCatalog('defender-xdr'));
  return { read: found, merged: await found.merge() };
}

/** Of each table of a file its good rows, and the lines of the bad ones. */
async function rowsAndBad(name: string, content: string | Uint8Array): Promise<unknown[]> {
  const { read: found } = await read([bench.file(name, content)]);
  return found.files.map(({ table, rows, rejected }) => [table, rows, rejected.map(({ line }) => line)]);
}

const ndjson = (records: readonly (object | string)[]): string =>
  records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n');

describe('exports of several tables', () => {
  const stream = [
    streamed('DeviceNetworkEvents', net(1)),
    '{ broken',
    streamed('DeviceProcessEvents', proc(2)),
    streamed('DeviceNetworkEvents', net(3, { RemotePort: 'https' })),
    streamed('DeviceNetworkEvents', net(4)),
    { category: 'SignInLogs', properties: {} },
    streamed('SigninLogs', { TimeGenerated: at(5) }),
  ];
  const good = stream.filter((record) => typeof record === 'object');

  it('takes apart what Defender streams: line by line, and in messages of an event hub', async () => {
    expect(await rowsAndBad('stream.ndjson', ndjson(stream))).toEqual([
      ['DeviceNetworkEvents', 2, [2, 4, 6]],
      ['DeviceProcessEvents', 1, []],
    ]);
    const packed = await read([bench.file('stream.jsonl.gz', gzipSync(ndjson(good)))]);
    expect(packed.read.files[0]?.elsewhere).toEqual([{ table: 'SigninLogs', rows: 1 }]);
    const [first] = await bench.rows('DeviceNetworkEvents');
    expect(first).toMatchObject({ DeviceId: 'd1', RemotePort: 443, AdditionalFields: '{"n":1}' });

    const lines = ndjson([{ records: good.slice(0, 2) }, '{ broken', { records: good.slice(2) }]);
    expect(await rowsAndBad('hub.ndjson', lines)).toEqual([
      ['DeviceNetworkEvents', 2, [2, 3, 3]],
      ['DeviceProcessEvents', 1, []],
    ]);
    const document = JSON.stringify({ records: good }, null, 1);
    const port = document.slice(0, document.indexOf('https')).split('\n').length;
    const [network] = await rowsAndBad('hub.json', document);
    const [, , [line]] = network as [string, number, number[]];
    // The record begins eight lines before its port.
    expect(line).toBe(port - 8);
  });

  it('reads the tables of one answer, and of an object of tables', async () => {
    const table = (name: string, rows: readonly object[]): object => ({
      name,
      columns: Object.keys(rows[0] ?? {}).map((column) => ({ name: column, type: 'string' })),
      rows: rows.map(Object.values),
    });
    const bad = net(2, { RemotePort: 'x' });
    const answer = { tables: [table('DeviceNetworkEvents', [net(1), bad]), table('DeviceProcessEvents', [proc(3)])] };
    const text = JSON.stringify(answer, null, 1);
    expect(await rowsAndBad('answer.json', text)).toEqual([
      ['DeviceNetworkEvents', 1, [text.slice(0, text.indexOf('"d2"')).split('\n').length - 2]],
      ['DeviceProcessEvents', 1, []],
    ]);
    const typed = {
      tables: [
        table('PrimaryResult', [{ ...proc(1), Type: 'DeviceProcessEvents' }]),
        table('Table_1', [{ ...net(2), Type: 'DeviceNetworkEvents' }]),
      ],
    };
    expect(await rowsAndBad('typed.json', JSON.stringify(typed))).toHaveLength(2);
    const object = JSON.stringify({ DeviceNetworkEvents: [net(1), net(2)], DeviceProcessEvents: [proc(3)] }, null, 2);
    expect(await rowsAndBad('object.json', object)).toEqual([
      ['DeviceNetworkEvents', 2, []],
      ['DeviceProcessEvents', 1, []],
    ]);
  });

  it('parts the rows of a union by the column that names their table', async () => {
    const csv = [
      '\uFEFF$table,Timestamp [UTC],DeviceId,RemoteUrl,RemotePort,FileName,ProcessId,TimeGenerated [UTC],Unheard',
      'DeviceNetworkEvents,"3/2/2026, 1:00:00.123 PM",d1,a.b,443,,,,',
      'DeviceProcessEvents,"3/2/2026, 1:00:01.123 PM",d1,,,a.exe,12,,x',
      ',"3/2/2026, 1:00:02 PM",d1,,,,,,',
      'Nonsense,"3/2/2026, 1:00:03 PM",d1,,,,,,',
      'DeviceNetworkEvents,"3/2/2026, 1:00:04 PM",d1,a.b,eighty,,,,',
      'SigninLogs,,,,,,,"3/2/2026, 1:00:05 PM",',
    ].join('\r\n');
    const { read: found } = await read([bench.file('union.csv', csv)]);
    expect(found.files).toMatchObject([
      {
        table: 'DeviceNetworkEvents',
        rows: 1,
        rejectedCount: 3,
        rejected: [
          { line: 4, reason: 'The row names no table.' },
          { line: 5, reason: "There is no table 'Nonsense'." },
          { line: 6, column: 'RemotePort' },
        ],
        elsewhere: [{ table: 'SigninLogs', rows: 1 }],
        leftOut: [],
      },
      { table: 'DeviceProcessEvents', rows: 1, leftOut: ['Unheard'] },
    ]);
  });

  it('reads JSON of one line of any length, and files without an event', async () => {
    const long = JSON.stringify([net(1, { RemoteUrl: 'x'.repeat(5_000_000) }), net(2)]);
    const empty = bench.file('DeviceProcessEvents-empty.json', '[]');
    const { read: found } = await read([bench.file('DeviceNetworkEvents-long.json', long), empty]);
    expect(found.files.map(({ rows }) => rows)).toEqual([2, 0]);
  });

  it('refuses what a spreadsheet made of a file', async () => {
    const failure = async (content: string): Promise<string> =>
      (await bench.failure(read([bench.file('DeviceNetworkEvents.csv', content)]))).message;
    expect(await failure('Timestamp;DeviceId\n1;2')).toContain("parted by ';'");
    expect(await failure('sep=,\nTimestamp,DeviceId\n1,2')).toContain("'sep=,'");
  });
});

describe('events that say themselves what they are', () => {
  const say = (scenario: string, label: string, activity: number, role = 'lookup'): object => ({
    _activity: activity,
    _scenario: scenario,
    _label: label,
    _role: role,
  });

  /** Files of a folder of their own, as `assay simulate` writes them. */
  function folder(name: string, files: Readonly<Record<string, readonly object[]>>): string {
    for (const [file, records] of Object.entries(files)) {
      mkdirSync(dirname(join(bench.folder, name, file)), { recursive: true });
      bench.file(join(name, file), ndjson(records));
    }
    return join(bench.folder, name);
  }

  it('have their scenario, label, role and activity, and the procedure of the file beside them', async () => {
    const activity = (id: number, scenario: string, technique: string): object => ({
      activity: id,
      scenario,
      label: technique === '' ? 'benign' : 'malicious',
      host: `pc-${id}`,
      start: at(id),
      procedure: '',
      technique,
    });
    const made = folder('made', {
      'DeviceNetworkEvents.ndjson': [net(1, say('stealer', 'malicious', 1)), net(2, say('sync', 'benign', 2))],
      'DeviceProcessEvents.ndjson': [{ ...proc(1), ...say('stealer', 'malicious', 1, 'setup') }],
      '_activities.ndjson': [
        activity(1, 'stealer', 'T1102.001'),
        activity(2, 'sync', ''),
        activity(3, 'stealer', 'T1102.001'),
      ],
    });
    const labels = bench.file('over.yaml', '- { scenario: drive, label: benign, host: d2, match: { DeviceId: d2 } }');
    const { read: found, merged } = await read([made], labels);
    expect(found.activities).toMatchObject([{ entries: 3 }]);
    expect(merged.scenarios.map(({ id, label, activities }) => [id, label, activities])).toEqual([
      ['drive', 'benign', 1],
      // The third activity left no event: it is one that nothing can catch.
      ['stealer', 'malicious', 2],
      ['sync', 'benign', 1],
    ]);
    const rows = [...(await bench.rows('DeviceNetworkEvents')), ...(await bench.rows('DeviceProcessEvents'))];
    expect(rows.map((row) => [row['_scenario'], row['_role']])).toEqual([
      ['stealer', 'lookup'],
      ['drive', 'lookup'],
      ['stealer', 'setup'],
    ]);
    expect(rows[0]?.['_activity']).toBe(rows[2]?.['_activity']);
  });

  it('are refused when what they say cannot be', async () => {
    const refused = async (name: string, events: readonly object[]): Promise<string> =>
      (await bench.failure(read([folder(name, { 'DeviceNetworkEvents.ndjson': events })]))).message;
    expect(await refused('tp', [net(1, say('a', 'TP', 1))])).toContain("'_label' holds 'TP'");
    const both = [net(1, say('a', 'malicious', 1)), net(2, say('a', 'benign', 2))];
    expect(await refused('both', both)).toContain("the scenario 'a' are malicious and benign");
  });
});
