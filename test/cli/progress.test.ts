import { afterEach, describe, expect, it } from 'vitest';
import { progress, setQuiet } from '../../harness/cli/progress.js';

afterEach(() => setQuiet(false));

/** What a terminal of a width shows after each write, without the codes that clear its line. */
function terminal(
  columns: number,
  isTTY = true,
): { readonly lines: string[]; readonly stream: Parameters<typeof progress>[0] } {
  const lines: string[] = [];
  const write = (text: string): void => void lines.push(text.replace('\r\u001b[2K', ''));
  return { lines, stream: { isTTY, columns, write } };
}

describe('progress', () => {
  it('shows a bar where it is known how much is done, and takes it away', () => {
    const { lines, stream } = terminal(60);
    const shown = progress(stream);
    shown.stage('simulating');
    shown.stage('testing mutants', 0.5);
    shown.stage('testing mutants', 1);
    shown.end();
    expect(lines).toEqual([
      'simulating',
      '████████████░░░░░░░░░░░░  50%  testing mutants',
      '████████████████████████ 100%  testing mutants',
      '',
    ]);
  });

  it('never fills more than a line, and obeys nothing in it', () => {
    for (const width of [10, 40, 60, 200]) {
      const { lines, stream } = terminal(width);
      progress(stream).stage(`\u001b]0;title\u0007${'long '.repeat(60)}`, 0.3);
      expect([...(lines[0] ?? '')].length).toBeLessThan(width);
      for (const code of ['\u0007', '\u001b']) expect(lines[0]).not.toContain(code);
    }
  });

  it('writes the same line once', () => {
    const { lines, stream } = terminal(80);
    const shown = progress(stream);
    shown.stage('testing', 0.501);
    shown.stage('testing', 0.502);
    expect(lines).toHaveLength(1);
  });

  it('says nothing where nobody watches, or wants to', () => {
    const pipe = terminal(80, false);
    progress(pipe.stream).stage('simulating');
    setQuiet(true);
    const quiet = terminal(80);
    progress(quiet.stream).stage('simulating');
    expect([...pipe.lines, ...quiet.lines]).toEqual([]);
  });
});
