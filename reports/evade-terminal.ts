import { type EvasionResult, ROBUSTNESS } from '../harness/evade/result.js';
import type { Printable } from '../harness/files/printable.js';
import * as words from './evade-words.js';
import { proportion } from './figures.js';
import { type Paint, painted, type TerminalOptions } from './paint.js';
import { oneLine, wrapped } from './text.js';

/** Fewer characters of a title tell nothing. */
const LEAST_TITLE = 10;

/** What evading a detection found, for a person: the share, the clauses, the transformations, the scenarios, the matrix. */
export function evasionTerminal(result: EvasionResult, options: TerminalOptions): Printable {
  return painted(result, options, (shown, paint) => laidOut(shown, paint, options.width));
}

function laidOut(result: EvasionResult, paint: Paint, width: number): string {
  const two = words.composedText(result);
  const parts = [
    [
      paint('bold', oneLine(result.detection)),
      wrapped(`still detected: ${words.stillText(result)}`, width, '  '),
      `  of all pairs: ${proportion(result.detectedOfAll)}`,
      paint('dim', wrapped(words.groundText(result), width, '  ')),
    ],
    clauses(result, paint, width),
    transformations(result, paint, width),
    scenarios(result, paint, width),
    two === undefined ? [] : [paint('bold', wrapped(two, width))],
    matrix(result, paint, width),
    leftOut(result, paint, width),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function clauses({ clauses: rated, robustness, rule }: EvasionResult, paint: Paint, width: number): string[] {
  if (rated.length === 0) return [];
  const level =
    robustness === undefined ? 'none' : `${robustness}, ${ROBUSTNESS[robustness as keyof typeof ROBUSTNESS]}`;
  return [
    paint('bold', `Robustness (Summiting the Pyramid): ${level}`),
    ...rated.flatMap(({ text, line, column, level: own, why }) => [
      `  ${own ?? '–'}  ${oneLine(rule.file)}:${line}:${column}  ${cut(text, width - 20)}`,
      paint('dim', wrapped(why, width, '     ')),
    ]),
  ];
}

function transformations(result: EvasionResult, paint: Paint, width: number): string[] {
  const rows = words.transformationRows(result);
  const widest = Math.max(...rows.map(({ id }) => id.length), 0);
  return [
    paint('bold', 'Transformations, the cheapest for the attacker first'),
    ...rows.map(({ id, cost, detected, pairs, evaded, title }) => {
      const share = `${detected}/${pairs} detected`.padStart(16);
      const mark = evaded === 0 ? paint('green', '✔') : paint('red', '✘');
      const figures = `${id.padEnd(widest)}  ${cost.padEnd(9)} ${share}, ${String(evaded).padStart(2)} evade`;
      const room = width - figures.length - 6;
      // A beginning of a title that tells nothing is left out: the id says it.
      return `  ${mark} ${figures}${room < LEAST_TITLE ? '' : `  ${paint('dim', cut(title, room))}`}`;
    }),
  ];
}

function scenarios(result: EvasionResult, paint: Paint, width: number): string[] {
  const widest = Math.max(...result.scenarios.map(({ id }) => id.length), 0);
  return [
    paint('bold', 'Cheapest evasion of each scenario'),
    ...result.scenarios.map((scenario) => {
      const mark = !scenario.detected
        ? paint('yellow', '○')
        : scenario.cheapest
          ? paint('red', '✘')
          : paint('green', '✔');
      return `  ${mark} ${scenario.id.padEnd(widest)}  ${cut(words.cheapestText(scenario), width - widest - 6)}`;
    }),
  ];
}

/** As many columns beside each other as the terminal has room for, the others below. */
function matrix(result: EvasionResult, paint: Paint, width: number): string[] {
  const columns = words
    .transformationRows(result)
    .map(({ id }, index) => ({ id, number: String(index + 1).padStart(2) }));
  if (columns.length === 0) return [];
  const widest = Math.min(Math.max(...result.scenarios.map(({ id }) => id.length)), Math.floor(width / 3));
  const across = Math.max(1, Math.floor((width - widest - 4) / 3));
  const blocks = Array.from({ length: Math.ceil(columns.length / across) }, (_, i) =>
    columns.slice(i * across, (i + 1) * across),
  );
  return [
    paint(
      'bold',
      wrapped('Scenarios by transformations (● caught, ◐ some runs, ○ none; blank: makes no sense)', width),
    ),
    ...columns.map(({ id, number }) => paint('dim', `  ${number} ${id}`)),
    ...blocks.flatMap((block, i) => [
      ...(i === 0 ? [] : ['']),
      `  ${''.padEnd(widest)}  ${block.map(({ number }) => number).join(' ')}`,
      ...result.scenarios.map(
        ({ id }) =>
          `  ${cut(id, widest).padEnd(widest)}  ${block.map((column) => ` ${words.matrixMark(result, id, column.id)}`).join(' ')}`,
      ),
    ]),
  ];
}

function leftOut(result: EvasionResult, paint: Paint, width: number): string[] {
  const rows = words.leftOutRows(result);
  if (rows.length === 0) return [];
  return [
    paint('bold', 'Pairs that were left out'),
    ...rows.map(({ reason, pairs }) => `  ${String(pairs).padStart(4)}${wrapped(reason, width, '        ').slice(6)}`),
  ];
}

function cut(text: string, width: number): string {
  const line = oneLine(text);
  return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1))}…`;
}
