import { type EvasionResult, ROBUSTNESS } from '../harness/evade/result.js';
import { cheapestText, groundText, leftOutRows, matrixMark, stillText, transformationRows } from './evade-words.js';
import { proportion } from './figures.js';
import { oneLine } from './text.js';

/** What evading a detection found, as GitHub shows it. */
export function evasionMarkdown(result: EvasionResult): string {
  const columns = transformationRows(result);
  const level = result.robustness;
  const sections = [
    `# Evading ${cell(result.detection)}`,
    [
      `- still detected: ${stillText(result)}`,
      `- of all pairs: ${proportion(result.detectedOfAll)}`,
      ...(level === undefined ? [] : [`- robustness: ${level}, ${ROBUSTNESS[level as keyof typeof ROBUSTNESS]}`]),
      `- ${groundText(result)}`,
    ].join('\n'),
    table(
      '## Clauses',
      ['level', 'clause', 'fields', 'why'],
      result.clauses.map((clause) => [
        String(clause.level ?? '–'),
        `\`${cell(clause.text).replaceAll('`', "'")}\``,
        clause.fields.join(', '),
        clause.why,
      ]),
    ),
    table(
      '## Transformations',
      ['transformation', 'cost', 'detected', 'evades', 'source'],
      columns.map(({ id, title, cost, detected, pairs, evaded }) => [
        `**${id}**: ${title}`,
        cost,
        `${detected} of ${pairs}`,
        String(evaded),
        sourcesOf(result, id),
      ]),
    ),
    table(
      '## Cheapest evasion of each scenario',
      ['scenario', 'caught as it is', 'cheapest evasion'],
      result.scenarios.map((scenario) => [
        scenario.id,
        `${scenario.caught} of ${scenario.activities}`,
        cheapestText(scenario),
      ]),
    ),
    table(
      '## Scenarios by transformations',
      ['scenario', ...columns.map(({ id }) => id)],
      result.scenarios.map(({ id }) => [id, ...columns.map((column) => matrixMark(result, id, column.id))]),
    ),
    table(
      '## Pairs that were left out',
      ['pairs', 'reason'],
      leftOutRows(result).map(({ pairs, reason }) => [String(pairs), reason]),
    ),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function sourcesOf({ transformations }: EvasionResult, id: string): string {
  const sources = transformations.find((each) => each.id === id)?.sources ?? [];
  return sources.map(({ name, url }) => (url === undefined ? name : `[${name}](${url})`)).join('; ');
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [title, '', line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return oneLine(text).replaceAll('|', '\\|');
}
