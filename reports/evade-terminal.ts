import { styleText } from 'node:util';
import { type EvasionResult, ROBUSTNESS } from '../harness/evade/result.js';
import * as words from './evade-words.js';
import { proportion } from './figures.js';
import { oneLine } from './text.js';

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns that a line may fill. */
  readonly width: number;
}

type Paint = (colour: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;

/** What evading a detection found, for a person: the share, the clauses, the transformations, the scenarios, the matrix. */
export function evasionTerminal(result: EvasionResult, { color, width }: TerminalOptions): string {
  const paint: Paint = (colour, text) => (color ? styleText(colour, text, { validateStream: false }) : text);
  const two = words.composedText(result);
  const parts = [
    [
      `${paint('bold', oneLine(result.detection))}  still detected: ${words.stillText(result)}`,
      `  of all pairs: ${proportion(result.detectedOfAll)}`,
      `  ${paint('dim', words.groundText(result))}`,
    ],
    clauses(result, paint, width),
    transformations(result, paint),
    scenarios(result, paint),
    two === undefined ? [] : [paint('bold', two)],
    matrix(result, paint),
    leftOut(result, paint),
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
      paint('dim', `     ${why}`),
    ]),
  ];
}

function transformations(result: EvasionResult, paint: Paint): string[] {
  const rows = words.transformationRows(result);
  const widest = Math.max(...rows.map(({ id }) => id.length), 0);
  return [
    paint('bold', 'Transformations, the cheapest for the attacker first'),
    ...rows.map(({ id, cost, detected, pairs, evaded, title }) => {
      const share = `${detected}/${pairs} detected`.padStart(16);
      const mark = evaded === 0 ? paint('green', '✔') : paint('red', '✘');
      return `  ${mark} ${id.padEnd(widest)}  ${cost.padEnd(9)} ${share}, ${String(evaded).padStart(2)} evade  ${paint('dim', title)}`;
    }),
  ];
}

function scenarios(result: EvasionResult, paint: Paint): string[] {
  const widest = Math.max(...result.scenarios.map(({ id }) => id.length), 0);
  return [
    paint('bold', 'Cheapest evasion of each scenario'),
    ...result.scenarios.map((scenario) => {
      const mark = !scenario.detected
        ? paint('yellow', '○')
        : scenario.cheapest
          ? paint('red', '✘')
          : paint('green', '✔');
      return `  ${mark} ${scenario.id.padEnd(widest)}  ${oneLine(words.cheapestText(scenario))}`;
    }),
  ];
}

function matrix(result: EvasionResult, paint: Paint): string[] {
  const columns = words.transformationRows(result);
  if (columns.length === 0) return [];
  const widest = Math.max(...result.scenarios.map(({ id }) => id.length));
  const numbers = columns.map((_, index) => String(index + 1).padStart(2)).join(' ');
  return [
    paint('bold', 'Scenarios by transformations (● caught, ◐ some runs, ○ none; blank: makes no sense)'),
    ...columns.map(({ id }, index) => paint('dim', `  ${String(index + 1).padStart(2)} ${id}`)),
    `  ${''.padEnd(widest)}  ${numbers}`,
    ...result.scenarios.map(
      ({ id }) =>
        `  ${id.padEnd(widest)}  ${columns.map((column) => ` ${words.matrixMark(result, id, column.id)}`).join(' ')}`,
    ),
  ];
}

function leftOut(result: EvasionResult, paint: Paint): string[] {
  const rows = words.leftOutRows(result);
  if (rows.length === 0) return [];
  return [
    paint('bold', 'Pairs that were left out'),
    ...rows.map(({ reason, pairs }) => `  ${String(pairs).padStart(4)}  ${oneLine(reason)}`),
  ];
}

function cut(text: string, width: number): string {
  const line = oneLine(text);
  return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1))}…`;
}
