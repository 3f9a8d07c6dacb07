import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Repository } from '../../harness/files/git.js';

let root: string;
let marker: string;
let script: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'assay-git-')));
  vi.spyOn(process, 'cwd').mockImplementation(() => join(root, 'repo'));
  marker = join(root, 'ran');
  script = join(root, 'attack.sh');
  file('attack.sh', `#!/bin/sh\necho "$0 $*" >> '${marker}'\n`);
  chmodSync(script, 0o755);
  file('repo/detections/a/rule.kql', 'DeviceEvents');
  git('init', '-q', '-b', 'main', '.');
  commit('First');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function file(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function gitIn(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@b.example', '-c', 'commit.gpgsign=false'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '', GIT_ALLOW_PROTOCOL: 'none' };
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8', env, stdio: 'pipe' }).trim();
}

function git(...args: string[]): string {
  return gitIn(join(root, 'repo'), ...args);
}

function commit(title: string): string {
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', title);
  return git('rev-parse', 'HEAD');
}

async function repository(path = join(root, 'repo')): Promise<Repository> {
  const found = await Repository.of(path);
  if (found === undefined) throw new Error('There is no repository.');
  return found;
}

/** Asks all that Assay asks of git; an error is an answer too. */
async function all(path = join(root, 'repo/detections')): Promise<void> {
  const found = await repository(path);
  const head = await found.commit('HEAD');
  if (head === undefined) return;
  await found.mergeBase(head, head);
  await found.isShallow();
  await found.changedSince(head).catch(() => undefined);
  for (const each of await found.files(head, '')) await found.content(each).catch(() => undefined);
}

describe('a repository that somebody else made', () => {
  it('runs nothing from a bare repository among its files', async () => {
    const bare = join(root, 'repo/detections/evil');
    gitIn(root, 'init', '-q', '--bare', bare);
    gitIn(bare, 'config', 'core.repositoryFormatVersion', '1');
    gitIn(bare, 'config', 'extensions.partialClone', 'origin');
    gitIn(bare, 'config', 'remote.origin.url', '.');
    gitIn(bare, 'config', 'remote.origin.promisor', 'true');
    gitIn(bare, 'config', 'remote.origin.uploadpack', script);
    gitIn(bare, 'config', 'protocol.file.allow', 'always');
    gitIn(bare, 'config', 'core.fsmonitor', script);
    file('repo/detections/evil/refs/heads/main', `${'1'.repeat(40)}\n`);
    file('repo/detections/evil/HEAD', 'ref: refs/heads/main\n');
    commit('Evil');
    vi.mocked(process.cwd).mockReturnValue(bare);
    expect((await repository(bare)).root).toBe(join(root, 'repo'));
    expect(await (await repository(bare)).commit('1'.repeat(40))).toBeUndefined();
    await all(bare);
    expect(existsSync(marker)).toBe(false);
  });

  it('is not another that lies within its files', async () => {
    const inner = join(root, 'repo/detections/a');
    gitIn(inner, 'init', '-q');
    gitIn(inner, 'config', 'core.fsmonitor', script);
    expect((await repository(inner)).root).toBe(join(root, 'repo'));
  });

  it('is not the one above where its own .git is none', async () => {
    file('repo/inner/.git/HEAD', 'nothing');
    vi.mocked(process.cwd).mockReturnValue(join(root, 'repo/inner'));
    await expect(Repository.of('.')).rejects.toThrow(/The \.git here is not a repository/);
  });

  const ATTACKS: readonly (readonly [string, () => void])[] = [
    ['core.fsmonitor', () => git('config', 'core.fsmonitor', script)],
    ['diff.external', () => git('config', 'diff.external', script)],
    ['core.pager', () => git('config', 'core.pager', script)],
    ['pager.diff', () => git('config', 'pager.diff', script)],
    ['core.sshCommand', () => missing('ssh://host.example/x', () => git('config', 'core.sshCommand', script))],
    ['uploadpack', () => missing('.', () => git('config', 'remote.origin.uploadpack', script))],
    ['ext::', () => missing(`ext::${script}`, () => git('config', 'protocol.ext.allow', 'always'))],
    ['a filter', () => attribute('* filter=evil', ['filter.evil.clean', 'filter.evil.smudge'])],
    ['a filter that is a process', () => attribute('* filter=evil', ['filter.evil.process'])],
    ['a filter with a name of its own', () => attribute('* filter=a.b', ['filter.a.b.clean'])],
    ['a driver of diffs', () => attribute('* diff=evil', ['diff.evil.command'])],
    ['a conversion', () => attribute('* diff=evil', ['diff.evil.textconv'])],
    ['a hook', () => hooks(join(root, 'repo/.git/hooks'))],
    [
      'core.hooksPath',
      () => {
        hooks(join(root, 'repo/hooks'));
        git('config', 'core.hooksPath', 'hooks');
      },
    ],
    [
      'include.path',
      () => {
        file('repo/team.gitconfig', `[core]\n\tfsmonitor = ${script}\n[filter "evil"]\n\tclean = ${script}\n`);
        attribute('* filter=evil', []);
        git('config', 'include.path', '../team.gitconfig');
      },
    ],
    [
      'core.attributesFile',
      () => {
        file('repo/attributes', '* filter=evil\n');
        git('config', 'core.attributesFile', join(root, 'repo/attributes'));
        git('config', 'filter.evil.clean', script);
      },
    ],
  ];

  /** Has a blob that only a server would have. */
  function missing(url: string, more: () => void): void {
    const blob = git('rev-parse', 'HEAD:detections/a/rule.kql');
    rmSync(join(root, 'repo/.git/objects', blob.slice(0, 2), blob.slice(2)), { force: true });
    git('config', 'core.repositoryFormatVersion', '1');
    git('config', 'extensions.partialClone', 'origin');
    git('config', 'remote.origin.url', url);
    git('config', 'remote.origin.promisor', 'true');
    git('config', 'protocol.file.allow', 'always');
    git('config', 'protocol.ssh.allow', 'always');
    more();
  }

  function attribute(line: string, keys: readonly string[]): void {
    file('repo/.gitattributes', `${line}\n`);
    for (const key of keys) git('config', key, script);
  }

  function hooks(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const name of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction', 'post-checkout']) {
      writeFileSync(join(folder, name), readFileSync(script));
      chmodSync(join(folder, name), 0o755);
    }
  }

  for (const [name, prepare] of ATTACKS) {
    it(`runs nothing by ${name}`, async () => {
      prepare();
      // Another time than in the index: git must look into the file.
      file('repo/detections/a/rule.kql', 'DeviceEvents ');
      await all();
      expect(existsSync(marker) ? readFileSync(marker, 'utf8') : '').toBe('');
    });
  }

  it('says which filter it cannot switch off', async () => {
    git('config', 'filter.a=b.clean', script);
    const head = git('rev-parse', 'HEAD');
    await expect((await repository()).changedSince(head)).rejects.toThrow(/The filter 'a=b' .* cannot be switched off/);
  });

  it('looks at its own files, not at those of core.worktree', async () => {
    mkdirSync(join(root, 'elsewhere'));
    git('config', 'core.worktree', join(root, 'elsewhere'));
    const found = await repository();
    expect(await found.changedSince(gitIn(join(root, 'repo'), 'rev-parse', 'HEAD'))).toEqual([]);
  });

  it('has the objects that their hashes say', async () => {
    const first = git('rev-parse', 'HEAD');
    file('repo/detections/a/rule.kql', 'DeviceProcessEvents');
    const second = commit('Second');
    git('replace', first, second);
    const found = await repository();
    const [rule] = await found.files(first, 'detections');
    expect(rule && (await found.content(rule)).toString()).toBe('DeviceEvents');
  });

  it('does not give git its configuration where HOME leads into it, or is relative', async () => {
    file('repo/.gitconfig', `[core]\n\tfsmonitor = ${script}\n[trace2]\n\tnormalTarget = ${marker}\n`);
    file('repo/git/config', readFileSync(join(root, 'repo/.gitconfig'), 'utf8'));
    for (const home of ['', '.', join(root, 'repo')]) {
      for (const name of ['HOME', 'XDG_CONFIG_HOME']) {
        vi.stubEnv(name, home);
        await all();
        expect([home, name, existsSync(marker)]).toEqual([home, name, false]);
      }
    }
  });

  it('takes no variable of git that leads elsewhere', async () => {
    mkdirSync(join(root, 'other'));
    gitIn(join(root, 'other'), 'init', '-q');
    vi.stubEnv('GIT_DIR', join(root, 'other/.git'));
    vi.stubEnv('GIT_INDEX_FILE', join(root, 'other/index'));
    vi.stubEnv('GIT_EXTERNAL_DIFF', script);
    vi.stubEnv('GIT_CONFIG_PARAMETERS', `'core.fsmonitor'='${script}'`);
    vi.stubEnv('GIT_TRACE', marker);
    expect(await (await repository()).commit('main')).toMatch(/^[0-9a-f]{40}$/);
    await all();
    expect(existsSync(marker)).toBe(false);
  });

  it('brings no git of its own', async () => {
    for (const name of ['git', 'git.exe']) file(`repo/node_modules/.bin/${name}`, readFileSync(script, 'utf8'));
    chmodSync(join(root, 'repo/node_modules/.bin/git'), 0o755);
    for (const first of ['', '.', join(root, 'repo/node_modules/.bin')]) {
      vi.stubEnv('PATH', `${first}${delimiter}${process.env['PATH']}`);
      await all();
      expect(existsSync(marker)).toBe(false);
    }
    vi.stubEnv('PATH', join(root, 'repo/node_modules/.bin'));
    await expect(Repository.of('.')).rejects.toThrow(/git cannot be run: none is in a folder of PATH outside/);
  });
});

describe('a revision', () => {
  it('is never an option, nor a file', async () => {
    const found = await repository();
    file('repo/main', 'a file named like a branch');
    expect(await found.commit('main')).toBe(git('rev-parse', 'HEAD'));
    const target = join(root, 'written');
    for (const name of [
      `--output=${target}`,
      '-o',
      '--all',
      '--',
      '',
      ' ',
      'main\n',
      'a\0b',
      '--git-dir=/',
      'main..main',
    ])
      expect([name, await found.commit(name)]).toEqual([name, undefined]);
    expect(existsSync(target)).toBe(false);
  });

  it('may have any name that git takes', async () => {
    const found = await repository();
    for (const name of ['über/weg', "it's", 'a$(id)', 'a;b', '日本', '@', 'a"b', 'x{y', 'with-', 'é']) {
      git('branch', name);
      expect([name, await found.commit(name)]).toEqual([name, git('rev-parse', 'HEAD')]);
    }
  });

  it('is a hash to all other questions', async () => {
    const found = await repository();
    await expect(found.changedSince('main')).rejects.toThrow(TypeError);
    await expect(found.changedSince('--output=x')).rejects.toThrow(TypeError);
    await expect(found.files('HEAD', '')).rejects.toThrow(TypeError);
    await expect(found.mergeBase('HEAD', '--all')).rejects.toThrow(TypeError);
  });
});

describe('what git is asked', () => {
  it('finds files of any name', async () => {
    for (const name of ['-x', ':(top)y', '*', 'a b', 'q"', 'new\nline', 'tab\t']) file(`repo/d/${name}`, name);
    const head = commit('Names');
    const found = await repository();
    for (const name of ['-x', ':(top)y', '*', 'a b', 'q"', 'new\nline', 'tab\t']) {
      const [one, ...others] = await found.files(head, `d/${name}`);
      expect([one?.path, others]).toEqual([`d/${name}`, []]);
      expect(one && (await found.content(one)).toString()).toBe(name);
    }
    file('repo/d/-x', 'other');
    expect(await found.changedSince(head)).toEqual(['d/-x']);
  });

  it('says where the repository is not trusted, and what is too much', async () => {
    vi.stubEnv('ASSAY_LIMITS', 'git-answer=10B');
    await expect(Repository.of('.')).rejects.toThrow(/answers more than can be read\. The limit is 10B/);
  });

  it('works in a worktree, and by a link from outside', async () => {
    git('worktree', 'add', '-q', join(root, 'tree'), '-b', 'other');
    vi.mocked(process.cwd).mockReturnValue(join(root, 'tree/detections'));
    expect((await repository('.')).root).toBe(join(root, 'tree'));
    expect((await repository('../none')).pathOf('../none')).toBe('none');
    execFileSync('ln', ['-s', join(root, 'repo/detections'), join(root, 'link')]);
    vi.mocked(process.cwd).mockReturnValue(root);
    const found = await repository(join(root, 'link/a'));
    expect([found.root, found.pathOf(join(root, 'link/a'))]).toEqual([join(root, 'repo'), 'detections/a']);
  });
});
