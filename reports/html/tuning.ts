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
  return html`<p>${count(exceptions.length, 'exception')} take false alerts from ${range(before.falsePerDayPer1000Hosts)} to ${range(after.falsePerDayPer1000Hosts)} a day per 1,000 hosts, and lose ${number(lost)} of ${count(before.detected, 'caught attack')}. ${
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
    : table(
        'exceptions',
        [
          { title: 'Grade' },
          { title: 'Condition' },
          { title: 'False alerts removed a day per 1,000 hosts', numeric: true },
          { title: 'By it alone', numeric: true },
          { title: 'Attacks lost', numeric: true },
          { title: 'Hosts it touches', numeric: true },
        ],
        exceptions.map(exceptionRow),
      )
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
