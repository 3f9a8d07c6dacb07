import type { TunedException, Tuning } from '../../harness/tune/result.js';
import { count, number, percent } from '../figures.js';
import { playedOverText } from '../played-over.js';

/** What each report of tuning says, so that they say the same. */

/** `22,770 → 3,620 false alerts a day per 1,000 hosts (84% fewer), 172 of 172 attacks still caught` */
export function headline({ before, after, exceptions, nothing }: Tuning): string {
  if (exceptions.length === 0) return `no exception can be proposed${nothing === undefined ? '' : `: ${nothing}`}`;
  const [was, is] = [before.falsePerDayPer1000Hosts.mid, after.falsePerDayPer1000Hosts.mid];
  const fewer = was === 0 ? '' : ` (${percent(1 - is / was)} fewer)`;
  return `${number(was)} → ${number(is)} false alerts a day per 1,000 hosts${fewer}, ${number(after.detected)} of ${number(before.detected)} attacks still caught`;
}

export function setting({ workload, settings, search, exceptions }: Tuning): string {
  const method = search.method === 'exact' ? 'the best set by linear programming' : `greedily, since ${search.reason}`;
  return [
    `over ${playedOverText(workload)}`,
    `${count(exceptions.length, 'exception')} of a budget of ${settings.budget}, at ${settings.place}`,
    `${method}, out of ${number(search.candidates)} conditions of which ${number(search.safe)} are of grade ${settings.worstGrade} or better`,
  ].join('; ');
}

/** The trade-off: a row for each number of entries. */
export function curveRows({ curve }: Tuning): string[][] {
  return [
    ['Entries', 'Removed a day', 'Left a day', 'Attacks lost', 'Of events', 'Of hosts'],
    ...curve.map((point) => [
      number(point.entries),
      number(point.removedPerDayPer1000Hosts),
      number(point.remainingPerDayPer1000Hosts),
      number(point.trueLost),
      percent(point.events),
      percent(point.hosts),
    ]),
  ];
}

/** How the set fares where it was chosen, and where it was not. */
export function splitRows({ split: { chosen, judged, unseenScenarios } }: Tuning): string[][] {
  const row = (name: string, part: Tuning['split']['chosen']): string[] => [
    name,
    number(part.falseAlerts),
    shareOf(part.removed, part.falseAlerts),
    `${number(part.lost)} of ${number(part.detected)}`,
  ];
  return [
    ['', 'False alerts', 'Removed', 'Attacks lost'],
    row('Chosen on one half of hosts and attacks', chosen),
    row('Judged on the others', judged),
    [
      'Benign scenarios that the choice was kept from',
      '',
      unseenScenarios === null ? 'unmeasured' : percent(unseenScenarios),
      '',
    ],
  ];
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? number(part) : `${number(part)} (${percent(part / whole)})`;
}

/** What an exception takes away, and what it hides besides. */
export function worthLine({ removedPerDayPer1000Hosts, removed, removedOnly, blast, lost }: TunedException): string {
  const alone = removed === removedOnly ? '' : `, ${percent(removedOnly / Math.max(1, removed))} of them it alone`;
  const attacks = lost === 0 ? 'no attack lost' : `${count(lost, 'attack')} lost`;
  return `${number(removedPerDayPer1000Hosts)} false alerts a day per 1,000 hosts${alone}; ${attacks}; hides ${percent(blast.shareOfEvents)} of events, on ${percent(blast.shareOfHosts)} of hosts`;
}

/** The cheapest way to be hidden, and how far it goes. */
export function safetyLine({ way, evasions, hides, evaded }: TunedException): string {
  const cheapest = evasions.find(({ scenarios }) => scenarios > 0);
  const imitated =
    cheapest === undefined
      ? 'no change of a process hides what is caught'
      : `${cheapest.transformation} hides ${cheapest.scenarios} of ${cheapest.of} scenarios`;
  const already = hides.length === 0 ? '' : `; hides alerts of ${hides.map(({ scenario }) => scenario).join(', ')}`;
  return `${way}; ${imitated}${already}${changed(evaded)}`;
}

/** Which changed attacks are hidden, by what was changed. */
function changed(evaded: TunedException['evaded']): string {
  if (evaded === undefined) return '';
  if (evaded.length === 0) return '; no attack that is changed as `assay evade` does is hidden';
  return `; changed as \`assay evade\` does, it hides ${evaded.map(({ transformation, scenarios }) => `${transformation} of ${count(scenarios.length, 'scenario')}`).join(', ')}`;
}
