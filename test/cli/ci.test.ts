import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryFiles } from '../../harness/scaffold/init.js';
import { writeNew } from '../../harness/scaffold/write.js';

const SCRIPT = resolve('.ci/action.sh');
const ASSAY = `${process.execPath} --import ${resolve('node_modules/tsx/dist/loader.mjs')} ${resolve('harness/cli/main.ts')}`;
const TIME = 180_000;
let folder: string;

function git(...args: string[]): string {
  const who = ['-c', 'user.name=Robin', '-c', 'user.email=robin@corp.example', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' });
}

/** Runs the script of the action; gives its exit code and what it writes. */
function act(...args: string[]): { readonly code: number; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, ASSAY, CI: 'true', GITHUB_ACTIONS: '' };
  try {
    const stdout = execFileSync(SCRIPT, args, { cwd: folder, encoding: 'utf8', env, stdio: 'pipe' });
    return { code: 0, stdout, stderr: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, stdout, stderr };
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-ci-'));
  writeNew(folder, repositoryFiles());
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'Begin');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('what the GitHub Action runs', () => {
  it(
    'writes every report of a repository that was just begun',
    () => {
      const { code, stderr } = act('--hosts', '20', '--with', 'mutate,evade,advise,guide');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const out = (name: string): string => readFileSync(join(folder, 'out', name), 'utf8');
      expect(out('report.html')).toContain('<h1>script-reads-paste: ships</h1>');
      expect(out('report.html')).toContain('How attackers get around it');
      expect(out('report.html')).toContain('<dt>Mutation score</dt>');
      expect(out('report.html')).toContain('What to change in the lists');
      expect(out('report.html')).toContain('What its alerts look like');
      expect(JSON.parse(out('check.sarif'))).toMatchObject({ version: '2.1.0' });
      expect(out('comment.md')).toMatch(/^<!-- assay -->\n\n## ✅ Assay: 1 of 1 detection passed/);
    },
    TIME,
  );

  it(
    'fails a change that loses attacks, and says so in its comment',
    () => {
      const rule = join(folder, 'detections/script-reads-paste/rule.kql');
      writeFileSync(rule, readFileSync(rule, 'utf8').replace('"pastebin.com", ', ''));
      git('branch', 'before');
      // A file of this name must not be taken for the base.
      writeFileSync(join(folder, 'before'), 'a file');
      git('add', 'before');
      git('commit', '-q', '-a', '-m', 'Drop a site');
      const { code, stdout } = act('--base', 'before', '--hosts', '20', '--json');
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        code: 1,
        detections: ['detections/script-reads-paste'],
        steps: [{ command: 'check' }, { command: 'test' }, { command: 'diff', code: 1 }],
        files: expect.arrayContaining([
          'assay.sarif',
          'check.sarif',
          'comment.md',
          'diff.html',
          'diff.sarif',
          'report.html',
        ]),
      });
      const comment = readFileSync(join(folder, 'out/comment.md'), 'utf8');
      expect(comment).toMatch(/^<!-- assay -->\n\n## ❌/);
      expect(comment).toMatch(/lost-true/);
      const page = readFileSync(join(folder, 'out/diff.html'), 'utf8');
      expect(page).toContain('<h1>script-reads-paste: the change goes over a limit</h1>');
    },
    TIME,
  );

  it(
    'says what to fetch when there is nothing to compare with',
    () => {
      const { code, stderr } = act('--base', 'origin/main');
      expect(code).toBe(3);
      expect(stderr).toContain('fetch-depth: 0');
    },
    TIME,
  );

  it(
    'takes a base that looks like an option for what it is: no revision',
    () => {
      for (const all of [[], ['--all']]) {
        const { code, stderr } = act('--base=--output=written', ...all);
        expect([code, stderr]).toEqual([3, expect.stringContaining("'--output=written' is not a git revision here.")]);
      }
      expect(existsSync(join(folder, 'written'))).toBe(false);
    },
    TIME,
  );
});

describe('the comment', () => {
  /** Runs the script with a `gh` that writes down how it is called and answers as told. */
  function comment(earlier: string, run: (env: NodeJS.ProcessEnv) => void = byScript): string {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, 'gh'),
      `#!/bin/sh\necho "$@" >> "${folder}/calls"\ncase "$*" in *--paginate*) echo "${earlier}";; esac\n`,
    );
    chmodSync(join(bin, 'gh'), 0o755);
    writeFileSync(join(folder, 'calls'), '');
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, GITHUB_REPOSITORY: 'acme/detections' };
    run(env);
    return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').at(-1) ?? '';
  }

  function byScript(env: NodeJS.ProcessEnv): void {
    execFileSync(resolve('.ci/comment.sh'), ['7', 'out/comment.md'], { cwd: folder, env });
  }

  /** The step of the workflow that `assay init` writes. */
  function byWorkflow(env: NodeJS.ProcessEnv): void {
    const workflow = load(repositoryFiles().get('.github/workflows/detections.yaml') ?? '') as {
      readonly jobs: { readonly assay: { readonly steps: readonly { readonly run?: string }[] } };
    };
    const step = workflow.jobs.assay.steps.find(({ run }) => run?.includes('comment.md'));
    const COMMENTS = 'repos/acme/detections/issues/7/comments';
    execFileSync('bash', ['-c', step?.run ?? 'exit 1'], { cwd: folder, env: { ...env, COMMENTS } });
  }

  it('is posted and replaced by the workflow of a new repository, too', () => {
    expect(comment('', byWorkflow)).toMatch(
      /--method POST repos\/acme\/detections\/issues\/7\/comments --field body=@out/,
    );
    const url = 'https://api.github.com/repos/acme/detections/issues/comments/42';
    expect(comment(url, byWorkflow)).toContain(`--method PATCH ${url} --field body=@out/comment.md`);
  });

  it('is posted the first time and replaced from then on', () => {
    expect(comment('')).toMatch(
      /--method POST repos\/acme\/detections\/issues\/7\/comments --field body=@out\/comment\.md/,
    );
    expect(comment('42')).toMatch(/--method PATCH repos\/acme\/detections\/issues\/comments\/42 /);
  });
});

describe('the definitions for CI', () => {
  it('are YAML, and name only scripts that are here', () => {
    for (const file of ['docs/ci/github.yml', 'docs/ci/gitlab.yml', 'docs/ci/azure-pipelines.yml']) {
      expect(load(readFileSync(file, 'utf8'))).toBeTypeOf('object');
    }
    const action = readFileSync('action.yml', 'utf8');
    expect(load(action)).toMatchObject({ runs: { using: 'composite' } });
    for (const [, script = ''] of action.matchAll(/\$GITHUB_ACTION_PATH\/([\w./-]+)/g)) readFileSync(script);
  });
});
