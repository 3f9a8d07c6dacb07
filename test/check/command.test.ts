import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../harness/cli/program.js';
import { folder, removeFolder, sentinel, write } from './support.js';

afterAll(removeFolder);

let out = '';
let err = '';
beforeEach(() => {
  out = '';
  err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const GOOD = 'DeviceNetworkEvents | where RemotePort == 443';
const LOSSY = 'DeviceNetworkEvents | project Timestamp, DeviceId';
const UNBOUND = 'DeviceNetworkEvents | project AccountName, Timestamp, DeviceId, ReportId';
const flags = ['--environment', 'defender-xdr'];

/** A detection's folder of its own. */
function detection(id: string, query: string, more = ''): string {
  const path = join(folder, id);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'rule.kql'), query);
  const claims = 'claims: {techniques: [T1102.001], roles: [lookup]}';
  writeFileSync(join(path, 'detection.yaml'), `id: ${id}\ntitle: t\nenvironment: defender-xdr\n${claims}\n${more}`);
  return path;
}

describe('exit codes', () => {
  test('0: nothing of error severity', async () => {
    expect(await run(['check', write(GOOD, 'kql'), ...flags])).toBe(0);
    expect(out).toBe('1 rule checked: nothing found.\n');
    expect(await run(['check', write(`${GOOD} or RemoteUrl in ("a", "a")`, 'kql'), ...flags])).toBe(0);
    expect(out).toContain('1 warning.');
  });

  test('1: a finding of error severity', async () => {
    expect(await run(['check', write(LOSSY, 'kql'), ...flags])).toBe(1);
    expect(out).toContain(':1:23: error defender-columns: A custom detection must return ReportId');
    expect(out).toContain('1 rule checked: 1 error.');
  });

  test('2: a rule that does not parse or bind', async () => {
    expect(await run(['check', write(UNBOUND, 'kql'), ...flags])).toBe(2);
    expect(out).toContain('error KS142:');
    expect(out).toContain("Did you mean 'InitiatingProcessAccountName'?");
    expect(await run(['check', write('DeviceNetworkEvents | where (', 'kql'), ...flags])).toBe(2);
  });

  test('3: a path, an environment or a file that is wrong', async () => {
    expect(await run(['check', join(folder, 'nowhere')])).toBe(3);
    expect(err).toContain('There is no such file or folder.');
    expect(await run(['check', write(GOOD, 'kql')])).toBe(3);
    expect(err).toContain('--environment');
    expect(await run(['check', write(GOOD, 'kql'), '--environment', 'splunk'])).toBe(3);
    expect(await run(['check', write(sentinel({ querry: 'T' }), 'yaml')])).toBe(3);
    expect(err).toContain("Did you mean 'query'?");
    mkdirSync(join(folder, 'empty'), { recursive: true });
    expect(await run(['check', join(folder, 'empty')])).toBe(3);
    expect(err).toContain('Nothing to check: no detection and no rule (.kql, .yaml) in or below');
  });

  test('a broken file does not keep the others from being judged', async () => {
    expect(await run(['check', write('id: [', 'yaml'), write(LOSSY, 'kql'), ...flags])).toBe(3);
    expect(out).toContain('defender-columns');
    expect(err).toContain('The YAML is broken');
  });
});

describe('detections', () => {
  test('take their environment from detection.yaml, by folder or by file', async () => {
    const path = detection('by-folder', LOSSY);
    expect(await run(['check', path])).toBe(1);
    const byFolder = out;
    out = '';
    expect(await run(['check', join(path, 'rule.kql')])).toBe(1);
    expect(out).toBe(byFolder);
  });

  test('an expected refusal is told and is no error', async () => {
    const expects = 'expects: {refused: {code: KS142, line: 1, column: 31}}\n';
    expect(await run(['check', detection('refused', UNBOUND, expects)])).toBe(0);
    expect(out).toContain('information KS142');
  });

  test('a refusal elsewhere than expected is an error', async () => {
    const expects = 'expects: {refused: {code: KS142, line: 9}}\n';
    expect(await run(['check', detection('refused-elsewhere', UNBOUND, expects)])).toBe(2);
  });

  test('an unknown technique is shown in detection.yaml', async () => {
    const path = detection('unknown-technique', GOOD);
    writeFileSync(
      join(path, 'detection.yaml'),
      'id: unknown-technique\ntitle: t\nenvironment: defender-xdr\nclaims:\n  techniques: [T1102.001, T1999]\n  roles: [lookup]\n',
    );
    await run(['check', path]);
    expect(out).toContain('detection.yaml:5:27: warning unknown-technique');
  });
});

test('a folder is searched for detections and for rules that stand alone, not for other YAML', async () => {
  const path = join(folder, 'mixed');
  mkdirSync(join(path, 'deep'), { recursive: true });
  writeFileSync(join(path, 'deep', 'rule.yaml'), sentinel());
  writeFileSync(join(path, 'settings.yaml'), 'anything: true\n');
  expect(await run(['check', path])).toBe(0);
  expect(out).toBe('1 rule checked: nothing found.\n');
});

test('--json gives the rules and the findings', async () => {
  const file = write(LOSSY, 'kql');
  expect(await run(['check', file, ...flags, '--json'])).toBe(1);
  expect(JSON.parse(out)).toEqual({
    version: 1,
    rules: [{ file, environment: 'defender-xdr', binds: true }],
    findings: [
      {
        code: 'defender-columns',
        severity: 'error',
        file,
        line: 1,
        column: 23,
        length: 7,
        message: 'A custom detection must return ReportId, which identifies the event; this rule drops it here.',
        remedy: 'Keep ReportId in the result.',
      },
    ],
  });
});
