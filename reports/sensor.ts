import { type Printable, printable } from '../harness/files/printable.js';
import { isUnmeasured } from '../harness/measure/measurement.js';
import type { SensorOutcome, SensorResult } from '../harness/sensor/result.js';
import { count, number, proportion, range } from './figures.js';
import type { TerminalOptions } from './paint.js';
import { LEAST_COLUMN, table } from './terminal.js';
import { oneLine, wrapped } from './text.js';

const MEANING = {
  onceADay: 'a repeated connection is told once a day',
  connectsPerDay: 'a limit of connects of a host and day',
  aggregatedReports: 'hourly reports of what was repeated',
  emptyUrl: 'names that it does not learn',
  fullUrl: 'names told with scheme and path',
  inspected: 'rows of the inspection, without a process',
  duplicates: 'rows that arrive twice',
  late: 'rows that arrive late',
} as const;

/** What each part of the sensor costs, a part a row: the largest first. */
export function sensorText(results: readonly SensorResult[], { width }: Pick<TerminalOptions, 'width'>): Printable {
  return printable(results.map((result) => one(result, width)).join('\n'));
}

function one({ detection, workload, seen, parts, clear }: SensorResult, width: number): string {
  const { name, hosts, days, seed } = workload;
  const told = parts.flatMap(({ part, without }) => (without === undefined ? [] : [{ part, without }]));
  told.sort((a, b) => b.without.gained - b.without.lost - (a.without.gained - a.without.lost));
  const idle = parts.filter(({ without }) => without === undefined).map(({ part }) => part);
  const rows = [
    ['as the sensor tells it', ...cells(seen)],
    ...told.map(({ part, without }) => [`without ${part}: ${MEANING[part]}`, ...cells(without)]),
    ['with nothing lost', ...cells(clear)],
  ];
  return [
    wrapped(`${detection.id}  ${detection.title}`, width),
    wrapped(
      `${name}: ${count(hosts, 'host')}, ${count(days, 'day')}, seed ${seed}; the attacks are the same in every row.`,
      width,
    ),
    '',
    figures(rows, width),
    ...(idle.length === 0 ? [] : ['', wrapped(`Off in this workload: ${idle.join(', ')}.`, width)]),
    '',
  ].join('\n');
}

const HEADS = ['Sensor', 'Recall', 'Gained', 'Lost', 'False a day'];

/** A narrower column of names would be taller than wide. */
const LEAST_NAME = 20;

/** A table whose names take the room that figures leave; on a narrow terminal the figures stand below each name. */
function figures(rows: readonly string[][], width: number): string {
  const widths = HEADS.slice(1).map(
    (head, i) => Math.max(LEAST_COLUMN - 2, head.length, ...rows.map((row) => row[i + 1]?.length ?? 0)) + 2,
  );
  const longest = Math.max(...rows.map(([name = '']) => name.length)) + 2;
  const room = Math.min(longest, width - widths.reduce((sum, each) => sum + each, 0));
  if (room >= LEAST_NAME) return `${table([HEADS, ...rows], [room, ...widths], true)}\n\n${wrapped(NOTE, width)}`;
  return rows
    .map(([name = '', recall, gained, lost, rates]) =>
      [name, `recall ${recall}; attacks ${gained} gained, ${lost} lost`, `false alerts a day ${rates}`]
        .map((text, i) => wrapped(text, width, i === 0 ? '' : '    '))
        .join('\n'),
    )
    .join('\n');
}

const NOTE = 'Gained and lost are attacks; false alerts are a day per 1,000 hosts.';

function cells({ recall, alertsPerDayPer1000Hosts: rates, gained, lost }: SensorOutcome): string[] {
  return [
    oneLine(proportion(recall)),
    number(gained),
    number(lost),
    isUnmeasured(rates) ? oneLine(rates.unmeasured) : range(rates),
  ];
}
