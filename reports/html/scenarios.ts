import type { ActivityEvidence, EventEvidence, Evidence } from '../../harness/evidence/result.js';
import type { DetectionMeasurement, ScenarioResult } from '../../harness/measure/measurement.js';
import { count, number, percent, range } from '../figures.js';
import { techniqueText } from '../technique-names.js';
import { explanationId } from './explanations.js';
import { type Content, html, type Markup } from './markup.js';
import { originWords } from './noise.js';
import { type Cell, table } from './table.js';

/** Every scenario with what the rule made of it; its name opens all that is known. */
export function scenarioTable({ scenarios }: DetectionMeasurement, anchor: string, evidence?: Evidence): Markup {
  const activities = new Map<string, ActivityEvidence[]>();
  for (const activity of evidence?.activities ?? []) {
    activities.set(activity.scenario, [...(activities.get(activity.scenario) ?? []), activity]);
  }
  const order = [...scenarios].sort((a, b) => rank(a) - rank(b) || mid(b) - mid(a));
  return html`<p class="legend"><span class="key-true">malicious</span> <span class="key-false">benign</span></p>
${table(
  'scenarios',
  [
    { title: 'Scenario' },
    { title: 'Label' },
    { title: 'Procedure' },
    { title: 'Caught', numeric: true },
    { title: 'Alerts', numeric: true },
    { title: 'A day per 1,000 hosts', numeric: true },
  ],
  order.map((scenario, i) => scenarioRow(scenario, `${anchor}-s${i}`)),
)}
${order.map((scenario, i) => details(scenario, `${anchor}-s${i}`, anchor, activities.get(scenario.id), evidence))}`;
}

/** What was claimed and missed comes first, then noise. */
function rank({ label, claimed, detected, activities }: ScenarioResult): number {
  if (label === 'benign') return 2;
  return claimed ? (activities === 0 ? 1 : detected / activities) : 1.5;
}

function mid({ alertsPerDayPer1000Hosts: rates }: ScenarioResult): number {
  return rates?.mid ?? 0;
}

function scenarioRow(scenario: ScenarioResult, anchor: string): Cell[] {
  const { id, title, label, claimed, procedure, technique, detected, activities, alerts, alertsPerDayPer1000Hosts } =
    scenario;
  const share = activities === 0 ? 0 : detected / activities;
  return [
    {
      content: html`<button type="button" class="open" data-open="${anchor}" aria-haspopup="dialog">${title}</button><small>${id}</small>`,
      key: title,
    },
    {
      content: html`<span class="tag ${label}">${label}</span>${claimed || label === 'benign' ? undefined : html` <small>not claimed</small>`}`,
      key: label,
    },
    {
      content: html`${procedure ?? ''}${technique === undefined ? undefined : html` <small>${technique}</small>`}`,
      key: procedure ?? '',
    },
    { content: html`${number(detected)} of ${number(activities)} ${bar(share, label)}`, key: share },
    { content: number(alerts), key: alerts },
    {
      content: alertsPerDayPer1000Hosts === undefined ? '' : range(alertsPerDayPer1000Hosts),
      key: alertsPerDayPer1000Hosts?.mid ?? -1,
    },
  ];
}

/** The figure beside it says the same, so it is not read out. */
function bar(share: number, label: ScenarioResult['label']): Markup {
  const width = Math.round(share * 60);
  return html`<svg class="bar ${label}" viewBox="0 0 60 8" width="60" height="8" aria-hidden="true"><rect class="all" width="60" height="8" rx="2"/><rect class="part" width="${width}" height="8" rx="2"/></svg>`;
}

function details(
  scenario: ScenarioResult,
  id: string,
  anchor: string,
  activities: readonly ActivityEvidence[] | undefined,
  evidence: Evidence | undefined,
): Markup {
  const {
    title,
    label,
    claimed,
    procedure,
    technique,
    detected,
    activities: all,
    alerts,
    alertsPerDayPer1000Hosts: rates,
  } = scenario;
  const origin = originWords(scenario);
  const facts: (readonly [string, Content])[] = [
    ['Scenario', html`<code>${scenario.id}</code>`],
    ['Label', claimed ? `${label}, claimed by the detection` : label],
    ...(technique === undefined ? [] : [['Technique', techniqueText(technique)] as const]),
    ...(procedure === undefined ? [] : [['Procedure', procedure] as const]),
    [
      'Activities',
      `${number(detected)} of ${number(all)} raised an alert${all === 0 ? '' : ` (${percent(detected / all)})`}`,
    ],
    ['Alerts', number(alerts)],
    ...(rates === undefined ? [] : [['False alerts a day per 1,000 hosts', range(rates)] as const]),
    ...(rates === undefined || origin === undefined ? [] : [['By shares and rates', origin] as const]),
  ];
  return html`<template id="${id}"><h2>${title}</h2><dl class="ground">${facts.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>${activities && activityList(activities, label === 'malicious' ? all : detected, anchor)}${
    evidence === undefined || alerts === 0
      ? undefined
      : html`<h3>Alerts</h3><div class="grid" data-grid="${anchor}" data-name="Alerts of the scenario" data-only="${scenario.id}"></div>`
  }</template>`;
}

function activityList(activities: readonly ActivityEvidence[], all: number, anchor: string): Markup {
  const more = all - activities.length;
  return html`<h3>Activities</h3>${activities.map(
    ({ host, detected, events }, i) =>
      html`<details class="activity"${i === 0 ? html` open` : undefined}><summary><span class="tag ${detected ? 'passed' : 'idle'}">${
        detected ? 'alert' : 'no alert'
      }</span> ${i + 1} on <code>${host}</code>, ${count(events.length, 'event')}</summary><ol>${events.map((event) => eventItem(event, anchor))}</ol></details>`,
  )}${more > 0 ? html`<p class="note">and ${number(more)} more like them</p>` : undefined}`;
}

function eventItem(
  { id, time, table: name, role, returned, facts, explanation }: EventEvidence,
  anchor: string,
): Markup {
  return html`<li><span class="tag ${returned ? 'passed' : 'idle'}">${
    returned ? 'in an alert' : 'not returned'
  }</span> ${time} <b>${role}</b> ${name} <small>event ${id}</small>${
    explanation === undefined
      ? undefined
      : html` <button type="button" class="open" data-open="${explanationId(anchor, explanation)}" aria-haspopup="dialog">why</button>`
  }<dl class="ground">${Object.entries(facts).map(
    ([fact, value]) => html`<div><dt>${fact}</dt><dd>${value}</dd></div>`,
  )}</dl></li>`;
}
