import type { EvasionResult } from '../../harness/evade/result.js';
import type { Evidence } from '../../harness/evidence/result.js';
import {
  type DetectionMeasurement,
  isUnmeasured,
  type LiteralResult,
  type Proportion,
} from '../../harness/measure/measurement.js';
import type { MutationResult } from '../../harness/mutate/result.js';
import type { Companions } from '../companions.js';
import { count, number, percent } from '../figures.js';
import { techniqueText } from '../technique-names.js';
import { workloadFacts } from '../telemetry.js';
import { adviceSection } from './advice.js';
import { type Share, shareChart, splitChart } from './charts.js';
import { evasionSection } from './evasion.js';
import { explanationTemplates } from './explanations.js';
import { guideSection } from './guide.js';
import { html, type Markup } from './markup.js';
import { mutationWords } from './mutation.js';
import { noiseSection } from './noise.js';
import { card, list, part } from './parts.js';
import { ruleSection, worthOf } from './rule.js';
import { scenarioTable } from './scenarios.js';
import { type Cell, table } from './table.js';
import { tuningSection } from './tuning.js';
import { verdictOf } from './verdict.js';

/** Names in a chart; the tables hold them all. */
const CHARTED = 15;

/** All that a measurement holds about one detection. */
export function detectionSection(
  detection: DetectionMeasurement,
  anchor: string,
  companions: Companions,
  evidence?: Evidence,
): Markup {
  const { id, title, rule, claims, environment } = detection;
  const mutation = companions.mutation.get(id);
  const tuning = companions.tuning.get(id);
  const evasion = companions.evasion.get(id);
  const advice = companions.advice.get(id);
  const guide = companions.guide.get(id);
  const { answer, words, reasons } = verdictOf(detection);
  return html`<section class="detection" id="${anchor}" aria-labelledby="${anchor}-title">
<h2 id="${anchor}-title">${title}</h2>
<p class="facts"><code>${id}</code> <span>${environment}</span> <span>claims ${claims.techniques.map(techniqueText).join(', ')}</span> <span>rule <code>${rule.file}</code></span></p>
<div class="answer ${answer}"><p><strong>${words}</strong></p>${list(reasons)}</div>
${figures(detection, mutation, evasion)}
${part(`${anchor}-recall`, 'Recall by procedure', recall(detection))}
${part(`${anchor}-noise`, 'False alerts a day, and where they come from', noiseSection(detection))}
${part(`${anchor}-scenarios`, 'Scenarios', detection.scenarios.length === 0 ? undefined : scenarioTable(detection, anchor, evidence))}
${part(`${anchor}-alerts`, 'Alerts', alerts(evidence, anchor))}
${part(`${anchor}-entries`, 'What each list entry brings', entries(detection, anchor, evidence !== undefined))}
${part(`${anchor}-advice`, 'What to change in the lists', advice && adviceSection(advice, anchor))}
${part(`${anchor}-tuning`, 'What exceptions would bring', tuning && tuningSection(tuning))}
${part(`${anchor}-evasion`, 'How attackers get around it', evasion && evasionSection(evasion))}
${part(`${anchor}-guide`, 'What its alerts look like', guide && guideSection(guide))}
${part(`${anchor}-checks`, 'Tests and gates', checks(detection))}
${part(`${anchor}-rule`, 'The rule', ruleSection(detection, anchor, mutation))}
${part(`${anchor}-ground`, 'What it was measured over', ground(detection))}
${evidence && unexplained(evidence, id)}
${evidence && explanationTemplates(evidence, anchor, detection.id)}
</section>`;
}

function unexplained({ unexplained: reason }: Evidence, id: string): Markup | undefined {
  return reason === undefined
    ? undefined
    : html`<p class="note">What the rule did with each event is not told here: ${reason}. For one of them: <code>assay explain ${id} --event ID</code></p>`;
}

/** The figures that a decision is made on, each with its range and its assumptions. */
function figures(
  detection: DetectionMeasurement,
  mutation: MutationResult | undefined,
  evasion: EvasionResult | undefined,
): Markup | undefined {
  const {
    recall: caught,
    precision,
    projectedPrecision: projected,
    alertsPerDayPer1000Hosts: rates,
    alerts: raised,
  } = detection;
  const found = [
    mutation?.score == null ? undefined : card('Mutation score', percent(mutation.score), mutationWords(mutation)),
    evasion && figure('Evasion resistance', evasion.stillDetected, evasionOf(evasion)),
  ];
  if (isUnmeasured(caught) && isUnmeasured(rates) && isUnmeasured(raised) && !found.some(Boolean)) return undefined;
  return html`<dl class="figures">
${figure('Recall', caught, isUnmeasured(caught) ? '' : `of ${count(caught.n, 'claimed attack')}`)}
${
  isUnmeasured(rates)
    ? card('False alerts a day', '–', rates.unmeasured)
    : card(
        'False alerts a day',
        number(rates.mid),
        `${number(rates.low)} to ${number(rates.high)} per 1,000 hosts, at low and high rates of benign activity`,
      )
}
${figure('Projected precision', projected, isUnmeasured(projected) ? '' : `if ${number(projected.attackRate)} attacks came a day per 1,000 hosts`)}
${figure('Precision as played', precision, isUnmeasured(precision) ? '' : `of ${count(precision.n, 'alert')} in ${count(precision.clusters, 'cluster')}; attacks are rarer in life`)}
${found}
</dl>`;
}

function evasionOf({ stillDetected }: EvasionResult): string {
  return isUnmeasured(stillDetected) ? '' : `of ${count(stillDetected.n, 'changed attack')} that are caught unchanged`;
}

function figure(name: string, value: Proportion, of: string): Markup {
  if (isUnmeasured(value)) return card(name, '–', value.unmeasured);
  return card(name, percent(value.estimate), `${percent(value.low)} to ${percent(value.high)}, ${of}`);
}

/** Claimed attacks by the software, group or report that they are modelled on; the worst first. */
function recall({ scenarios, recall: whole, workload }: DetectionMeasurement): Markup | undefined {
  if (workload === undefined) return undefined;
  const procedures = new Map<string, Share>();
  for (const { claimed, procedure, id, title, detected, activities } of scenarios) {
    if (!claimed) continue;
    const key = procedure ?? id;
    // A report has no name that people know; software, groups and campaigns are known by theirs.
    const name = /^[A-Z]\d{4}$/.test(key) ? `${key} ${title}` : title;
    const known = procedures.get(key) ?? { name, part: 0, whole: 0 };
    procedures.set(key, { ...known, part: known.part + detected, whole: known.whole + activities });
  }
  if (procedures.size === 0)
    return isUnmeasured(whole) ? html`<p class="note">Unmeasured: ${whole.unmeasured}.</p>` : undefined;
  const shares = [...procedures.values()].sort(
    (a, b) => a.part / a.whole - b.part / b.whole || a.name.localeCompare(b.name, 'en'),
  );
  const always = shares.filter(({ part, whole: all }) => part === all).length;
  const never = shares.filter(({ part }) => part === 0).length;
  return html`<p>Of ${count(shares.length, 'procedure')}, ${number(always)} always caught, ${number(never)} never.</p>
${shareChart('Share of attacks caught, by procedure, the worst first', shares)}`;
}

function alerts(evidence: Evidence | undefined, anchor: string): Markup | undefined {
  if (evidence === undefined) return undefined;
  return html`<p>${count(evidence.alerts.rows.length, 'alert')}. A row opens what is known of it.</p>
<div class="grid" data-grid="${anchor}" data-name="Alerts"></div><noscript><p class="note">This table needs the script of this page.</p></noscript>`;
}

function entries({ literals, workload }: DetectionMeasurement, anchor: string, searched: boolean): Markup | undefined {
  if (workload === undefined) return undefined;
  if (isUnmeasured(literals)) return html`<p class="note">Unmeasured: ${literals.unmeasured}.</p>`;
  if (literals.length === 0) return undefined;
  const order = [...literals].sort((a, b) => weight(b) - weight(a));
  const charted = order.filter((literal) => weight(literal) > 0).slice(0, CHARTED);
  const idle = literals.filter((literal) => worthOf(literal) === 'idle').length;
  return html`<p>${count(literals.length, 'entry', 'entries')}; ${number(idle)} bring nothing in this workload. “Alone” counts the alerts that would be lost without the entry; a negative count is of alerts that it holds back.</p>
${
  charted.length === 0
    ? undefined
    : splitChart(
        'Alerts that an entry alone brings',
        charted.map(({ entry, only }) => ({ name: entry, ...only })),
        number,
      )
}
${table(
  'list entries',
  [
    { title: 'Entry' },
    { title: 'List' },
    { title: 'Worth' },
    { title: 'True alone', numeric: true },
    { title: 'False alone', numeric: true },
    { title: 'True', numeric: true },
    { title: 'False', numeric: true },
    { title: 'Line', numeric: true },
  ],
  order.map((literal) => entryRow(literal, anchor, searched)),
)}`;
}

const WORTH = { useful: 'true alerts', quiets: 'holds back noise', noisy: 'only noise', idle: 'nothing' } as const;

function entryRow(literal: LiteralResult, anchor: string, searched: boolean): Cell[] {
  const { list: name, entry, line, only, all } = literal;
  const worth = worthOf(literal);
  return [
    {
      content:
        searched && all.true + all.false > 0
          ? html`<button type="button" class="open find" data-find="${entry}" data-among="${anchor}-alerts" title="Show the alerts that hold it"><code>${entry}</code></button>`
          : html`<code>${entry}</code>`,
      key: entry,
    },
    { content: name },
    { content: html`<span class="tag ${worth}">${WORTH[worth]}</span>`, key: WORTH[worth] },
    ...[only.true, only.false, all.true, all.false].map((n) => ({ content: number(n), key: n })),
    { content: html`<a href="#${anchor}-L${line}">${line}</a>`, key: line },
  ];
}

function weight({ only }: LiteralResult): number {
  return Math.max(Math.abs(only.true), Math.abs(only.false));
}

function checks({ tests, gates, baseline }: DetectionMeasurement): Markup | undefined {
  if (tests.length === 0 && gates.length === 0) return undefined;
  const gateRows = gates.map(({ name, demand, message, passed }): Cell[] => [
    { content: passed ? tag('passed', 'holds') : tag('failed', 'fails') },
    { content: name },
    { content: demand },
    { content: message },
  ]);
  const order = { failed: 0, todo: 1, passed: 2 } as const;
  const testRows = [...tests]
    .sort((a, b) => order[a.status] - order[b.status])
    .map(({ name, status, message }): Cell[] => [
      { content: tag(status, { failed: 'fails', todo: 'known gap', passed: 'passes' }[status]) },
      { content: name },
      { content: message ?? '' },
    ]);
  return html`${gates.length === 0 ? undefined : table('gates', ['', 'Gate', 'Demand', 'Found'].map(headed), gateRows)}
${tests.length === 0 ? undefined : table('tests', ['', 'Test', 'What came'].map(headed), testRows)}
${baseline === undefined || baseline.status === 'absent' ? undefined : html`<p>Against the accepted measurement: ${baseline.status}.</p>${list(baseline.differences)}`}`;
}

function headed(title: string): { title: string } {
  return { title: title === '' ? 'State' : title };
}

function tag(kind: string, text: string): Markup {
  return html`<span class="tag ${kind}">${text}</span>`;
}

function ground({ workload, events, rule, alerts: raised }: DetectionMeasurement): Markup {
  const rows: [string, string][] = [['Rule', `SHA-256 ${rule.sha256}`]];
  if (workload !== undefined) {
    const { name, hosts, days, seed, rates, start, end, every, lookback, runs, activities } = workload;
    rows.push(
      ['Workload', `${name}: ${count(hosts, 'host')}, ${count(days, 'day')}, seed ${seed}, ${rates} rates`],
      ['Time', `${start} to ${end}`],
      ['Runs', `${number(runs)}, every ${every}${lookback === undefined ? '' : `, looking back ${lookback}`}`],
      [
        'Events',
        `${number(workload.events)}, of ${number(activities.malicious)} malicious and ${number(activities.benign)} benign activities`,
      ],
      ['Digest', workload.digest],
      ...workloadFacts(workload),
    );
  }
  if (!isUnmeasured(raised)) rows.push(['Alerts', `${number(raised.true)} true, ${number(raised.false)} false`]);
  if (!isUnmeasured(events)) {
    rows.push([
      'Targeted events',
      `${number(events.tp)} returned, ${number(events.fn)} missed; ${number(events.fp)} others returned, ${number(events.tn)} left`,
    ]);
  }
  return html`<dl class="ground">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
