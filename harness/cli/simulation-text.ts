import Table from 'cli-table3';
import type { Description, TableDescription } from '../../simulators/describe.js';
import type { Simulation } from '../../simulators/simulate.js';
import { isoOfTicks } from '../../simulators/ticks.js';
import { jsonText, type Printable } from '../files/printable.js';

/** The answer of `assay simulate --json`. */
export function playedJson({ played, files, description }: Simulation): Printable {
  const answer = {
    version: 1,
    ...played,
    start: isoOfTicks(played.start),
    end: isoOfTicks(played.end),
    files,
    ...(description && { description }),
  };
  return jsonText(answer, 2);
}

/** What was played and written, in a few lines. */
export function filesText({ played, files }: Simulation): string {
  const head =
    `${played.workload}: ${count(played.hosts)} hosts, ${count(played.days)} ${played.days === 1 ? 'day' : 'days'} ` +
    `from ${isoOfTicks(played.start).slice(0, 10)}, ${played.rates} rates, seed ${played.seed}; ` +
    `${count(played.activities)} activities of ${count(played.scenarios.length)} scenarios.`;
  if (files.length === 0) return `${head}\n`;
  const rows = files.map((file) => [file.path, count(file.rows), `${(file.bytes / 1e6).toFixed(1)} MB`]);
  return `${head}\n${table(['file', 'rows', 'size'], rows, [1, 2])}\n`;
}

/** Charts of what was made. */
export function descriptionText(description: Description): string {
  const { perHost, procedures } = description;
  const named = (action: { rows: number; named: number }): string =>
    percent(action.rows === 0 ? 0 : action.named / action.rows);
  return `${[
    '',
    'Rows of DeviceNetworkEvents by action, and how many have a RemoteUrl',
    table(
      ['action', 'rows', 'named'],
      description.actions.map((action) => [action.action, count(action.rows), named(action)]),
      [1, 2],
    ),
    '',
    'By hour of the day (UTC)',
    bars(
      description.hours.map((rows, hour) => {
        const attacks = description.attackHours[hour] ?? 0;
        return [`${String(hour).padStart(2, '0')}h ${attacks === 0 ? '' : `(attacks begun: ${count(attacks)})`}`, rows];
      }),
    ),
    '',
    `A host and day: least ${count(perHost.least)}, a tenth below ${count(perHost.tenth)}, median ${count(perHost.median)}, ` +
      `a tenth above ${count(perHost.ninetieth)}, most ${count(perHost.most)}, mean ${count(perHost.mean)}.`,
    'Hosts and days by their rows',
    bars(description.hostDays.map(({ from, hostDays }) => [`from ${count(from)}`, hostDays])),
    '',
    'Rows by scenario, malicious ones marked, with its activities and hosts',
    bars(
      description.scenarios.map(({ id, label, activities, rows, hosts }) => [
        `${label === 'malicious' ? '!' : ' '} ${id} (${count(activities)} on ${count(hosts)})`,
        rows,
      ]),
    ),
    '',
    ...description.tables.flatMap((each) => columnsText(each)),
    `Procedures played: ${count(procedures.covered.length)}`,
    table(
      ['procedure', 'technique', 'scenario', 'hidden by', 'its drop holds'],
      procedures.covered.map(({ procedure, technique, scenario, hiding, encoding }) => [
        procedure,
        technique,
        scenario,
        hiding,
        encoding,
      ]),
      [],
    ),
    '',
    `Documented and out of reach: ${procedures.outOfReach
      .map(({ name, runsOn }) => `${name} (${runsOn})`)
      .join(', ')}.`,
  ].join('\n')}\n`;
}

function columnsText({ name, rows, counted, columns }: TableDescription): string[] {
  if (rows === 0) return [`${name}: no rows.`, ''];
  const cells = columns.map((column) => [column.name, count(column.distinct), percent(column.empty)]);
  return [
    `${name}: ${count(rows)} rows`,
    table(['column', counted === 'exactly' ? 'distinct' : 'about distinct', 'empty'], cells, [1, 2]),
    '',
  ];
}

const BAR = 40;

function bars(values: readonly (readonly [string, number])[]): string {
  const most = Math.max(1, ...values.map(([, value]) => value));
  const width = Math.max(...values.map(([name]) => name.length));
  return values
    .map(([name, value]) => {
      const bar = '█'.repeat(Math.round((value / most) * BAR));
      return `  ${name.padEnd(width)} ${count(value).padStart(11)} ${bar}`.trimEnd();
    })
    .join('\n');
}

const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

function table(head: string[], rows: string[][], right: readonly number[]): string {
  const printed = new Table({
    head,
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, index) => (right.includes(index) ? 'right' : 'left')),
  });
  printed.push(...rows);
  return printed.toString();
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 1)}%`;
}
