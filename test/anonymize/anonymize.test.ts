import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Addresses, parseBlock } from '../../harness/anonymize/addresses.js';
import { type Anonymized, anonymize } from '../../harness/anonymize/anonymize.js';
import { JsonStrings } from '../../harness/anonymize/json-strings.js';
import { Pseudonyms } from '../../harness/anonymize/pseudonyms.js';
import { looksRandom } from '../../harness/anonymize/secrets.js';
import { readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import { compileTraced } from '../../harness/measure/world.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { readTelemetry } from '../../harness/tables/telemetry/index.js';
import { simulate } from '../../simulators/simulate.js';
import { loadWorkload } from '../../simulators/workload.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-anonymize-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let runs = 0;

/** Anonymises files of given contents; gives what was done and all that was written. */
async function written(
  files: Readonly<Record<string, string>>,
  options: { readonly keyFile?: string; readonly ownNetworks?: readonly string[] } = {},
): Promise<{ readonly done: Anonymized; readonly texts: Readonly<Record<string, string>> }> {
  const from = mkdtempSync(join(folder, 'in-'));
  const out = join(folder, `out-${++runs}`);
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(from, name), text);
    return join(from, name);
  });
  const done = await anonymize(paths, {
    out,
    ownDomains: [],
    ownNetworks: (options.ownNetworks ?? []).map(parseBlock),
    keyFile: options.keyFile,
  });
  return {
    done,
    texts: Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')])),
  };
}

const CSV = [
  'Timestamp,DeviceName,AccountDomain,AccountName,AccountSid,ProcessCommandLine,SHA256',
  String.raw`2026-03-02T10:00:00Z,pc-alpha.corp.contoso.com,CONTOSO,jdoe,S-1-5-21-111-222-333-1104,"net use \\filesrv7\x S3cretPw! /user:CONTOSO\jdoe & curl -u jdoe:hunter22 https://10.20.3.4/?token=tok4711",` +
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
].join('\n');

const NDJSON = [
  {
    DeviceName: 'PC-ALPHA',
    RemoteUrl: 'https://contoso.sharepoint.com/a',
    FolderPath: String.raw`C:\Users\jdoe\AppData\Local\Temp\x.exe`,
    InitiatingProcessFileName: 'powershell.exe',
    AdditionalFields: JSON.stringify({ user: String.raw`contoso\JDoe`, from: '10.20.3.99', note: 'S3cretPw!', n: 1 }),
  },
].map((row) => JSON.stringify(row).replace('"n\\":1', '"n\\":12345678901234567890'));

const OWN = [
  'pc-alpha',
  'contoso',
  'jdoe',
  '111-222-333',
  's3cretpw',
  'hunter22',
  'tok4711',
  'filesrv7',
  '10.20.3.4',
  '10.20.3.99',
];

describe('anonymising', () => {
  it('leaves no name, address or secret, and calls the same the same in every column, text and file', async () => {
    const { done, texts } = await written({ 'a.csv': CSV, 'jdoe-export.ndjson': NDJSON.join('\n') });
    const all = Object.entries(texts).join('\n').toLowerCase();
    for (const value of OWN) expect(all).not.toContain(value);
    const [line = ''] = Object.values(texts).filter((text) => text.startsWith('{'));
    const row = JSON.parse(line) as Record<string, string>;
    const cells = texts['a.csv']?.split('\n')[1]?.split(',') ?? [];
    expect(cells[1]?.split('.')[0]).toBe(row['DeviceName']);
    expect(row['FolderPath']).toBe(`C:\\Users\\${cells[3]}\\AppData\\Local\\Temp\\x.exe`);
    expect(row['RemoteUrl']).toBe(`https://${cells[2]}.sharepoint.com/a`);
    expect(row['AdditionalFields']).toContain(`${cells[2]}\\\\${cells[3]}`);
    // What everybody knows, hashes and every digit of a number stay.
    expect(row['InitiatingProcessFileName']).toBe('powershell.exe');
    expect(row['AdditionalFields']).toContain('12345678901234567890');
    expect(cells.at(-1)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(texts['a.csv']).toContain('net use \\\\host-');
    expect(done.key).toBe('forgotten');
    expect([...done.replaced].filter(([kind]) => kind.startsWith('secret: '))).toMatchObject([
      ['secret: argument of a command', { values: 2, cells: 1 }],
      ['secret: named value', { values: 1, cells: 1 }],
      ['secret: seen elsewhere', { values: 1, cells: 1 }],
    ]);
    expect(JSON.stringify([...done.replaced])).not.toMatch(/jdoe|host-|user-/);
  });

  it('finds people where their accounts are spelt as names, own a site, or hold a session', async () => {
    const row = {
      DeviceName: 'pc-alpha',
      InitiatingProcessAccountUpn: 'jane.marlowe@contoso.com',
      FileName: 'Budget Jane Marlowe.xlsx',
      ProcessCommandLine: 'notepad "Review (Marlowe, Jane).docx"',
      FileOriginUrl: 'https://contoso-my.sharepoint.com/personal/j_marlowe_contoso_com/Documents/a.xlsx',
      AdditionalFields: JSON.stringify({ uri: '/personal/j_marlowe_contoso_com/_api?sessionid=abc123def456' }),
    };
    const { texts } = await written({ 'a.ndjson': JSON.stringify(row) });
    const all = String(texts['a.ndjson']);
    expect(all).not.toMatch(/jane|marlowe|contoso|abc123def456/i);
    const back = JSON.parse(all) as Record<string, string>;
    expect(back['FileName']).toMatch(/^Budget user-\w{10}\.xlsx$/);
    expect(back['FileOriginUrl']).toMatch(/\/personal\/user-\w{10}\/Documents\/a\.xlsx$/);
  });

  it('gives other names in every run, and the same ones under a key that is kept', async () => {
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, Buffer.alloc(32, 5));
    const [first, second] = [await written({ 'a.csv': CSV }), await written({ 'a.csv': CSV })];
    expect(first.texts['a.csv']).not.toBe(second.texts['a.csv']);
    const [kept, again] = [await written({ 'a.csv': CSV }, { keyFile }), await written({ 'a.csv': CSV }, { keyFile })];
    expect(kept.texts).toEqual(again.texts);
    writeFileSync(keyFile, 'short');
    await expect(written({ 'a.csv': CSV }, { keyFile })).rejects.toThrow('openssl rand');
  });

  it('leaves accounts and texts of every machine, and writes over nothing', async () => {
    const text =
      'AccountName,AccountDomain,AccountSid,ProcessCommandLine\nSYSTEM,NT AUTHORITY,S-1-5-18,ping 8.8.8.8 10.0.19041.1 08:00:00\n';
    const { texts, done } = await written({ 'b.csv': text });
    expect(texts['b.csv']).toBe(text);
    expect(done.replaced.size).toBe(0);
    const path = join(folder, 'b.csv');
    writeFileSync(path, text);
    const options = { out: folder, ownDomains: [], ownNetworks: [] };
    await expect(anonymize([path], options)).rejects.toThrow('written over itself');
  });

  it('replaces secrets wherever command lines hold them', async () => {
    const lines = [
      'sqlcmd -S db -U sa -P "Hidden 1"',
      'mysql -pHidden2 -u root',
      'schtasks /create /ru x /rp Hidden3',
      'x AccountKey=Hidden4Hidden4==;Endpoint=y',
      'x https://u:Hidden5@site.example/ --api-key Hidden6',
      'curl -H "Authorization: Bearer Hidden7Hidden7"',
      'set X=ghp_Hidden8Hidden8Hidden8Hidden8',
      'powershell -enc SGlkZGVuOUhpZGRlbjk5OTk5OTk=',
      'https://a.blob.example/c?sv=1&sig=Hidden0%3D&se=2',
      'net user bob HiddenA1 /add',
    ];
    const { texts } = await written({
      'c.csv': ['ProcessCommandLine', ...lines.map((line) => `"${line.replaceAll('"', '""')}"`)].join('\n'),
    });
    expect(texts['c.csv']).not.toMatch(/Hidden|SGlkZGVu/);
    expect(texts['c.csv']).toContain('sqlcmd -S db -U sa -P ""secret-');
    expect(texts['c.csv']).toContain('&se=2');
  });

  it('moves own public addresses to ranges that nobody has', async () => {
    const csv = 'LocalIP,RemoteIP\n198.41.0.7,1.1.1.1\n';
    const { texts } = await written({ 'd.csv': csv }, { ownNetworks: ['198.41.0.0/24'] });
    expect(texts['d.csv']).toMatch(/^LocalIP,RemoteIP\n198\.1[89]\.\d+\.\d+,1\.1\.1\.1\n$/);
  });

  it('takes the public addresses that machines have for own ones, in every text', async () => {
    const rows = [
      { DeviceName: 'pc-a', LocalIP: '2a02:8070:1:2::15', RemoteIP: '2606:4700::6810:85e5' },
      { DeviceName: 'pc-b', LocalIP: '91.12.13.14', RemoteIP: '104.16.1.2', ProcessCommandLine: 'ping 91.12.13.14' },
      { DeviceName: 'pc-c', LocalIP: '127.0.0.1', RemoteIP: '2a02:8070:1:2::99' },
    ];
    const { texts } = await written({ 'a.ndjson': rows.map((row) => JSON.stringify(row)).join('\n') });
    const [first, second, third] = String(texts['a.ndjson'])
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(first?.['LocalIP']).toMatch(/^2001:db8:/);
    expect(third?.['RemoteIP']).toMatch(/^2001:db8:/);
    expect(second?.['LocalIP']).toMatch(/^198\.1[89]\./);
    expect(second?.['ProcessCommandLine']).toBe(`ping ${second?.['LocalIP']}`);
    expect([first?.['RemoteIP'], second?.['RemoteIP'], third?.['LocalIP']]).toEqual([
      '2606:4700::6810:85e5',
      '104.16.1.2',
      '127.0.0.1',
    ]);
  });

  it('loses broken lines, and says which', async () => {
    const { done, texts } = await written({ 'e.ndjson': '{"a":1}\n{"DeviceName":"pc-9\n' });
    expect(texts['e.ndjson']).toBe('{"a":1}\n');
    expect(done.files[0]).toMatchObject({ records: 1, lostCount: 1, lost: [{ line: 2 }] });
  });
});

describe('stand-ins', () => {
  it('keep internal addresses in their range, apart, and their common prefixes as long', () => {
    const addresses = new Addresses(new Pseudonyms(new Uint8Array(32).fill(3)), []);
    const bits = (text: string): string =>
      text
        .split('.')
        .map((part) => Number(part).toString(2).padStart(8, '0'))
        .join('');
    const common = (a: string, b: string): number => [...a].findIndex((bit, i) => bit !== b[i]);
    const octet = fc.integer({ min: 0, max: 255 });
    const internal = fc.oneof(
      fc.tuple(octet, octet, octet).map((parts) => `10.${parts.join('.')}`),
      fc.tuple(octet, octet).map((parts) => `192.168.${parts.join('.')}`),
      fc.tuple(fc.integer({ min: 16, max: 31 }), octet, octet).map((parts) => `172.${parts.join('.')}`),
    );
    fc.assert(
      fc.property(internal, internal, (a, b) => {
        const [x, y] = [addresses.replacement(a) ?? '', addresses.replacement(b) ?? ''];
        expect(common(bits(x), bits(y))).toBe(common(bits(a), bits(b)));
        expect(addresses.replacement(x)).toBeDefined();
      }),
      { numRuns: 200 },
    );
    expect(addresses.replacement('8.8.8.8')).toBeUndefined();
    expect(addresses.replacement('fe80::1ff:fe23:4567:890a')).toMatch(/^fe[89ab]/);
  });

  it('change nothing of JSON but its strings, however it is cut', () => {
    const cut = fc.tuple(fc.json(), fc.integer({ min: 1, max: 7 }));
    fc.assert(
      fc.property(cut, ([text, size]) => {
        const same = new JsonStrings((_, value) => value);
        const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
        expect(pieces.map((piece) => same.write(piece)).join('') + same.end()).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('tell what is drawn by lot from what people write', () => {
    for (const text of [
      '1AbCdEfGh2JkLmN3pQrStUv4WxYz56789',
      '9f86d081884c7d659a2feaa0c55ad015',
      'AQICAHhs8KzW3n1Yt0'.repeat(2),
    ])
      expect(looksRandom(text)).toBe(true);
    for (const text of [
      'python-3-11-4-embed-amd64',
      'GoogleChromeStandaloneEnterprise64',
      'windowsupdate-2026-03-cumulative',
    ])
      expect(looksRandom(text)).toBe(false);
  });
});

describe('rules over anonymised telemetry', () => {
  it('raise as many alerts, and every host and user of the world is gone', async () => {
    const detection = readDetection('detections/dead-drop-repaired');
    const catalog = builtInCatalog('defender-xdr');
    const source = join(folder, 'world');
    const request = { files: { folder: source, format: 'parquet' as const }, describe: false };
    await simulate(loadWorkload('small-office'), { hosts: 4, days: 1, runs: 1 }, request);
    const path = join(source, 'DeviceNetworkEvents.parquet');
    const out = join(folder, 'fixture');
    await anonymize([path], { out, ownDomains: [], ownNetworks: [] });

    const answers: { alerts: number; names: string[]; texts: string }[] = [];
    for (const file of [path, join(out, 'DeviceNetworkEvents.parquet')]) {
      const engine = await Engine.open();
      try {
        const read = await readTelemetry(engine.connection, { files: [file] }, catalog);
        await read.merge();
        await engine.seal();
        const { rows } = await engine.run(compileTraced(detection.deployed.text, catalog), { now: read.end });
        const named = await engine.query(
          `SELECT DISTINCT unnest([DeviceName, DeviceId, LocalIP, InitiatingProcessAccountName, InitiatingProcessAccountUpn, InitiatingProcessAccountSid]) FROM DeviceNetworkEvents`,
        );
        const texts = await engine.query('SELECT DISTINCT InitiatingProcessCommandLine FROM DeviceNetworkEvents');
        answers.push({
          alerts: rows.length,
          names: named.flat().map(String),
          texts: texts.flat().join('\n').toLowerCase(),
        });
      } finally {
        engine.close();
      }
    }
    const [before, after] = answers;
    expect(before?.alerts).toBeGreaterThan(0);
    expect(after?.alerts).toBe(before?.alerts);
    const left = before?.names.filter((name) => after?.names.includes(name)) ?? [];
    const everybodys = /^$|^(system|local service|network service|s-1-5-(18|19|20)|127\.0\.0\.1)$/i;
    expect(left.filter((name) => !everybodys.test(name))).toEqual([]);
    const users = before?.names.filter((name) => /^[a-z]\.[a-z]+$/.test(name)) ?? [];
    expect(users.length).toBeGreaterThan(0);
    for (const user of users) expect(after?.texts).not.toContain(user);
  });
});
