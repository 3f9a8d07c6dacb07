import type { Paint } from './paint.js';

/** A name cut shorter tells nothing. */
const LEAST_NAME = 12;

/**
 * Lines of columns side by side: texts to the left, what begins with a digit or sign to the right. The first is the head.
 *
 * @param width columns of the terminal: where the lines are longer, gaps close up, and then names are cut
 */
export function aligned(
  rows: readonly (readonly string[])[],
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): string[] {
  const [head = [], ...body] = rows;
  const widths = head.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const numbers = head.map((_, i) => i > 0 && body.every((row) => /^([\d+−–]|$)/.test(row[i] ?? '')));
  const sum = widths.reduce((all, each) => all + each, 2);
  const gap = [3, 2].find((each) => sum + each * (widths.length - 1) <= width) ?? 1;
  const over = Math.max(0, sum + gap * (widths.length - 1) - width);
  const [longest = 0] = widths;
  widths[0] = Math.min(longest, Math.max(LEAST_NAME, longest - over));
  return rows.map((row, at) => {
    const cells = row.map((cell, i) => {
      const text = i === 0 ? cut(cell, widths[0] ?? 0) : cell;
      return numbers[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
    });
    const line = `  ${cells.join(' '.repeat(gap)).trimEnd()}`;
    return at === 0 ? paint('dim', line) : line;
  });
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
