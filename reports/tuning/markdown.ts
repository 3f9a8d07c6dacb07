import { markdownTable } from 'markdown-table';
import { GRADE_MEANS } from '../../harness/exceptions/result.js';
import type { Tuning } from '../../harness/tune/result.js';
import { code, escaped, folded } from '../markdown.js';
import { curveRows, headline, safetyLine, setting, splitRows, worthLine } from './words.js';

/** What tuning found, for a pull request. */
export function tuningMarkdown(results: readonly Tuning[]): string {
  return `${results.map(section).join('\n\n')}\n`;
}

function section(result: Tuning): string {
  const { exceptions, rejected } = result;
  const grades = [...new Set(exceptions.map(({ grade }) => grade))].sort();
  return [
    `## ${escaped(result.detection)}: ${escaped(headline(result))}`,
    escaped(setting(result)),
    markdownTable(curveRows(result), { align: ['r', 'r', 'r', 'r', 'r', 'r'] }),
    markdownTable(splitRows(result), { align: ['l', 'r', 'r', 'r'] }),
    ...exceptions.map(
      (exception) =>
        `- **${exception.grade}** ${code(exception.condition)}<br>${escaped(worthLine(exception))}<br>${escaped(safetyLine(exception))}<br>${escaped(exception.reason)}`,
    ),
    grades.map((grade) => `**${grade}** ${escaped(GRADE_MEANS[grade])}`).join('<br>'),
    ...(rejected.length === 0
      ? []
      : [
          folded(
            'Not proposed',
            rejected.map(({ condition, why }) => `- ${code(condition)}: ${escaped(why)}`).join('\n'),
          ),
        ]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
