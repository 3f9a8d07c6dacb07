import {
  type DetectionMeasurement,
  isUnmeasured,
  type Range,
  type ScenarioResult,
} from '../../harness/measure/measurement.js';
import { count, noisiest, number, percent, range } from '../figures.js';
import { rangeChart } from './charts.js';
import { html, type Markup } from './markup.js';
import { type Cell, table } from './table.js';

/** Names in a chart; the tables hold them all. */
const CHARTED = 15;

type Noisy = ScenarioResult & { readonly alertsPerDayPer1000Hosts: Range };

/** False alerts a day, from which benign scenarios they come, and from which shares and rates their range. */
export function noiseSection(detection: DetectionMeasurement): Markup | undefined {
  const sources = noisiest(detection);
  const { alertsPerDayPer1000Hosts: rates } = detection;
  if (isUnmeasured(rates)) return undefined;
  if (sources.length === 0) return html`<p>No benign scenario raises an alert.</p>`;
  const shown = sources.slice(0, CHARTED);
  const rest = sources.length - shown.length;
  return html`<p>${range(rates)} a day per 1,000 hosts, from ${count(sources.length, 'benign scenario')}. The dot is the expected rate, the line its low and high estimate.${rest > 0 ? ` The loudest ${CHARTED} are drawn.` : ''}</p>
${rangeChart(
  'False alerts a day per 1,000 hosts, by scenario',
  shown.map(({ title, alertsPerDayPer1000Hosts }) => ({ name: title, range: alertsPerDayPer1000Hosts })),
  number,
)}
${origin(sources)}`;
}

/** What each scenario's range is made of: how many hosts have it, what each writes, and how much of that is alerts. */
function origin(sources: readonly Noisy[]): Markup | undefined {
  if (!sources.some(({ estimate }) => estimate !== undefined)) return undefined;
  return html`<details class="fold"><summary>How each range follows from shares and rates</summary>
<p class="note">Hosts that have it, times the rows that each writes a day, are its rows a day; of each the rule makes as many alerts as it did here, held against the rows that were to be expected. The ends of the whole range add up all low and all high estimates.</p>
${table(
  'ranges by scenario',
  [
    { title: 'Scenario' },
    { title: 'Of hosts that could', numeric: true },
    { title: 'Rows each', numeric: true },
    { title: 'Rows a day per 1,000', numeric: true },
    { title: 'Alerts per row', numeric: true },
    { title: 'Alerts a day per 1,000', numeric: true },
  ],
  sources.map(originRow),
)}</details>`;
}

function originRow(scenario: Noisy): Cell[] {
  const { id, title, estimate, alertsPerDayPer1000Hosts: rates } = scenario;
  const of = (value: Range | undefined, write = range): Cell =>
    value === undefined ? { content: '', key: -1 } : { content: write(value), key: value.mid };
  const each = alertsPerRow(scenario);
  return [
    { content: html`${title}<small>${id}</small>`, key: title },
    of(estimate?.share, shares),
    of(estimate?.rows),
    of(estimate?.rowsPerDayPer1000Hosts),
    { content: each === undefined ? '' : number(each), key: each ?? -1 },
    of(rates),
  ];
}

/** The same for one scenario, in words. */
export function originWords(scenario: ScenarioResult): string | undefined {
  const { estimate } = scenario;
  if (estimate === undefined) return undefined;
  const each = alertsPerRow(scenario);
  return `${shares(estimate.share)} of the hosts that could have it, each with ${range(estimate.rows)} rows a day, make ${range(estimate.rowsPerDayPer1000Hosts)} rows a day per 1,000 hosts${
    each === undefined ? '' : `, and each of these ${number(each)} alerts`
  }`;
}

/** Rows and alerts scale alike, so that this holds at any rate. */
function alertsPerRow({ estimate, alertsPerDayPer1000Hosts: rates }: ScenarioResult): number | undefined {
  const rows = estimate?.rowsPerDayPer1000Hosts.mid ?? 0;
  return rates === undefined || rows === 0 ? undefined : rates.mid / rows;
}

/** `12% (4% to 30%)`, of percents. */
function shares({ low, mid, high }: Range): string {
  return `${percent(mid / 100)} (${percent(low / 100)} to ${percent(high / 100)})`;
}
