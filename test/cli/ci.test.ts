import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryFiles } from '../../harness/scaffold/init.js';
import { writeNew } from '../../harness/scaffold/write.js';

const SCRIPT = resolve('.ci/action.sh');
const ASSAY = `${process.execPath} --import ${resolve('node_modules/tsx/dist/loader.mjs')} ${resolve('harness/cli/main.ts')}`;
const TIME = 180_000;
const CI = ['docs/ci/github.yml', 'docs/ci/gitlab.yml', 'docs/ci/azure-pipelines.yml'];
const textOf = (file: string): string => readFileSync(file, 'utf8');
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

describe('a folder for reports that a pull request filled', () => {
  it(
    'is emptied of what passes for a report, and refused with anything else in it',
    () => {
      const out = join(folder, 'out');
      rmSync(out, { recursive: true, force: true });
      mkdirSync(out);
      writeFileSync(join(out, 'diff.sarif'), 'theirs');
      symlinkSync('../.git/config', join(out, 'comment.md'));
      symlinkSync('../.git/config', join(out, 'measurement.json'));
      const config = readFileSync(join(folder, '.git/config'), 'utf8');
      // The rule has lost a site by now.
      expect(act('--hosts', '20').code).toBe(1);
      expect(readFileSync(join(out, 'comment.md'), 'utf8')).toMatch(/^<!-- assay -->/);
      expect(readdirSync(out)).not.toContain('diff.sarif');
      expect(readFileSync(join(folder, '.git/config'), 'utf8')).toBe(config);

      writeFileSync(join(out, 'other.sarif'), 'theirs');
      expect(act('--hosts', '20')).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(/^out\/other\.sarif: Assay does not write/),
      });
      rmSync(out, { recursive: true });
      symlinkSync('.git', out);
      expect(act('--hosts', '20')).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(/out: This is a link that/),
      });
      expect(readdirSync(join(folder, '.git'))).not.toContain('comment.md');
      rmSync(out);
    },
    TIME,
  );
});

describe('the comment', () => {
  const ME = 'github-actions[bot]';

  /** Runs the script with a `gh` that writes down how it is called and answers as told. */
  function comment(earlier: string, run: (env: NodeJS.ProcessEnv) => void = byScript): readonly string[] {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, 'gh'),
      `#!/bin/sh\necho "$@" >> "${folder}/calls"\ncase "$*" in *graphql*) echo '${ME}';; *--paginate*) echo "$me" > "${folder}/me"; echo "${earlier}";; esac\n`,
    );
    chmodSync(join(bin, 'gh'), 0o755);
    writeFileSync(join(folder, 'calls'), '');
    mkdirSync(join(folder, 'out'), { recursive: true });
    writeFileSync(join(folder, 'out/comment.md'), '<!-- assay -->\n', { flag: 'a' });
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, GITHUB_REPOSITORY: 'acme/detections' };
    run(env);
    return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  }

  function byScript(env: NodeJS.ProcessEnv): void {
    execFileSync(resolve('.ci/comment.sh'), ['7', 'out/comment.md'], { cwd: folder, env, stdio: 'pipe' });
  }

  /** The step of the workflow that `assay init` writes. */
  function byWorkflow(env: NodeJS.ProcessEnv): void {
    const workflow = load(repositoryFiles().get('.github/workflows/detections.yaml') ?? '') as {
      readonly jobs: { readonly assay: { readonly steps: readonly { readonly run?: string }[] } };
    };
    const step = workflow.jobs.assay.steps.find(({ run }) => run?.includes('comment.md'));
    const COMMENTS = 'repos/acme/detections/issues/7/comments';
    execFileSync('bash', ['-e', '-c', step?.run ?? 'exit 1'], { cwd: folder, env: { ...env, COMMENTS } });
  }

  it('is posted and replaced by the workflow of a new repository, too', () => {
    expect(comment('', byWorkflow).at(-1)).toMatch(
      /--method POST repos\/acme\/detections\/issues\/7\/comments --field body=@out/,
    );
    const url = 'https://api.github.com/repos/acme/detections/issues/comments/42';
    expect(comment(url, byWorkflow).at(-1)).toContain(`--method PATCH ${url} --field body=@out/comment.md`);
  });

  it('is posted the first time and replaced from then on', () => {
    expect(comment('').at(-1)).toMatch(
      /--method POST repos\/acme\/detections\/issues\/7\/comments --field body=@out\/comment\.md/,
    );
    expect(comment('42').at(-1)).toMatch(/--method PATCH repos\/acme\/detections\/issues\/comments\/42 /);
  });

  const filterOf = (calls: readonly string[]): string =>
    calls.find((call) => call.includes('--paginate'))?.replace(/^.* --jq /, '') ?? '';

  it('replaces only one that the same token wrote', () => {
    for (const run of [byScript, byWorkflow]) {
      const filter = filterOf(comment('', run));
      expect(filter).toMatch(/^\.\[\] \| select\(\.user\.login == env\.me and \(/);
      expect(readFileSync(join(folder, 'me'), 'utf8').trim()).toBe(ME);
    }
  });

  it.skipIf(!hasJq())('is told from others by its author and its first line', () => {
    const body = '<!-- assay -->\n## …';
    const comments = [
      { id: 1, url: 'u1', user: { login: 'mallory' }, body },
      { id: 2, url: 'u2', user: { login: 'github-actions' }, body },
      { id: 3, url: 'u3', user: { login: ME }, body: 'another' },
      { id: 4, url: 'u4', user: null, body },
      { id: 5, url: 'u5', user: { login: ME }, body: null },
      { id: 6, url: 'u6', user: { login: ME }, body },
    ];
    for (const [run, found] of [
      [byScript, '6'],
      [byWorkflow, 'u6'],
    ] as const) {
      const filter = filterOf(comment('', run));
      const options = { input: JSON.stringify(comments), encoding: 'utf8', env: { ...process.env, me: ME } } as const;
      expect(execFileSync('jq', ['-r', filter], options).trim()).toBe(found);
    }
  });

  it('is never a file that a link leads to', () => {
    rmSync(join(folder, 'out'), { recursive: true });
    mkdirSync(join(folder, 'out'));
    symlinkSync('../.git/config', join(folder, 'out/comment.md'));
    expect(() => comment('')).toThrow(/is not a file of its own/);
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('');
    rmSync(join(folder, 'out'), { recursive: true });
  });
});

function hasJq(): boolean {
  return (process.env['PATH'] ?? '').split(':').some((each) => existsSync(join(each, 'jq')));
}

describe('the folder of the action', () => {
  /** What the script says of a folder; nothing where it makes it. */
  function refusal(name: string, prepare: (root: string) => void = () => undefined): string {
    const root = mkdtempSync(join(tmpdir(), 'assay-out-'));
    try {
      prepare(root);
      execFileSync(resolve('.ci/own-folder.sh'), [name], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
      expect(lstatSync(join(root, name)).isDirectory()).toBe(true);
      return '';
    } catch (error) {
      return String((error as { stderr?: string }).stderr);
    } finally {
      rmSync(root, { recursive: true });
    }
  }

  it('is a new one in the checkout', () => {
    for (const name of ['out', 'a/b/c', 'out/', '.reports']) expect([name, refusal(name)]).toEqual([name, '']);
    expect(refusal('out', (root) => mkdirSync(join(root, 'out')))).toBe('');
  });

  it('is none that leads out of it', () => {
    const names = [
      '../x',
      '/tmp/x',
      'a/../../x',
      '.',
      '..',
      '',
      './x',
      '.git',
      '.GIT/x',
      'a/.git',
      '-x',
      'a b',
      '*',
      'x\ny',
    ];
    for (const name of [...names, '!x', '$(id)', '::error::x', 'a//b'])
      expect([name, refusal(name)]).toEqual([name, expect.stringContaining('The folder of the reports has to be')]);
    expect(refusal('out', (root) => symlinkSync(tmpdir(), join(root, 'out')))).toMatch(/is behind a link/);
    expect(refusal('a/out', (root) => symlinkSync(tmpdir(), join(root, 'a')))).toMatch(/is behind a link/);
    expect(refusal('out', (root) => writeFileSync(join(root, 'out'), ''))).toMatch(/is a file/);
  });

  it('holds nothing that a pull request brought along', () => {
    for (const file of ['comment.md', 'evil.sarif', '.hidden']) {
      const prepare = (root: string): void => {
        mkdirSync(join(root, 'out'));
        writeFileSync(join(root, 'out', file), '');
      };
      expect(refusal('out', prepare)).toMatch(/has files in it already/);
    }
  });

  it('is there before anything is posted or uploaded', () => {
    const { runs } = load(readFileSync('action.yml', 'utf8')) as {
      readonly runs: {
        readonly steps: readonly { readonly id?: string; readonly if?: string; readonly run?: string }[];
      };
    };
    expect(runs.steps[0]).toMatchObject({ id: 'folder', run: expect.stringContaining('own-folder.sh') });
    const always = runs.steps.filter((step) => step.if?.includes('always()'));
    expect(always).toHaveLength(3);
    for (const step of always) expect(step.if).toMatch(/^always\(\) && steps\.folder\.outcome == 'success' && /);
    for (const text of [repositoryFiles().get('.github/workflows/detections.yaml'), ...CI.slice(1).map(textOf)])
      expect(text).toMatch(/- (run: |bash: )?rm -rf out\n/);
  });
});

describe('what the action installs', () => {
  it(
    'is what runs, without scripts, and is enough',
    () => {
      const root = mkdtempSync(join(tmpdir(), 'assay-action-'));
      try {
        const tree = join(root, 'assay');
        for (const path of ['.ci', 'harness', 'simulators', 'reports', 'detections', 'tsconfig.json', 'package.json'])
          cpSync(path, join(tree, path), { recursive: true, filter: (file) => !file.endsWith('node_modules') });
        writeFileSync(join(root, 'npm'), standIn(root));
        chmodSync(join(root, 'npm'), 0o755);
        const work = join(root, 'work');
        writeNew(work, repositoryFiles());
        const { PATH } = process.env;
        const env = { ...process.env, ASSAY: '', PATH: `${root}:${PATH}`, GITHUB_ACTIONS: '', CI: '' };
        const run = (): string =>
          execFileSync(join(tree, '.ci/action.sh'), ['--hosts=5'], { cwd: work, env, encoding: 'utf8', stdio: 'pipe' });
        expect(run()).toContain('script-reads-paste');
        run();
        const install = 'ci --omit=dev --ignore-scripts --no-audit --no-fund';
        expect(readFileSync(join(root, 'calls'), 'utf8').trim().split('\n')).toEqual([
          `${tree} ${install}`,
          `${join(tree, '.ci/build')} ${install}`,
          `${tree} run --silent build:content`,
        ]);
      } finally {
        rmSync(root, { recursive: true });
      }
    },
    TIME,
  );

  /** An `npm` that installs by links to what is installed here: what runs, and what builds. */
  function standIn(root: string): string {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
    const production = Object.entries(packages).flatMap(([path, { dev, devOptional, peer }]) =>
      /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev && !devOptional && !peer && existsSync(path) ? [path] : [],
    );
    const links = production.map((path) => `mkdir -p ${join(path, '..')}; ln -s '${realpathSync(path)}' ${path}`);
    const esbuild = realpathSync('node_modules/esbuild/bin/esbuild');
    return `#!/bin/sh
set -e
echo "$PWD $@" >> '${root}/calls'
case "$1 $PWD" in
  run*) PATH=\${PATH#*:} exec npm "$@" ;;
  *build) mkdir -p node_modules/.bin; ln -s '${esbuild}' node_modules/.bin/esbuild ;;
  *) ${links.join('\n')} ;;
esac
`;
  }
});

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly integrity?: string;
        readonly resolved?: string;
        readonly dev?: boolean;
        readonly devOptional?: boolean;
        readonly peer?: boolean;
      }
    >
  >;
}

describe('what others made', () => {
  it('has its digest in the lock files, and no address', () => {
    for (const file of ['package-lock.json', '.ci/build/package-lock.json']) {
      const { packages } = JSON.parse(readFileSync(file, 'utf8')) as Lock;
      const others = Object.entries(packages).filter(([path]) => path !== '');
      expect(others.length).toBeGreaterThan(20);
      const wrong = others.filter(
        ([, { integrity, resolved }]) => !integrity?.startsWith('sha512-') || resolved !== undefined,
      );
      expect(wrong.map(([path]) => path)).toEqual([]);
    }
  });

  it('is named by its commit where it is an action', () => {
    const files = ['action.yml', ...CI].map(textOf);
    const texts = [...files, repositoryFiles().get('.github/workflows/detections.yaml') ?? ''];
    const used = texts.flatMap((text) => [...text.matchAll(/uses: (.*)$/gm)].map(([, name = '']) => name));
    expect(used.length).toBeGreaterThan(7);
    // The reader puts in which Assay.
    const loose = used.filter((name) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(name));
    expect(loose).toEqual(['OWNER/assay@COMMIT']);
  });

  it('runs no script of its own where it is installed', () => {
    const texts = [...CI.map(textOf), repositoryFiles().get('.github/workflows/detections.yaml') ?? ''];
    const installs = texts.flatMap((text) => text.match(/npm (ci|install).*/g) ?? []);
    expect(installs).toHaveLength(3);
    for (const install of installs) expect(install).toMatch(/^npm (ci|install) --ignore-scripts$/);
  });
});

describe('the definitions for CI', () => {
  it('are YAML, and name only scripts that are here', () => {
    for (const file of CI) {
      expect(load(readFileSync(file, 'utf8'))).toBeTypeOf('object');
    }
    const action = readFileSync('action.yml', 'utf8');
    expect(load(action)).toMatchObject({ runs: { using: 'composite' } });
    for (const [, script = ''] of action.matchAll(/\$GITHUB_ACTION_PATH\/([\w./-]+)/g)) readFileSync(script);
  });
});
