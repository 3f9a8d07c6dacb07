import { describe, expect, it } from 'vitest';
import { tableText } from '../../harness/cli/query-table.js';
import type { Answer } from '../../harness/engine/answer.js';

function answer(columns: readonly string[], ...rows: readonly string[][]): Answer {
  return { columns: columns.map((name) => ({ name, type: 'string' as const })), rows };
}

describe('the table of an answer', () => {
  it('shows every value whole where no terminal limits it', () => {
    expect(tableText(answer(['Name', 'Text'], ['a', 'x'.repeat(300)]))).toContain('x'.repeat(300));
  });

  it('fits the terminal: cuts what is long, leaves short columns as they are', () => {
    expect(tableText(answer(['Name', 'Text'], ['a', 'x'.repeat(300)], ['b', 'line\nline']), 40)).toBe(
      `Name      Text
--------  ----------------------------
a         ${'x'.repeat(28)}…
b         line line
`,
    );
  });

  it('names columns for which there is no room', () => {
    const names = Array.from({ length: 46 }, (_, i) => `Column${i}`);
    const text = tableText(answer(names, names), 80);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain('and 38 more columns');
  });

  it('does not grow by the longest value in each row', () => {
    const rows = Array.from({ length: 5000 }, () => ['b', 'c']);
    const text = tableText(answer(['Name', 'Text'], ['a'.repeat(200_000), 'c'], ...rows));
    expect(text).toContain('a'.repeat(200_000));
    expect(text.length).toBeLessThan(20_000_000);
  });

  it('holds nothing that a terminal would obey', () => {
    for (const width of [undefined, 80]) {
      const text = tableText(answer(['a\u001b[31m'], ['\u001b]0;x\u0007']), width);
      for (const code of ['\u001b', '\u0007']) expect(text).not.toContain(code);
    }
  });
});
