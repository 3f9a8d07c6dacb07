import type { Comparison, DetectionComparison, SampleEvent } from '../harness/diff/result.js';
import type { Printable } from '../harness/files/printable.js';
import {
  breaksOthers,
  byEffect,
  byWeight,
  changeEffect,
  changeLine,
  changePlace,
  contractLine,
  fate,
  pairedTest,
  points,
  rateDifference,
  rates,
  refusals,
  shares,
  split,
  swing,
} from './diff-words.js';
import { count, number } from './figures.js';
import { type Paint, painted, type TerminalOptions } from './paint.js';
import { workloadFacts } from './telemetry.js';
import { headline, section, table } from './terminal.js';
import { oneLine } from './text.js';

/** A comparison for a person at a terminal: what it gained and lost, which change did it, an example of each kind. */
export function diffTerminal(comparison: Comparison, options: TerminalOptions): Printable {
  return painted(comparison, options, (shown, paint) => laidOut(shown, paint, options.width));
}

function laidOut(comparison: Comparison, paint: Paint, width: number): string {
  const { detections, same, base, head } = comparison;
  const title = `${paint('bold', oneLine(base))} → ${paint('bold', oneLine(head))}`;
  const sections = detections.map((detection) => detectionSection(detection, paint, width));
  const unchanged = same.length === 0 ? [] : [paint('dim', `${count(same.length, 'detection')} unchanged`)];
  return `${[title, ...sections, ...unchanged, verdict(comparison, paint)].join('\n\n')}\n`;
}

function detectionSection(detection: DetectionComparison, paint: Paint, width: number): string {
  const mark = detection.status === 'passed' ? paint('green', '✔') : paint('red', '✘');
  const became = fate(detection);
  const name = `${oneLine(detection.id)}${became === undefined ? '' : ` (${oneLine(became)})`}`;
  const parts = [
    headline(mark, name, oneLine(detection.title), width, paint),
    notes(detection, paint),
    facts(detection, paint, width),
    changes(detection, paint, width),
    scenarios(detection, paint, width),
    entries(detection, paint, width),
    samples(detection, paint, width),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function notes(detection: DetectionComparison, paint: Paint): string {
  const line = (mark: string, text: string): string => `  ${mark} ${oneLine(text)}`;
  return [
    ...detection.breaches.map(({ limit, message }) => line(paint('red', '✘'), `${limit}: ${message}`)),
    ...refusals(detection).map((text) => line(paint(detection.status === 'refused' ? 'red' : 'yellow', '△'), text)),
    ...detection.contract.map((changed) =>
      line(breaksOthers(changed) ? paint('yellow', '△') : paint('dim', '·'), contractLine(changed)),
    ),
  ].join('\n');
}

function facts(detection: DetectionComparison, paint: Paint, width: number): string {
  const {
    recall,
    alertsPerDayPer1000Hosts: perDay,
    projectedPrecision: projected,
    alerts,
    events,
    workload,
  } = detection;
  const test = pairedTest(recall);
  const files = [detection.base?.file, detection.head?.file].filter((file) => file !== undefined);
  const rows: [string, string][] = [
    ['Rule', oneLine([...new Set(files)].join(' → '))],
    ['Recall', `${shares(recall)}, ${points(recall.difference)}${test === undefined ? '' : `, ${test}`}`],
    ['False alerts', `${rates(perDay)} a day per 1,000 hosts, ${rateDifference(perDay.difference)}`],
    [
      'Precision',
      `${shares(projected)} projected at ${number(projected.attackRate)} attacks a day, ${points(projected.difference)}`,
    ],
    [
      'Alerts',
      'unmeasured' in alerts
        ? alerts.unmeasured
        : `${swing(alerts)} (${split(alerts.before)} before, ${split(alerts.after)} after)`,
    ],
    ['Events', 'unmeasured' in events ? events.unmeasured : swing(events)],
  ];
  if (workload !== undefined) {
    rows.push([
      'Workload',
      `${count(workload.events, 'event')} of ${count(workload.hosts, 'host')} over ${count(workload.days, 'day')}, seed ${workload.seed}`,
    ]);
    rows.push(...workloadFacts(workload).map(([name, fact]): [string, string] => [name, oneLine(fact)]));
  }
  return table(
    rows.map(([name, value]) => [`  ${paint('dim', name)}`, value]),
    [16, width - 16],
    true,
  );
}

function changes(detection: DetectionComparison, paint: Paint, width: number): string {
  if ('unmeasured' in detection.changes) return `  ${oneLine(detection.changes.unmeasured)}`;
  const rows = byEffect(detection.changes).map((change) => [
    `  ${oneLine(changeLine(change))}`,
    // The file is named above, and a place tells nothing without its end.
    oneLine(changePlace(change, detection).replace(/^.*\//, '')),
    changeEffect(change),
  ]);
  const { gained, lost } = detection.together;
  if (gained.true + gained.false + lost.true + lost.false > 0) {
    rows.push(['  several changes together', '', swing(detection.together)]);
  }
  return section('Changes', ['', 'events'], rows, width, paint);
}

function scenarios({ scenarios: swings }: DetectionComparison, paint: Paint, width: number): string {
  const rows = byWeight(swings).map(({ id, title, label, activities, detected, alerts, events }) => {
    const truth = label === 'malicious' ? `caught ${detected.before} → ${detected.after} of ${activities}` : 'false';
    return [
      `  ${oneLine(id)}`,
      oneLine(title),
      `${truth}, alerts +${number(alerts.gained)} −${number(alerts.lost)}, events +${number(events.gained)} −${number(events.lost)}`,
    ];
  });
  return section('Scenarios', ['', 'gained and lost'], rows, width, paint);
}

function entries({ entries: swings }: DetectionComparison, paint: Paint, width: number): string {
  if ('unmeasured' in swings) return '';
  const rows = byEffect(swings).map(({ list, entry, events }) => [`  ${oneLine(entry)}`, oneLine(list), swing(events)]);
  return section('List entries', ['list', 'events that came in through it'], rows, width, paint);
}

/** An example of each kind: attacks and look-alikes, gained and lost. */
function samples({ samples: all }: DetectionComparison, paint: Paint, width: number): string {
  const kinds = new Map<string, SampleEvent>();
  for (const sample of all) {
    const kind = `${sample.direction} ${sample.label === 'malicious' ? 'true' : 'false'}`;
    if (!kinds.has(kind)) kinds.set(kind, sample);
  }
  if (kinds.size === 0) return '';
  const lines = [...kinds].flatMap(([kind, { scenario, event, table: of, columns }]) => [
    `  ${paint('dim', kind)} ${oneLine(`${scenario}, event ${event} of ${of}`)}`,
    ...Object.entries(columns).map(([name, value]) => cut(`    ${oneLine(name)} ${oneLine(value)}`, width)),
  ]);
  return `\n  ${paint('bold', 'Samples')}\n${lines.join('\n')}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function verdict({ status, detections, limits }: Comparison, paint: Paint): string {
  if (detections.length === 0) return paint('green', 'No detection changed.');
  const failed = detections.filter((detection) => detection.status !== 'passed').length;
  const held = limits.length === 0 ? '' : ` (fails on ${limits.join(', ')})`;
  const text = `${count(detections.length, 'detection')} changed, ${failed === 0 ? 'none' : number(failed)} over a limit or refused${held}`;
  return paint(status === 'passed' ? 'green' : 'red', text);
}
