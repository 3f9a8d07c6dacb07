import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Anonymized, anonymize } from '../../harness/anonymize/anonymize.js';
import { EXIT } from '../../harness/cli/exit.js';
import { Engine } from '../../harness/engine/index.js';
import { assay } from '../cli/run.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-identities-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

type Row = Readonly<Record<string, unknown>>;

/** Anonymises rows, and gives them back in their order, with all that was done. */
async function written(
  rows: readonly Row[],
  ownDomains: readonly string[] = [],
): Promise<{ rows: Record<string, string>[]; done: Anonymized; all: string }> {
  const from = mkdtempSync(join(folder, 'in-'));
  writeFileSync(join(from, 'events.ndjson'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const done = await anonymize([join(from, 'events.ndjson')], { out: join(from, 'out'), ownDomains, ownNetworks: [] });
  const all = readFileSync(join(from, 'out', 'events.ndjson'), 'utf8');
  return {
    rows: all
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>),
    done,
    all,
  };
}

describe('hosts', () => {
  it('are one wherever commands, shares and look-ups name them, with domain or without', async () => {
    const commands = [
      String.raw`copy x \\FILES01\share\a.txt`,
      String.raw`dir \\files01`,
      String.raw`type \\?\UNC\files01\c$\x`,
      'wmic /node:FILES01 os get caption',
      'wmic /node:"files01","files01" os get caption',
      'Get-Service -ComputerName files01,FILES01.corp.contoso.com',
      'gsv -cn FILES01',
      'schtasks /query /s files01',
      'quser /server:files01',
      'mstsc /v:files01.corp.contoso.com:3389',
      'explorer file://files01/share',
      'psexec \\\\files01 cmd',
      'ping files01',
      'ssh root@files01',
      'net view \\\\FILES01 /all',
    ];
    const { rows, all } = await written([
      ...commands.map((ProcessCommandLine) => ({ ProcessCommandLine })),
      { DeviceName: 'pc-1.corp.contoso.com', RemoteUrl: 'http://files01:8080/x' },
      { AccountName: 'FILES01$', AdditionalFields: JSON.stringify({ computer: 'Files01' }) },
    ]);
    expect(all).not.toMatch(/files01|contoso/i);
    const [stand] = /host-\w{10}/.exec(rows.at(-1)?.['AccountName'] ?? '') ?? [];
    for (const row of rows) expect(JSON.stringify(row)).toContain(stand);
    expect(all.match(/host-\w{10}/g)?.filter((host) => host !== stand)).toHaveLength(1);
    // What everybody can reach stays.
    const shared = await written([
      { ProcessCommandLine: String.raw`\\live.sysinternals.com\tools\psexec.exe -cn localhost` },
    ]);
    expect(shared.all).toContain('live.sysinternals.com');
    expect(shared.all).toContain('-cn localhost');
  });

  it('keep everyday words that commands use as hosts, elsewhere', async () => {
    const { rows } = await written([
      { ProcessCommandLine: String.raw`copy x \\server\share` },
      { ProcessCommandLine: 'node server.js --mode server' },
    ]);
    expect(rows[0]?.['ProcessCommandLine']).toMatch(/^copy x \\\\host-\w{10}\\share$/);
    expect(rows[1]?.['ProcessCommandLine']).toBe('node server.js --mode server');
  });

  it('are looked up under addresses that stand in for theirs', async () => {
    const { rows } = await written([
      {
        LocalIP: '192.168.1.7',
        Query: '7.1.168.192.in-addr.arpa',
        Zone: '1.168.192.in-addr.arpa',
        Public: '8.8.8.8.in-addr.arpa',
      },
      { LocalIP: 'fd00::1', Query: `1.${'0.'.repeat(29)}d.f.ip6.arpa` },
    ]);
    const [row, six] = rows;
    const stand = row?.['LocalIP']?.split('.') ?? [];
    expect(stand.slice(0, 2)).toEqual(['192', '168']);
    expect(row?.['Query']).toBe(`${[...stand].reverse().join('.')}.in-addr.arpa`);
    expect(row?.['Zone']).toBe(`${stand.slice(0, 3).reverse().join('.')}.in-addr.arpa`);
    expect(row?.['Public']).toBe('8.8.8.8.in-addr.arpa');
    expect(six?.['Query']).not.toBe(`1.${'0.'.repeat(29)}d.f.ip6.arpa`);
    expect(six?.['Query']).toMatch(/^(?:[0-9a-f]\.){32}ip6\.arpa$/);
  });
});

describe('people', () => {
  const PERSON = {
    AccountName: 'jmarlowe',
    AccountUpn: 'jane.marlowe@contoso.com',
    AccountDisplayName: 'Jane Marlowe',
  };
  const MENTIONS: readonly Row[] = [
    { ProcessCommandLine: String.raw`runas /user:CONTOSO\JMarlowe cmd` },
    { ProcessCommandLine: 'send "Marlowe, Jane" Jane.Marlowe@contoso.com' },
    { FolderPath: String.raw`C:\Users\jmarlowe\x.exe` },
    { FolderPath: '/home/jmarlowe/x' },
    { FileName: 'Q3 review - Jane Marlowe.xlsx' },
    { FileName: 'Q3_review_marlowe_jane.xlsx' },
    { FileName: 'JaneMarlowe.pdf' },
    { AdditionalFields: JSON.stringify({ user: 'JMARLOWE', deep: JSON.stringify({ who: 'jane.marlowe' }) }) },
    { SenderFromAddress: 'jane.marlowe@contoso.com' },
    { AccountDomain: 'CONTOSO', AccountName: 'JMARLOWE' },
  ];

  function expectOne(rows: readonly Record<string, string>[], all: string): void {
    expect(all).not.toMatch(/marlowe|jane/i);
    const stand = rows[0]?.['AccountName'] ?? '';
    expect(stand).toMatch(/^user-\w{10}$/);
    for (const row of rows) expect(JSON.stringify(row)).toContain(stand);
    expect(new Set(all.match(/user-\w{10}/g))).toEqual(new Set([stand]));
  }

  it('are one by account, address, name and folder, in any case and column', async () => {
    const { rows, all } = await written([PERSON, ...MENTIONS]);
    expectOne(rows, all);
  });

  it('are one in Parquet and CSV as well, which know nothing of records or of text', async () => {
    const path = join(folder, 'people.parquet');
    const engine = await Engine.open();
    try {
      await engine.query(
        `COPY (SELECT 'jmarlowe' AS AccountName, 'jane.marlowe@contoso.com' AS AccountUpn, 'Jane Marlowe' AS AccountDisplayName, 'by Marlowe, Jane' AS Note) TO '${path}' (FORMAT parquet)`,
      );
      const csv = join(folder, 'more.csv');
      writeFileSync(
        csv,
        'AccountUpn,RegistryValueName,RegistryValueData\njane.marlowe@contoso.com,DefaultPassword,sonne\n',
      );
      const out = join(folder, 'people-out');
      await anonymize([path, csv], { out, ownDomains: [], ownNetworks: [] });
      const names = readdirSync(out);
      const parquet = names.find((name) => name.endsWith('.parquet')) ?? '';
      const [row = []] = await engine.query(`SELECT * FROM read_parquet('${join(out, parquet)}')`);
      const text = readFileSync(join(out, names.find((name) => name.endsWith('.csv')) ?? ''), 'utf8');
      const stand = String(row[0]);
      expect(row.slice(1).map(String)).toEqual([expect.stringContaining(`${stand}@`), stand, `by ${stand}`]);
      expect(text).toContain(`${stand}@`);
      expect(text).toMatch(/,DefaultPassword,secret-\w{10}\n/);
    } finally {
      engine.close();
    }
  });

  it('are two where two are called the same', async () => {
    const { rows } = await written([
      { AccountName: 'jsmith1', AccountDisplayName: 'John Smith' },
      { AccountName: 'jsmith2', AccountDisplayName: 'John Smith' },
    ]);
    expect(rows[0]?.['AccountName']).not.toBe(rows[1]?.['AccountName']);
    expect([rows[0]?.['AccountName'], rows[1]?.['AccountName']]).not.toContain(rows[0]?.['AccountDisplayName']);
  });
});

describe('what people see of a run', () => {
  it('says of what was replaced how much, by kind, and never what', async () => {
    const path = join(folder, 'told.csv');
    const secret = `Kranich!${81}`;
    const key = `AKIA${'ABCD2345'.repeat(2)}`;
    writeFileSync(
      path,
      `DeviceName,ProcessCommandLine\npc-9,"set DB_PASSWORD=${secret}"\npc-9,"aws ${key}"\npc-8,"aws ${key}"\n`,
    );
    const text = await assay('anonymize', path, '--out', join(folder, 'told-1'));
    expect(text.stdout).toContain('  secret: AWS access key: 1 value, 2 cells\n');
    expect(text.stdout).toContain('  secret: named value: 1 value, 1 cell\n');
    expect(text.stdout).toContain('  host: 2 values, 3 cells\n');
    const json = await assay('anonymize', path, '--out', join(folder, 'told-2'), '--json');
    const { replaced } = JSON.parse(json.stdout) as { replaced: Record<string, unknown> };
    expect(replaced['secret: AWS access key']).toEqual({ values: 1, cells: 2 });
    expect(text.stdout + text.stderr + json.stdout + json.stderr).not.toMatch(/Kranich|AKIA|pc-[89]/);
  });

  it('is no value, where a file is broken', async () => {
    const secret = 'Kranich81';
    const broken = {
      'a.csv': `A,B\n"x"${secret},y\n`,
      'b.csv': `A,B\n${secret}"x,y\n`,
      'c.csv': `A,B\n"${secret},y\n`,
      'd.json': `[{"password":"${secret}\u0001"}]`,
      'e.json': `[{"password":"${secret}`,
      'f.ndjson': `{"password":"${secret}\n`,
      'g.parquet': secret,
    };
    for (const [name, text] of Object.entries(broken)) {
      const path = join(folder, name);
      writeFileSync(path, text);
      const { stdout, stderr, code } = await assay('anonymize', path, '--out', join(folder, `${name}-out`));
      expect(stdout + stderr).not.toContain(secret);
      expect(stdout + stderr).toContain(path);
      expect(code).toBe(name.endsWith('ndjson') ? EXIT.ok : EXIT.usage);
    }
  });

  it('is the name of a table, not of whoever exported it', async () => {
    const from = join(folder, 'names');
    mkdirSync(from);
    const names = [
      'acme-corp-DESKTOP-ANNA.csv',
      'DeviceProcessEvents-2026-03-01.csv',
      'AcmeVpn_CL.csv',
      'query_data (1).csv',
    ];
    for (const name of names) writeFileSync(join(from, name), 'A\nx\n');
    const out = join(from, 'out');
    await anonymize(
      names.map((name) => join(from, name)),
      { out, ownDomains: [], ownNetworks: [] },
    );
    const after = readdirSync(out);
    expect(after.join('\n')).not.toMatch(/acme-|anna|desktop/i);
    expect(after).toEqual(
      expect.arrayContaining(['DeviceProcessEvents-2026-03-01.csv', 'AcmeVpn_CL.csv', 'query_data (1).csv']),
    );
  });

  it('is an error where there are more names than can be kept apart', async () => {
    vi.stubEnv('ASSAY_LIMITS', 'names=3');
    const rows = ['anna1', 'ben22', 'carla3', 'dora4'].map((AccountName) => ({ AccountName }));
    await expect(written(rows)).rejects.toThrow(/events\.ndjson: The files hold too many names.*ASSAY_LIMITS=names/s);
    const error: unknown = await written(rows).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toMatch(/anna1|dora4/);
  });

  it('has no value in the header that a CSV file lacks', async () => {
    const path = join(folder, 'bare.csv');
    const secret = `Kranich!${82}`;
    writeFileSync(path, `2026-03-01,"set DB_PASSWORD=${secret}"\n2026-03-02,x\n`);
    await anonymize([path], { out: join(folder, 'bare'), ownDomains: [], ownNetworks: [] });
    expect(
      readdirSync(join(folder, 'bare'))
        .map((name) => readFileSync(join(folder, 'bare', name), 'utf8'))
        .join(),
    ).not.toContain(secret);
  });
});
