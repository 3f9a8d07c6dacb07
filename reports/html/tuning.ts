import type { TunedException, Tuning } from '../../harness/tune/result.js';
import { count, number, percent, range } from '../figures.js';
import { curveChart } from './charts.js';
import { html, type Markup } from './markup.js';
import { type Cell, table } from './table.js';

/** What exceptions would bring, and what they would cost. */
export function tuningSection(tuning: Tuning): Markup {
  const { before, after, curve, exceptions, split } = tuning;
  const lost = before.detected - after.detected;
  const { judged } = split;
  return html`<p>With ${count(exceptions.length, 'exception')} false alerts go from ${range(before.falsePerDayPer1000Hosts)} to ${range(after.falsePerDayPer1000Hosts)} a day per 1,000 hosts, and ${number(lost)} of ${count(before.detected, 'caught attack')} ${lost === 1 ? 'is' : 'are'} lost. ${
    judged.falseAlerts === 0
      ? undefined
      : html`On the part of the workload that they were not chosen on they remove ${percent(judged.removed / judged.falseAlerts)} of the false alerts.`
  }</p>
${
  curve.length < 2
    ? undefined
    : curveChart(
        'What each more exception brings and costs',
        curve.map(({ entries, remainingPerDayPer1000Hosts, trueLost }) => ({
          entries,
          remaining: remainingPerDayPer1000Hosts,
          lost: trueLost,
        })),
        { remaining: 'false alerts a day per 1,000 hosts', lost: 'attacks lost', entries: 'exceptions' },
        number,
      )
}
${
  exceptions.length === 0
    ? undefined
    : html`<p class="note">Grades say how hard it is for an attacker to hide behind an exception, A the hardest. Counted are false alerts a day per 1,000 hosts that it removes, false alerts that it alone removes, attacks that it alone loses, and hosts of which it hides anything.</p>${table(
        'exceptions',
        [
          { title: 'Grade' },
          { title: 'Condition' },
          { title: 'Removes a day', numeric: true },
          { title: 'Alone', numeric: true },
          { title: 'Loses', numeric: true },
          { title: 'Hosts', numeric: true },
        ],
        exceptions.map(exceptionRow),
      )}`
}`;
}

function exceptionRow(exception: TunedException): Cell[] {
  const { grade, condition, way, reason, removedPerDayPer1000Hosts: removed, removedOnly, lost, blast } = exception;
  return [
    { content: html`<span class="tag grade-${grade.toLowerCase()}">${grade}</span>`, key: grade },
    { content: html`<code>${condition}</code><small>${reason}</small><small>${way}</small>`, key: condition },
    { content: number(removed), key: removed },
    { content: number(removedOnly), key: removedOnly },
    { content: number(lost), key: lost },
    { content: percent(blast.shareOfHosts), key: blast.shareOfHosts },
  ];
}
