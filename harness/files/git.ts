import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { delimiter, isAbsolute, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FileError } from './errors.js';
import { howToRaise, limit } from './limits.js';
import { isWithin, real, rootOf } from './roots.js';

/** A file of a commit. */
export interface CommittedFile {
  /** Within the repository, with `/` between its parts. */
  readonly path: string;
  /** The hash of its content. */
  readonly blob: string;
  /** Bytes. */
  readonly size: number;
}

interface Failure {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly stderr?: unknown;
  readonly message: string;
}

/**
 * The only place that runs git. What a pull request or the configuration of a repository says runs no program, opens no
 * connection and writes no file: a revision is a commit's hash before any other command sees it.
 */
export class Repository {
  /** Its working tree, absolute. */
  readonly root: string;
  private readonly program: string;

  private constructor(root: string) {
    this.root = root;
    this.program = programOutside(root);
  }

  /**
   * The repository that a path, there or not, belongs to: that of the working folder where the path is within it. So a
   * repository that lies within another's files is never taken for it, unless a person goes there.
   *
   * @returns nothing where there is none
   * @throws FileError where git cannot be run, or does not trust the repository
   */
  static async of(path: string): Promise<Repository | undefined> {
    const root = rootOf(path);
    if (root === undefined) return undefined;
    const repository = new Repository(root);
    const found = await repository.text(['rev-parse', '--absolute-git-dir']);
    // Git goes on upwards where a `.git` is no repository.
    if (real(found) === gitDirOf(root)) return repository;
    throw problem(root, 'The .git here is not a repository; remove it, or go to the folder of the repository.');
  }

  /** Where a path is within the repository, with `/` between its parts; empty for its root. */
  pathOf(path: string): string {
    return relative(this.root, this.placeOf(path)).replaceAll('\\', '/');
  }

  /**
   * The hash of the commit that a name stands for; nothing where it is none.
   *
   * @throws FileError where git cannot tell
   */
  async commit(name: string): Promise<string | undefined> {
    if (name.startsWith('-') || /\p{Cc}/u.test(name)) return undefined;
    const verify = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    const answer = await this.unless(1, verify);
    return answer !== undefined && isHash(answer) ? answer : undefined;
  }

  /** The commit where two commits parted; nothing where they share no history here. */
  async mergeBase(one: string, other: string): Promise<string | undefined> {
    const answer = await this.unless(1, ['merge-base', hash(one), hash(other)]);
    return answer === undefined ? undefined : hash(answer);
  }

  /** The files of the working tree that differ from a commit, as paths within the repository. */
  async changedSince(commit: string): Promise<string[]> {
    const plain = ['--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=dirty'];
    const answer = await this.run(['diff', '--name-only', '-z', ...plain, hash(commit), '--'], await this.noFilters());
    return answer.toString('utf8').split('\0').filter(Boolean);
  }

  /** The files of a commit at or below a path within the repository, of all where it is empty. Links are left out. */
  async files(commit: string, place: string): Promise<CommittedFile[]> {
    const at = place === '' ? [] : [place];
    const listed = await this.run(['ls-tree', '-r', '-l', '-z', '--full-tree', hash(commit), '--', ...at]);
    return listed
      .toString('utf8')
      .split('\0')
      .flatMap((line) => {
        const [, mode = '', blob = '', size = '', path = ''] = /^(\d+) \w+ (\w+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
        return mode.startsWith('100') ? [{ path, blob, size: Number(size) }] : [];
      });
  }

  /** What is in a file of a commit. */
  async content({ blob, size }: CommittedFile): Promise<Buffer> {
    return await this.run(['cat-file', 'blob', hash(blob)], [], size);
  }

  /** Whether only the latest commits are here. */
  async isShallow(): Promise<boolean> {
    return (await this.text(['rev-parse', '--is-shallow-repository'])) === 'true';
  }

  /** Links on the way to the root are followed, those within it are not. */
  private placeOf(path: string): string {
    const place = resolve(path);
    return isWithin(place, this.root) ? place : real(path);
  }

  /** Settings that leave each filter without a program: those of all scopes, as a repository may include any file. */
  private async noFilters(): Promise<string[]> {
    const names = (await this.run(['config', '--null', '--name-only', '--list'])).toString('utf8').split('\0');
    const filters = new Set(names.flatMap((name) => /^filter\.(.+)\.[^.]+$/s.exec(name)?.[1] ?? []));
    return [...filters].flatMap((name) => {
      if (name.includes('='))
        throw problem(this.root, `The filter '${name}' of its configuration cannot be switched off; remove it.`);
      const empty = ['clean', 'smudge', 'process'].flatMap((kind) => ['-c', `filter.${name}.${kind}=`]);
      return [...empty, '-c', `filter.${name}.required=false`];
    });
  }

  private async text(args: readonly string[]): Promise<string> {
    return (await this.run(args)).toString('utf8').replace(/\r?\n$/, '');
  }

  /** What git answers, or nothing where it exits with a code that means no. */
  private async unless(code: number, args: readonly string[]): Promise<string | undefined> {
    try {
      return await this.text(args);
    } catch (error) {
      if (error instanceof FileError && (error.cause as Failure | undefined)?.code === code) return undefined;
      throw error;
    }
  }

  private async run(
    args: readonly string[],
    settings: readonly string[] = [],
    bytes: number = limit('git-answer'),
  ): Promise<Buffer> {
    const { root: cwd, program } = this;
    const seconds = limit('git-time');
    const options = { cwd, env: environment(cwd), maxBuffer: bytes + 1, timeout: seconds * 1000 };
    try {
      const child = promisify(execFile)(program, ['--no-pager', ...SETTINGS, ...settings, ...args], {
        ...options,
        encoding: 'buffer',
        killSignal: 'SIGKILL',
        windowsHide: true,
      });
      child.child.stdin?.end();
      return (await child).stdout;
    } catch (error) {
      throw this.failed(args[0] ?? '', error as Failure);
    }
  }

  private failed(command: string, failure: Failure): FileError {
    const { code, killed, stderr, message } = failure;
    if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
      return problem(this.root, `git ${command} answers more than can be read. ${howToRaise('git-answer')}`);
    if (killed === true) return problem(this.root, `git ${command} takes too long. ${howToRaise('git-time')}`);
    const said = Buffer.isBuffer(stderr) && stderr.length > 0 ? stderr.toString('utf8').trim() : message;
    return problem(this.root, `git ${command} fails: ${said}`, failure);
  }
}

/**
 * What no configuration of the repository may decide. The rest is in the environment: `GIT_ALLOW_PROTOCOL` outweighs
 * what a repository allows by protocol, and `GIT_WORK_TREE` its `core.worktree`.
 */
const SETTINGS = [
  'safe.bareRepository=explicit',
  `core.hooksPath=${devNull}`,
  'core.fsmonitor=false',
  `core.attributesFile=${devNull}`,
  'core.pager=cat',
  'diff.external=',
  'protocol.allow=never',
  'submodule.recurse=false',
].flatMap((setting) => ['-c', setting]);

/** A person's own configuration is theirs to make; any other variable of git could lead it to other files or programs. */
const KEPT = /^GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)$/;

/** Where git finds the configuration of a person. Below the root, or relative, it would be the repository's own. */
const HOMES = ['HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM'];

function environment(root: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name, value]) => {
    if (/^GIT_/i.test(name) && !KEPT.test(name)) return false;
    return !HOMES.includes(name) || (isAbsolute(value ?? '') && !isWithin(value ?? '', root));
  });
  return {
    ...Object.fromEntries(kept),
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_ASKPASS: '',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_WORK_TREE: root,
    LC_ALL: 'C',
    SSH_ASKPASS: '',
  };
}

/** The git that is run. Windows would look into the working folder first, and `npx` puts folders of a repository first. */
function programOutside(root: string): string {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((each) => isAbsolute(each));
  const found = folders
    .map((folder) => join(folder, name))
    .find((file) => isProgram(file) && !isWithin(file, root) && !isWithin(realpathSync(file), root));
  if (found !== undefined) return found;
  throw problem(root, 'git cannot be run: none is in a folder of PATH outside of this repository; install it.');
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Most folders of PATH hold none.
    return false;
  }
}

/** Where the `.git` of a root leads: itself, or what the file says that a worktree or submodule has in its place. */
function gitDirOf(root: string): string {
  const place = join(root, '.git');
  if (!statSync(place).isFile()) return real(place);
  if (statSync(place).size > 2 ** 16) return place;
  const [, target] = /^gitdir: (.+?)\r?\n*$/s.exec(readFileSync(place, 'utf8')) ?? [];
  return target === undefined ? place : real(resolve(root, target));
}

function isHash(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function hash(text: string): string {
  if (isHash(text)) return text;
  throw new TypeError(`'${text}' is not a hash of git.`);
}

function problem(file: string, message: string, cause?: unknown): FileError {
  const error = new FileError([{ file, line: 0, column: 0, message }]);
  return cause === undefined ? error : Object.assign(error, { cause });
}
