import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileError } from '../../harness/files/yaml.js';
import { isKqlType, type TableSchema } from '../../harness/kql/types.js';
import { builtInCatalog, extend, readCatalog } from '../../harness/tables/catalog.js';
import { ENVIRONMENTS } from '../../harness/tables/schema.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-catalog-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function schemaFile(content: unknown): string {
  const path = join(folder, 'tables.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}

function typeOf(schema: TableSchema | undefined, column: string): string | undefined {
  return schema?.find(({ name }) => name === column)?.type;
}

function failure(run: () => unknown): FileError {
  try {
    run();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
  throw new Error('Expected a FileError.');
}

describe('builtInCatalog', () => {
  it.each(ENVIRONMENTS)('declares every column of %s once, with a type of KQL', (environment) => {
    const { tables } = builtInCatalog(environment);
    expect(tables.size).toBeGreaterThan(60);
    for (const [table, schema] of tables) {
      const names = schema.map(({ name }) => name);
      expect(new Set(names).size, table).toBe(names.length);
      for (const { name, type } of schema) {
        expect(name, table).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
        expect(isKqlType(type), `${table}.${name}`).toBe(true);
      }
    }
  });

  it('names and types the columns of one table as each environment does', () => {
    const defender = builtInCatalog('defender-xdr');
    const sentinel = builtInCatalog('sentinel');
    const ofDefender = defender.tables.get('DeviceNetworkEvents');
    const ofSentinel = sentinel.tables.get('DeviceNetworkEvents');
    expect([defender.timeColumn, sentinel.timeColumn]).toEqual(['Timestamp', 'TimeGenerated']);
    expect([typeOf(ofDefender, 'Timestamp'), typeOf(ofDefender, 'TimeGenerated')]).toEqual(['datetime', undefined]);
    expect([typeOf(ofSentinel, 'Timestamp'), typeOf(ofSentinel, 'TimeGenerated')]).toEqual(['datetime', 'datetime']);
    expect([typeOf(ofDefender, 'AdditionalFields'), typeOf(ofSentinel, 'AdditionalFields')]).toEqual([
      'string',
      'dynamic',
    ]);
    expect(typeOf(ofDefender, 'AccountName')).toBeUndefined();
    expect(typeOf(ofDefender, 'InitiatingProcessAccountName')).toBe('string');
  });

  it('has the event time in every event table of Defender, first', () => {
    for (const table of [
      'DeviceEvents',
      'DeviceProcessEvents',
      'EmailEvents',
      'IdentityLogonEvents',
      'AlertEvidence',
    ]) {
      expect(builtInCatalog('defender-xdr').tables.get(table)?.[0]).toEqual({ name: 'Timestamp', type: 'datetime' });
    }
  });

  it('has the tables that Sentinel rules read', () => {
    const { tables } = builtInCatalog('sentinel');
    for (const table of ['SecurityEvent', 'SigninLogs', 'AuditLogs', 'OfficeActivity', 'CommonSecurityLog', 'Syslog']) {
      expect(typeOf(tables.get(table), 'TimeGenerated'), table).toBe('datetime');
    }
    expect(typeOf(tables.get('Heartbeat'), 'ComputerPrivateIPs')).toBe('dynamic');
    expect(typeOf(tables.get('SecurityEvent'), 'EventID')).toBe('int');
  });

  it('keeps two names apart that differ in case alone', () => {
    const names = builtInCatalog('defender-xdr')
      .tables.get('DeviceProcessEvents')
      ?.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['LogonId', 'LogonID']));
  });

  it('describes the functions that the product provides', () => {
    const profile = builtInCatalog('defender-xdr').functions.get('FileProfile');
    expect(profile).toMatchObject({ input: true, parameters: [{ name: 'x', column: true }, { type: 'long' }] });
    expect(typeOf(profile?.adds, 'GlobalPrevalence')).toBe('long');
    const { functions } = builtInCatalog('sentinel');
    expect(functions.get('_GetWatchlist')).toMatchObject({ open: true, parameters: [{ name: 'watchlistAlias' }, {}] });
    expect(typeOf(functions.get('_Im_NetworkSession')?.columns, 'DstPortNumber')).toBe('int');
    expect(functions.get('_Im_Dns')?.parameters.every(({ optional }) => optional)).toBe(true);
    expect(functions.has('FileProfile')).toBe(false);
  });
});

describe('readCatalog', () => {
  it('takes the tables of the environment, their columns in order, and the functions', () => {
    const path = schemaFile({
      'defender-xdr': { Clock: { Timestamp: 'datetime' } },
      sentinel: { Door: { TimeGenerated: 'datetime', Open: 'bool', Badge: 'string' } },
      functions: {
        Nearby: {
          parameters: [{ name: 'door', type: 'string', column: true }],
          input: 'a table',
          adds: { Distance: 'real' },
        },
      },
    });
    const catalog = readCatalog(path, 'sentinel');
    expect([...catalog.tables.keys()]).toEqual(['Door']);
    expect(catalog.tables.get('Door')).toEqual([
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Open', type: 'bool' },
      { name: 'Badge', type: 'string' },
    ]);
    expect(catalog.functions.get('Nearby')).toEqual({
      name: 'Nearby',
      input: true,
      parameters: [{ name: 'door', type: 'string', column: true }],
      adds: [{ name: 'Distance', type: 'real' }],
    });
  });

  it('puts a mistake at its line with the nearest valid name', () => {
    const path = schemaFile({ sentinel: { Door: { TimeGenerated: 'datetime', Open: 'strng' } } });
    const [problem] = failure(() => readCatalog(path, 'sentinel')).problems;
    expect(problem).toMatchObject({ file: path, line: 5 });
    expect(problem?.message).toContain('sentinel.Door.Open');
    expect(problem?.suggestion).toBe("Did you mean 'string'?");
  });

  it('refuses an unknown environment', () => {
    const path = schemaFile({ sentinal: {} });
    const [problem] = failure(() => readCatalog(path, 'sentinel')).problems;
    expect(problem?.suggestion).toBe("Did you mean 'sentinel'?");
  });

  it('says so when the environment is not in the file', () => {
    const path = schemaFile({ sentinel: {} });
    expect(failure(() => readCatalog(path, 'defender-xdr')).message).toContain("no tables for 'defender-xdr'");
  });

  it('puts broken JSON at its line', () => {
    const path = schemaFile('{\n  "sentinel": {\n    "Door": oops\n}}');
    expect(failure(() => readCatalog(path, 'sentinel')).problems[0]).toMatchObject({ file: path, line: 3 });
  });

  it('names a file that is not there', () => {
    expect(failure(() => readCatalog(join(folder, 'nowhere.json'), 'sentinel')).message).toContain('nowhere.json');
  });
});

describe('extend', () => {
  it('adds tables and replaces those of the same name, and leaves the catalog as it was', () => {
    const base = builtInCatalog('defender-xdr');
    const mine: TableSchema = [{ name: 'Only', type: 'long' }];
    const more = extend(base, {
      tables: [
        ['Mine', mine],
        ['DeviceEvents', mine],
      ],
    });
    expect(more.tables.get('Mine')).toBe(mine);
    expect(more.tables.get('DeviceEvents')).toBe(mine);
    expect(base.tables.has('Mine')).toBe(false);
    expect(base.tables.get('DeviceEvents')).not.toBe(mine);
  });
});
