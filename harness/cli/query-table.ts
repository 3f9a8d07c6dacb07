import { table } from '../../reports/terminal.js';
import { oneLine } from '../../reports/text.js';
import { type Answer, cellText } from '../engine/answer.js';
import { type Printable, printable, visible } from '../files/printable.js';

/** Narrower columns tell nothing. */
const LEAST = 10;

/** Characters that a table without a terminal may come to by filling its columns up: one long value is long in each row. */
const FILLED = 16 * 1024 ** 2;

/**
 * An answer as a table.
 *
 * @param width columns of the terminal that it must fit: what is longer is cut, and columns beyond it are left out and
 *   named. Without it every value is shown whole.
 */
export function tableText(answer: Answer, width?: number): Printable {
  const head = answer.columns.map(({ name }) => oneLine(name));
  const body = answer.rows.map((row) =>
    row.map((value, i) => {
      const text = visible(cellText(value, answer.columns[i]?.type ?? 'dynamic'));
      return width === undefined ? text : text.replace(/\s/g, ' ');
    }),
  );
  const widths = head.map((name, i) => body.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), name.length));
  if (width !== undefined) return printable(fitted(head, body, widths, width));
  const most = Math.max(LEAST, Math.floor(FILLED / ((body.length + 2) * Math.max(1, head.length))));
  return printable(
    whole(
      head,
      body,
      widths.map((each) => Math.min(each, most)),
    ),
  );
}

function whole(head: readonly string[], body: readonly string[][], widths: readonly number[]): string {
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')}\n`;
}

function fitted(head: readonly string[], body: readonly string[][], natural: readonly number[], width: number): string {
  const shown = Math.min(head.length, Math.max(1, Math.floor(width / LEAST)));
  const wanted = natural.slice(0, shown).map((each) => Math.max(LEAST, each + 2));
  const most = capFor(wanted, width);
  const widths = wanted.map((each) => Math.min(each, most));
  const rule = widths.map((each) => '-'.repeat(each - 2));
  const rows = [head, rule, ...body].map((row) => row.slice(0, shown));
  const left = head.slice(shown);
  const note = left.length === 0 ? '' : `and ${left.length} more columns; \`| project\` chooses some, --json has all\n`;
  return `${table(rows, widths, false)}\n${note}`;
}

/** The widest that columns may be so that all of them fit. */
function capFor(widths: readonly number[], width: number): number {
  let cap = Math.max(...widths);
  while (cap > LEAST && widths.reduce((sum, each) => sum + Math.min(each, cap), 0) > width) cap -= 1;
  return cap;
}
