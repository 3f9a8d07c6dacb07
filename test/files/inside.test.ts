import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileError } from '../../harness/files/errors.js';
import { insidePath, isThere, kindAt, pathNamed, repositoryOf } from '../../harness/files/inside.js';
import { readBytes } from '../../harness/files/read.js';
import { readTextFile } from '../../harness/files/text.js';
import { entriesOf, foldersFrom } from '../../harness/files/walk.js';

let root: string;
/** A folder with `.git`, and one beside it that is none of its business. */
let repository: string;
let elsewhere: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'assay-inside-')));
  repository = join(root, 'repository');
  elsewhere = join(root, 'elsewhere');
  for (const folder of [join(repository, '.git'), join(repository, 'rules'), elsewhere])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(elsewhere, 'secret.txt'), 'secret');
  writeFileSync(join(repository, 'rules', 'rule.kql'), 'T');
});

afterEach(() => {
  delete process.env['ASSAY_LIMITS'];
  rmSync(root, { recursive: true, force: true });
});

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FileError) return error.message.replaceAll(root, '');
    throw error;
  }
  return 'it was not refused';
}

function link(to: string, name = 'link'): string {
  const path = join(repository, 'rules', name);
  symlinkSync(to, path);
  return path;
}

describe('a repository', () => {
  it('is the nearest folder above that holds .git', () => {
    expect(repositoryOf(join(repository, 'rules'))).toBe(repository);
    const inner = join(repository, 'rules', 'inner');
    mkdirSync(join(inner, '.git'), { recursive: true });
    expect(repositoryOf(inner)).toBe(inner);
  });

  it('is the folder itself, or the working folder that it lies in, where there is none', () => {
    expect(repositoryOf(elsewhere)).toBe(elsewhere);
    const before = process.cwd();
    try {
      process.chdir(root);
      expect(repositoryOf('elsewhere')).toBe(root);
    } finally {
      process.chdir(before);
    }
  });

  it('is not another one that a link leads to', () => {
    mkdirSync(join(elsewhere, '.git'));
    expect(repositoryOf(link(elsewhere))).toBe(repository);
  });
});

describe('a file that is read', () => {
  it('may be a link to a file of the repository', () => {
    expect(readTextFile(link(join('..', 'rules', 'rule.kql')))).toBe('T');
  });

  it.each([
    [
      'a link out of the repository',
      '../../elsewhere/secret.txt',
      /link: This is a link that leads out of \/repository;/,
    ],
    ['a link to a device', '/dev/zero', /link: This is a link that leads out of/],
    ['a link to what the kernel tells', '/proc/self/environ', /link: This is a link that leads out of/],
    ['a link to nothing', 'nowhere', /link: There is no such file or folder\./],
    ['a link to itself', 'link', /link: The links on this path lead in a circle/],
  ])('is not %s', (_, to, message) => {
    expect(refusal(() => readTextFile(link(to)))).toMatch(message);
  });

  it('is not a pipe, and is not waited for', () => {
    const pipe = join(repository, 'rules', 'pipe.kql');
    execFileSync('mkfifo', [pipe]);
    expect(refusal(() => readTextFile(pipe))).toMatch(/pipe\.kql: This is a pipe, a socket or a device; name a file\./);
  });

  it('is not a device, a folder, or a name that no file has', () => {
    expect(refusal(() => readBytes('/dev/zero'))).toMatch(/^\/dev\/zero: This is a pipe, a socket or a device/);
    expect(refusal(() => readBytes(join(repository, 'rules')))).toMatch(/rules: This is a folder; name a file\./);
    expect(refusal(() => readBytes('a\0b'))).toMatch(/NUL/);
    expect(refusal(() => readBytes('x'.repeat(5000)))).toMatch(/The name is too long/);
    expect(refusal(() => readBytes(join(repository, 'rules', 'rule.kql', 'x')))).toMatch(
      /A part of this path is a file/,
    );
  });

  it.skipIf(process.getuid?.() === 0)('is one that may be read', () => {
    const path = join(repository, 'rules', 'rule.kql');
    chmodSync(path, 0);
    expect(refusal(() => readTextFile(path))).toMatch(/This may not be read/);
  });

  it('is within the limit, which a person can raise', () => {
    const path = join(repository, 'huge.kql');
    const file = openSync(path, 'w');
    ftruncateSync(file, 600 * 1024 ** 2);
    closeSync(file);
    expect(refusal(() => readTextFile(path))).toMatch(
      /huge\.kql: The file is too large to be read\. The limit is 64MB; set ASSAY_LIMITS=text-size=… to raise it\./,
    );
    process.env['ASSAY_LIMITS'] = 'text-size=700MB';
    expect(refusal(() => readTextFile(path))).toMatch(/huge\.kql: The file is too large for one text/);
  });

  it('is read to its end, however large it says that it is', () => {
    // A file of the kernel says that it holds nothing.
    if (isThere('/proc/self/status')) expect(readBytes('/proc/self/status').length).toBeGreaterThan(0);
    process.env['ASSAY_LIMITS'] = 'text-size=3B';
    expect(readTextFile(join(repository, 'rules', 'rule.kql'))).toBe('T');
    if (isThere('/proc/self/status')) expect(refusal(() => readBytes('/proc/self/status'))).toMatch(/too large/);
  });
});

describe('a path that a file names', () => {
  const place = () => ({ file: join(repository, 'rules', 'detection.yaml'), line: 4, column: 9 });
  const named = (name: string) => refusal(() => pathNamed(name, join(repository, 'rules'), place()));

  it('leads to what lies in the repository', () => {
    expect(pathNamed('../workloads/small.yaml', join(repository, 'rules'), place())).toBe(
      join(repository, 'workloads', 'small.yaml'),
    );
  });

  it.each([
    [
      '../../elsewhere/secret.txt',
      /detection\.yaml:4:9: '\.\.\/\.\.\/elsewhere\/secret\.txt' leads out of \/repository;/,
    ],
    ['/etc/passwd', /4:9: '\/etc\/passwd' is an absolute path/],
    ['C:\\x.yaml', /is an absolute path/],
    ['\\\\host\\share\\x.yaml', /is an absolute path/],
    ['x\0.yaml', /holds no control characters/],
    ['\u001b[31m.yaml', /holds no control characters/],
  ])('is refused at its place: %j', (name, message) => {
    expect(named(name)).toMatch(message);
  });

  it('leads out through a linked folder no more than by itself', () => {
    link('../../elsewhere', 'folder');
    const path = pathNamed('folder/secret.txt', join(repository, 'rules'), place());
    expect(refusal(() => readTextFile(path))).toMatch(/leads out of \/repository/);
  });
});

describe('folders', () => {
  it('are walked without links, loops, hidden ones and node_modules, in order of name', () => {
    for (const name of ['b', 'a/inner', '.hidden', 'node_modules/x'])
      mkdirSync(join(repository, name), { recursive: true });
    symlinkSync('..', join(repository, 'a', 'loop'));
    symlinkSync(elsewhere, join(repository, 'c'));
    const walked = [...foldersFrom(repository)].map(({ folder }) => folder.slice(repository.length));
    expect(walked).toEqual(['', '/a', '/a/inner', '/b', '/rules']);
  });

  it('are not read through a link that leads out', () => {
    expect(refusal(() => entriesOf(link(elsewhere)))).toMatch(/leads out of \/repository/);
    expect(refusal(() => insidePath(link(elsewhere, 'again')))).toMatch(/leads out of/);
    expect(kindAt(link(elsewhere, 'third'))).toBe('folder');
  });

  it('are walked so deep and so far, and no further', () => {
    mkdirSync(join(repository, ...'x'.repeat(60)), { recursive: true });
    expect(refusal(() => [...foldersFrom(repository)])).toMatch(/Folders lie too deep here\. The limit is 50;/);
    process.env['ASSAY_LIMITS'] = 'folder-depth=70, folder-entries=10';
    expect(refusal(() => [...foldersFrom(repository)])).toMatch(
      /repository: This holds too many files and folders\. The limit is 10;/,
    );
  });
});
