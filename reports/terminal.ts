import Table from 'cli-table3';
import type { Printable } from '../harness/files/printable.js';
import {
  type DetectionMeasurement,
  type GateResult,
  isUnmeasured,
  type Measurement,
  type Proportion,
} from '../harness/measure/measurement.js';
import { clauseCoverage } from './clause-coverage.js';
import { count, missed, noisiest, number, percent, proportion, range, testSummary } from './figures.js';
import { type Paint, painted, type TerminalOptions } from './paint.js';
import { insteadOf } from './refusals.js';
import { workloadFacts } from './telemetry.js';
import { oneLine } from './text.js';

/** How many scenarios and list entries are shown; the other reports hold them all. */
const SHOWN = 8;

/** The measurement for a person at a terminal: what a rule is worth at a glance, then what to look at. */
export function terminalReport(measurement: Measurement, options: TerminalOptions): Printable {
  return painted(measurement, options, (shown, paint) => {
    const sections = shown.detections.map((detection) => detectionSection(detection, paint, options.width));
    return `${[...sections, verdict(shown, paint)].join('\n\n')}\n`;
  });
}

function detectionSection(detection: DetectionMeasurement, paint: Paint, width: number): string {
  const passed = detection.status === 'passed';
  const mark = passed ? paint('green', '✔') : paint('red', '✘');
  const head = headline(mark, oneLine(detection.id), oneLine(detection.title), width, paint);
  const parts = [
    head,
    facts(detection, paint, width),
    findings(detection, paint),
    missedTable(detection, paint, width),
    noiseTable(detection, paint, width),
    literalTable(detection, paint, width),
    coverageSection(detection, paint, width),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** The answer: one line a figure. */
function facts(detection: DetectionMeasurement, paint: Paint, width: number): string {
  const rows: [string, string][] = [];
  if (detection.expectation !== undefined) rows.push(['Expected', oneLine(detection.expectation.message)]);
  if (detection.tests.length > 0) rows.push(['Tests', testSummary(detection)]);
  if (detection.workload !== undefined) {
    const { hosts, days, seed, events, activities } = detection.workload;
    rows.push([
      'Workload',
      `${count(events, 'event')} of ${count(hosts, 'host')} over ${count(days, 'day')}, seed ${seed}: ` +
        `${count(activities.malicious, 'attack')} among ${number(activities.benign)} benign activities`,
    ]);
    rows.push(...workloadFacts(detection.workload).map(([name, fact]): [string, string] => [name, oneLine(fact)]));
    rows.push(['Recall', units(detection.recall, 'claimed attack')]);
    rows.push(['False alerts', falseAlerts(detection)]);
    rows.push(['Precision', precision(detection)]);
    const { events: cells } = detection;
    if (!isUnmeasured(cells)) {
      rows.push([
        'Events',
        `${number(cells.tp)} true and ${number(cells.fp)} false returned, ${number(cells.fn)} targeted ones missed`,
      ]);
    }
  }
  const gates = detection.gates.filter(({ passed }) => passed).length;
  if (detection.gates.length > 0) rows.push(['Gates', `${gates} of ${detection.gates.length} hold`]);
  return table(
    rows.map(([name, value]) => [`  ${paint('dim', name)}`, value]),
    [16, width - 16],
    true,
  );
}

function units(value: Proportion, unit: string): string {
  return isUnmeasured(value) ? proportion(value) : `${proportion(value)} of ${count(value.n, unit)}`;
}

function falseAlerts({ alertsPerDayPer1000Hosts: rates }: DetectionMeasurement): string {
  if (isUnmeasured(rates)) return `unmeasured: ${rates.unmeasured}`;
  return `${range(rates)} a day per 1,000 hosts`;
}

function precision({ precision: raw, projectedPrecision: projected }: DetectionMeasurement): string {
  const asPlayed = isUnmeasured(raw) ? proportion(raw) : `${percent(raw.estimate)} as played`;
  if (isUnmeasured(projected)) return `${proportion(projected)}; ${asPlayed}`;
  return `${proportion(projected)} at ${number(projected.attackRate)} attacks a day per 1,000 hosts; ${asPlayed}`;
}

/** Everything that makes the detection fail, and the known gaps. */
function findings(detection: DetectionMeasurement, paint: Paint): string {
  const fail = (what: string, why: string): string => `  ${paint('red', '✘')} ${oneLine(what)}: ${oneLine(why)}`;
  const expected = detection.expectation?.met === true;
  const lines = [
    ...(expected
      ? []
      : detection.diagnostics.map((found) => fail(`${found.code} at ${place(detection, found)}`, hinted(found)))),
    ...(detection.expectation?.met === false ? [fail('Expected refusal', detection.expectation.message)] : []),
    ...detection.tests.flatMap(({ name, status, message }) => {
      if (status === 'failed') return [fail(`Test '${name}'`, message ?? 'failed')];
      if (status === 'todo')
        return [
          `  ${paint('yellow', '○')} ${oneLine(name)}${message === undefined ? '' : paint('dim', ` ${oneLine(message)}`)}`,
        ];
      return [];
    }),
    ...detection.gates
      .filter(({ passed }) => !passed)
      .map((gate: GateResult) => fail(`Gate ${gate.name}`, gate.message)),
    ...baselineLines(detection, paint),
  ];
  return lines.join('\n');
}

function baselineLines({ baseline }: DetectionMeasurement, paint: Paint): string[] {
  if (baseline === undefined || baseline.status === 'same' || baseline.status === 'absent') return [];
  const mark = baseline.status === 'regressed' ? paint('red', '✘') : paint('yellow', '△');
  return baseline.differences.map((difference) => `  ${mark} Baseline: ${oneLine(difference)}`);
}

function place(detection: DetectionMeasurement, { line, column }: { line: number; column: number }): string {
  return line === 0 ? detection.rule.file : `${detection.rule.file}:${line}:${column}`;
}

function hinted(found: DetectionMeasurement['diagnostics'][number]): string {
  return [found.message, ...insteadOf(found)].join(' ');
}

function missedTable(detection: DetectionMeasurement, paint: Paint, width: number): string {
  const rows = missed(detection).map(({ id, title, activities, detected }) => [
    `  ${oneLine(id)}`,
    oneLine(title),
    `${detected} of ${activities}`,
  ]);
  return section('Missed', ['', 'caught'], rows, width, paint);
}

function noiseTable(detection: DetectionMeasurement, paint: Paint, width: number): string {
  const rows = noisiest(detection).map(({ id, title, alertsPerDayPer1000Hosts }) => [
    `  ${oneLine(id)}`,
    oneLine(title),
    range(alertsPerDayPer1000Hosts),
  ]);
  return section('Most false alerts', ['', 'a day per 1,000 hosts'], rows, width, paint);
}

function literalTable({ literals }: DetectionMeasurement, paint: Paint, width: number): string {
  if (isUnmeasured(literals)) return '';
  const rows = literals
    .filter(({ only }) => only.false > 0)
    .sort((a, b) => b.only.false - a.only.false)
    .map(({ list, entry, only }) => [
      `  ${oneLine(entry)}`,
      oneLine(list),
      `${number(only.false)} false, ${number(only.true)} true`,
    ]);
  return section('Costliest entries', ['list', 'alerts it alone brings'], rows, width, paint);
}

/** What of the rule decides nothing, and what its tests leave undecided. */
function coverageSection({ coverage, rule }: DetectionMeasurement, paint: Paint, width: number): string {
  return coverage === undefined ? '' : clauseCoverage(coverage, oneLine(rule.file), paint, width);
}

/** What a section is about, and its title beside it or, where the line is too short, below. */
export function headline(mark: string, name: string, title: string, width: number, paint: Paint): string {
  if (name.length + title.length + 4 <= width) return `${mark} ${paint('bold', name)}  ${paint('dim', title)}`;
  const below = title.length + 2 <= width ? title : `${title.slice(0, width - 3)}…`;
  return `${mark} ${paint('bold', name)}\n  ${paint('dim', below)}`;
}

/** A titled table of three columns that ends early where it is long; nothing without rows. */
export function section(title: string, heads: string[], rows: string[][], width: number, paint: Paint): string {
  if (rows.length === 0) return '';
  const shown = rows.slice(0, SHOWN);
  const widths = columnWidths([[`  ${title}`, ...heads], ...shown], width);
  const head = [`  ${paint('bold', title)}`, ...heads.map((text) => paint('dim', text))];
  const more = rows.length > SHOWN ? [[paint('dim', `  and ${number(rows.length - SHOWN)} more`), '', '']] : [];
  const all = [head, ...shown, ...more];
  const [first = 0, middle = 0, last = 0] = widths;
  const wanted = Math.max(...[heads, ...shown.map(([, ...rest]) => rest)].map(([text = '']) => text.length));
  if (middle >= Math.min(LEAST_COLUMN, wanted)) return `\n${table(all, widths, false)}`;
  // On a narrow terminal the middle goes first; then what is at the right goes below.
  const outer = all.map(([left = '', , right = '']) => [left, right]);
  if (width - last >= LEAST_COLUMN) return `\n${table(outer, [Math.min(first + middle, width - last), last], false)}`;
  return `\n${outer.map(([left, right]) => (right === '' ? left : `${left}\n    ${right}`)).join('\n')}`;
}

/** Each column as wide as its widest text; the middle one gives way when the line is too narrow. */
function columnWidths(rows: readonly string[][], width: number): number[] {
  const widest = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 2;
  const first = Math.min(widest(0), Math.floor(width / 2));
  const last = widest(2);
  return [first, Math.min(widest(1), width - first - last), last];
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** Narrower columns tell nothing. */
export const LEAST_COLUMN = 10;

/** Rows in columns of the given widths, without borders. */
export function table(rows: string[][], widths: number[], wordWrap: boolean): string {
  if (rows.length === 0) return '';
  const grid = new Table({
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
    colWidths: widths.map((width) => Math.max(LEAST_COLUMN, width)),
    wordWrap,
  });
  grid.push(...rows);
  return grid.toString().replace(/[ \t]+$/gm, '');
}

function verdict({ status, detections }: Measurement, paint: Paint): string {
  const of = (wanted: string): number => detections.filter((detection) => detection.status === wanted).length;
  const parts = [`${of('passed')} of ${count(detections.length, 'detection')} passed`];
  if (of('refused') > 0) parts.push(`${of('refused')} refused`);
  return paint(status === 'passed' ? 'green' : 'red', parts.join(', '));
}
