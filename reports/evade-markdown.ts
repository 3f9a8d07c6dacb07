import { markdownTable } from 'markdown-table';
import { type EvasionResult, ROBUSTNESS } from '../harness/evade/result.js';
import * as words from './evade-words.js';
import { proportion } from './figures.js';
import { code, escaped } from './markdown.js';

/** What evading a detection found, as GitHub shows it. */
export function evasionMarkdown(result: EvasionResult): string {
  const columns = words.transformationRows(result);
  const level = result.robustness;
  const two = words.composedText(result);
  const sections = [
    `# Evading ${code(result.detection)}`,
    [
      `- still detected: ${words.stillText(result)}`,
      `- of all pairs: ${proportion(result.detectedOfAll)}`,
      ...(level === undefined ? [] : [`- robustness: ${level}, ${ROBUSTNESS[level as keyof typeof ROBUSTNESS]}`]),
      ...(two === undefined ? [] : [`- ${escaped(two)}`]),
      `- ${escaped(words.groundText(result))}`,
    ].join('\n'),
    section(
      '## Clauses',
      ['level', 'clause', 'fields', 'why'],
      result.clauses.map((clause) => [
        String(clause.level ?? '–'),
        code(clause.text),
        clause.fields.map(code).join(', '),
        clause.why,
      ]),
    ),
    section(
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
    section(
      '## Cheapest evasion of each scenario',
      ['scenario', 'caught as it is', 'cheapest evasion'],
      result.scenarios.map((scenario) => [
        code(scenario.id),
        `${scenario.caught} of ${scenario.activities}`,
        escaped(words.cheapestText(scenario)),
      ]),
    ),
    section(
      '## Scenarios by transformations',
      ['scenario', ...columns.map(({ id }) => id)],
      result.scenarios.map(({ id }) => [code(id), ...columns.map((column) => words.matrixMark(result, id, column.id))]),
    ),
    section(
      '## Pairs that were left out',
      ['pairs', 'reason'],
      words.leftOutRows(result).map(({ pairs, reason }) => [String(pairs), escaped(reason)]),
    ),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function sourcesOf({ transformations }: EvasionResult, id: string): string {
  const sources = transformations.find((each) => each.id === id)?.sources ?? [];
  return sources.map(({ name, url }) => (url === undefined ? name : `[${name}](${url})`)).join('; ');
}

function section(title: string, head: string[], rows: string[][]): string {
  return rows.length === 0 ? '' : `${title}\n\n${markdownTable([head, ...rows])}`;
}
