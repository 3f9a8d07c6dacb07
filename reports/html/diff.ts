import type {
  Comparison,
  DetectionComparison,
  EntrySwing,
  RuleChange,
  SampleEvent,
  ScenarioSwing,
} from '../../harness/diff/result.js';
import {
  breaksOthers,
  byEffect,
  byWeight,
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
} from '../diff-words.js';
import { count, number } from '../figures.js';
import { workloadFacts } from '../telemetry.js';
import { netChart } from './charts.js';
import { html, type Markup } from './markup.js';
import { page } from './page.js';
import { card, facts, list, part } from './parts.js';
import { type Cell, type Head, table } from './table.js';

/** Names in a chart; the tables hold them all. */
const CHARTED = 15;

/** A comparison as one file that opens from disk, as the report of a measurement does. */
export function diffPage(comparison: Comparison): string {
  const { detections, same, base, head, versions } = comparison;
  const unchanged =
    same.length === 0
      ? undefined
      : html`<p class="note">${count(same.length, 'detection')} unchanged: ${same.join(', ')}.</p>`;
  return page({
    title: titleOf(comparison),
    main: html`<p class="facts"><span>from ${base}</span> <span>to ${head}</span></p>
${detections.length < 2 ? undefined : overview(detections)}
${detections.length === 0 ? html`<p>No detection changed.</p>` : detections.map((each, i) => section(each, `d${i}`))}
${unchanged}`,
    foot: `Assay ${versions.assay}, DuckDB ${versions.duckdb}, Kusto parser ${versions.kusto}. Both versions ran over the same events. Intervals are 95%. A workload is a model, not your organisation.`,
  });
}

function titleOf({ detections, status }: Comparison): string {
  const [only] = detections;
  if (only === undefined) return 'no detection changed';
  const words = { passed: 'within its limits', failed: 'over a limit', refused: 'does not run' } as const;
  if (detections.length === 1)
    return `${only.id}: the change ${only.status === 'passed' ? 'is ' : only.status === 'failed' ? 'goes ' : ''}${words[only.status]}`;
  const bad = detections.filter((each) => each.status !== 'passed').length;
  return `${count(detections.length, 'detection')} changed, ${status === 'passed' ? 'none' : number(bad)} over a limit or refused`;
}

function overview(detections: readonly DetectionComparison[]): Markup {
  const rows = detections.map(
    (each, i) =>
      html`<tr><td>${answerTag(each)}</td><td><a href="#d${i}">${each.id}</a></td><td class="number">${shares(each.recall)}</td><td class="number">${rates(each.alertsPerDayPer1000Hosts)}</td></tr>`,
  );
  return html`<nav class="overview scroll" aria-label="Detections" tabindex="0"><table><thead><tr><th scope="col">Answer</th><th scope="col">Detection</th><th scope="col" class="number">Recall</th><th scope="col" class="number">False alerts a day per 1,000 hosts</th></tr></thead><tbody>${rows}</tbody></table></nav>`;
}

const ANSWER = {
  passed: { kind: 'ships', words: 'Within its limits' },
  failed: { kind: 'stays', words: 'Over a limit' },
  refused: { kind: 'stays', words: 'Does not run' },
} as const;

function answerTag({ status }: DetectionComparison): Markup {
  return html`<span class="tag ${ANSWER[status].kind}">${ANSWER[status].words}</span>`;
}

function section(detection: DetectionComparison, anchor: string): Markup {
  const { id, title, environment, status, base, head, contract } = detection;
  const files = [...new Set([base?.file, head?.file].filter((file) => file !== undefined))];
  const became = fate(detection);
  const alarms = [
    ...detection.breaches.map(({ limit, message }) => `${limit}: ${message}`),
    ...refusals(detection),
    ...contract.filter(breaksOthers).map(contractLine),
  ];
  return html`<section class="detection" id="${anchor}" aria-labelledby="${anchor}-title">
<h2 id="${anchor}-title">${title}</h2>
<p class="facts"><code>${id}</code> <span>${environment}</span>${became === undefined ? undefined : html` <span>${became}</span>`} <span>rule <code>${files.join(' → ')}</code></span></p>
<div class="answer ${ANSWER[status].kind}"><p><strong>${ANSWER[status].words}</strong></p>${list(alarms)}</div>
${figures(detection)}
${part(`${anchor}-changes`, 'What changed, and what each change did', changes(detection))}
${part(`${anchor}-scenarios`, 'Gained and lost by scenario', scenarios(detection.scenarios))}
${part(`${anchor}-entries`, 'Gained and lost by list entry', entries(detection))}
${part(`${anchor}-samples`, 'A sample event of each kind', samples(detection.samples))}
${part(`${anchor}-others`, 'Other changes', list(contract.filter((each) => !breaksOthers(each)).map(contractLine)))}
${part(`${anchor}-ground`, 'What it was compared over', ground(detection))}
</section>`;
}

function figures(detection: DetectionComparison): Markup {
  const { recall, alertsPerDayPer1000Hosts: perDay, projectedPrecision: projected, alerts } = detection;
  const test = pairedTest(recall);
  return html`<dl class="figures">
${card('Recall', shares(recall), `${points(recall.difference)}${test === undefined ? '' : `; ${test}`}`)}
${card('False alerts a day', rates(perDay), noted(perDay.difference, rateDifference(perDay.difference), ' per 1,000 hosts'))}
${card('Projected precision', shares(projected), noted(projected.difference, points(projected.difference), `, if ${number(projected.attackRate)} attacks came a day per 1,000 hosts`))}
${
  'unmeasured' in alerts
    ? card('Alerts', '–', alerts.unmeasured)
    : card('Alerts', `${total(alerts.before)} → ${total(alerts.after)}`, `as played: ${swing(alerts)}`)
}
</dl>`;
}

/** A difference with what it is of; the reason alone where there is none. */
function noted(difference: object, text: string, of: string): string {
  return 'unmeasured' in difference ? text : `${text}${of}`;
}

function total({ true: hits, false: noise }: { readonly true: number; readonly false: number }): string {
  return number(hits + noise);
}

const SWING: readonly Head[] = [
  { title: 'True gained', numeric: true },
  { title: 'True lost', numeric: true },
  { title: 'False gained', numeric: true },
  { title: 'False lost', numeric: true },
];

/** Why it is not known stands elsewhere: it would make the column of a figure as wide as a sentence. */
function swingCells(events: RuleChange['events']): Cell[] {
  if ('unmeasured' in events) return SWING.map(() => ({ content: '–', key: -1 }));
  const { gained, lost } = events;
  return [gained.true, lost.true, gained.false, lost.false].map((n) => ({ content: number(n), key: n }));
}

function changes(detection: DetectionComparison): Markup | undefined {
  const { changes: all, together } = detection;
  if ('unmeasured' in all) return html`<p class="note">${all.unmeasured}</p>`;
  if (all.length === 0) return undefined;
  const sum = together.gained.true + together.gained.false + together.lost.true + together.lost.false;
  return html`<p class="note">Events that would be otherwise without a change. An event may count for several.</p>
${table(
  'changes',
  [{ title: 'Change' }, { title: 'Line', numeric: true }, ...SWING],
  byEffect(all).map((change) => [
    { content: changed(change), key: `${change.removed}${change.added}` },
    placeCell(change),
    ...swingCells(change.events),
  ]),
)}
${sum === 0 ? undefined : html`<p>Several changes together: ${swing(together)}.</p>`}`;
}

/** In which of the two files, which stand at the head of the section. */
function placeCell({ side, line, column }: RuleChange): Cell {
  if (line === 0) return { content: '–', key: 0 };
  return { content: html`${line}:${column}<small>${side === 'base' ? 'older rule' : 'newer rule'}</small>`, key: line };
}

/** What stood there and what stands there now, each whole. */
function changed({ kind, list: name, removed, added, events }: RuleChange): Markup {
  return html`${removed === '' ? undefined : html`<del><code>${removed}</code></del>`}${added === '' ? undefined : html`<ins><code>${added}</code></ins>`}<small>${kind === 'setting' ? 'schedule' : name === undefined ? kind : `entry of ${name}`}</small>${'unmeasured' in events ? html`<small>${events.unmeasured}</small>` : undefined}`;
}

function scenarios(all: readonly ScenarioSwing[]): Markup | undefined {
  if (all.length === 0) return undefined;
  const order = byWeight(all);
  const charted = [...all]
    .map(({ title, label, alerts }) => {
      const net = alerts.gained - alerts.lost;
      return { name: title, value: net, kind: label === 'malicious' ? ('true' as const) : ('false' as const) };
    })
    .filter(({ value }) => value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, CHARTED);
  return html`${charted.length === 0 ? undefined : netChart('Alerts gained, less those lost, by scenario', charted, number)}
${table(
  'scenarios',
  [
    { title: 'Scenario' },
    { title: 'Label' },
    { title: 'Caught', numeric: true },
    { title: 'Alerts gained', numeric: true },
    { title: 'Lost', numeric: true },
    { title: 'Events gained', numeric: true },
    { title: 'Lost', numeric: true },
  ],
  order.map(({ id, title, label, activities, detected, alerts, events }): Cell[] => [
    { content: html`${title}<small>${id}</small>`, key: title },
    { content: html`<span class="tag ${label}">${label}</span>`, key: label },
    {
      content: `${number(detected.before)} → ${number(detected.after)} of ${number(activities)}`,
      key: detected.after - detected.before,
    },
    ...[alerts.gained, alerts.lost, events.gained, events.lost].map((n) => ({ content: number(n), key: n })),
  ]),
)}`;
}

function entries({ entries: all }: DetectionComparison): Markup | undefined {
  if ('unmeasured' in all) return html`<p class="note">${all.unmeasured}</p>`;
  if (all.length === 0) return undefined;
  return table(
    'list entries',
    [{ title: 'Entry' }, { title: 'List' }, ...SWING],
    byEffect<EntrySwing>(all).map((entry) => [
      { content: html`<code>${entry.entry}</code>`, key: entry.entry },
      { content: entry.list },
      ...swingCells(entry.events),
    ]),
  );
}

function samples(all: readonly SampleEvent[]): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`${all.map(
    ({ direction, label, scenario, role, table: from, event, columns }, i) =>
      html`<details class="fold"${i === 0 ? html` open` : undefined}><summary><span class="tag ${direction === 'gained' ? 'passed' : 'failed'}">${direction}</span> <span class="tag ${label}">${label}</span> ${scenario}, ${role}, event ${event} of ${from}</summary>${facts(Object.entries(columns))}</details>`,
  )}`;
}

function ground({ workload, events }: DetectionComparison): Markup | undefined {
  if (workload === undefined) return undefined;
  const { name, hosts, days, seed, activities } = workload;
  return facts([
    ['Workload', `${name}: ${count(hosts, 'host')}, ${count(days, 'day')}, seed ${seed}`],
    [
      'Events',
      `${number(workload.events)}, of ${number(activities.malicious)} malicious and ${number(activities.benign)} benign activities`,
    ],
    ...('unmeasured' in events
      ? []
      : [['Events gained', split(events.gained)] as const, ['Events lost', split(events.lost)] as const]),
    ['Digest', workload.digest],
    ...workloadFacts(workload),
  ]);
}
