import type { Guide, GuideScenario, Values } from '../../harness/guide/result.js';
import { count, number } from '../figures.js';
import {
  contactName,
  factName,
  lookAlikeOf,
  looksFirst,
  NOTHING_APART,
  shareText,
  tellingSigns,
} from '../guide/words.js';
import { playedOverText } from '../played-over.js';
import { type Content, html, type Markup } from './markup.js';
import { list } from './parts.js';
import { type Cell, table } from './table.js';

/** What alerts look like, by where they come from, for whoever has to judge them. */
export function guideSection(guide: Guide): Markup {
  const { alerts, workload, scenarios, silent } = guide;
  const attacks = scenarios.filter(({ label }) => label === 'malicious');
  const everyday = scenarios.filter(({ label }) => label === 'benign');
  return html`<p>From ${count(alerts.true, 'alert')} of ${count(attacks.length, 'attack scenario')} and ${number(alerts.false)} of ${count(everyday.length, 'everyday scenario')}, over ${playedOverText(workload)}. Attacks are far rarer in life: most alerts are of the second kind.</p>
${signs(guide)}
${scenarioList('Alerts of attacks', attacks, guide)}
${scenarioList('Alerts of everyday activities', everyday, guide)}
${
  silent.length === 0
    ? undefined
    : html`<h4>Claimed, and no alert at all</h4>${list(silent.map(({ title, activities }) => `${title}: ${count(activities, 'activity', 'activities')}`))}`
}`;
}

function signs(guide: Guide): Markup | undefined {
  const telling = tellingSigns(guide);
  if (telling.length === 0) return undefined;
  return html`<h4>What to look at first</h4><p class="note">How many alerts of each kind a sign is true of. Far apart is telling; alike says nothing.</p>${table(
    'signs',
    [
      { title: 'Sign' },
      { title: 'Attacks', numeric: true },
      { title: 'Everyday', numeric: true },
      { title: 'Look at' },
    ],
    telling.map(({ says, look, ofAttacks, ofEveryday }): Cell[] => [
      { content: says },
      { content: shareText(ofAttacks), key: ofAttacks ?? -1 },
      { content: shareText(ofEveryday), key: ofEveryday ?? -1 },
      { content: look },
    ]),
  )}`;
}

/** One below the other, folded: there are dozens, and an alert is of one of them. */
function scenarioList(title: string, scenarios: readonly GuideScenario[], guide: Guide): Markup | undefined {
  if (scenarios.length === 0) return undefined;
  return html`<h4>${title}</h4>${scenarios.map((scenario) => entry(scenario, guide))}`;
}

function entry(scenario: GuideScenario, guide: Guide): Markup {
  const { id, title, technique, procedure, detected, activities, alerts, answers, facts, places } = scenario;
  const nearest = lookAlikeOf(scenario, guide);
  const looks = looksFirst(scenario, guide);
  const rows: (readonly [string, Content])[] = [
    [
      'Scenario',
      html`<code>${id}</code>${[technique, procedure].map((each) => (each === undefined ? undefined : ` ${each}`))}`,
    ],
    ['Caught', `${number(detected)} of ${count(activities, 'activity', 'activities')}`],
    ...(looks.length === 0 ? [] : [['First', looks.join('; then ')] as const]),
    ...answers.map(({ column, values }) => [column, told(values)] as const),
    ...facts.map(({ fact, values }) => [factName(fact), told(values)] as const),
    ...places.map(({ role, values }) => [contactName(role), told(values)] as const),
    ...(nearest === undefined
      ? []
      : [
          [
            nearest.what,
            html`<code>${nearest.scenario}</code> (${nearest.alike}): ${nearest.differs.length === 0 ? NOTHING_APART : nearest.differs.join('; ')}`,
          ] as const,
        ]),
  ];
  return html`<details class="fold"><summary>${title}, ${count(alerts, 'alert')}</summary><dl class="ground">${rows.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl></details>`;
}

function told({ first, others }: Values): Markup {
  return html`${first.map(({ value, alerts }, i) => html`${i === 0 ? '' : ', '}<code>${value}</code> (${number(alerts)})`)}${others === 0 ? undefined : `, ${number(others)} more`}`;
}
