/** Rows from outside that a detection gives its rule, and rules whose columns only the data tells. */
import { afterAll, describe, expect, it, vi } from 'vitest';
import { check } from '../../harness/check/check.js';
import { readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import { catalogOf, refuseUnusedSources } from '../../harness/measure/catalog.js';
import type { TestResult } from '../../harness/measure/measurement.js';
import { runTests } from '../../harness/measure/unit-tests.js';
import { measureWorkload } from '../../harness/measure/workload.js';
import { compileTraced } from '../../harness/measure/world.js';
import { Sandbox } from '../detections/folder.js';
import { smallWorld } from './world.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

let made = 0;
function detectionOf(files: Readonly<Record<string, string>>, environment = 'defender-xdr'): string {
  made += 1;
  const id = `detection-${made}`;
  const claims = `claims: { techniques: [T1102.001], roles: [lookup] }`;
  return sandbox.detection(
    { 'detection.yaml': `id: ${id}\ntitle: A rule\nenvironment: ${environment}\n${claims}\n`, ...files },
    id,
  );
}

async function testsOf(folder: string): Promise<TestResult[]> {
  const detection = readDetection(folder);
  const catalog = catalogOf(detection);
  const compiled = compileTraced(detection.deployed.text, catalog);
  refuseUnusedSources(detection, compiled);
  const engine = await Engine.open({ threads: 1 });
  await engine.seal();
  return await runTests(detection, compiled, catalog, engine).finally(() => engine.close());
}

const PASSED = { status: 'passed' };

describe('what a rule takes from elsewhere', () => {
  it('is a watchlist in a CSV file beside the tests, all of it text', async () => {
    const folder = detectionOf(
      {
        'rule.kql': `SigninLogs
| join kind=inner (_GetWatchlist('Leavers') | where Ticket startswith "00") on $left.UserPrincipalName == $right.SearchKey
| project TimeGenerated, UserPrincipalName, Ticket`,
        'tests.yaml': `sources:
  _GetWatchlist:Leavers: leavers.csv
tests:
  - name: someone who left signs in
    events: { SigninLogs: [{ UserPrincipalName: ada@corp.example }, { UserPrincipalName: eve@corp.example }] }
    expect: { rows: [{ UserPrincipalName: ada@corp.example, Ticket: '007' }] }
`,
        'leavers.csv': '\uFEFFSearchKey,Ticket\r\nada@corp.example,007\r\n"bob ""b""@corp.example",12\r\n',
      },
      'sentinel',
    );
    expect(await testsOf(folder)).toMatchObject([PASSED]);
  });

  it('is what a function of the product answers, with values of its columns', async () => {
    const folder = detectionOf({
      'rule.kql': `DeviceFileEvents | invoke FileProfile(SHA1, 1000) | where GlobalPrevalence < 10
| where GlobalFirstSeen > ago(7d) | project Timestamp, FileName`,
      'tests.yaml': `sources:
  FileProfile:
    - { SHA1: aa, GlobalPrevalence: 3, GlobalFirstSeen: 2026-03-01T00:00:00Z }
    - { SHA1: bb, GlobalPrevalence: 90000, GlobalFirstSeen: 2026-03-01T00:00:00Z }
tests:
  - name: a file that few have
    events: { DeviceFileEvents: [{ FileName: rare.exe, SHA1: aa }, { FileName: known.exe, SHA1: bb }] }
    expect: { rows: [{ FileName: rare.exe }] }
`,
    });
    expect(await testsOf(folder)).toMatchObject([PASSED]);
  });

  it('is a list from the web, or a function that the workspace saved', async () => {
    const folder = detectionOf({
      'rule.kql': `let Bad = externaldata(Domain: string) ["https://lists.example/bad.csv"];
DeviceNetworkEvents | where RemoteUrl in (Bad) and RemoteUrl !in ((OurDomains | project Domain))`,
      'tests.yaml': `sources:
  externaldata:https://lists.example/bad.csv: [{ Domain: bad.example }, { Domain: ours.example }]
  OurDomains: [{ Domain: ours.example }]
tests:
  - name: a listed domain that is not ours
    events: { DeviceNetworkEvents: [{ RemoteUrl: bad.example }, { RemoteUrl: ours.example }] }
    expect: { alerts: 1 }
`,
    });
    expect(await testsOf(folder)).toMatchObject([PASSED]);
    expect(check({ folder }).binds).toBe(true);
  });

  it('leaves no mark on lineage: it is no event', async () => {
    const folder = detectionOf({
      'rule.kql': `DeviceNetworkEvents | join kind=inner Names on DeviceName | project Timestamp, Owner`,
      'tests.yaml': `sources: { Names: [{ DeviceName: h1, Owner: ada }] }\ntests: []\n`,
    });
    const detection = readDetection(folder);
    const catalog = catalogOf(detection);
    const engine = await Engine.open({ threads: 1 });
    const played = await smallWorld(
      engine,
      [[1, 'implant', 'malicious', 'h1']],
      [[1, 1, 'lookup', 'pastebin.com', 'a.exe']],
    );
    await engine.seal();
    const found = await measureWorkload(
      detection,
      compileTraced(detection.deployed.text, catalog),
      catalog,
      played,
      0.01,
    ).finally(() => engine.close());
    expect(found.alerts).toEqual({ total: 1, true: 1, false: 0 });
  });

  const PROFILE = 'DeviceFileEvents | invoke FileProfile() | where GlobalPrevalence < 10';

  it.each([
    [
      'a name that the rule does not use',
      'FileProfile: []\n  FileProfil: []',
      /tests\.yaml:3:\d+: The rule takes no rows.*FileProfile/,
    ],
    [
      'a value of another type',
      'FileProfile: [{ GlobalPrevalence: many }]',
      /2:\d+: 'GlobalPrevalence' of 'FileProfile' is of type long/,
    ],
    ['a file elsewhere', 'FileProfile: ../other.csv', /'\.\.\/other\.csv' is not a CSV file beside tests\.yaml/],
    ['a table of events', 'DeviceFileEvents: [{ FileName: a }]', /'DeviceFileEvents' is a table of events/],
  ])('says what is wrong with %s', async (_, sources, message) => {
    await expect(async () =>
      testsOf(detectionOf({ 'rule.kql': PROFILE, 'tests.yaml': `sources:\n  ${sources}\ntests: []\n` })),
    ).rejects.toThrow(message);
  });

  it('reads no more of a file than shows that it is too long', async () => {
    vi.stubEnv('ASSAY_LIMITS', 'source-rows=10');
    // What comes after the limit is broken, and would be the message had it been read.
    const csv = `FileName,GlobalPrevalence\n${'a.exe,7\n'.repeat(20)}"`;
    const folder = detectionOf({
      'rule.kql': PROFILE,
      'tests.yaml': 'sources: { FileProfile: p.csv }\ntests: []\n',
      'p.csv': csv,
    });
    await expect(async () => testsOf(folder)).rejects.toThrow(
      /'FileProfile' has too many rows\. The limit is 10; set ASSAY_LIMITS=source-rows=/,
    );
    vi.unstubAllEnvs();
  });

  it('is missed by name when nobody gives it', async () => {
    await expect(testsOf(detectionOf({ 'rule.kql': PROFILE, 'tests.yaml': 'tests: []\n' }))).rejects.toThrow(
      /give them as the source 'FileProfile'/,
    );
  });
});

describe('a rule whose columns the data tells', () => {
  const files = {
    'rule.kql': `DeviceEvents | extend d = parse_json(tostring(AdditionalFields)) | evaluate bag_unpack(d)
| where column_ifexists("Risk", 0) > 5`,
    'tests.yaml': `tests:
  - name: what is risky
    events: { DeviceEvents: [{ AdditionalFields: '{"Risk": 7}' }, { AdditionalFields: '{"Risk": 1}' }] }
    expect: { rows: [{ Risk: 7 }] }
  - name: without the column
    events: { DeviceEvents: [{ AdditionalFields: '{"Other": 7}' }] }
    expect: { alerts: 0 }
`,
  };

  it('is tested over the columns of each test', async () => {
    expect(await testsOf(detectionOf(files))).toMatchObject([PASSED, PASSED]);
  });
});
