import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assay } from './run.js';

async function commands(...path: string[]): Promise<string[]> {
  const { stdout } = await assay(...path, '--help');
  const list = /\nCommands:\n([\s\S]*?)(\n\n|$)/.exec(stdout)?.[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
}

describe('the help', () => {
  it('of every command has an example and offers --quiet', async () => {
    const names = await commands();
    expect(names).toContain('test');
    for (const name of names) {
      const inner = await commands(name);
      for (const path of inner.length === 0 ? [[name]] : inner.map((each) => [name, each])) {
        const { stdout } = await assay(...path, '--help');
        expect(stdout, path.join(' ')).toMatch(/Examples?:\n {2}assay /);
        expect(stdout, path.join(' ')).toContain('--quiet');
      }
    }
  });

  it('names what was meant by a mistyped command or flag', async () => {
    expect((await assay('tset')).stderr).toMatch(/Did you mean test\?/);
    expect((await assay('test', '--hots', '3')).stderr).toMatch(/Did you mean --hosts\?/);
    expect((await assay('new', 'detecton', 'x')).stderr).toMatch(/Did you mean detection\?/);
    expect((await assay('constructor')).code).toBe(3);
    for (const slip of ['detections/dead-drop-repaird', 'dead-drop-repaired'])
      expect((await assay('test', slip)).stderr).toContain("Did you mean 'detections/dead-drop-repaired'?");
  });
});

describe('the help on a narrow terminal', () => {
  it('keeps its lines within 80 columns, and shows defaults as people write them', async () => {
    for (const path of [[], ['test'], ['query'], ['anonymize'], ['new']]) {
      const { stdout } = await assay(...path, '--help');
      const [usage = ''] = stdout.split('\nExample');
      for (const line of usage.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
      expect(stdout).not.toMatch(/default: \[/);
    }
    expect((await assay('test', '--help')).stdout).toContain('(default: detections)');
  });

  it('names what was meant by a mistyped value', async () => {
    const { code, stderr } = await assay('query', 'print 1', '--environment', 'sentinell');
    expect([code, stderr]).toEqual([3, expect.stringContaining("Did you mean 'sentinel'?")]);
  });
});

describe('completion', () => {
  /** What bash offers after a line of words. */
  async function offered(...words: string[]): Promise<string[]> {
    const { stdout } = await assay('completion', 'bash');
    const folder = mkdtempSync(join(tmpdir(), 'assay-completion-'));
    try {
      const script = `${stdout}\nCOMP_WORDS=(assay ${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length}\n_assay\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`;
      writeFileSync(join(folder, 'complete.sh'), script);
      return execFileSync('bash', [join(folder, 'complete.sh')], { encoding: 'utf8' })
        .trim()
        .split('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('offers commands, commands of commands, flags and the values of flags', async () => {
    expect(await offered('ch')).toEqual(['check']);
    expect(await offered('new', 'd')).toEqual(['detection']);
    expect(await offered('new', 'detection', '--env')).toEqual(['--environment']);
    expect(await offered('check', '--environment', 'sen')).toEqual(['sentinel']);
    // Of several names the last, a scenario, a detection.
    expect(await offered('test', '--format', 'json,mark')).toEqual(['json,markdown']);
    expect(await offered('evade', '--scenario', 'acr')).toEqual(['acr-stealer']);
    expect(await offered('test', 'detections/dead-drop-rep')).toEqual(['detections/dead-drop-repaired']);
    expect(await offered('completion', 'f')).toEqual(['fish']);
    // A value that is not one of a few: the shell offers files.
    expect(await offered('test', '--out', '')).toEqual(['']);
  });

  it('is there for other shells', async () => {
    for (const shell of ['zsh', 'fish', 'powershell']) {
      const { code, stdout } = await assay('completion', shell);
      expect(code).toBe(0);
      expect(stdout).toContain('detection');
    }
    expect((await assay('completion', 'csh')).code).toBe(3);
  });
});
