import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { repositoryFiles } from '../../harness/scaffold/init.js';
import { writeNew } from '../../harness/scaffold/write.js';
import { assay } from './run.js';

const HERE = process.cwd();
const DETECTION = 'detections/script-reads-paste';
const SMALL = ['--hosts', '5', '--days', '1'];
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'outputs-'));
  mkdirSync(join(root, 'repository'));
  process.chdir(join(root, 'repository'));
  writeNew('.', repositoryFiles());
  mkdirSync('.git');
  writeFileSync('.git/config', 'theirs');
});
afterEach(() => expect(readFileSync('.git/config', 'utf8')).toBe('theirs'));
afterAll(() => {
  process.chdir(HERE);
  rmSync(root, { recursive: true });
});

/** Exit code and message of a command whose output is a trap. */
async function refusal(...args: string[]): Promise<readonly [number, string]> {
  const { code, stderr } = await assay(...args);
  return [code, stderr];
}

describe('a committed link', () => {
  for (const [file, args] of [
    [`${DETECTION}/guide.md`, ['guide', DETECTION, '--write', ...SMALL]],
    ['check.sarif', ['check', '--sarif', 'check.sarif']],
    ['diff.html', ['diff', `${DETECTION}/rule.kql`, DETECTION, '--html', 'diff.html', ...SMALL]],
    ['out/measurement.json', ['test', '--out', 'out', ...SMALL]],
    ['made/detection.json', ['schemas', 'detection', '--out', 'made']],
  ] as const)
    it(`is not written through by assay ${args[0]}`, async () => {
      mkdirSync(join(file, '..'), { recursive: true });
      symlinkSync(join(process.cwd(), '.git/config'), file);
      try {
        expect(await refusal(...args)).toEqual([
          3,
          expect.stringContaining(`${file}: This is a link, and nothing is written through one; remove it`),
        ]);
      } finally {
        rmSync(file);
      }
    });

  it('that is a folder leads no command out of the repository', async () => {
    mkdirSync('../elsewhere', { recursive: true });
    symlinkSync('../elsewhere', 'away');
    for (const args of [
      ['test', '--out', 'away'],
      ['test', '--events-out', 'away/events', ...SMALL],
      ['simulate', '--workload', 'small-office', '--out', 'away/a', ...SMALL],
      ['schemas', '--out', 'away'],
      ['new', 'detection', 'one', '--into', 'away'],
      ['new', 'scenario', 'one', '--into', 'away'],
      ['init', 'away/new'],
    ])
      expect(await refusal(...args), args.join(' ')).toEqual([
        3,
        expect.stringMatching(/away: This is a link that leads/),
      ]);
    expect(readdirSync('../elsewhere')).toEqual([]);
    rmSync('away');
  });
});

describe('a place that cannot hold what is written', () => {
  it('is named, without a trace of the code', async () => {
    mkdirSync(join(DETECTION, 'guide.md'));
    const rows = join(root, 'a.csv');
    writeFileSync(rows, 'DeviceName\npc-1\n');
    writeFileSync('file', '');
    for (const [args, message] of [
      [['guide', DETECTION, '--write', ...SMALL], `${DETECTION}/guide.md: This is a folder; name a file.`],
      [['check', '--sarif', '.'], '.: This is a folder; name a file.'],
      [['check', '--sarif', ''], ': This is no name of a file; name one.'],
      [['check', '--sarif', 'file/a'], 'file/a: A part of this path is a file; name a folder.'],
      [['check', '--sarif', '/dev/full'], '/dev/full: This is a device or a pipe; name a file.'],
      [['check', '--sarif', 'a'.repeat(300)], 'The name is too long; name another.'],
      [['test', '--out', '', ...SMALL], ': This is no name of a folder; name one.'],
      [['test', '--out', 'a/'.repeat(3000), ...SMALL], 'The name is too long; name another.'],
      [['simulate', '--workload', 'small-office', '--out', 'file', ...SMALL], 'file: This is a file; name a folder.'],
      [['anonymize', rows, '--out', 'file'], 'name a folder'],
      [['test', '--events-out', 'file', ...SMALL], 'file/script-reads-paste: A part of this path is a file'],
    ] as const)
      expect(await refusal(...args), args.join(' ').slice(0, 80)).toEqual([3, expect.stringContaining(message)]);
    rmSync(join(DETECTION, 'guide.md'), { recursive: true });
  });

  it('keeps the other files of a scaffold from staying', () => {
    mkdirSync('half/one', { recursive: true });
    const files = new Map([
      ['one/a', 'a'],
      ['taken/b', 'b'],
    ]);
    writeFileSync('half/taken', '');
    expect(() => writeNew('half', files)).toThrow('half/taken: This is a file; name a folder.');
    expect(existsSync('half/one/a')).toBe(false);
  });

  it.runIf(process.platform !== 'win32')('is told also where the folder of the shell is gone', () => {
    // Only what was built begins in such a folder: the loader of the tests does not.
    const script = `import { systemFault } from ${JSON.stringify(join(HERE, 'harness/files/system.ts'))};
      const { mkdirSync, rmdirSync } = await import('node:fs');
      mkdirSync('gone'); process.chdir('gone'); rmdirSync('../gone');
      try { process.cwd(); } catch (error) { console.log(systemFault(error).message); }`;
    const loader = ['--import', join(HERE, 'node_modules/tsx/dist/loader.mjs'), '--input-type=module', '--eval'];
    const said = execFileSync(process.execPath, [...loader, script], { cwd: root, encoding: 'utf8' });
    expect(said).toBe('The folder that you are in is gone; change into another.\n');
  });
});
