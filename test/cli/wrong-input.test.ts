import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assay } from './run.js';

const HERE = process.cwd();
const BEGIN = '`assay init` begins a repository of detections, `assay new detection NAME` adds one.';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-wrong-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(HERE);
  rmSync(folder, { recursive: true });
});

describe('an empty folder', () => {
  for (const command of ['test', 'check', 'mutate', 'sensor', 'ci']) {
    it(`is told how to begin by assay ${command}`, async () => {
      const { code, stderr } = await assay(command);
      expect([code, stderr]).toEqual([3, `detections: There is no such file or folder.\n${BEGIN}\n`]);
    });
  }

  for (const command of ['test', 'check', 'tune', 'guide', 'advise', 'explain --event 1', 'evade']) {
    it(`is told how to begin by assay ${command} .`, async () => {
      const [name = '', ...flags] = command.split(' ');
      const { code, stderr } = await assay(name, '.', ...flags);
      expect([code, stderr]).toEqual([
        3,
        expect.stringMatching(/^Nothing to .* in or below this folder\. `assay init`/),
      ]);
      expect(stderr).toContain(BEGIN);
    });
  }
});

describe('a place that cannot be written to', () => {
  beforeEach(() => writeFileSync('file', ''));

  it('is told before the run, without a trace of the code', async () => {
    await assay('init', 'made');
    for (const args of [
      ['init', 'file'],
      ['test', 'made', '--out', 'file'],
      ['ci', '--in', 'made', '--out', 'file'],
      ['schemas', '--out', 'file'],
      ['new', 'detection', 'one', '--into', 'file'],
    ]) {
      const { code, stderr } = await assay(...args);
      expect([code, stderr], args.join(' ')).toEqual([3, expect.stringMatching(/^file.*: .*file; name a folder.*\n$/)]);
    }
    const { code, stderr } = await assay('check', 'made', '--sarif', join('none', 'x.sarif'));
    expect([code, stderr]).toEqual([
      3,
      `${join('none', 'x.sarif')}: There is no folder none; make it, or name another.\n`,
    ]);
  });
});

describe('a query', () => {
  it('that is a folder, empty, or no text is told as that', async () => {
    mkdirSync('rules');
    expect((await assay('query', 'rules')).stderr).toMatch(/^rules: This is a folder; name a file of it/);
    expect((await assay('query', ' ')).stderr).toMatch(/^The query is empty: write one/);
    writeFileSync('rule.kql', Buffer.from('T\n| where a == "\xff"', 'latin1'));
    const { code, stderr } = await assay('query', 'rule.kql');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^rule\.kql:2:15: This is no UTF-8 text/)]);
  });

  it('of a file is faulted at its place in that file', async () => {
    writeFileSync('rule.kql', 'DeviceNetworkEvents\n| where RemoteUrll has "x"');
    const { code, stderr } = await assay('query', 'rule.kql');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^rule\.kql:2:9: error KS142: .* Did you mean 'RemoteUrl'\?\n$/),
    ]);
  });

  it('with what does not run says where all that runs is listed', async () => {
    const { code, stderr } = await assay('query', 'T | evaluate autocluster()', '--data', 'T=[{"a":1}]');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/not supported.*`assay query --support` lists what runs\.\n$/),
    ]);
  });

  it('over times that leave the order of day and month open says what to add, and takes it', async () => {
    const file = join(folder, 'export.csv');
    writeFileSync(file, 'Timestamp,DeviceName\n3/2/2026 10:00:00,pc-1\n');
    const asked = [
      'query',
      'DeviceNetworkEvents | project Timestamp',
      '--data',
      `DeviceNetworkEvents=${file}`,
      '--json',
    ];
    const open = await assay(...asked);
    expect([open.code, open.stderr]).toEqual([3, expect.stringContaining('--dates day-first')]);
    expect((await assay(...asked, '--dates', 'day-first')).stdout).toContain('2026-02-03T10:00:00');
  });

  it('without rows says so, and why where no data was given', async () => {
    const none = await assay('query', 'DeviceNetworkEvents | project RemoteUrl');
    expect(none).toMatchObject({ code: 0, stdout: 'RemoteUrl\n---------\n' });
    expect(none.stderr).toMatch(/^No rows\. All tables are empty without --data NAME=FILE/);
    expect((await assay('query', 'T | where a > 1', '--data', 'T=[{"a":1}]')).stderr).toBe('No rows.\n');
  });

  it('over a file at fault names a few lines and counts the rest', async () => {
    writeFileSync('t.ndjson', `{"a":1}\n${'{\n'.repeat(20)}`);
    const { stdout, stderr } = await assay('query', 'T', '--data', 'T=t.ndjson');
    expect(stdout).toBe('a\n-\n1\n');
    expect(stderr.trim().split('\n')).toHaveLength(7);
    expect(stderr).toContain('and 15 more\nT: 20 rows left out, 1 kept.');
  });
});

describe('a rule that does not run', () => {
  it('is named by its file, whichever command is asked', async () => {
    await assay('init');
    const rule = join('detections', 'script-reads-paste', 'rule.kql');
    writeFileSync(rule, 'DeviceNetworkEvents\n| evaluate autocluster()');
    for (const command of ['mutate', 'tune', 'advise', 'guide', 'sensor', 'evade']) {
      const { code, stderr } = await assay(command, 'detections', ...(command === 'mutate' ? [] : ['--hosts', '5']));
      expect([code, stderr], command).toEqual([
        2,
        expect.stringContaining('detections/script-reads-paste/rule.kql:2:12: error unsupported-plugin: '),
      ]);
    }
    const { stdout } = await assay('test', '--format', 'junit');
    expect(stdout).toContain('detections/script-reads-paste/rule.kql:2:12: unsupported-plugin: ');
    expect(stdout).toContain('`assay query --support` lists what runs.');
  }, 120_000);
});

describe('assay import', () => {
  it('tells where a file is broken, and what to do with what is no rule', async () => {
    writeFileSync('broken.yaml', 'name: x\nquery: |\n  T\n severity: [\n');
    writeFileSync('bare.kql', 'T');
    const custom = { displayName: 'Tool', queryCondition: { queryText: 'T' }, schedule: { period: '1H' } };
    writeFileSync('custom.json', JSON.stringify({ ...custom, detectionAction: { alertTemplate: { title: 'T' } } }));
    const resources = [
      {
        type: 'Microsoft.OperationalInsights/workspaces/savedSearches',
        properties: { displayName: 'Hunt', query: 'T' },
      },
    ];
    writeFileSync('arm.json', JSON.stringify({ resources }));
    const { code, stdout } = await assay('import', 'broken.yaml', 'bare.kql', 'arm.json', 'custom.json');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✘ broken\.yaml:4:2: The YAML is broken: /);
    expect(stdout).toMatch(/✘ bare\.kql: a bare query has no name.*`assay new detection NAME`/);
    expect(stdout).toMatch(/✘ arm\.json \(Hunt\): a saved search/);
    expect(stdout).toMatch(/custom\.json \(Tool\): .*'detectionAction\.alertTemplate\.severity' is missing; expected/);
    expect(stdout).toContain('0 of 4 carried over.');
  });
});

describe('assay allowlist render', () => {
  it('tells which rules it changed as JSON, too', async () => {
    await assay('init');
    const { code, stdout } = await assay('allowlist', 'render', '--json');
    const rule = { detection: 'script-reads-paste', file: 'detections/script-reads-paste/rule.kql', rendered: false };
    expect([code, JSON.parse(stdout)]).toEqual([0, { version: 1, rules: [rule] }]);
  });
});

describe('assay schemas', () => {
  it('writes the one that is named', async () => {
    expect((await assay('schemas', 'detection', '--out', 'made')).stdout).toBe(`${join('made', 'detection.json')}\n`);
  });
});
