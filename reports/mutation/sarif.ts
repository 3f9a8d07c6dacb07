import type { Log, Result } from 'sarif';
import { jsonText, type Printable } from '../../harness/files/printable.js';
import { type MutantResult, type MutationResult, showsDead } from '../../harness/mutate/result.js';
import { artifactLocation } from '../sarif.js';

/** What no test would notice as SARIF 2.1.0: a warning for each survivor, a note for each part that decides nothing. */
export function mutationSarif(results: readonly MutationResult[], version: string): Printable {
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'Assay',
            version,
            rules: [
              { id: 'untested', shortDescription: { text: 'A mistake here would pass every test' } },
              { id: 'undecided', shortDescription: { text: 'A mistake here changes nothing that was tried' } },
              { id: 'dead', shortDescription: { text: 'Without this nothing changes that was tried' } },
            ],
          },
        },
        automationDetails: { id: 'assay/mutate/' },
        results: results.flatMap(({ rule, mutants }) => mutants.flatMap((mutant) => resultOf(mutant, rule.file))),
      },
    ],
  };
  return jsonText(log, 2);
}

function resultOf(mutant: MutantResult, file: string): Result[] {
  if (mutant.status !== 'survived' && mutant.status !== 'equivalent') return [];
  const survived = mutant.status === 'survived';
  const dead = showsDead(mutant);
  const text = survived
    ? `No test fails when a mistake here ${mutant.does}: ${mutant.witness?.difference ?? ''}.`
    : `No event that was tried shows a difference when a mistake here ${mutant.does}${dead ? ': this part is dead' : ''}.`;
  return [
    {
      ruleId: survived ? 'untested' : dead ? 'dead' : 'undecided',
      level: survived ? 'warning' : 'note',
      message: { text },
      locations: [
        {
          physicalLocation: {
            artifactLocation: artifactLocation(file),
            region: {
              startLine: mutant.line,
              startColumn: mutant.column,
              endLine: mutant.endLine,
              endColumn: mutant.endColumn,
            },
          },
        },
      ],
    },
  ];
}
