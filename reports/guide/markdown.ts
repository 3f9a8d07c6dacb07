import { markdownTable } from 'markdown-table';
import { type Guide, type GuideScenario, guideMark, type Values } from '../../harness/guide/result.js';
import { count, number } from '../figures.js';
import { playedOverText } from '../played-over.js';
import { oneLine } from '../text.js';
import { contactName, factName, lookAlikeOf, looksFirst, NOTHING_APART, shareText, tellingSigns } from './words.js';

/** The guide that stands beside a rule. */
export function guideMarkdown(guide: Guide): string {
  const attacks = guide.scenarios.filter(({ label }) => label === 'malicious');
  const everyday = guide.scenarios.filter(({ label }) => label === 'benign');
  return `${[
    guideMark(guide),
    `# What alerts of ${span(guide.detection)} look like`,
    intro(guide, attacks.length, everyday.length),
    ...signTable(guide),
    ...section('## Alerts of attacks', attacks, guide),
    ...section('## Alerts of everyday activities', everyday, guide),
    ...silent(guide),
  ].join('\n\n')}\n`;
}

function intro({ alerts, workload }: Guide, attacks: number, everyday: number): string {
  return [
    `Made by \`assay guide\` from ${count(alerts.true, 'alert')} of ${count(attacks, 'attack scenario')} and`,
    `${number(alerts.false)} of ${count(everyday, 'everyday scenario')}, over ${plain(playedOverText(workload))}.`,
    'Attacks are far rarer in life: most alerts are of the second kind. Numbers in brackets are alerts.',
  ].join('\n');
}

/** What tells attacks from the rest, that which tells most first. */
function signTable(guide: Guide): string[] {
  const telling = tellingSigns(guide);
  if (telling.length === 0) return [];
  return [
    '## What to look at first',
    'How many alerts of each kind a sign is true of. Far apart is telling; alike says nothing.',
    markdownTable(
      [
        ['sign', 'attacks', 'everyday', 'look at'],
        ...telling.map(({ says, look, ofAttacks, ofEveryday }) => [
          plain(says),
          shareText(ofAttacks),
          shareText(ofEveryday),
          plain(look),
        ]),
      ],
      { align: ['l', 'r', 'r', 'l'] },
    ),
  ];
}

function section(title: string, scenarios: readonly GuideScenario[], guide: Guide): string[] {
  return scenarios.length === 0 ? [] : [title, ...scenarios.map((scenario) => scenarioText(scenario, guide))];
}

function scenarioText(scenario: GuideScenario, guide: Guide): string {
  const { id, title, technique, procedure, detected, activities, alerts, answers, facts, places } = scenario;
  const from = [technique, procedure].filter((each) => each !== undefined).map(plain);
  const lines = [
    `${count(alerts, 'alert')}; ${number(detected)} of ${count(activities, 'activity', 'activities')} caught${from.length === 0 ? '' : `; ${from.join(', ')}`}`,
    ...answers.map(({ column, values }) => `${span(column)}: ${told(values)}`),
    ...facts.map(({ fact, values }) => `${factName(fact)}: ${told(values)}`),
    ...places.map(({ role, values }) => `${contactName(role)}: ${told(values)}`),
    ...lookAlike(scenario, guide),
    ...checks(scenario, guide),
  ];
  return `### ${plain(title)} (${span(id)})\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function lookAlike(scenario: GuideScenario, guide: Guide): string[] {
  const nearest = lookAlikeOf(scenario, guide);
  if (nearest === undefined) return [];
  const how = nearest.differs.length === 0 ? NOTHING_APART : nearest.differs.map(plain).join('; ');
  return [`${nearest.what} ${span(nearest.scenario)} (${nearest.alike}): ${how}`];
}

function checks(scenario: GuideScenario, guide: Guide): string[] {
  const looks = looksFirst(scenario, guide);
  return looks.length === 0 ? [] : [`First: ${looks.map(plain).join('; then ')}`];
}

function silent({ silent: missed }: Guide): string[] {
  if (missed.length === 0) return [];
  return [
    '## Claimed, and no alert at all',
    missed
      .map(
        ({ id, title, activities }) =>
          `- ${plain(title)} (${span(id)}), ${count(activities, 'activity', 'activities')}`,
      )
      .join('\n'),
  ];
}

function told({ first, others }: Values): string {
  const shown = first.map(({ value, alerts }) => `${span(value)} (${number(alerts)})`);
  return [...shown, ...(others === 0 ? [] : [`${number(others)} more`])].join(', ');
}

/** Text as code: nothing in it is markup, whatever it holds. */
function span(text: string): string {
  const line = oneLine(text).replaceAll('|', '\u00a6');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

/** Text as it is, without what Markdown gives a meaning. */
function plain(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('@', '&#64;');
}
