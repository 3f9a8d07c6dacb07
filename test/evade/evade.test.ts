import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readDetection } from '../../harness/detection/detection.js';
import { evade } from '../../harness/evade/evade.js';
import { hiddenBy } from '../../harness/evade/hidden.js';
import { type EvasionResult, evasionSchema } from '../../harness/evade/result.js';
import { EVASION_FILES, renderEvasion } from '../../reports/evade.js';
import { assay } from '../cli/run.js';
import { Sandbox } from '../detections/folder.js';

vi.setConfig({ testTimeout: 120_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

/** Two attacks with scripts, on a few hosts with a little that goes on around. */
const SMALL = {
  'detection.yaml': `id: shell-lookup
title: A shell looks something up
environment: defender-xdr
claims: { techniques: [T1102.001], roles: [lookup] }
workload: { name: small.yaml }
`,
  'small.yaml': `id: small
title: Two attacks
organisation: small-office
hosts: 12
runs: 2
malicious: { only: [s0674-charmpower, powersing] }
benign: { only: [bg-time, dev-01-git-over-https] }
`,
  'tests.yaml': undefined,
};

const ROW_RULE = `DeviceNetworkEvents
| where RemoteUrl has_any ("amazonaws.com", "youtube.com", "googleusercontent.com", "pastebin.com", "google.com")
| where InitiatingProcessFileName !in~ ("chrome.exe", "git.exe")
`;

const evaded = (rule: string, files = {}): string => sandbox.detection({ ...SMALL, 'rule.kql': rule, ...files });
const pairsOf = ({ pairs }: EvasionResult, scenario: string): Map<string, boolean> =>
  new Map(
    pairs
      .filter((pair) => pair.scenario === scenario)
      .map(({ transformation, detected }) => [transformation, detected]),
  );

describe('a rule that looks at single events', () => {
  it('loses what changes what it tests, and keeps the rest', async () => {
    const result = await evade(readDetection(evaded(ROW_RULE)));
    expect(evasionSchema.parse(result)).toEqual(result);
    expect(result.workload).toMatchObject({ name: 'small', judged: 'row', runs: 2 });
    const pairs = pairsOf(result, 's0674-charmpower');
    for (const id of ['excluded-name', 'url-encoding', 'raw-address', 'sensor-no-url', 'inject-excluded', 'bits-job'])
      expect([id, pairs.get(id)]).toEqual([id, id === 'bits-job']);
    for (const id of ['url-case', 'url-port', 'url-userinfo', 'signed-proxy', 'split-child', 'shortener'])
      expect([id, pairs.get(id)]).toEqual([id, true]);
    expect(result.scenarios.find(({ id }) => id === 's0674-charmpower')?.cheapest).toEqual({
      ...{ transformations: ['excluded-name'], cost: 'edit', effort: 1, needs: [] },
    });
    const reasons = new Map(result.leftOut.map(({ transformation, reason }) => [transformation, reason]));
    expect(reasons.get('slower')).toBe('the rule puts no events together within a time');
    expect(reasons.get('excluded-parent')).toBe('the rule leaves no program out by its parent');
    expect(result.clauses.map(({ level, fields }) => [level, ...fields])).toEqual([
      [1, 'RemoteUrl'],
      [1, 'InitiatingProcessFileName'],
    ]);
    expect(result.robustness).toBe(1);
    // The same again, to the byte.
    expect(await evade(readDetection(evaded(ROW_RULE)))).toEqual(result);
  });

  it('falls to two changes at once where no one is as cheap', async () => {
    const rule = `DeviceNetworkEvents
| where RemoteUrl has "amazonaws.com" or RemoteUrl has "%" or InitiatingProcessFileName =~ "powershell.exe"
| where not(InitiatingProcessFileName =~ "git.exe" and RemoteUrl has "login.microsoftonline.com")
`;
    const result = await evade(readDetection(evaded(rule)), { scenarios: ['s0674-charmpower'], depth: 2 });
    const [scenario] = result.scenarios;
    expect(scenario?.detected).toBe(true);
    expect(scenario?.cheapest).toMatchObject({ cost: 'edit', effort: 2 });
    const both = result.composed?.find(
      ({ transformations }) => transformations.join() === 'excluded-name,url-userinfo',
    );
    expect(both).toMatchObject({ detected: false, effort: 2 });
    const told = renderEvasion('terminal', result, { color: false, width: 100 });
    expect(told).toMatch(/Two at once: \d+ pairs tried, \d+ evades?; 1 scenario falls to two more cheaply/);
  });
});

describe('a rule that puts events together', () => {
  const RULE = `let Lookups = DeviceNetworkEvents | where RemoteUrl has_any ("amazonaws.com", "google.com", "youtube.com");
DeviceNetworkEvents
| where RemoteUrl endswith ".example.com" or RemoteUrl endswith ".example.net" or RemoteUrl endswith ".example.org"
| join kind=inner (Lookups | project DeviceId, InitiatingProcessId, Seen = Timestamp) on DeviceId, InitiatingProcessId
| where Timestamp between (Seen .. (Seen + 10m))
`;

  it('loses those that are parted by process or time', async () => {
    const parted = ['slower', 'split-child', 'split-task', 'signed-proxy'];
    const kept = ['url-case', 'inject-browser', 'shortener'];
    const only = { scenarios: ['s0674-charmpower'], transformations: [...parted, ...kept] };
    const result = await evade(readDetection(evaded(RULE)), only);
    expect(result.workload.judged).toBe('world');
    expect(result.words.windowSeconds).toBe(600);
    const pairs = pairsOf(result, 's0674-charmpower');
    expect(result.scenarios[0]?.detected).toBe(true);
    expect([...pairs]).toEqual(result.pairs.map(({ transformation: id }) => [id, kept.includes(id)]));
    expect(pairs.size).toBe(parted.length + kept.length);
    const quick = await evade(readDetection(evaded(RULE)), { ...only, quick: true });
    expect(quick.workload.runs).toBe(1);
    expect(quick.pairs.every(({ activities }) => activities === 1)).toBe(true);
    expect(pairsOf(quick, 's0674-charmpower')).toEqual(pairs);
  });
});

describe('an exception', () => {
  it('hides what takes on its guise, at the cost of its fields', async () => {
    const detection = readDetection(
      evaded(
        'DeviceNetworkEvents\n| where RemoteUrl has_any ("amazonaws.com", "youtube.com", "twitter.com", "google.com", "imgur.com", "reddit.com")\n',
      ),
    );
    const found = await hiddenBy(
      detection,
      [
        'InitiatingProcessFileName =~ "acme.exe"',
        'InitiatingProcessFolderPath startswith @"C:\\Program Files\\Acme\\"',
        'RemoteUrl has "amazonaws.com"',
      ],
      'DeviceNetworkEvents',
    );
    const [name, folder, service] = found;
    expect(name?.scenarios).toEqual([]);
    expect(name?.evasions[0]).toMatchObject({ transformation: 'excluded-name', cost: 'edit' });
    const path = folder?.evasions.filter(({ transformation }) => transformation === 'excluded-path');
    expect(path?.find(({ scenario }) => scenario === 'powersing')).toMatchObject({ cost: 'privilege' });
    expect(service?.scenarios).toMatchObject([{ scenario: 's0674-charmpower', activities: 2, hidden: 2 }]);
  });
});

describe('assay evade', () => {
  it('fails where fewer pairs are detected than demanded, and prints JSON', async () => {
    const folder = evaded(ROW_RULE);
    const { code, stdout } = await assay('evade', folder, '--scenario', 'powersing', '--json', '--at-least', '0.95');
    expect(code).toBe(1);
    const result = evasionSchema.parse(JSON.parse(stdout));
    expect(result.scenarios.map(({ id }) => id)).toEqual(['powersing']);
    for (const format of Object.keys(EVASION_FILES) as (keyof typeof EVASION_FILES)[]) {
      const text = renderEvasion(format, result, { color: false, width: 100 });
      expect(text).toContain('excluded-name');
      expect(text.endsWith('\n')).toBe(true);
    }
  });

  it('names the scenario that was meant, and refuses rules that do not bind or that nothing can be told of', async () => {
    const unknown = await assay('evade', evaded(ROW_RULE), '--scenario', 'powersng');
    expect(unknown).toMatchObject({ code: 3, stdout: '' });
    expect(unknown.stderr).toContain("'powersng'");
    expect(unknown.stderr).toContain("'powersing'");
    const broken = await assay('evade', evaded('DeviceNetworkEvents | where RemoteUri == "x"'));
    expect(broken).toMatchObject({ code: 2, stdout: '' });
    expect(broken.stderr).toMatch(/rule\.kql:1:29: error KS142: /);
    expect((await assay('evade', evaded('print 1'))).code).toBe(3);
    const other = await assay('evade', evaded(ROW_RULE), '--transformation', 'url-cas');
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining("'url-case'")]);
    expect((await assay('evade', evaded(ROW_RULE), '--depth', '3')).code).toBe(3);
    expect((await assay('evade', sandbox.root)).code).toBe(0);
    expect((await assay('evade', '/nowhere')).code).toBe(3);
  });
});
