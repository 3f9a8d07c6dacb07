import { GRADE_MEANS } from '../../harness/exceptions/result.js';
import type { Printable } from '../../harness/files/printable.js';
import type { Tuning } from '../../harness/tune/result.js';
import { aligned } from '../columns.js';
import { count } from '../figures.js';
import { type Paint, painted, type TerminalOptions } from '../paint.js';
import { oneLine, wrapped } from '../text.js';
import { curveRows, headline, safetyLine, setting, splitRows, worthLine } from './words.js';

/** How many refused conditions are shown; the other reports hold them all. */
const SHOWN = 8;

/** What tuning found, for a person: the trade-off, how it holds elsewhere, and each exception with its safety. */
export function tuningTerminal(results: readonly Tuning[], options: TerminalOptions): Printable {
  return painted(
    results,
    options,
    (shown, paint) => `${shown.map((result) => section(result, paint, options.width)).join('\n\n')}\n`,
  );
}

function section(result: Tuning, paint: Paint, width: number): string {
  const { exceptions, rejected } = result;
  const grades = [...new Set(exceptions.map(({ grade }) => grade))].sort();
  return [
    `${paint('bold', oneLine(result.detection))}  ${headline(result)}`,
    paint('dim', wrapped(setting(result), width, '  ')),
    '',
    ...aligned(curveRows(result), paint, width),
    '',
    ...aligned(splitRows(result), paint, width),
    ...exceptions.flatMap((exception) => [
      '',
      `  ${paint('bold', exception.grade)}  ${oneLine(exception.condition)}`,
      wrapped(worthLine(exception), width, '     '),
      paint('dim', wrapped(safetyLine(exception), width, '     ')),
      paint('dim', wrapped(exception.reason, width, '     ')),
    ]),
    ...(grades.length === 0 ? [] : ['']),
    ...grades.map((grade) => paint('dim', `  ${grade}: ${GRADE_MEANS[grade]}`)),
    ...(rejected.length === 0 ? [] : ['', `  ${paint('bold', 'Not proposed')}`]),
    ...rejected.slice(0, SHOWN).map(({ condition, why }) => `  ${paint('yellow', '○')} ${oneLine(condition)}: ${why}`),
    ...(rejected.length > SHOWN ? [`  and ${count(rejected.length - SHOWN, 'more')}`] : []),
  ].join('\n');
}
