/** Whole repositories as a stranger's pull request leaves them, and commands that are run in them. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../../harness/cli/program.js';
import { templateFiles } from '../../../harness/scaffold/template.js';
import { mutated } from '../mutated.js';
import type { Random } from '../random.js';
import type { Fuzzer, Mode, Verdict } from './mode.js';

/** Stands in a file outside of the repository; no output may hold it. */
const SECRET = 'CANARY-4f1d9c';

const RULE_FOLDER = 'detections/script-reads-paste';

/** Names that files get: some are read as something else by whatever prints or calls. */
const NAMES = [
  'detections/x\n::error::y/rule.kql',
  'detections/##vso[x]/detection.yaml',
  'detections/\u001b[31m/rule.yaml',
  'detections/-rf/rule.kql',
  'detections/--output=marker/rule.kql',
  'detections/__proto__/detection.yaml',
  'detections/a b/rule.kql',
  `detections/${'n'.repeat(200)}/rule.kql`,
  'HEAD',
  'main',
  'HEAD~1',
];

/** What a stranger does to a repository. */
const ATTACKS: Readonly<Record<string, (repository: string, random: Random, place: Place) => void>> = {
  'changes a file': (repository, random) => {
    const file = random.pick(filesBelow(repository));
    if (lstatSync(file).isFile()) writeFileSync(file, mutated(random, readFileSync(file)));
  },
  'makes a file a link out': (repository, random, { outside }) => {
    const targets = [
      join(outside, 'secret.txt'),
      join(outside, 'secret.yaml'),
      '../../../outside/secret.yaml',
      '/dev/zero',
    ];
    replace(random.pick(filesBelow(repository)), (path) => symlinkSync(random.pick(targets), path));
  },
  'makes a folder a link out': (repository, random, { outside }) => {
    const path = join(repository, random.pick(['detections', RULE_FOLDER, 'workloads', 'out', 'detections/extra']));
    replace(path, () => symlinkSync(random.pick([outside, '..', '.', '/proc/self']), path));
  },
  'makes a file a pipe': (repository, random) => {
    replace(random.pick(filesBelow(repository)), (path) => execFileSync('mkfifo', [path]));
  },
  'makes a file a folder': (repository, random) => {
    replace(random.pick(filesBelow(repository)), (path) => mkdirSync(path));
  },
  'makes a file huge': (repository, random) => {
    const file = random.pick(filesBelow(repository));
    if (lstatSync(file).isFile()) truncateSync(file, random.pick([70_000_000, 600_000_000, 5_000_000_000]));
  },
  'adds a file': (repository, random) => {
    const path = join(repository, random.pick(NAMES));
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) writeFileSync(path, mutated(random, 'DeviceNetworkEvents | where RemoteUrl has "paste"\n'));
  },
  'commits outputs': (repository, random, { outside }) => {
    mkdirSync(join(repository, 'out'), { recursive: true });
    const name = random.pick(['comment.md', 'x.sarif', 'check.sarif', 'measurement.json', 'report.html']);
    const path = join(repository, 'out', name);
    replace(path, () => (random.chance(2) ? symlinkSync(join(outside, 'secret.txt'), path) : writeFileSync(path, 'x')));
  },
  'commits a bare repository': (repository, random, { marker }) => {
    const bare = join(repository, random.pick(['detections/bare', RULE_FOLDER, 'detections', '.']));
    for (const folder of ['objects', 'refs/heads']) mkdirSync(join(bare, folder), { recursive: true });
    writeFileSync(join(bare, 'HEAD'), 'ref: refs/heads/main\n');
    const command = `touch ${marker}`;
    writeFileSync(
      join(bare, 'config'),
      `[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tfsmonitor = "${command}; false"\n\thooksPath = ${bare}\n` +
        `\tsshCommand = "${command}"\n\tpager = "${command}"\n[diff]\n\texternal = "${command}"\n` +
        `[extensions]\n\tpartialClone = evil\n[remote "evil"]\n\turl = .\n\tpromisor = true\n\tuploadpack = "${command}; false"\n`,
    );
  },
  'sets attributes': (repository, random, { marker }) => {
    writeFileSync(join(repository, '.gitattributes'), random.pick(['* diff=evil\n', '* filter=evil\n', '* -text\n']));
    writeFileSync(join(repository, '.gitconfig'), `[diff "evil"]\n\ttextconv = touch ${marker}\n`);
  },
};

interface Place {
  readonly outside: string;
  readonly marker: string;
}

/** Commands with their arguments, by how often they are called. */
const COMMANDS: readonly (readonly [times: number, args: readonly string[]])[] = [
  [8, ['check']],
  [4, ['check', '--json']],
  [3, ['check', 'detections', '--sarif', 'out/check.sarif']],
  [3, ['allowlist', 'show']],
  [2, ['allowlist', 'render']],
  [3, ['import', 'detections', '--into', 'imported']],
  [2, ['import', '.', '--json']],
  [2, ['new', 'detection', 'another']],
  [2, ['query', '--file', `${RULE_FOLDER}/rule.kql`, '--json']],
  [2, ['query', 'T | count', '--data', `T=${RULE_FOLDER}/tests.yaml`]],
  [2, ['report', `${RULE_FOLDER}/baseline.json`]],
  [2, ['simulate', '--describe', '--workload', 'workloads/office.yaml', '--json']],
];

/** Commands that play a world or ask git, and so take longer. */
const LONG: readonly (readonly string[])[] = [
  ['diff', 'HEAD', '--hosts', '1'],
  ['diff', 'HEAD~1', '--hosts', '1', '--html', 'out/diff.html'],
  ['diff', '--output=marker', '--hosts', '1'],
  ['ci', '--base', 'HEAD', '--hosts', '1'],
  ['ci', '--base=--output=marker', '--hosts', '1'],
  ['test', '--hosts', '1', '--out', 'out'],
  ['test', '--hosts', '1', '--update-baseline'],
];

class RepositoryFuzzer implements Fuzzer {
  private readonly root = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
  private readonly template = join(this.root, 'template');
  private readonly repository = join(this.root, 'repository');
  private readonly place: Place = { outside: join(this.root, 'outside'), marker: join(this.root, 'marker') };
  private readonly home = process.cwd();
  private nth = 0;

  constructor(private readonly share: number) {
    mkdirSync(this.place.outside);
    writeFileSync(join(this.place.outside, 'secret.txt'), SECRET);
    writeFileSync(join(this.place.outside, 'secret.yaml'), `id: ${SECRET}\nquery: ${SECRET}\n`);
    for (const [path, text] of templateFiles('repository', { version: '0' })) {
      mkdirSync(dirname(join(this.template, path)), { recursive: true });
      writeFileSync(join(this.template, path), text);
    }
    const git = (...args: string[]): void => {
      const who = ['-c', 'user.name=Robin', '-c', 'user.email=robin@corp.example', '-c', 'commit.gpgsign=false'];
      execFileSync('git', [...who, ...args], { cwd: this.template, stdio: 'ignore' });
    };
    git('init', '-q', '-b', 'main', '--template=');
    git('add', '-A');
    git('commit', '-qm', 'Begin');
    git('commit', '-qm', 'Go on', '--allow-empty');
  }

  async judge(random: Random): Promise<Verdict> {
    rmSync(this.repository, { recursive: true, force: true });
    cpSync(this.template, this.repository, { recursive: true });
    const attacks = random.many(1, 3, () => random.pick(Object.keys(ATTACKS)));
    for (const attack of attacks) this.attack(attack, random);
    const long = this.nth++ % this.share === this.share - 1;
    const calls = COMMANDS.flatMap(([times, args]) => Array.from({ length: times }, () => args));
    const args = random.pick(long ? LONG : calls);
    const input = `${attacks.join(', ')}; assay ${args.join(' ')}`;
    process.chdir(this.repository);
    const { code, printed } = await captured(() => run(args)).finally(() => process.chdir(this.home));
    const fault = this.faultOf(code, printed);
    return {
      end: `${args[0]} ${code}`,
      input,
      ...(fault === undefined ? {} : { fault: `${fault}\n${printed.slice(0, 2_000)}` }),
    };
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private attack(name: string, random: Random): void {
    try {
      ATTACKS[name]?.(this.repository, random, this.place);
    } catch (error) {
      // What one attack left may be in the way of the next: a folder that is a pipe by now.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  private faultOf(code: number, printed: string): string | undefined {
    if (![0, 1, 2, 3].includes(code)) return `exits ${code}`;
    if (printed.includes(SECRET)) return 'prints what is outside of the repository';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(printed)) return 'prints a control character';
    if (/^\s*::|##\[|##vso\[/im.test(printed)) return 'prints a command of a build server';
    if (/^\s+at .*:\d+:\d+\)?$/m.test(printed)) return 'prints a stack';
    if (existsSync(this.place.marker)) {
      rmSync(this.place.marker);
      return 'runs a command';
    }
    if (readdirSync(this.root).sort().join() !== 'outside,repository,template') return 'writes beside the repository';
    const outside = readdirSync(this.place.outside);
    if (outside.sort().join() !== 'secret.txt,secret.yaml') return `writes outside: ${outside}`;
    if (readFileSync(join(this.place.outside, 'secret.txt'), 'utf8') !== SECRET) return 'writes through a link';
    if (existsSync(join(this.repository, 'marker'))) return 'writes a file that git names';
    const copied = writtenBelow(join(this.repository, 'out')).find((file) =>
      readFileSync(file, 'utf8').includes(SECRET),
    );
    return copied === undefined ? undefined : `copies what is outside into ${copied}`;
  }
}

/** What a command prints, on either stream, and its exit code. */
async function captured(call: () => Promise<number>): Promise<{ readonly code: number; readonly printed: string }> {
  let printed = '';
  const before = [process.stdout.write, process.stderr.write] as const;
  const write = ((chunk: string | Uint8Array): boolean => {
    printed += String(chunk);
    return true;
  }) as typeof process.stdout.write;
  process.stdout.write = write;
  process.stderr.write = write;
  try {
    return { code: await call(), printed };
  } finally {
    [process.stdout.write, process.stderr.write] = before;
    process.exitCode = undefined;
  }
}

function filesBelow(repository: string): string[] {
  const files = readdirSync(repository, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !`${entry.parentPath}/`.includes('/.git/'))
    .map((entry) => join(entry.parentPath, entry.name));
  return files.length > 0 ? files.sort() : [join(repository, 'README.md')];
}

/** Files that a run wrote itself, and no link. */
function writtenBelow(folder: string): string[] {
  if (!existsSync(folder) || lstatSync(folder).isSymbolicLink()) return [];
  return filesBelow(folder).filter(
    (file) => existsSync(file) && lstatSync(file).isFile() && lstatSync(file).size < 1e8,
  );
}

function replace(path: string, make: (path: string) => void): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  make(path);
}

export const REPOSITORY: Mode = {
  name: 'repository',
  what: 'whole repositories: links, pipes, git, outputs',
  open: (share) => Promise.resolve(new RepositoryFuzzer(share)),
};
