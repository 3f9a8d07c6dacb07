import type { CoveredPart } from '../harness/coverage/result.js';
import type { DetectionMeasurement } from '../harness/measure/measurement.js';
import { number } from './figures.js';
import type { Paint } from './paint.js';
import { oneLine } from './text.js';

type Coverage = NonNullable<DetectionMeasurement['coverage']>;

/** What decided anything, for a person at a terminal: each clause with its counts, its entries by whom they hit. */
export function clauseCoverage(
  { parts, covered, constants }: Coverage,
  file: string,
  paint: Paint,
  width: number,
): string {
  const marks = [...findings(parts), ...constants.map(({ column, value }) => `${column} is ${value} in every row`)];
  return [
    `\n  ${paint('bold', 'Coverage')}  ${covered} of ${parts.length} clauses, entries and branches of ${file} decide something in the tests${others(parts)}`,
    paint('dim', row('events that each decided', ['tests', 'true', 'false'], width)),
    ...clausesIn(parts).flatMap(({ clause, entries }) => [
      row(`${clause.line}:${clause.column} ${clause.text}`, countsOf(clause), width),
      ...(clause.finding === undefined ? hits(entries).flatMap((text) => wrapped(text, width)) : []),
    ]),
    ...marks.map((text) => `  ${paint('yellow', '○')} ${cut(oneLine(text), width - 4)}`),
  ].join('\n');
}

/** What the parts that decide nothing in the tests do in the workload: a test can be missing for these alone. */
function others(parts: readonly CoveredPart[]): string {
  const left = parts.filter(({ decided }) => decided.tests === 0);
  if (left.length === 0) return '';
  const deciding = left.filter(({ finding }) => finding === undefined).length;
  const count =
    deciding === 0 ? 'none decides anything' : `${deciding} ${deciding === 1 ? 'decides' : 'decide'} something`;
  return `\n            of the other ${left.length}, ${count} in the workload`;
}

/** Every clause, or what chooses a branch, and the entries of its list. */
function clausesIn(parts: readonly CoveredPart[]): { clause: CoveredPart; entries: CoveredPart[] }[] {
  const clauses: { clause: CoveredPart; entries: CoveredPart[] }[] = [];
  for (const part of parts) {
    if (part.kind === 'entry') clauses.at(-1)?.entries.push(part);
    else clauses.push({ clause: part, entries: [] });
  }
  return clauses;
}

function countsOf({ decided }: CoveredPart): string[] {
  return [decided.tests, decided.malicious, decided.benign].map(number);
}

/** The entries by the events of the workload that they decided; those that decided none, by whether tests have one. */
function hits(entries: readonly CoveredPart[]): string[] {
  const of = (hitsTrue: boolean, hitsFalse: boolean, tested?: boolean): string =>
    entries
      .filter(({ decided }) => decided.malicious > 0 === hitsTrue && decided.benign > 0 === hitsFalse)
      .filter(({ decided }) => tested === undefined || decided.tests > 0 === tested)
      .map(({ text }) => text)
      .join(', ');
  const kinds: readonly [string, string][] = [
    ['true and false', of(true, true)],
    ['true alone', of(true, false)],
    ['false alone', of(false, true)],
    ['tests alone', of(false, false, true)],
    ['none', of(false, false, false)],
  ];
  return kinds.flatMap(([kind, texts]) => (texts === '' ? [] : [`hit by ${kind}: ${texts}`]));
}

/** Why parts decide nothing, and which the tests leave out. */
function findings(parts: readonly CoveredPart[]): string[] {
  // The entries of a clause that decides nothing have nothing to add.
  let silent = false;
  const idle = parts.filter(({ kind, finding }) => {
    if (kind === 'entry') return !silent && finding !== undefined;
    silent = finding !== undefined;
    return silent;
  });
  const untested = parts.filter(({ finding, decided }) => finding === undefined && decided.tests === 0);
  const told = ({ line, column, text }: CoveredPart, why: string): string =>
    `${line}:${column} ${cut(text, 50)}: ${why}`;
  return [
    ...idle.map((part) => told(part, part.finding ?? '')),
    ...untested.map((part) => told(part, 'decides something in the workload, and nothing in the tests')),
  ];
}

const COUNT = 9;

function row(text: string, counts: readonly string[], width: number): string {
  const room = width - 2 - COUNT * counts.length;
  return `  ${cut(oneLine(text), room - 1).padEnd(room)}${counts.map((count) => count.padStart(COUNT)).join('')}`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of oneLine(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${lines.length === 0 ? '    ' : '      '}${word}`);
  }
  return lines;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
