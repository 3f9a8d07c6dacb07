import type { Addition, Advice, EntryAdvice } from '../../harness/advise/result.js';
import { effect, hostsLine, setting, signed, worth } from '../advice/words.js';
import { count } from '../figures.js';
import { html, type Markup } from './markup.js';
import { facts } from './parts.js';
import { type Cell, type Head, table } from './table.js';

const CLASS = { keep: 'useful', drop: 'noisy', narrow: 'todo', weigh: 'todo', idle: 'idle' } as const;

/** What each entry of the lists is worth, which to drop or narrow, and what the lists lack. */
export function adviceSection(advice: Advice, anchor: string): Markup {
  const { entries, additions, now, without, complete } = advice;
  const gaining = additions.filter(({ does }) => does.attacks > 0);
  const others = additions.length - gaining.length;
  return html`${facts([
    ['Now', worth(now)],
    ['Dropped and narrowed as advised', worth(without)],
    ['With the services that gain a procedure', worth(complete)],
  ])}
<p class="note">Counted is what an entry alone brings, a day per 1,000 hosts; negative is what it alone holds back. It was decided ${setting(advice)}.</p>
${table(
  'advice on entries',
  ENTRIES,
  [...entries].sort(byAdvice).map((entry) => entryRow(entry, anchor)),
)}
${
  gaining.length === 0
    ? undefined
    : html`<h4>Services that documented procedures use and the lists lack</h4>${table('services that the lists lack', SERVICES, gaining.map(serviceRow))}`
}
${others === 0 ? undefined : html`<p class="note">${count(others, 'service')} more would catch nothing that is not caught.</p>`}`;
}

const ENTRIES: readonly Head[] = [
  { title: 'Advice' },
  { title: 'Entry' },
  { title: 'List' },
  { title: 'False a day', numeric: true },
  { title: 'Attacks', numeric: true },
  { title: 'Procedures', numeric: true },
  { title: 'Line', numeric: true },
];

const ORDER: readonly EntryAdvice['advice'][] = ['drop', 'narrow', 'weigh', 'keep', 'idle'];

/** What is to be done first, the noisiest before the others. */
function byAdvice(a: EntryAdvice, b: EntryAdvice): number {
  return (
    ORDER.indexOf(a.advice) - ORDER.indexOf(b.advice) ||
    b.only.falsePerDayPer1000Hosts - a.only.falsePerDayPer1000Hosts ||
    a.line - b.line
  );
}

function entryRow(entry: EntryAdvice, anchor: string): Cell[] {
  const { list, only, advice, why, line, narrow } = entry;
  const hosts = advice === 'keep' || advice === 'idle' ? '' : hostsLine(entry);
  return [
    { content: html`<span class="tag ${CLASS[advice]}">${advice}</span>`, key: ORDER.indexOf(advice) },
    {
      content: html`<code>${entry.entry}</code><small>${why}</small>${
        narrow && html`<small>to ${narrow.to.join(', ')}: ${effect(narrow.does)}</small>`
      }${hosts === '' ? undefined : html`<small>from ${hosts}</small>`}`,
      key: entry.entry,
    },
    { content: list },
    ...[only.falsePerDayPer1000Hosts, only.attacks, only.procedures].map((n) => ({ content: signed(n), key: n })),
    { content: html`<a href="#${anchor}-L${line}">${line}</a>`, key: line },
  ];
}

const SERVICES: readonly Head[] = [
  { title: 'Service' },
  { title: 'List' },
  { title: 'Procedures', numeric: true },
  { title: 'Attacks', numeric: true },
  { title: 'False a day', numeric: true },
  { title: 'Catches' },
];

function serviceRow({ entry, list, does, procedures }: Addition): Cell[] {
  return [
    { content: html`<code>${entry}</code>`, key: entry },
    { content: list },
    ...[procedures.length, does.attacks, does.falsePerDayPer1000Hosts].map((n) => ({ content: signed(n), key: n })),
    { content: procedures.map(({ title, attacks }) => html`<small>${title} (${attacks})</small>`) },
  ];
}
