import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../harness/cli/exit.js';
import { simulateCommand } from '../../harness/cli/simulate.js';
import { FileError } from '../../harness/files/yaml.js';

const SLOW = 240_000;

/** What the command prints. */
async function assay(...args: string[]): Promise<string> {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  await simulateCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .parseAsync(args, { from: 'user' });
  return printed;
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'assay-'));
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('assay simulate', () => {
  it(
    'writes labelled events, one file a table, with times of seven digits',
    async () => {
      const out = folder();
      const answer = JSON.parse(await assay('--hosts', '12', '--runs', '1', '--out', out, '--json')) as Record<
        string,
        unknown
      >;
      expect(answer).toMatchObject({ version: 1, hosts: 12, days: 1, seed: 1, start: '2026-03-02T00:00:00.0000000Z' });
      expect(readdirSync(out).sort()).toEqual([
        'DeviceFileEvents.ndjson',
        'DeviceImageLoadEvents.ndjson',
        'DeviceNetworkEvents.ndjson',
        'DeviceProcessEvents.ndjson',
        'DeviceRegistryEvents.ndjson',
        '_activities.ndjson',
      ]);
      const [first = ''] = readFileSync(join(out, 'DeviceNetworkEvents.ndjson'), 'utf8').split('\n', 1);
      const event = JSON.parse(first) as Record<string, unknown>;
      expect(event['Timestamp']).toMatch(/^2026-03-02T00:\d\d:\d\d\.\d{7}Z$/);
      expect(Object.keys(event).slice(-4)).toEqual(['_activity', '_scenario', '_label', '_role']);
    },
    SLOW,
  );

  it(
    'gives the same bytes for the same seed, with more rows than one thread takes at a time',
    async () => {
      const [one, two] = [folder(), folder()];
      for (const out of [one, two]) await assay('--hosts', '800', '--format', 'parquet', '--out', out);
      for (const file of readdirSync(one)) {
        expect(readFileSync(join(two, file)).equals(readFileSync(join(one, file))), file).toBe(true);
      }
    },
    SLOW,
  );

  it(
    'keeps every digit in Parquet',
    async () => {
      const one = folder();
      const args = ['--hosts', '12', '--runs', '1', '--workload', 'small-office', '--days', '1', '--out', one];
      await assay(...args, '--format', 'parquet');
      await assay(...args, '--format', 'csv');
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      const reader = await connection.runAndReadAll(`SELECT count(*) AS n FROM '${one}/DeviceNetworkEvents.parquet' p
      POSITIONAL JOIN read_csv('${one}/DeviceNetworkEvents.csv', all_varchar = true) c
      WHERE strftime(p.Timestamp, '%Y-%m-%dT%H:%M:%S.%n')[:27] || 'Z' <> c.Timestamp`);
      expect(Number(reader.getRows()[0]?.[0])).toBe(0);
    },
    SLOW,
  );

  it(
    'describes what it would make',
    async () => {
      const text = await assay('--hosts', '12', '--runs', '1', '--describe');
      expect(text).toMatch(
        /^enterprise: 12 hosts, 1 day from 2026-03-02, mid rates, seed 1; [\d,]+ activities of \d+ scenarios\./,
      );
      expect(text).toMatch(/ {2}09h (\(attacks begun: \d+\))? +[\d,]+ █+/);
      expect(text).toMatch(/! vidar \(1 on 1\) +\d+/);
      // Counted, not estimated.
      expect(text).toMatch(/DeviceId +12 +0\.0%/);
      expect(text).toMatch(/RemoteUrl +[\d,]+ +\d+\.\d%/);
      expect(text).toMatch(
        /Procedures played: 81\n[\s\S]*S0518 +T1102\.001 +s0518-polyglotduke +lolbin +letters of foreign alphabets[\s\S]*out of reach: Rocke \(Linux\)/,
      );
    },
    SLOW,
  );

  it(
    'validates scenarios',
    async () => {
      expect(await assay('--check')).toMatch(/^\d+ scenarios are well formed: 81 malicious, \d+ benign\.$/m);
      const file = join(folder(), 'mine.yaml');
      writeFileSync(file, 'id: mine\nlabel: benin\n');
      await expect(assay('--check', file)).rejects.toThrow(FileError);
      await expect(assay('--check', file)).rejects.toThrow(/mine\.yaml:2:8: .*'benin'/);
    },
    SLOW,
  );

  it('says what is missing or wrong', async () => {
    await expect(assay()).rejects.toThrow(UsageError);
    await expect(assay('--hosts', 'many', '--describe')).rejects.toThrow(/whole number of at least 1/);
    await expect(assay('--start', '2026-13-40', '--describe')).rejects.toThrow(/a date as/);
    await expect(assay('--workload', 'enterprize', '--describe')).rejects.toThrow(/Did you mean 'enterprise'\?/);
    await expect(assay('--format', 'xml', '--describe')).rejects.toThrow(/Allowed choices are ndjson, csv, parquet/);
  });
});
