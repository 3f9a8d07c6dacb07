import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { comparisonSchema } from '../../harness/diff/result.js';
import { GOOD, Sandbox } from '../detections/folder.js';
import { assay, type Outcome } from './run.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  vi.stubEnv('CI', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  sandbox.remove();
});

const WORKLOAD = `id: few
title: A few hosts
organisation: enterprise
hosts: 20
runs: 2
malicious: { only: [s0674-charmpower] }
benign: { only: [dev-01-git-over-https] }
`;

const RULE = `let Sites = dynamic(["amazonaws.com"]);
DeviceNetworkEvents
| where RemoteUrl has_any (Sites)
| project Timestamp, DeviceName, RemoteUrl
`;

const LOUDER = RULE.replace('"amazonaws.com"', '"amazonaws.com", "github.com"');
const BLIND = RULE.replace('amazonaws.com', 'never.example');

function write(rule: string, id = 'shell-lookup'): string {
  return sandbox.detection(
    {
      'detection.yaml': `${GOOD['detection.yaml']}workload: { name: few.yaml }\n`,
      'few.yaml': WORKLOAD,
      'rule.kql': rule,
      'tests.yaml': undefined,
    },
    id,
  );
}

function git(...args: string[]): void {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@b.example', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['-C', sandbox.root, ...who, ...args], { stdio: 'pipe' });
}

function commit(tag: string): void {
  git('add', '.');
  git('commit', '-qm', tag);
  git('tag', tag);
}

async function diff(...args: string[]): Promise<Outcome> {
  return await assay('diff', ...args, '--in', sandbox.root);
}

describe('assay diff', () => {
  it('compares a revision with the working tree, and two revisions with each other', async () => {
    git('init', '-q');
    const folder = write(RULE);
    commit('v1');
    write(LOUDER);
    const tree = await diff('v1', '--json');
    expect(tree.stderr).toBe('');
    const found = comparisonSchema.parse(JSON.parse(tree.stdout));
    expect(found).toMatchObject({ status: 'passed', base: expect.stringMatching(/^v1 \([0-9a-f]{7}\)$/) });
    expect(found.head).toBe('the working tree');
    expect(found.detections[0]).toMatchObject({
      base: { file: 'v1:shell-lookup/rule.kql' },
      head: { file: join(folder, 'rule.kql') },
      changes: [{ added: '"github.com"', list: 'Sites' }],
      alerts: { lost: { true: 0, false: 0 } },
    });

    commit('v2');
    rmSync(folder, { recursive: true });
    const between = await diff('v1', 'v2', '--json');
    expect(comparisonSchema.parse(JSON.parse(between.stdout)).detections[0]?.alerts).toEqual(
      found.detections[0]?.alerts,
    );
    const same = await diff('v2', 'v2');
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('No detection changed.')]);
    const one = await assay('diff', `v1:${folder}`, `v2:${folder}`, '--json', '--in', sandbox.root);
    expect(comparisonSchema.parse(JSON.parse(one.stdout)).detections).toHaveLength(1);
    // A rule's file brings the detection that it belongs to.
    const rule = join(folder, 'rule.kql');
    const file = await assay('diff', `v1:${rule}`, `v2:${rule}`, '--json');
    expect(comparisonSchema.parse(JSON.parse(file.stdout)).detections[0]?.workload?.name).toBe('few');
    for (const range of ['v1..v2', 'v1...v2', 'v1..']) {
      const { base, head, detections } = comparisonSchema.parse(JSON.parse((await diff(range, '--json')).stdout));
      expect([base, head]).toEqual([
        expect.stringMatching(range === 'v1...v2' ? /^[0-9a-f]{12}$/ : /^v1/),
        expect.any(String),
      ]);
      expect(detections[0]?.alerts).toEqual(found.detections[0]?.alerts);
    }
  }, 180_000);

  it('fails in CI when a true alert is lost, and elsewhere only when told to', async () => {
    const base = write(RULE);
    const head = sandbox.file('blind.kql', BLIND);
    expect((await assay('diff', base, head)).code).toBe(0);
    const told = await assay('diff', base, head, '--fail-on', 'lost-true', '--fail-on', 'gained-false=99');
    expect([told.code, told.stdout]).toEqual([1, expect.stringContaining('✘ lost-true: ')]);
    vi.stubEnv('CI', 'true');
    expect((await assay('diff', base, head)).code).toBe(1);
    expect((await assay('diff', base, head, '--fail-on', 'none')).code).toBe(0);
  }, 180_000);

  it('exits 2 for a newer rule that does not run, and says where', async () => {
    const base = write(RULE);
    const head = sandbox.file('broken.kql', RULE.replace('RemoteUrl\n', 'RemoteUri\n'));
    const { code, stdout } = await assay('diff', base, head);
    expect([code, stdout]).toEqual([2, expect.stringMatching(/KS142 at .*broken\.kql:4:34.*Did you mean 'RemoteUrl'/)]);
  }, 180_000);

  it('writes one comment for a pull request', async () => {
    const base = write(RULE);
    const { code, stdout } = await assay('diff', base, sandbox.file('louder.kql', LOUDER), '--format', 'markdown');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^## ✅ Assay: /);
    expect(stdout).toContain('<details><summary>Gained and lost by scenario</summary>');
  }, 180_000);

  it('names a file of a revision that is too large, and what to set', async () => {
    git('init', '-q');
    write(RULE);
    sandbox.file('shell-lookup/large.csv', 'x'.repeat(5000));
    commit('v1');
    sandbox.file('shell-lookup/large.csv', '');
    for (const name of ['file-size', 'revision-size']) {
      vi.stubEnv('ASSAY_LIMITS', `${name}=4KB`);
      const { code, stderr } = await diff('v1');
      expect([code, stderr]).toEqual([3, expect.stringMatching(/^v1:.* bytes\. The limit is 4KB; set ASSAY_LIMITS=/)]);
    }
  });

  it('refuses wrong use in words', async () => {
    const folder = write(RULE);
    const kql = sandbox.file('a.kql', RULE);
    const cases: [string[], RegExp][] = [
      [[folder], /is a path: name what to compare it with/],
      [[kql, sandbox.file('b.kql', RULE)], /add --environment/],
      [['no-such-thing', folder], /neither a file or folder nor a git revision/],
      [['no-such..thing'], /'no-such..thing' is neither a file or folder nor a git revision/],
      [[folder, kql, '--fail-on', 'lost-ture'], /Did you mean 'lost-true'/],
      [['HEAD', '--in', join(sandbox.root, 'none')], /neither a file|nothing here/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await assay('diff', ...args);
      expect([args[0], code, stderr]).toEqual([args[0], 3, expect.stringMatching(message)]);
    }
  });
});
