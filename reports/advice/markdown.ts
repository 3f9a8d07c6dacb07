import { markdownTable } from 'markdown-table';
import type { Advice } from '../../harness/advise/result.js';
import { code, escaped, folded } from '../markdown.js';
import { ADDITION_HEAD, additionRow, byList, ENTRY_HEAD, entryRow, hostsLine, setting, worth } from './words.js';

/** What the lists of a rule are worth, for a pull request. */
export function adviceMarkdown(results: readonly Advice[]): string {
  return `${results.map(section).join('\n\n')}\n`;
}

function section(result: Advice): string {
  const gaining = result.additions.filter(({ does }) => does.attacks > 0);
  const lists = [...byList(result.entries)].map(([list, entries]) =>
    folded(
      code(list),
      markdownTable(
        [
          [...ENTRY_HEAD, 'Hosts behind false alerts'],
          ...entries.map((entry) => cells([...entryRow(entry), hostsLine(entry)])),
        ],
        { align: ['l', 'r', 'r', 'r', 'l', 'l'] },
      ),
    ),
  );
  const services = markdownTable([ADDITION_HEAD, ...gaining.map((each) => cells(additionRow(each)))], {
    align: ['l', 'r', 'r', 'r', 'l'],
  });
  return [
    `## ${escaped(result.detection)}: its lists`,
    markdownTable([
      ['', 'Worth'],
      ['Now', escaped(worth(result.now))],
      ['Dropped and narrowed as advised', escaped(worth(result.without))],
      ['With the services that gain a procedure', escaped(worth(result.complete))],
    ]),
    escaped(setting(result)),
    ...(gaining.length === 0 ? [] : ['### Services that the list lacks', services]),
    ...lists,
  ].join('\n\n');
}

function cells([first = '', ...others]: readonly string[]): string[] {
  return [code(first), ...others.map(escaped)];
}
