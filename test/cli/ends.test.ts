import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The command line in a process of its own, as a shell writes it. */
const ASSAY = [
  process.execPath,
  '--import',
  resolve('node_modules/tsx/dist/loader.mjs'),
  resolve('harness/cli/main.ts'),
];
const SIMULATE = ['simulate', '--workload', 'small-office', '--days', '1', '--out', 'out'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ends-'));
  mkdirSync(join(folder, 'temporary'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: join(folder, 'temporary'), TSX_DISABLE_CACHE: '1', CI: '', GITHUB_ACTIONS: '' };
}

/** Runs a line of bash, in which `$ASSAY` is the command line; gives its exit code and what it writes. */
function bash(line: string): { readonly code: number; readonly stdout: string; readonly stderr: string } {
  const script = `ASSAY="${ASSAY.join(' ')}"\nset -o pipefail\n${line} 2>stderr >stdout || code=$?\ncat stdout; cat stderr >&2; exit \${code:-0}`;
  try {
    const stdout = execFileSync('bash', ['-c', script], { cwd: folder, env: environment(), stdio: 'pipe' });
    return { code: 0, stdout: stdout.toString(), stderr: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: Buffer; stderr: Buffer };
    return { code: status, stdout: stdout.toString(), stderr: stderr.toString() };
  }
}

describe.runIf(process.platform !== 'win32')('a signal', () => {
  for (const [signal, code] of [
    ['INT', 130],
    ['TERM', 143],
  ] as const)
    it(`${signal} ends a run at once, leaves nothing half, and is its exit code ${code}`, async () => {
      // The shell gives the exit code that people see. Without job control it would have its children ignore INT.
      const line = `set -m; ${ASSAY.join(' ')} ${SIMULATE.join(' ')} & echo $!; wait $!; echo $?`;
      const shell = spawn('bash', ['-c', line], { cwd: folder, env: environment() });
      let said = '';
      shell.stdout.on('data', (text) => {
        said += text;
      });
      const isWriting = (): boolean =>
        existsSync(join(folder, 'out')) && readdirSync(join(folder, 'out')).some((name) => name.endsWith('.part'));
      while (!isWriting() && shell.exitCode === null) await new Promise((done) => setTimeout(done, 5));
      expect(readdirSync(join(folder, 'temporary'))).toHaveLength(1);
      process.kill(Number(said.split('\n')[0]), `SIG${signal}`);
      await once(shell, 'close');
      expect(said.trim().split('\n')[1]).toBe(String(code));
      expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
      expect(
        readdirSync(join(folder, 'out')).filter((name) => !/^(Device\w+|_activities)\.ndjson$/.test(name)),
      ).toEqual([]);
    });
});

describe.runIf(process.platform === 'linux')('a full disk', () => {
  it('is told, and leaves the files of before and no half one', () => {
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out', 'DeviceNetworkEvents.ndjson'), 'old');
    // A limit of the system on the size of a file fails as a full disk does, and needs no rights.
    const { code, stdout, stderr } = bash(`trap '' XFSZ; ulimit -f 100; $ASSAY ${SIMULATE.join(' ')}`);
    expect([code, stdout, stderr]).toEqual([
      3,
      '',
      expect.stringMatching(/^out\/\w+\.ndjson: The file would be larger than this system allows; .*\n$/),
    ]);
    expect(readdirSync(join(folder, 'out'))).toEqual(['DeviceNetworkEvents.ndjson']);
    expect(execFileSync('cat', ['out/DeviceNetworkEvents.ndjson'], { cwd: folder, encoding: 'utf8' })).toBe('old');
  });

  it('behind stdout is told, and is no success', () => {
    const { code, stderr } = bash(`(exec $ASSAY query 'range x from 1 to 9 step 1' > /dev/full)`);
    expect([code, stderr]).toEqual([3, 'stdout: The disk is full; make room, or name another place.\n']);
    expect(bash(`(exec $ASSAY --help > /dev/full 2> /dev/full)`).code).toBe(3);
    expect(bash(`(exec $ASSAY query 'rang' 2> /dev/full)`).code).toBe(2);
  });

  it.runIf(process.getuid?.() === 0)('of any kind is told', () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      // No right to mount: the limit on the size of files above stands for it.
      return;
    }
    try {
      const { code, stderr } = bash(`$ASSAY ${SIMULATE.join(' ')}/../disk/out`);
      expect([code, stderr]).toEqual([3, expect.stringMatching(/\.ndjson: The disk is full; make room, .*\n$/)]);
      expect(readdirSync(join(disk, 'out')).filter((name) => name.endsWith('.part'))).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe.runIf(process.platform !== 'win32')('a reader', () => {
  it('that goes away early ends nothing in an error, and makes no findings a success', () => {
    const big = `query 'range x from 1 to 20000 step 1' --json`;
    expect(bash(`$ASSAY ${big} | head -c 20`)).toEqual({ code: 0, stdout: '{"columns":[{"name":', stderr: '' });
    expect(bash(`$ASSAY check ${resolve('detections')} | true`)).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  it('that is slow gets all of it', () => {
    const { code, stdout } = bash(`$ASSAY query 'range x from 1 to 50000 step 1' --json | (sleep 1; cat)`);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { readonly rows: readonly unknown[] }).rows).toHaveLength(50_000);
  });
});
