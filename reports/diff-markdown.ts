import { markdownTable } from 'markdown-table';
import type { Comparison, DetectionComparison, SampleEvent } from '../harness/diff/result.js';
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
} from './diff-words.js';
import { count, number } from './figures.js';
import { andMore, code, escaped, fitting, folded, foremost, leftOut, named, table } from './markdown.js';
import { workloadFacts } from './telemetry.js';

/** A pull-request comment holds at most 65,536 characters: of many detections only the first are shown in detail. */
const MOST_CHARACTERS = 60_000;

/** Characters that are shown of what a detection was called before. */
const MOST_OF_FATE = 100;

/** A comparison as one pull-request comment: both sides of the change in a table, everything else folded. */
export function diffMarkdown(comparison: Comparison): string {
  const { detections, same, status, base, head, versions } = comparison;
  const title = `## ${status === 'passed' ? '✅' : '❌'} Assay: ${escaped(base, MOST_OF_FATE)} → ${escaped(head, MOST_OF_FATE)}`;
  const foot = `<sub>Assay ${escaped(versions.assay)}, DuckDB ${escaped(versions.duckdb)}, Kusto parser ${escaped(versions.kusto)}</sub>`;
  if (detections.length === 0) return `${title}\n\nNo detection changed.\n\n${foot}\n`;
  const unchanged = same.length === 0 ? [] : [`${count(same.length, 'detection')} unchanged.`];
  const summary = overview(detections);
  const shown = fitting(MOST_CHARACTERS - summary.length - title.length, detections.map(details));
  const rest = leftOut(detections.length - shown.length);
  return `${[title, summary, ...shown, ...rest, ...unchanged, foot].join('\n\n')}\n`;
}

function overview(detections: readonly DetectionComparison[]): string {
  const shown = foremost(detections);
  const rows = markdownTable([
    [
      '',
      'Detection',
      'Alerts gained',
      'Alerts lost',
      'Recall',
      'False alerts a day per 1,000 hosts',
      'Projected precision',
    ],
    ...shown.map((detection) => {
      const { alerts, recall, alertsPerDayPer1000Hosts, projectedPrecision } = detection;
      const became = fate(detection);
      return [
        detection.status === 'passed' ? '✅' : '❌',
        `${named(detection.id)}${became === undefined ? '' : ` ${escaped(became, MOST_OF_FATE)}`}`,
        'unmeasured' in alerts ? '–' : split(alerts.gained),
        'unmeasured' in alerts ? '–' : split(alerts.lost),
        shares(recall),
        rates(alertsPerDayPer1000Hosts),
        shares(projectedPrecision),
      ];
    }),
  ]);
  return `${rows}${andMore(detections.length - shown.length)}`;
}

function details(detection: DetectionComparison): string {
  const parts = [
    `### ${code(detection.id)} ${escaped(detection.title)}`,
    alarms(detection),
    causes(detection),
    folded('Figures', figures(detection)),
    folded('Gained and lost by scenario', scenarios(detection)),
    folded('Gained and lost by list entry', entries(detection)),
    folded('A sample event of each kind', samples(detection)),
    folded('Other changes', others(detection)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What must be seen without unfolding. */
function alarms(detection: DetectionComparison): string {
  return [
    ...detection.breaches.map(({ limit, message }) => `- ❌ ${code(limit)}: ${escaped(message)}`),
    ...refusals(detection).map((text) => `- ${detection.status === 'refused' ? '❌' : '⚠️'} ${escaped(text)}`),
    ...detection.contract.filter(breaksOthers).map((changed) => `- ⚠️ ${escaped(contractLine(changed))}`),
  ].join('\n');
}

function causes(detection: DetectionComparison): string {
  if ('unmeasured' in detection.changes) return escaped(detection.changes.unmeasured);
  const { gained, lost } = detection.together;
  const rows = byEffect(detection.changes).map((change) => [
    code(changeLine(change)),
    escaped(changePlace(change, detection)),
    escaped(changeEffect(change)),
  ]);
  if (gained.true + gained.false + lost.true + lost.false > 0) {
    rows.push(['several changes together', '', `gained ${split(gained)}; lost ${split(lost)}`]);
  }
  const shown = table(['Change', 'Place', 'Events'], rows);
  return rows.length > 8 ? folded(`${count(rows.length, 'change')} and what each did`, shown) : shown;
}

function figures({
  recall,
  alertsPerDayPer1000Hosts: perDay,
  projectedPrecision,
  events,
  workload,
}: DetectionComparison): string {
  const rows = [
    ['Recall', shares(recall), escaped(points(recall.difference))],
    ['McNemar, exact', '', pairedTest(recall) ?? '–'],
    ['False alerts a day per 1,000 hosts', rates(perDay), escaped(rateDifference(perDay.difference))],
    [
      `Projected precision at ${number(projectedPrecision.attackRate)} attacks a day per 1,000 hosts`,
      shares(projectedPrecision),
      escaped(points(projectedPrecision.difference)),
    ],
    ...('unmeasured' in events ? [] : [['Events', `gained ${split(events.gained)}`, `lost ${split(events.lost)}`]]),
    ...(workload === undefined
      ? []
      : [
          [
            'Workload',
            `${count(workload.events, 'event')} of ${count(workload.hosts, 'host')}`,
            `${count(workload.days, 'day')}, seed ${workload.seed}`,
          ],
          ...workloadFacts(workload).map(([name, fact]) => [name, escaped(fact), '']),
        ]),
  ];
  return markdownTable([['Figure', 'Before → after', 'Difference (95% interval)'], ...rows]);
}

function scenarios({ scenarios: swings }: DetectionComparison): string {
  const rows = byWeight(swings).map(({ id, title, label, activities, detected, alerts, events }) => [
    `${label === 'malicious' ? '🎯' : ''} ${code(id)} ${escaped(title)}`,
    label === 'malicious' ? `${detected.before} → ${detected.after} of ${activities}` : '',
    `+${number(alerts.gained)} −${number(alerts.lost)}`,
    `+${number(events.gained)} −${number(events.lost)}`,
  ]);
  return table(['Scenario', 'Attacks caught', 'Alerts', 'Events'], rows);
}

function entries({ entries: swings }: DetectionComparison): string {
  if ('unmeasured' in swings) return escaped(swings.unmeasured);
  const rows = byEffect(swings).map(({ list, entry, events }) => [
    code(entry),
    escaped(list),
    split(events.gained),
    split(events.lost),
  ]);
  return table(['Entry', 'List', 'Events gained through it', 'Events lost'], rows);
}

function samples({ samples: all }: DetectionComparison): string {
  const kinds = new Map<string, SampleEvent[]>();
  for (const sample of all) {
    const kind = `${sample.direction}, ${sample.label === 'malicious' ? 'true' : 'false'}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), sample]);
  }
  // A few of each kind: the scenarios are named in the table above.
  const rows = [...kinds].flatMap(([kind, of]) =>
    of.slice(0, 3).map(({ scenario, event, table: from, columns }) => {
      const cells = Object.entries(columns).map(([name, value]) => `${name}=${value.slice(0, 160)}`);
      return [kind, code(scenario), `${escaped(from)} ${event}`, escaped(cells.join(', '))];
    }),
  );
  return table(['Kind', 'Scenario', 'Event', 'Columns'], rows);
}

function others({ contract }: DetectionComparison): string {
  return contract
    .filter((changed) => !breaksOthers(changed))
    .map((changed) => `- ${escaped(contractLine(changed))}`)
    .join('\n');
}
