import type { Paint } from './terminal.js';

/** Lines of columns side by side: texts to the left, what begins with a digit or sign to the right. The first is the head. */
export function aligned(rows: readonly (readonly string[])[], paint: Paint): string[] {
  const [head = [], ...body] = rows;
  const widths = head.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const numbers = head.map((_, i) => i > 0 && body.every((row) => /^([\d+−–]|$)/.test(row[i] ?? '')));
  return rows.map((row, at) => {
    const cells = row.map((cell, i) => (numbers[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)));
    const line = `  ${cells.join('   ').trimEnd()}`;
    return at === 0 ? paint('dim', line) : line;
  });
}
