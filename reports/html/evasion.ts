import { type EvadedScenario, type EvasionResult, ROBUSTNESS } from '../../harness/evade/result.js';
import { isUnmeasured } from '../../harness/measure/measurement.js';
import { cheapestText, transformationRows } from '../evade-words.js';
import { count, number, proportion } from '../figures.js';
import { shareChart } from './charts.js';
import { html, type Markup } from './markup.js';
import { type Cell, table } from './table.js';

/** Which attacks go unseen once they are changed, at what cost, and which clauses an attacker has to get past. */
export function evasionSection(result: EvasionResult): Markup {
  const { stillDetected, robustness, scenarios } = result;
  const used = transformationRows(result);
  const caught = scenarios.filter(({ detected }) => detected);
  const hidden = caught.filter(({ cheapest }) => cheapest !== undefined);
  return html`<p>${
    isUnmeasured(stillDetected)
      ? `Resistance is unmeasured: ${stillDetected.unmeasured}.`
      : `${proportion(stillDetected)} of ${count(stillDetected.n, 'pair')} that were caught before still are.`
  } ${number(hidden.length)} of ${count(caught.length, 'caught scenario')} can be hidden by what was tried.${
    robustness === undefined ? '' : ` Its weakest clause is of level ${robustness} of 5: ${levelWords(robustness)}.`
  }</p>
${resistance(result, used)}
${table(
  'changes that attackers make',
  [
    { title: 'Change' },
    { title: 'Costs' },
    { title: 'Scenarios', numeric: true },
    { title: 'Caught', numeric: true },
    { title: 'Hidden by it', numeric: true },
  ],
  used.map(({ id, title, cost, pairs, detected, evaded }): Cell[] => [
    { content: html`${title}<small>${id}</small>`, key: title },
    { content: cost },
    { content: number(pairs), key: pairs },
    { content: number(detected), key: detected },
    { content: number(evaded), key: evaded },
  ]),
)}
<h4>Every scenario under every change</h4>
<p class="legend matrix-key"><span>● all caught</span> <span>◐ some</span> <span>○ none</span> <span>blank: makes no sense there</span> <span>small: the cheapest way out</span></p>
${matrix(result, used)}
${clauses(result)}`;
}

/** Of what is caught as it is, how much stays caught under each change; what hides most comes first. */
function resistance(
  { scenarios, pairs }: EvasionResult,
  used: readonly { readonly id: string; readonly title: string; readonly evaded: number }[],
): Markup | undefined {
  const caught = new Set(scenarios.filter(({ detected }) => detected).map(({ id }) => id));
  const shares = used.flatMap(({ id, title, evaded }) => {
    const whole = pairs.filter(({ scenario, transformation }) => transformation === id && caught.has(scenario)).length;
    return whole === 0 ? [] : [{ name: title, part: whole - evaded, whole }];
  });
  if (shares.length === 0) return undefined;
  const order = shares.sort((a, b) => a.part / a.whole - b.part / b.whole || a.name.localeCompare(b.name, 'en'));
  return shareChart('Caught scenarios that stay caught under each change', order);
}

function matrix(result: EvasionResult, used: readonly { readonly id: string; readonly title: string }[]): Markup {
  const pairs = new Map(result.pairs.map((pair) => [`${pair.scenario} ${pair.transformation}`, pair]));
  return html`<div class="matrix">${table(
    'evasion matrix',
    [{ title: 'Scenario' }, { title: 'As it is' }, ...used.map(({ id }) => ({ title: id }))],
    result.scenarios.map((scenario): Cell[] => [
      { content: html`${scenario.title}<small>${cheapestText(scenario)}</small>`, key: scenario.title },
      cell(scenario),
      ...used.map(({ id }) => {
        const pair = pairs.get(`${scenario.id} ${id}`);
        return pair === undefined ? { content: '', key: -1 } : cell(pair);
      }),
    ]),
  )}</div>`;
}

function cell({ caught, activities }: Pick<EvadedScenario, 'caught' | 'activities'>): Cell {
  const kind = caught === activities ? 'caught' : caught === 0 ? 'missed' : 'partly';
  const mark = { caught: '●', partly: '◐', missed: '○' }[kind];
  return {
    content: html`${mark}<span class="spoken">${number(caught)} of ${number(activities)} caught</span>`,
    key: caught / activities,
    class: `cell ${kind}`,
  };
}

function clauses({ clauses: rated }: EvasionResult): Markup | undefined {
  if (rated.length === 0) return undefined;
  return html`<h4>How robust each clause is</h4>${table(
    'clauses',
    [{ title: 'Level', numeric: true }, { title: 'Clause' }, { title: 'Why' }, { title: 'Line', numeric: true }],
    rated.map(({ level, text, why, line }): Cell[] => [
      { content: level === undefined ? '–' : number(level), key: level ?? 0 },
      { content: html`<code>${text}</code>`, key: text },
      { content: html`${why}${level === undefined ? undefined : html`<small>${levelWords(level)}</small>`}` },
      { content: number(line), key: line },
    ]),
  )}`;
}

function levelWords(level: number): string {
  return Object.entries(ROBUSTNESS).find(([each]) => Number(each) === level)?.[1] ?? '';
}
