import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverageOf } from '../../harness/coverage/coverage.js';
import type { Coverage, CoveredPart } from '../../harness/coverage/result.js';
import { readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import type { PlayedWorld } from '../../harness/measure/play.js';
import { Sandbox } from '../detections/folder.js';
import { CATALOG, smallWorld } from '../measure/world.js';

const sandbox = new Sandbox();
let engine: Engine;
let world: PlayedWorld;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
  world = await smallWorld(
    engine,
    [
      [1, 'attack', 'malicious', 'h1'],
      [2, 'git', 'benign', 'h2'],
    ],
    [
      [1, 1, 'lookup', 'pastebin.com', 'cmd.exe'],
      [2, 2, 'background', 'github.com', 'git.exe'],
      [3, 2, 'background', 'gist.github.com', 'git.exe'],
      [4, 2, 'background', 'pastebin.com', 'chrome.exe'],
      [5, 2, 'background', 'other.example', 'git.exe'],
    ],
  );
});
afterAll(() => {
  engine.close();
  sandbox.remove();
});

let count = 0;
async function covered(rule: string, tests: string, played?: PlayedWorld): Promise<Coverage> {
  const detection = readDetection(sandbox.detection({ 'rule.kql': rule, 'tests.yaml': tests }, `covered-${count++}`));
  return await coverageOf(detection, CATALOG, played);
}

const part = ({ parts }: Coverage, text: string): CoveredPart => {
  const found = parts.find((one) => one.text === text);
  if (found === undefined) throw new Error(`No part is ${text}: ${parts.map((one) => one.text).join('; ')}`);
  return found;
};

const RULE = `let Shells = dynamic(["cmd.exe", "pwsh.exe"]);
DeviceNetworkEvents
| where RemoteUrl has_any ("pastebin.com", "github.com", "gist.github.com")
| where InitiatingProcessFileName in~ (Shells) or InitiatingProcessFileName != "chrome.exe"
| extend Browser = InitiatingProcessFileName == "chrome.exe", Kind = iff(RemoteUrl has "pastebin", "paste", "code")
| project RemoteUrl, Browser, Kind`;

const TESTS = `tests:
  - name: a shell reads a paste
    events:
      DeviceNetworkEvents:
        - { InitiatingProcessFileName: cmd.exe, RemoteUrl: pastebin.com }
        - { InitiatingProcessFileName: cmd.exe, RemoteUrl: other.example }
    expect: { alerts: 1 }
`;

describe('coverage', () => {
  it('counts for each entry the events that it holds for and those that it decides, true and false apart', async () => {
    const found = await covered(RULE, TESTS, world);
    expect(part(found, '"pastebin.com"')).toMatchObject({
      kind: 'entry',
      line: 3,
      column: 28,
      endLine: 3,
      endColumn: 42,
      site: 'RemoteUrl has_any ("pastebin.com", "github.com", "gist.github.com")',
      held: { tests: 1, malicious: 1, benign: 1 },
      decided: { tests: 1, malicious: 1, benign: 1 },
    });
    expect(part(found, '"github.com"')).toMatchObject({
      held: { tests: 0, malicious: 0, benign: 2 },
      decided: { tests: 0, malicious: 0, benign: 1 },
    });
  });

  it('names what is shadowed, implied, or never holds', async () => {
    const found = await covered(RULE, TESTS, world);
    expect(part(found, '"gist.github.com"').finding).toBe('wherever it holds, so does "github.com"');
    expect(part(found, 'InitiatingProcessFileName in~ (Shells)').finding).toBe(
      'wherever it holds, so does InitiatingProcessFileName != "chrome.exe"',
    );
    expect(part(found, 'InitiatingProcessFileName != "chrome.exe"').finding).toBeUndefined();
    expect(part(found, '"pwsh.exe"')).toMatchObject({ line: 1, finding: 'it holds for no event' });
    expect(part(found, 'InitiatingProcessFileName == "chrome.exe"')).toMatchObject({
      kind: 'clause',
      site: 'Browser = InitiatingProcessFileName == "chrome.exe"',
      finding: 'it holds for no event',
    });
  });

  it('tells which branches are taken, and which columns are the same in every row', async () => {
    const found = await covered(RULE, TESTS, world);
    expect(part(found, 'RemoteUrl has "pastebin"')).toMatchObject({
      kind: 'branch',
      held: { tests: 1, malicious: 1, benign: 0 },
    });
    expect(found.constants).toEqual([{ column: 'Browser', value: 'false' }]);
  });

  it('counts as covered what decides something in the tests', async () => {
    const found = await covered(RULE, TESTS);
    const deciding = found.parts.filter(({ decided }) => decided.tests > 0).map(({ text }) => text);
    expect(deciding).toEqual([
      'RemoteUrl has_any ("pastebin.com", "github.com", "gist.github.com")',
      '"pastebin.com"',
      'RemoteUrl has "pastebin"',
    ]);
    expect(found.covered).toBe(deciding.length);
  });

  it('says of the shipped rule that its list of processes decides nothing, and that it never returns a browser', async () => {
    const detection = readDetection(join(import.meta.dirname, '../../detections/dead-drop-repaired'));
    const found = await coverageOf(detection, CATALOG, world);
    const suspicious = found.parts.filter(({ text }) => text === 'InitiatingProcessFileName in~ (SuspiciousProcesses)');
    const [filter, column] = suspicious;
    expect(filter?.finding).toMatch(/^wherever it holds, so does InitiatingProcessFileName !in~ \("chrome\.exe", /);
    expect(filter?.decided).toEqual({ tests: 0, malicious: 0, benign: 0 });
    expect(column).toMatchObject({ line: 29 });
    expect(column?.decided.tests).toBeGreaterThan(0);
    expect(found.constants).toEqual([{ column: 'IsKnownBrowser', value: 'false' }]);
  }, 120_000);

  it('sees what reaches a condition behind a group', async () => {
    const found = await covered(
      'DeviceNetworkEvents | where RemoteUrl has "pastebin" | summarize n = count() by DeviceName | where n > 1',
      TESTS,
      world,
    );
    expect(part(found, 'n > 1')).toMatchObject({
      held: { tests: 0, malicious: 0, benign: 0 },
      finding: 'it holds for no event',
    });
  });

  it('lets events of one test meet none of another', async () => {
    const test = (port: number): string => `  - name: once by ${port}
    events: { DeviceNetworkEvents: [{ DeviceName: h, RemotePort: ${port} }] }
    expect: { alerts: { atMost: 1 } }
`;
    const tests = `tests:\n${test(80)}${test(443)}`;
    const grouped = 'DeviceNetworkEvents | summarize n = count() by DeviceName | where n > 1';
    expect(part(await covered(grouped, tests), 'n > 1')).toMatchObject({ held: { tests: 0 }, decided: { tests: 2 } });
    const counted = 'DeviceNetworkEvents | summarize n = count(), ports = make_set(RemotePort) by DeviceName';
    expect((await covered(counted, tests)).constants).toEqual([{ column: 'n', value: '1' }]);
    // What asks a query of its own is run in one test after the other.
    const asking = `DeviceNetworkEvents
| where RemotePort == 443 or toscalar(DeviceNetworkEvents | count) > 1`;
    expect(part(await covered(asking, tests), 'toscalar(DeviceNetworkEvents | count) > 1').held.tests).toBe(0);
  });

  it('looks at columns that the data makes, also where each test brings others', async () => {
    const found = await covered(
      `DeviceNetworkEvents
| extend Bag = parse_json(AdditionalFields)
| evaluate bag_unpack(Bag)
| where Method has_any ("POST", "PUT") and Status == 200`,
      `tests:
  - name: what is sent is an alert
    events:
      DeviceNetworkEvents:
        - { AdditionalFields: '{"Method":"POST","Status":200}' }
    expect: { alerts: 1 }
  - name: what is not even tried is none
    events:
      DeviceNetworkEvents:
        - { AdditionalFields: '{"Host":"a"}' }
        - { AdditionalFields: '{"Method":"GET","Status":200}' }
    expect: { alerts: 0 }
`,
      world,
    );
    expect(part(found, 'Method has_any ("POST", "PUT")').decided).toMatchObject({ tests: 1 });
    expect(part(found, '"POST"')).toMatchObject({ line: 4, held: { tests: 1 } });
    expect(part(found, '"PUT"').finding).toBe('it holds for no event');
  });
});
