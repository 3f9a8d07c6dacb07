import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GOOD } from '../detections/folder.js';
import { assay } from './run.js';

const HERE = process.cwd();
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'assay-hostile-')));
  const checkout = join(root, 'checkout');
  mkdirSync(join(checkout, '.git'), { recursive: true });
  process.chdir(checkout);
  write('../secret.yaml', 'token: obviously-not-real\n');
  write('../secret.csv', 'Name\nobviously-not-real\n');
});

afterEach(() => {
  delete process.env['ASSAY_LIMITS'];
  process.chdir(HERE);
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A detection whose files are as given, beside those that are good; nothing where a file is left out. */
function detection(changes: Readonly<Record<string, string | undefined>> = {}): void {
  for (const [name, text] of Object.entries({ ...GOOD, ...changes }))
    if (text !== undefined) write(join('detections', 'shell-lookup', name), text);
}

const inDetection = (name: string): string => join('detections', 'shell-lookup', name);

async function refused(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await assay(...args);
  expect([code, stdout.replace(/^0 rules checked; \d+ could not be read\.\n$/, '')]).toEqual([3, '']);
  expect(`${stdout}${stderr}`).not.toMatch(/obviously-not-real|\n {4}at /);
  return stderr;
}

describe('a file of a detection', () => {
  for (const name of ['rule.kql', 'detection.yaml', 'tests.yaml', 'allowlist.yaml', 'guide.md', 'watched.csv']) {
    it(`cannot be a link out of the repository: ${name}`, async () => {
      const sources =
        name === 'watched.csv' ? `${GOOD['tests.yaml']}sources:\n  FileProfile: watched.csv\n` : undefined;
      detection({ [name]: undefined, ...(sources && { 'tests.yaml': sources }) });
      symlinkSync(join(root, name.endsWith('.csv') ? 'secret.csv' : 'secret.yaml'), inDetection(name));
      expect(await refused('check')).toMatch(
        new RegExp(`${name.replace('.', '\\.')}: This is a link that leads out of ${root}/checkout;`),
      );
    });

    it(`cannot be a pipe: ${name}`, async () => {
      const sources =
        name === 'watched.csv' ? `${GOOD['tests.yaml']}sources:\n  FileProfile: watched.csv\n` : undefined;
      detection({ [name]: undefined, ...(sources && { 'tests.yaml': sources }) });
      execFileSync('mkfifo', [inDetection(name)]);
      expect(await refused('check')).toMatch(/This is a pipe, a socket or a device; name a file\./);
    });
  }

  it('cannot be a folder', async () => {
    detection({ 'rule.kql': undefined });
    mkdirSync(inDetection('rule.kql'));
    expect(await refused('check')).toMatch(/rule\.kql: This is a folder; name a file\./);
  });

  it('may be a link within the repository', async () => {
    detection({ 'rule.kql': undefined });
    write('shared/rule.kql', GOOD['rule.kql'] ?? '');
    symlinkSync('../../shared/rule.kql', inDetection('rule.kql'));
    expect(await assay('check')).toMatchObject({ stderr: '', stdout: expect.stringContaining('1 rule checked') });
  });

  it('cannot be lost: a stray link is named', async () => {
    detection();
    symlinkSync('nowhere', inDetection('test.yaml'));
    expect(await refused('check')).toMatch(/test\.yaml: A detection has no such file/);
  });
});

describe('what a detection names', () => {
  const naming = (lines: string): void => detection({ 'detection.yaml': `${GOOD['detection.yaml']}${lines}` });

  it.each([
    [
      'workload: { name: ../../../secret.yaml }\n',
      /detection\.yaml:7:\d+: '\.\.\/\.\.\/\.\.\/secret\.yaml' leads out of/,
    ],
    ['workload: { name: /dev/zero.yaml }\n', /detection\.yaml:7:\d+: '\/dev\/zero\.yaml' is an absolute path/],
    ['workload: { name: ../../../../../../../../../etc/passwd }\n', /There is no workload/],
    ['workload: { name: nowhere.yaml }\n', /nowhere\.yaml: There is no such file or folder/],
    ['workload: { days: 1000000000 }\n', /detection\.yaml:7:19: .*1000000000 is too many\. The limit is 366;/],
    ['workload: { hosts: 1000000000 }\n', /detection\.yaml:7:20: .*is too many\. The limit is 100,000;/],
    ['rule: ../../../secret.yaml\n', /detection\.yaml:7:\d+: '\.\.\/\.\.\/\.\.\/secret\.yaml' leads out of/],
    ['rule: /etc/passwd\n', /detection\.yaml:7:\d+: '\/etc\/passwd' is an absolute path/],
  ])('cannot lie elsewhere, or ask for too much: %j', async (lines, message) => {
    naming(lines);
    expect(await refused('test')).toMatch(message);
  });

  it('is the organisation of its workload, too', async () => {
    naming('workload: { name: w.yaml }\n');
    write(inDetection('w.yaml'), 'id: w\ntitle: W\norganisation: ../../../secret.yaml\n');
    expect(await refused('test')).toMatch(/w\.yaml:3:15: '\.\.\/\.\.\/\.\.\/secret\.yaml' leads out of/);
  });

  it('runs so often over its workload, and not more', async () => {
    naming('schedule: { every: 1s }\nworkload: { hosts: 20 }\n');
    expect(await refused('test')).toMatch(
      /detection\.yaml:7:20: The rule would run 86,400 times over this workload\. The limit is 10,080; set ASSAY_LIMITS/,
    );
  }, 120_000);
});

describe('folders that are named', () => {
  it('are not left by a link that a stranger could have put there', async () => {
    detection();
    mkdirSync(join(root, 'other', '.git'), { recursive: true });
    symlinkSync(join(root, 'other'), 'linked');
    expect(await refused('check', 'linked')).toMatch(/linked: This is a link that leads out of/);
    symlinkSync(join(root, 'secret.yaml'), 'rule.yaml');
    expect(await refused('check', 'rule.yaml')).toMatch(/rule\.yaml: This is a link that leads out of/);
  });

  it('hold names that say nothing of what they are', async () => {
    detection();
    symlinkSync('..', join('detections', 'loop'));
    mkdirSync(join('detections', 'x.kql'));
    expect(await assay('check')).toMatchObject({ stderr: '', stdout: expect.stringContaining('1 rule checked') });
  });
});

describe('tests.yaml', () => {
  it.each([
    ['samples:\n  a: { like: constructor }\ntests: []\n', /tests\.yaml:2:\d+: There is no sample 'constructor'/],
    ['samples:\n  __proto__: { A: 1 }\ntests: []\n', /tests\.yaml:2:3: A key cannot be called '__proto__'/],
    ['tests: &t\n  - *t\n', /tests\.yaml:2:5: '\*t' stands for what it is in itself/],
    ['sources:\n  FileProfile: s.csv\ntests: []\n', /s\.csv:1:1: A key cannot be called '__proto__'/],
  ])('names what objects cannot hold: %j', async (text, message) => {
    detection({ 'tests.yaml': text, 's.csv': '__proto__,SHA1\n1,2\n' });
    expect(await refused('check')).toMatch(message);
  });

  it('has samples that are like each other so often, and no longer', async () => {
    const doubled = Array.from({ length: 60 }, (_, i) => `  s${i}: { like: [s${i + 1}, s${i + 1}] }`);
    detection({ 'tests.yaml': `samples:\n${doubled.join('\n')}\n  s60: { ActionType: x }\n${GOOD['tests.yaml']}` });
    expect(await assay('check')).toMatchObject({ stderr: '', stdout: expect.stringContaining('1 rule checked') });
    const chain = Array.from({ length: 3000 }, (_, i) => `  s${i}: { like: s${i + 1} }`);
    detection({ 'tests.yaml': `samples:\n${chain.join('\n')}\n  s3000: { ActionType: x }\n${GOOD['tests.yaml']}` });
    expect(await refused('check')).toMatch(/tests\.yaml:\d+:\d+: Samples are like each other in too long a chain here/);
  });

  it('comes to so many rows, and no more', async () => {
    const values = Array.from({ length: 100 }, (_, i) => i).join(', ');
    const each = `{ each: { InitiatingProcessFileName: [${values}], RemoteUrl: [${values}] } }`;
    const tests = Array.from(
      { length: 25 },
      (_, i) => `  - name: t${i}\n    events: { DeviceNetworkEvents: [${each}] }\n    expect: { alerts: 0 }\n`,
    );
    detection({ 'tests.yaml': `tests:\n${tests.join('')}` });
    expect(await refused('check')).toMatch(/The rows come to 210000 here\. The limit is 200,000;/);
  });
});

describe('events of the first and the last year', () => {
  it('are tested as any others', async () => {
    const at = (time: string): string =>
      `  - name: ${time}\n    now: ${time}\n    events: { DeviceNetworkEvents: [{ InitiatingProcessFileName: powershell.exe, RemoteUrl: pastebin.com, Timestamp: "0001-01-01T00:00:00Z" }] }\n    expect: { alerts: 1 }\n`;
    detection({
      'tests.yaml': `tests:\n${at('0001-01-01T00:00:00Z')}${at('9999-12-31T23:59:59.9999999Z')}`,
      'detection.yaml': `${GOOD['detection.yaml']}workload: { hosts: 20 }\n`,
    });
    const { code, stdout, stderr } = await assay('test');
    expect([code, stderr.includes('please report')]).toEqual([0, false]);
    expect(stdout).toMatch(/Tests +2 passed/);
  }, 120_000);

  it('are measured over so many days, and no more', async () => {
    detection();
    write('DeviceNetworkEvents.csv', 'Timestamp,DeviceName\n0001-01-02T00:00:00Z,a\n9999-12-30T00:00:00Z,a\n');
    expect(await refused('test', '--events', 'DeviceNetworkEvents.csv')).toMatch(
      /DeviceNetworkEvents\.csv: The events span 3652056 days, .*The limit is 366; set ASSAY_LIMITS=days=/,
    );
  }, 60_000);

  it('are not read through links in a folder', async () => {
    detection();
    mkdirSync('events');
    symlinkSync(join(root, 'secret.csv'), join('events', 'DeviceNetworkEvents.csv'));
    expect(await refused('test', '--events', 'events')).toMatch(/This is a link that leads out of/);
  });
});

describe('assay import', () => {
  const good = (name: string): string =>
    `id: 8a4d3f2c-0000-4000-8000-000000000001\nname: ${name}\nkind: Scheduled\nquery: T\nqueryFrequency: 1h\nqueryPeriod: 1h\nrelevantTechniques: [T1102]\n`;

  it('goes on past whatever cannot be read', async () => {
    write('in/a-good.yaml', good('First'));
    write('in/b-broken.yaml', 'a: [\n');
    write('in/c-blank.yaml', good('"  "'));
    write('in/c-every.yaml', good('Second').replace('queryFrequency: 1h', 'queryFrequency: nonsense'));
    write('in/d-deep.json', '['.repeat(100_000));
    write('in/e-proto.json', '{"type":{"toString":1},"properties":{"displayName":{"toString":1}},"query":1}');
    write('in/f-self.yaml', '&a [*a]\n');
    symlinkSync(join(root, 'secret.yaml'), 'in/g-link.yaml');
    execFileSync('mkfifo', ['in/h-pipe.yaml']);
    mkdirSync('in/i-folder.yaml');
    write('in/j-latin.yaml', '');
    writeFileSync('in/j-latin.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    write('in/k-good.yaml', good('Third'));
    write('in/l-saved.json', '{"type":"x/savedSearches","properties":{"displayName":{"toString":1}}}');
    const { code, stdout, stderr } = await assay('import', 'in');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).not.toContain('obviously-not-real');
    for (const line of [
      /^✔ detections\/first {2}from in\/a-good\.yaml$/m,
      /^✘ in\/b-broken\.yaml:\d+:\d+: The YAML is broken/m,
      /^✘ in\/c-blank\.yaml: detection\.yaml:\d+:\d+: 'title' must hold at least 1 characters/m,
      /^✘ in\/c-every\.yaml: .*'nonsense' is not a duration/m,
      /^✘ in\/d-deep\.json:1:101: The values lie too deep/m,
      /^✘ in\/e-proto\.json: it holds no rule/m,
      /^✘ in\/f-self\.yaml:1:5: '\*a' stands for what it is in itself/m,
      /^✘ in\/g-link\.yaml: This is a link that leads out of/m,
      /^✘ in\/h-pipe\.yaml: This is a pipe/m,
      /^✘ in\/j-latin\.yaml:1:4: This is no UTF-8 text/m,
      /^✔ detections\/third {2}from in\/k-good\.yaml$/m,
      /^✘ in\/l-saved\.json \(a saved search\): /m,
      /^2 of 12 carried over\.$/m,
    ])
      expect(stdout).toMatch(line);
    expect(existsSync('detections/second')).toBe(false);
  });
});

describe('assay query', () => {
  it('names a pipe or a device that is given as a query', async () => {
    expect(await refused('query', '/dev/zero')).toMatch(/\/dev\/zero: This is a pipe, a socket or a device/);
  });

  it('takes any text for a query', async () => {
    expect((await assay('query', `print "${'x/'.repeat(3000)}"`)).code).toBe(0);
    expect((await assay('query', 'print "a\0b"')).code).not.toBe(70);
  });

  it('says that an answer is too large for one text', { timeout: 60_000 }, async () => {
    const query = 'range x from 1 to 100 step 1 | extend a = strrep(strrep(make_string(1), 1000), 1000)';
    expect(await assay('query', query, '--json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('set ASSAY_LIMITS=answer='),
    });
    vi.stubEnv('ASSAY_LIMITS', 'answer=1GB');
    try {
      const { code, stderr } = await assay('query', query, '--json');
      expect(code, stderr).toBe(2);
      expect(stderr).toContain('The answer is too large for one text; ask for fewer rows');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('names keys that objects cannot hold', async () => {
    write('tables.json', '{"defender-xdr":{"__proto__":{"A":"string"}}}');
    expect(await refused('query', 'print 1', '--tables', 'tables.json')).toMatch(
      /tables\.json:1:\d+: A key cannot be called '__proto__'/,
    );
  });
});
