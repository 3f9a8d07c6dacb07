import { markdownTable } from 'markdown-table';
import { type DetectionMeasurement, isUnmeasured, type Measurement } from '../harness/measure/measurement.js';
import { count, missed, noisiest, number, proportion, range, testSummary } from './figures.js';
import { insteadOf } from './refusals.js';
import { workloadFacts } from './telemetry.js';
import { oneLine } from './text.js';

/** Long tables end early and say so. */
const SHOWN = 25;

/** A pull-request comment holds at most 65,536 characters, and this is one: what is short of details stays in it. */
const MOST_CHARACTERS = 60_000;

/** Most rows of the table that answers. */
const MOST_DETECTIONS = 50;

/** Characters of one text that are shown. */
const MOST_OF_TEXT = 1000;
const MOST_OF_NAME = 100;

/** The measurement as a pull-request comment: the answer in a table, everything else folded. */
export function markdownReport(measurement: Measurement): string {
  const { detections, status, versions } = measurement;
  const passed = detections.filter((detection) => detection.status === 'passed').length;
  const head = `## ${status === 'passed' ? '✅' : '❌'} Assay: ${passed} of ${count(detections.length, 'detection')} passed`;
  const foot = `<sub>Assay ${escaped(versions.assay)}, DuckDB ${escaped(versions.duckdb)}, Kusto parser ${escaped(versions.kusto)}</sub>`;
  const answer = overview(detections);
  const shown = fitting(MOST_CHARACTERS - answer.length, detections.map(details));
  return `${[head, answer, ...shown, ...leftOut(detections.length - shown.length), foot].join('\n\n')}\n`;
}

/** What a report says of details that it has no room for. */
export function leftOut(more: number): string[] {
  return more === 0 ? [] : [`Details of ${count(more, 'more detection')} are in the other reports of this run.`];
}

/** Those of the texts that there is room for, so that a long one leaves out itself alone. */
export function fitting(room: number, texts: readonly string[]): string[] {
  let left = room;
  return texts.filter((text) => {
    const fits = text.length + 2 <= left;
    if (fits) left -= text.length + 2;
    return fits;
  });
}

/** The first of many detections that a table has room for, those that did not pass before others. */
export function foremost<T extends { readonly status: string }>(detections: readonly T[]): readonly T[] {
  if (detections.length <= MOST_DETECTIONS) return detections;
  const [passed, others] = [true, false].map((each) =>
    detections.filter(({ status }) => (status === 'passed') === each),
  );
  return [...(others ?? []), ...(passed ?? [])].slice(0, MOST_DETECTIONS);
}

/**
 * Text that was written by others, for a Markdown table cell or heading: every character that Markdown, HTML or GitHub
 * gives a meaning is a character reference. GitHub looks for mentions and references in what is shown, so that there
 * a space of no width breaks them. A very long text is cut.
 */
export function escaped(text: string, most = MOST_OF_TEXT): string {
  return cut(oneLine(text), most)
    .replace(/[&<>"'`*_{}[\]()#+!|~\\@:$^=/]/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/www\./gi, (match) => `${match.slice(0, 3)}&#46;`)
    .replace(/^([-\d]+)([.-])/, (_, start: string, mark: string) => `${start}&#${mark.charCodeAt(0)};`)
    .replace(/^-/, '&#45;')
    .replace(/&#64;|&#(?:33|35);(?=\d)|&#58;(?=&#47;&#47;)|(?<=gh)-(?=\d)/gi, `$&${NO_WIDTH}`);
}

const NO_WIDTH = '&#8203;';

export function code(text: string, most = MOST_OF_TEXT): string {
  return `<code>${escaped(text, most)}</code>`;
}

/** The name of a detection in a table that has to fit. */
export function named(id: string): string {
  return code(id, MOST_OF_NAME);
}

/** By whole characters, so that none is left half. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${[...text.slice(0, most)].slice(0, -1).join('')}…`;
}

function overview(detections: readonly DetectionMeasurement[]): string {
  const shown = foremost(detections);
  const rows = markdownTable([
    ['', 'Detection', 'Recall', 'False alerts a day per 1,000 hosts', 'Projected precision', 'Tests', 'Gates'],
    ...shown.map((detection) => {
      const { alertsPerDayPer1000Hosts: rates, gates } = detection;
      const short = (text: string): string => (text.startsWith('unmeasured') ? '–' : text);
      return [
        detection.status === 'passed' ? '✅' : '❌',
        named(detection.id),
        short(proportion(detection.recall)),
        isUnmeasured(rates) ? '–' : range(rates),
        short(proportion(detection.projectedPrecision)),
        testSummary(detection),
        gates.length === 0 ? '–' : `${gates.filter((gate) => gate.passed).length} of ${gates.length}`,
      ];
    }),
  ]);
  return `${rows}${andMore(detections.length - shown.length)}`;
}

/** What a table says of rows that it has no room for. */
export function andMore(rows: number): string {
  return rows === 0 ? '' : `\n\nand ${number(rows)} more`;
}

function details(detection: DetectionMeasurement): string {
  const parts = [
    failures(detection),
    folded('Figures', figures(detection)),
    folded('Missed attacks', table(['Scenario', 'Procedure', 'Caught'], missed(detection).map(missedRow))),
    folded(
      'Most false alerts',
      table(['Scenario', 'A day per 1,000 hosts', 'Alerts'], noisiest(detection).map(noiseRow)),
    ),
    folded('List entries', literals(detection)),
    folded('Known gaps', gaps(detection)),
  ].filter((part) => part !== '');
  return [`### ${code(detection.id)} ${escaped(detection.title)}`, ...parts].join('\n\n');
}

function missedRow({ id, title, procedure, detected, activities }: ReturnType<typeof missed>[number]): string[] {
  return [`${code(id)} ${escaped(title)}`, escaped(procedure ?? ''), `${detected} of ${activities}`];
}

function noiseRow({ id, title, alerts, alertsPerDayPer1000Hosts }: ReturnType<typeof noisiest>[number]): string[] {
  return [`${code(id)} ${escaped(title)}`, range(alertsPerDayPer1000Hosts), number(alerts)];
}

/** What must be seen without unfolding. */
function failures(detection: DetectionMeasurement): string {
  const expected = detection.expectation?.met === true;
  const lines = [
    ...(detection.expectation === undefined
      ? []
      : [`${expected ? '✅' : '❌'} ${escaped(detection.expectation.message)}`]),
    ...(expected
      ? []
      : detection.diagnostics.map((found) => {
          return `❌ ${code(`${detection.rule.file}:${found.line}:${found.column}`)} ${escaped(found.code)}: ${[found.message, ...insteadOf(found)].map(escaped).join(' ')}`;
        })),
    ...detection.tests
      .filter(({ status }) => status === 'failed')
      .map(({ name, message }) => `❌ Test ${code(name)}: ${escaped(message ?? 'failed')}`),
    ...detection.gates
      .filter(({ passed }) => !passed)
      .map(({ name, message }) => `❌ Gate ${code(name)}: ${escaped(message)}`),
    ...(detection.baseline?.differences ?? []).map(
      (difference) => `${detection.baseline?.status === 'regressed' ? '❌' : '⚠️'} Baseline: ${escaped(difference)}`,
    ),
  ];
  const shown = lines.slice(0, SHOWN).map((line) => `- ${line}`);
  if (lines.length > SHOWN) shown.push(`- and ${number(lines.length - SHOWN)} more`);
  return shown.join('\n');
}

function figures(detection: DetectionMeasurement): string {
  const { workload, alerts, events, precision, projectedPrecision: projected, recall, rule } = detection;
  const rows = [
    [
      'Recall (claimed attacks)',
      isUnmeasured(recall) ? escaped(proportion(recall)) : `${proportion(recall)}, n = ${number(recall.n)}`,
    ],
    [
      'Precision as played',
      isUnmeasured(precision)
        ? escaped(proportion(precision))
        : `${proportion(precision)}, n = ${number(precision.n)} alerts in ${number(precision.clusters)} clusters`,
    ],
    [
      'Projected precision',
      isUnmeasured(projected)
        ? escaped(proportion(projected))
        : `${proportion(projected)} at ${number(projected.attackRate)} attacks a day per 1,000 hosts`,
    ],
    ...(isUnmeasured(alerts)
      ? []
      : [['Alerts as played', `${number(alerts.true)} true, ${number(alerts.false)} false`]]),
    ...(isUnmeasured(events)
      ? []
      : [
          [
            'Events',
            `${number(events.tp)} tp, ${number(events.fp)} fp, ${number(events.fn)} fn, ${number(events.tn)} tn`,
          ],
        ]),
    ...(workload === undefined
      ? []
      : [
          [
            'Workload',
            `${number(workload.events)} events, ${count(workload.hosts, 'host')}, ${count(workload.days, 'day')}, seed ${workload.seed}`,
          ],
          [
            'Activities',
            `${number(workload.activities.malicious)} malicious, ${number(workload.activities.benign)} benign`,
          ],
          ...workloadFacts(workload).map((fact) => fact.map(escaped)),
        ]),
    ['Rule', `${code(rule.file)}, SHA-256 ${code(rule.sha256.slice(0, 12))}`],
  ];
  return markdownTable([['Figure', 'Value'], ...rows]);
}

function literals(detection: DetectionMeasurement): string {
  if (isUnmeasured(detection.literals)) return escaped(detection.literals.unmeasured);
  const rows = [...detection.literals]
    .sort((a, b) => b.only.false - a.only.false || b.all.false - a.all.false)
    .map(({ list, entry, all, only }) => [
      code(entry),
      escaped(list),
      number(all.true),
      number(all.false),
      number(only.true),
      number(only.false),
    ]);
  return table(['Entry', 'List', 'True alerts', 'False alerts', 'True, by it alone', 'False, by it alone'], rows);
}

function gaps({ tests }: DetectionMeasurement): string {
  return tests
    .filter(({ status }) => status === 'todo')
    .map(({ name, message }) => `- ${escaped(name)}${message === undefined ? '' : ` (${escaped(message)})`}`)
    .join('\n');
}

/** A table that ends early where it is long, and says so; nothing without rows. */
export function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return '';
  const shown = rows.slice(0, SHOWN);
  return `${markdownTable([head, ...shown])}${andMore(rows.length - shown.length)}`;
}

/** Content that is seen when it is opened; nothing where there is none. */
export function folded(title: string, content: string): string {
  return content === '' ? '' : `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}
