import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymize } from '../../harness/anonymize/anonymize.js';
import { holdsSecrets, kindOfColumn } from '../../harness/anonymize/columns.js';
import { JsonStrings } from '../../harness/anonymize/json-strings.js';
import { isSecretName } from '../../harness/anonymize/names.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { LOOKALIKES, PLANTED, type Planted } from './planted.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What becomes of cells, each a record of its own. */
async function written(cells: readonly (readonly [string, string])[]): Promise<string[]> {
  const from = mkdtempSync(join(folder, 'in-'));
  const path = join(from, 'events.ndjson');
  writeFileSync(path, cells.map(([column, text]) => JSON.stringify({ [column]: text })).join('\n'));
  await anonymize([path], { out: join(from, 'out'), ownDomains: [], ownNetworks: [] });
  return readFileSync(join(from, 'out', 'events.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => String(Object.values(JSON.parse(line) as object)[0]));
}

const PART = 6;

/** Whether a part of the secret is left that stands nowhere else in its text. */
function isLeft({ text, secret }: Planted, after: string): boolean {
  const around = text.replaceAll(secret, ' ');
  const parts = Array.from({ length: Math.max(1, secret.length - PART + 1) }, (_, i) => secret.slice(i, i + PART));
  return parts.some((part) => after.includes(part) && !around.includes(part));
}

/** Those that the README says are not found. */
const NOT_FOUND = [
  'a letter alone',
  'here-text',
  'one-time code',
  'answer file, value last',
  'nothing says it',
  'behind a prompt',
  'reversed',
];

describe('secrets', () => {
  it('are found where 365 are planted, but for those that the README names', async () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(200);
    expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length);
    const after = await written(PLANTED.map(({ column, text }) => [column, text] as const));
    const left = PLANTED.filter((planted, i) => isLeft(planted, after[i] ?? '')).map(({ name }) => name);
    expect(left).toEqual(NOT_FOUND);
    expect(left.length / PLANTED.length).toBeLessThan(0.03);
    const readme = readFileSync('harness/anonymize/README.md', 'utf8');
    for (const name of NOT_FOUND) expect(readme).toContain(name);
  });

  it('are not seen in what only looks like one', async () => {
    const after = await written(LOOKALIKES);
    const changed = LOOKALIKES.filter(([, text], i) => after[i] !== text);
    expect(changed).toEqual([]);
  });

  it('are told by the name of what holds them', () => {
    const secret =
      'DB_PASSWORD github_token aws_secret_access_key clientSecret x-api-key AccountKey PGPASSWORD Passwort ConnectionString NPM_TOKEN DB_PASSWORD_PROD secretKeyBase apiKey2';
    const open =
      'PublicKeyToken token_type PasswordAge password_policy keyboard author monkey bypass compass TokenElevation SecretName next_token max_tokens keyword passenger pinned InitiatingProcessSessionId LogonId ElevationType';
    expect(secret.split(' ').filter((name) => !isSecretName(name))).toEqual([]);
    expect(open.split(' ').filter((name) => isSecretName(name))).toEqual([]);
  });

  it('are no column of the tables that the products have', () => {
    const columns = (['defender-xdr', 'sentinel'] as const).flatMap((name) =>
      [...builtInCatalog(name).tables.values()].flatMap((schema) => schema.map((column) => column.name)),
    );
    expect(columns.filter(holdsSecrets).filter((name) => kindOfColumn(name) !== 'public')).toEqual([]);
    expect(kindOfColumn('ClientSecret')).toBe('secret');
  });

  it('are replaced where their text stands again, and where it is one of the values of a list', async () => {
    const word = `Kranich!${77}`;
    const after = await written([
      ['ProcessCommandLine', `net use \\\\files01\\x ${word} /user:adm1`],
      ['Description', `try ${word} again`],
      ['AdditionalFields', JSON.stringify({ Parameters: [{ Name: 'Password', Value: 'sonne' }] })],
    ]);
    expect(after.join('\n')).not.toMatch(/Kranich|sonne/);
    expect(after[1]).toMatch(/^try secret-\w{10} again$/);
  });

  it('do not spread over programs, folders and everyday words', async () => {
    const after = await written([
      ['ProcessCommandLine', 'schtasks /change /tn x /rp cmd.exe'],
      ['ProcessCommandLine', 'tool --password C:\\Windows\\x.txt'],
      ['AdditionalFields', '{"password":"action"}'],
      ['ProcessCommandLine', 'cmd.exe /c dir C:\\Windows\\x.txt --action go'],
    ]);
    expect(after[3]).toBe('cmd.exe /c dir C:\\Windows\\x.txt --action go');
  });
});

describe('long values', () => {
  // What takes time that grows with the square of the length does not end before the test's time does.
  const SIZE = 400_000;
  const PIECES = [
    'a=',
    'password ',
    'password="',
    '"password":"',
    '-p ',
    '\\',
    '\\\\a',
    '"',
    "'",
    '\\"',
    '.',
    'a.',
    'a-',
    'eyJabcdefgh-',
    '://a:',
    'a@b.c',
    '%253D',
    'cookie: a=',
    'net use ',
    'echo x | sudo ',
    '| ',
    ':password>',
    '{"a":',
    '[',
    '1.',
    '1:',
    '-----BEGIN PRIVATE KEY-----',
    'C:\\Users\\a',
    'reg add /v password /d ',
    'x.contoso.com ',
    'aaaaab',
  ];

  it('take time in proportion to their length', { timeout: 240_000 }, async () => {
    const cells = PIECES.map((piece) => ['ProcessCommandLine', piece.repeat(SIZE / piece.length)] as const);
    const after = await written([...cells, ['DeviceName', 'pc-1.contoso.com'], ['Password', 'aaaaaaaa1']]);
    expect(after).toHaveLength(PIECES.length + 2);
  });

  it('are read once from JSON, however many pieces a string comes in', { timeout: 60_000 }, () => {
    const text = JSON.stringify([{ Note: 'x\\"'.repeat(200_000) }]);
    const seen: number[] = [];
    const strings = new JsonStrings((_, value) => {
      seen.push(value.length);
      return value;
    });
    const out = Array.from(text, (char) => strings.write(char)).join('') + strings.end();
    expect(out).toBe(text);
    expect(seen).toEqual([4, 600_000]);
  });
});
