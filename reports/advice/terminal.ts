import type { Advice, EntryAdvice } from '../../harness/advise/result.js';
import type { Printable } from '../../harness/files/printable.js';
import { aligned } from '../columns.js';
import { count } from '../figures.js';
import { type Paint, painted, type TerminalOptions } from '../paint.js';
import { oneLine, wrapped } from '../text.js';
import { ADDITION_HEAD, additionRow, byList, ENTRY_HEAD, entryRow, hostsLine, setting, worth } from './words.js';

/** How many additions that catch nothing new are named. */
const SHOWN = 8;

/** What the lists of a rule are worth, for a person. */
export function adviceTerminal(results: readonly Advice[], options: TerminalOptions): Printable {
  return painted(
    results,
    options,
    (shown, paint) => `${shown.map((result) => section(result, paint, options.width)).join('\n\n')}\n`,
  );
}

function section(result: Advice, paint: Paint, width: number): string {
  const gaining = result.additions.filter(({ does }) => does.attacks > 0);
  const idle = result.additions.filter(({ does }) => does.attacks <= 0);
  return [
    paint('bold', oneLine(result.detection)),
    wrapped(worth(result.now), width, '  '),
    paint('dim', wrapped(setting(result), width, '  ')),
    ...[...byList(result.entries)].flatMap(([list, entries]) => listSection(list, entries, paint, width)),
    ...(gaining.length === 0
      ? []
      : ['', `  ${paint('bold', 'Services that documented procedures use and the list lacks')}`]),
    ...(gaining.length === 0 ? [] : aligned([ADDITION_HEAD, ...gaining.map(additionRow)].map(plain), paint, width)),
    ...(idle.length === 0
      ? []
      : [
          paint(
            'dim',
            `  and ${count(idle.length, 'service')} that would catch nothing more: ${named(idle.map(({ entry }) => entry))}`,
          ),
        ]),
    '',
    `  ${paint('bold', 'Dropped and narrowed as advised')}`,
    wrapped(worth(result.without), width, '    '),
    `  ${paint('bold', 'With the services that gain a procedure')}`,
    wrapped(worth(result.complete), width, '    '),
  ].join('\n');
}

function listSection(list: string, entries: readonly EntryAdvice[], paint: Paint, width: number): string[] {
  const told = entries.filter(({ advice }) => advice !== 'idle');
  const idle = entries.filter(({ advice }) => advice === 'idle');
  const lines = aligned([ENTRY_HEAD, ...told.map(entryRow)].map(plain), paint, width);
  return [
    '',
    `  ${paint('bold', oneLine(list))}`,
    ...lines.flatMap((line, i) => {
      const entry = told[i - 1];
      const hosts = entry !== undefined && entry.advice !== 'keep' ? hostsLine(entry) : '';
      return hosts === '' ? [line] : [line, paint('dim', `      ${oneLine(hosts)}`)];
    }),
    ...(idle.length === 0
      ? []
      : [paint('dim', `  without these all stays as it is: ${oneLine(idle.map(({ entry }) => entry).join(', '))}`)]),
  ];
}

function plain(row: readonly string[]): string[] {
  return row.map(oneLine);
}

function named(names: readonly string[]): string {
  return oneLine(`${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', …' : ''}`);
}
