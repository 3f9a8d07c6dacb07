import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { schema } from 'mutation-testing-report-schema';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sandbox } from '../detections/folder.js';
import { assay } from './run.js';

vi.setConfig({ testTimeout: 240_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const RULE = 'DeviceNetworkEvents\n| where RemoteUrl == "pastebin.com"\n';

const test = (events: string, expected: string): string => `tests:
  - name: a paste is read
    events: { DeviceNetworkEvents: [${events}] }
    expect: ${expected}
`;
const TESTS = test('{ RemoteUrl: pastebin.com }, { RemoteUrl: PasteBin.com }, { RemoteUrl: x }', '{ alerts: 1 }');

describe('assay mutate', () => {
  it('passes where every mutant that an event can show is killed', async () => {
    const folder = sandbox.detection({ 'rule.kql': RULE, 'tests.yaml': TESTS });
    const { code, stdout, stderr } = await assay('mutate', folder);
    expect(stderr).toBe('');
    expect(stdout).toBe(`✔ shell-lookup  100% killed, at least 100% demanded
  3 mutants, 1 test: 3 killed, 0 survived, 0 equivalent on 0 events that were tried
`);
    expect(code).toBe(0);
  });

  it('shows each survivor with the test that is missing, and fails', async () => {
    const folder = sandbox.detection({
      'rule.kql': RULE,
      'tests.yaml': test('{ RemoteUrl: pastebin.com }', '{ alerts: 1 }'),
    });
    const { code, stdout } = await assay('mutate', folder);
    expect(stdout.replaceAll(`${folder}/`, '')).toBe(`✘ shell-lookup  33.3% killed, at least 100% demanded
  3 mutants, 1 test: 1 killed, 2 survived, 0 equivalent on 3 events that were tried

  where RemoteUrl == "pastebin.com"
  ✘ rule.kql:2:1 drops where RemoteUrl == "pastebin.com": 0 alerts by the rule, 1 by the mutant
      - name: 'line 2: a mutant that drops where RemoteUrl == "pastebin.com"'
        todo: true
        events:
          DeviceNetworkEvents:
            - RemoteUrl: a.pastebin.com
        expect:
          alerts: 0
  ✘ rule.kql:2:19 makes =~ of ==: 0 alerts by the rule, 1 by the mutant
      - name: 'line 2: a mutant that makes =~ of =='
        todo: true
        events:
          DeviceNetworkEvents:
            - RemoteUrl: PASTEBIN.COM
        expect:
          alerts: 0
`);
    expect(code).toBe(1);
    expect((await assay('mutate', folder, '--at-least', '30%')).code).toBe(0);
  });

  it('writes the missing tests, and reports that other tools read', async () => {
    const folder = sandbox.detection({
      'rule.kql': RULE,
      'tests.yaml': test('{ RemoteUrl: pastebin.com }', '{ alerts: 1 }'),
    });
    const out = join(sandbox.root, 'out');
    const { stderr } = await assay('mutate', folder, '--write-tests', '--out', out);
    expect(stderr).toBe('shell-lookup: 2 tests added as todo.\n');
    const report = JSON.parse(readFileSync(join(out, 'mutation-report.json'), 'utf8')) as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema as object);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report).toMatchObject({
      files: {
        [join(folder, 'rule.kql')]: {
          source: RULE,
          mutants: [{ status: 'Survived' }, { status: 'Survived' }, { status: 'Killed' }],
        },
      },
    });
    const sarif = JSON.parse(readFileSync(join(out, 'mutation.sarif'), 'utf8')) as { runs: { results: unknown[] }[] };
    expect(sarif.runs[0]?.results[1]).toMatchObject({
      ruleId: 'untested',
      level: 'warning',
      locations: [{ physicalLocation: { region: { startLine: 2, startColumn: 19, endLine: 2, endColumn: 21 } } }],
    });
    const page = readFileSync(join(out, 'mutation.html'), 'utf8');
    expect(page).toContain('<mutation-test-report-app');
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(/<script[^>]+src=|<link[^>]+href=/.test(page)).toBe(false);
  });

  it('has nothing to say without tests, and says which fail already', async () => {
    const none = await assay('mutate', sandbox.detection({ 'tests.yaml': undefined }));
    expect(none).toMatchObject({ code: 3, stdout: '' });
    expect(none.stderr).toContain('No test judges the rule');
    const failing = await assay(
      'mutate',
      sandbox.detection({ 'tests.yaml': test('{ RemoteUrl: x }', '{ alerts: 1 }') }),
    );
    expect(failing).toMatchObject({ code: 1, stdout: '' });
    expect(failing.stderr).toContain("Tests fail on the rule as it is: 'a paste is read'.");
    const broken = await assay('mutate', sandbox.detection({ 'rule.kql': 'DeviceNetworkEvents | where Nope == 1' }));
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('KS142');
    for (const share of ['2', '101%', 'all']) {
      expect((await assay('mutate', sandbox.root, '--at-least', share)).code).toBe(3);
    }
    const refused = await assay('mutate', join(import.meta.dirname, '../../detections/dead-drop-published'));
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toMatch(
      /rule\.kql:34:34: error KS142: .* Did you mean 'InitiatingProcessAccountName'\?\ndead-drop-published: left out, since its rule is refused as stated\./,
    );
  });

  it('tells of all detections, also where one cannot be judged', async () => {
    sandbox.detection({ 'rule.kql': RULE, 'tests.yaml': TESTS }, 'good');
    sandbox.detection({ 'tests.yaml': test('{ RemoteUrl: x }', '{ alerts: 1 }') }, 'failing');
    sandbox.detection({ 'rule.kql': 'DeviceNetworkEvents | where Nope == 1' }, 'broken');
    const { code, stdout, stderr } = await assay('mutate', sandbox.root);
    expect(stdout).toContain('✔ good  100% killed');
    expect(stderr).toContain('Tests fail on the rule as it is');
    expect(stderr).toContain('KS142');
    expect(code).toBe(2);
  });

  it('tells what mutants change over the workload', async () => {
    const folder = sandbox.detection({
      'rule.kql': 'DeviceNetworkEvents\n| where RemoteUrl has "amazonaws.com"\n',
      'tests.yaml': test('{ RemoteUrl: amazonaws.com }', '{ alerts: 1 }'),
      'detection.yaml': `id: shell-lookup
title: A shell looks something up
environment: defender-xdr
claims: { techniques: [T1102.001], roles: [lookup] }
workload: { name: few.yaml }
`,
      'few.yaml': `id: few
title: A few hosts
organisation: enterprise
hosts: 60
runs: 1
malicious: { only: [s0674-charmpower] }
benign: { only: [dev-01-git-over-https] }
`,
    });
    const { code, stdout } = await assay('mutate', folder, '--workload', '--json');
    expect(code).toBe(1);
    const [detection] = (
      JSON.parse(stdout) as { detections: { mutants: { does: string; workload?: { gained: number } }[] }[] }
    ).detections;
    const dropped = detection?.mutants.find(({ does }) => does.startsWith('drops where'));
    expect(dropped?.workload).toMatchObject({ lost: 0, altered: 0 });
    expect(dropped?.workload?.gained).toBeGreaterThan(0);
  });
});
