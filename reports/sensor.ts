import { isUnmeasured } from '../harness/measure/measurement.js';
import type { SensorOutcome, SensorResult } from '../harness/sensor/result.js';
import { count, number, proportion, range } from './figures.js';
import { table } from './markdown.js';
import { oneLine } from './text.js';

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
export function sensorText(results: readonly SensorResult[]): string {
  return results.map(one).join('\n');
}

function one({ detection, workload, seen, parts, clear }: SensorResult): string {
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
    `${oneLine(detection.id)}  ${oneLine(detection.title)}`,
    `${name}: ${count(hosts, 'host')}, ${count(days, 'day')}, seed ${seed}; the attacks are the same in every row.`,
    '',
    table(['Sensor', 'Recall', 'Attacks gained', 'Attacks lost', 'False alerts a day per 1,000 hosts'], rows),
    ...(idle.length === 0 ? [] : ['', `Off in this workload: ${idle.join(', ')}.`]),
    '',
  ].join('\n');
}

function cells({ recall, alertsPerDayPer1000Hosts: rates, gained, lost }: SensorOutcome): string[] {
  return [
    oneLine(proportion(recall)),
    number(gained),
    number(lost),
    isUnmeasured(rates) ? oneLine(rates.unmeasured) : range(rates),
  ];
}
