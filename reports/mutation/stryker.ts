import type { MutationTestResult } from 'mutation-testing-report-schema/api';
import { jsonText, type Printable } from '../../harness/files/printable.js';
import { type MutantResult, type MutantStatus, type MutationResult, showsDead } from '../../harness/mutate/result.js';

const STATUS: Readonly<Record<MutantStatus, MutationTestResult['files'][string]['mutants'][number]['status']>> = {
  killed: 'Killed',
  survived: 'Survived',
  // Not part of the score, as the schema has it.
  equivalent: 'Ignored',
  invalid: 'CompileError',
};

/**
 * Results as a document of the mutation testing report schema, which several tools show.
 *
 * Source: mutation-testing-report-schema, version 2 of the document.
 */
export function strykerDocument(results: readonly MutationResult[]): MutationTestResult {
  return {
    schemaVersion: '2',
    thresholds: { high: 95, low: 80 },
    files: Object.fromEntries(
      results.map(({ rule, mutants, detection, tests }) => [
        rule.file,
        { language: 'kusto', source: rule.source, mutants: mutants.map((mutant) => shown(mutant, detection, tests)) },
      ]),
    ),
    testFiles: Object.fromEntries(
      results.map(({ rule, detection, tests }) => [
        rule.file.replace(/[^/]*$/, 'tests.yaml'),
        { tests: tests.map((name, i) => ({ id: testId(detection, i), name })) },
      ]),
    ),
    framework: { name: 'Assay' },
  };
}

export function strykerReport(results: readonly MutationResult[]): Printable {
  return jsonText(strykerDocument(results), 2);
}

function shown(
  mutant: MutantResult,
  detection: string,
  tests: readonly string[],
): MutationTestResult['files'][string]['mutants'][number] {
  const killer = mutant.killedBy === undefined ? -1 : tests.indexOf(mutant.killedBy);
  const reason = reasonOf(mutant);
  return {
    id: `${detection}/${mutant.id}`,
    mutatorName: mutant.mutator,
    description: mutant.does,
    replacement: mutant.replacement,
    location: {
      start: { line: mutant.line, column: mutant.column },
      end: { line: mutant.endLine, column: mutant.endColumn },
    },
    status: STATUS[mutant.status],
    ...(reason !== undefined && { statusReason: reason }),
    ...(killer >= 0 && { killedBy: [testId(detection, killer)], coveredBy: [testId(detection, killer)] }),
  };
}

function reasonOf(mutant: MutantResult): string | undefined {
  const { status, reason, witness } = mutant;
  if (status === 'equivalent')
    return `No event that was tried tells it from the rule${showsDead(mutant) ? ': this part is dead' : ''}.`;
  if (status === 'survived' && witness !== undefined) return `${witness.difference}\n\n${witness.test}`;
  return reason;
}

function testId(detection: string, place: number): string {
  return `${detection}/${place}`;
}
