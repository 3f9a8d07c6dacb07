import { GRADE_MEANS } from '../../harness/exceptions/result.js';
import type { Tuning } from '../../harness/tune/result.js';
import { count } from '../figures.js';
import { type Paint, painter, type TerminalOptions } from '../terminal.js';
import { oneLine } from '../text.js';
import { curveRows, headline, safetyLine, setting, splitRows, worthLine } from './words.js';

/** How many refused conditions are shown; the other reports hold them all. */
const SHOWN = 8;

/** What tuning found, for a person: the trade-off, how it holds elsewhere, and each exception with its safety. */
export function tuningTerminal(results: readonly Tuning[], options: TerminalOptions): string {
  const paint = painter(options);
  return `${results.map((result) => section(result, paint)).join('\n\n')}\n`;
}

function section(result: Tuning, paint: Paint): string {
  const { exceptions, rejected } = result;
  const grades = [...new Set(exceptions.map(({ grade }) => grade))].sort();
  return [
    `${paint('bold', oneLine(result.detection))}  ${headline(result)}`,
    paint('dim', `  ${oneLine(setting(result))}`),
    '',
    ...aligned(curveRows(result), paint),
    '',
    ...aligned(splitRows(result), paint),
    ...exceptions.flatMap((exception) => [
      '',
      `  ${paint('bold', exception.grade)}  ${oneLine(exception.condition)}`,
      `     ${worthLine(exception)}`,
      paint('dim', `     ${oneLine(safetyLine(exception))}`),
      paint('dim', `     ${oneLine(exception.reason)}`),
    ]),
    ...(grades.length === 0 ? [] : ['']),
    ...grades.map((grade) => paint('dim', `  ${grade}: ${GRADE_MEANS[grade]}`)),
    ...(rejected.length === 0 ? [] : ['', `  ${paint('bold', 'Not proposed')}`]),
    ...rejected.slice(0, SHOWN).map(({ condition, why }) => `  ${paint('yellow', '○')} ${oneLine(condition)}: ${why}`),
    ...(rejected.length > SHOWN ? [`  and ${count(rejected.length - SHOWN, 'more')}`] : []),
  ].join('\n');
}

/** Columns side by side, numbers to the right. */
function aligned(rows: readonly (readonly string[])[], paint: Paint): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row, at) => {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
    const line = `  ${cells.join('   ').trimEnd()}`;
    return at === 0 ? paint('dim', line) : line;
  });
}
