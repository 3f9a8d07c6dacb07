import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyFolder, makeFolder, writeWhole, writeWholeBy } from '../../harness/files/output.js';

const HERE = process.cwd();
let root: string;
let repository: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'output-')));
  repository = join(root, 'repository');
  mkdirSync(join(repository, '.git'), { recursive: true });
  mkdirSync(join(root, 'elsewhere'));
  process.chdir(repository);
});

afterEach(() => {
  process.chdir(HERE);
  rmSync(root, { recursive: true });
});

describe('a file', () => {
  it('is written, and replaced with its permissions', () => {
    writeWhole('a.json', 'one');
    chmodSync('a.json', 0o600);
    writeWhole('a.json', 'two');
    expect(readFileSync('a.json', 'utf8')).toBe('two');
    expect(statSync('a.json').mode & 0o777).toBe(0o600);
    expect(readdirSync('.')).toEqual(['.git', 'a.json']);
  });

  it('stays as it was where writing fails half way, whatever fails', async () => {
    writeFileSync('a.json', 'old');
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    const spoken = (path: string): Error =>
      new Error(`IO Error: Could not write file "${path}": No space left on device`);
    for (const fail of [() => full, spoken]) {
      const writing = writeWholeBy('a.json', async ({ path }) => {
        writeFileSync(path, 'ha');
        await Promise.reject(fail(path));
      });
      await expect(writing).rejects.toThrow('a.json: The disk is full; make room, or name another place.');
    }
    const other = new Error('of another kind');
    await expect(writeWholeBy('a.json', () => Promise.reject(other))).rejects.toBe(other);
    expect(readFileSync('a.json', 'utf8')).toBe('old');
    expect(readdirSync('.')).toEqual(['.git', 'a.json']);
  });

  it('is not written through a link, nor over a folder, a pipe or a device', () => {
    writeFileSync('.git/config', 'theirs');
    symlinkSync('.git/config', 'baseline.json');
    symlinkSync('nowhere', 'new.json');
    mkdirSync('folder');
    execFileSync('mkfifo', ['pipe']);
    expect(() => writeWhole('baseline.json', 'x')).toThrow(/^baseline\.json: This is a link, and nothing is written/);
    expect(() => writeWhole('new.json', 'x')).toThrow(/^new\.json: This is a link/);
    expect(() => writeWhole('folder', 'x')).toThrow('folder: This is a folder; name a file.');
    expect(() => writeWhole('pipe', 'x')).toThrow('pipe: This is a device or a pipe; name a file.');
    expect(() => writeWhole('/dev/null', 'x')).toThrow('/dev/null: This is a device or a pipe; name a file.');
    expect(readFileSync('.git/config', 'utf8')).toBe('theirs');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(existsSync('nowhere')).toBe(false);
  });

  it('that has no place is told as that', () => {
    writeFileSync('file', '');
    for (const [path, message] of [
      ['', ': This is no name of a file; name one.'],
      ['a\0b', /This is no name of a file/],
      ['none/a', 'none/a: There is no folder'],
      ['file/a', 'file/a: A part of this path is a file; name a folder.'],
      ['a'.repeat(300), 'The name is too long'],
      ['a/'.repeat(50_000), 'The name is too long'],
    ] as const)
      expect(() => writeWhole(path, 'x')).toThrow(message);
  });
});

describe('a folder', () => {
  it('is made, but by no link out of the repository or into its .git', () => {
    makeFolder('out/a');
    mkdirSync('inside');
    symlinkSync('../elsewhere', 'away');
    symlinkSync('.git', 'hooks');
    symlinkSync('../elsewhere/none', 'dangling');
    symlinkSync('circle', 'circle');
    symlinkSync('inside', 'near');
    for (const path of ['away', 'away/a', 'hooks', 'hooks/a', 'dangling', 'dangling/a', 'circle', 'near/../away/b'])
      expect(() => makeFolder(path), path).toThrow(/: This is a link that leads out of .*; remove it/);
    expect(() => makeFolder('near')).toThrow(/^near: This is a link, and nothing is written through one/);
    expect(() => writeWhole('away/a.json', 'x')).toThrow(/away: This is a link that leads out/);
    makeFolder('near/a');
    expect(readdirSync('inside')).toEqual(['a']);
    expect(readdirSync('../elsewhere')).toEqual([]);
    expect(readdirSync('.git')).toEqual([]);
  });

  it('of a repository is held to it from wherever it is named, also where the link leads to a repository', () => {
    mkdirSync('../elsewhere/.git');
    symlinkSync('../elsewhere', 'away');
    mkdirSync('within');
    process.chdir('within');
    for (const path of ['../away/out', join(repository, 'away/out')])
      expect(() => makeFolder(path), path).toThrow(/away: This is a link that leads out of/);
    process.chdir(root);
    expect(() => makeFolder('repository/away')).toThrow(/away: This is a link that leads out of/);
  });

  it('without a repository is held to the working folder, and elsewhere links are a person’s own', () => {
    rmSync('.git', { recursive: true });
    symlinkSync('../elsewhere', 'away');
    expect(() => makeFolder('away/a')).toThrow(/away: This is a link that leads out of/);
    process.chdir(HERE);
    makeFolder(join(repository, 'away/a'));
    expect(readdirSync(join(root, 'elsewhere'))).toEqual(['a']);
  });
});

describe('emptying a folder', () => {
  const isOurs = (file: string): boolean => ['report.html', 'evasion/one/evasion.md'].includes(file);

  it('removes what we write, and links under such names, without following them', () => {
    writeFileSync('../elsewhere/theirs', 'theirs');
    makeFolder('out/evasion/one');
    writeFileSync('out/evasion/one/evasion.md', '');
    writeFileSync('out/.assay-01234567-1-a_1-0123456789abcdef.part', '');
    writeFileSync('out/.gitkeep', '');
    symlinkSync('../../elsewhere/theirs', 'out/report.html');
    emptyFolder('out', isOurs);
    expect(readdirSync('out', { recursive: true })).toEqual(['.gitkeep', 'evasion', 'evasion/one']);
    expect(readFileSync('../elsewhere/theirs', 'utf8')).toBe('theirs');
    emptyFolder('none', isOurs);
  });

  it('removes nothing where there is anything else', () => {
    symlinkSync('../elsewhere', 'away');
    for (const foreign of ['evil.sarif', 'deep/report.html', '.gitkeep/a', 'evasion/one/other', 'link']) {
      makeFolder('out');
      writeFileSync('out/report.html', 'a');
      if (foreign === 'link') symlinkSync('../../elsewhere', 'out/link');
      else {
        mkdirSync(join('out', foreign, '..'), { recursive: true });
        writeFileSync(join('out', foreign), 'mine');
      }
      expect(() => emptyFolder('out', isOurs), foreign).toThrow(`${join('out', foreign)}: Assay does not write this`);
      expect(readFileSync('out/report.html', 'utf8')).toBe('a');
      rmSync('out', { recursive: true });
    }
    expect(() => emptyFolder('away', isOurs)).toThrow(/leads out of/);
  });
});
