import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWhole } from '../../harness/files/output.js';
import { scratchFolder } from '../../harness/files/scratch.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'temporary-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const LOADER = ['--import', resolve('node_modules/tsx/dist/loader.mjs'), '--input-type=module', '--eval'];
const MADE = `import { writeFileSync } from 'node:fs';
import { scratchFolder } from '${resolve('harness/files/scratch.ts')}';
const { path } = scratchFolder();
writeFileSync(path + '/a', '');
console.log(path);`;

/** What is among the temporary files, without what tsx keeps there for itself. */
function temporary(): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith('tsx-'));
}

/** Runs a program with this folder for temporary files; gives the folder that it made. */
function run(after = ''): string {
  const env = { ...process.env, TMPDIR: folder };
  return execFileSync(process.execPath, [...LOADER, `${MADE}\n${after}`], {
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

describe('a temporary folder', () => {
  it('is private, and goes when it is removed', () => {
    const { path, remove } = scratchFolder();
    expect(statSync(path).mode & 0o777).toBe(0o700);
    writeFileSync(join(path, 'a'), '');
    remove();
    expect(existsSync(path)).toBe(false);
    remove();
  });

  it('goes when the process ends, by itself or by an error', () => {
    run();
    expect(() => run('throw new Error("no")')).toThrow();
    expect(() => run('process.exit(3)')).toThrow();
    expect(temporary()).toEqual([]);
  });

  it('that a killed process left goes with the next, and nothing else does', async () => {
    const env = { ...process.env, TMPDIR: folder };
    const killed = spawn(process.execPath, [...LOADER, `${MADE}\nsetInterval(() => {}, 1000);`], { env });
    const [said] = (await once(killed.stdout, 'data')) as [Buffer];
    const left = said.toString().trim();
    // It runs: nobody else may take its folder.
    run();
    expect(temporary()).toEqual([basename(left)]);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const [, machine] = basename(left).split('-');
    const others = ['assay-mine', `assay-00000000-1-a_1-abcdef`, `assay-${machine}-notes`];
    for (const name of others) mkdirSync(join(folder, name));
    mkdirSync(join(folder, 'precious'));
    writeFileSync(join(folder, 'precious', 'a'), '');
    const link = basename(left).replace(/.{6}$/, 'linked');
    symlinkSync('precious', join(folder, link));
    run();
    expect(temporary().sort()).toEqual([...others, link, 'precious'].sort());
    expect(readdirSync(join(folder, 'precious'))).toEqual(['a']);
  });

  it('is not all: so is what it was about to write', async () => {
    const script = `import { writeWholeBy } from '${resolve('harness/files/output.ts')}';
await writeWholeBy('${folder}/a', async ({ path }) => { console.log(path); setInterval(() => {}, 1000); await new Promise(() => {}); });`;
    const killed = spawn(process.execPath, [...LOADER, script]);
    await once(killed.stdout, 'data');
    writeWhole(join(folder, 'b'), '');
    expect(temporary()).toHaveLength(2);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    run(`const { writeWhole } = await import('${resolve('harness/files/output.ts')}'); writeWhole('${folder}/c', '');`);
    expect(temporary().sort()).toEqual(['b', 'c']);
  });

  it.runIf(process.platform === 'linux')('goes also where another process has its number by now', () => {
    const name = basename(run());
    const reused = name.replace(/^(assay-\w+)-\d+-\w+-/, `$1-${process.pid}-aaaaaaaa_1-`);
    mkdirSync(join(folder, reused));
    run();
    expect(temporary()).toEqual([]);
  });

  it('that cannot be is told with what to do', () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(folder, 'none');
    try {
      expect(() => scratchFolder()).toThrow(
        `${join(folder, 'none')}: There is no such file or folder. Temporary files go here; TMPDIR names another folder.`,
      );
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });
});
