import type { Printable } from '../../harness/files/printable.js';
import { type MutantResult, type MutantStatus, type MutationResult, showsDead } from '../../harness/mutate/result.js';
import { count } from '../figures.js';
import { type Paint, painted, type TerminalOptions } from '../paint.js';
import { oneLine } from '../text.js';

export interface MutationOptions extends TerminalOptions {
  /** Share of mutants that tests must kill. */
  readonly atLeast: number;
}

/** What mutating rules found, for a person: the score, the survivors by clause with their tests, what decides nothing. */
export function mutationTerminal(results: readonly MutationResult[], options: MutationOptions): Printable {
  return painted(
    results,
    options,
    (shown, paint) => `${shown.map((result) => section(result, paint, options)).join('\n\n')}\n`,
  );
}

function section(result: MutationResult, paint: Paint, { width, atLeast }: MutationOptions): string {
  const of = (status: MutantStatus): MutantResult[] => result.mutants.filter((mutant) => mutant.status === status);
  const survived = of('survived');
  const passed = (result.score ?? 1) >= atLeast;
  const mark = passed ? paint('green', '✔') : paint('red', '✘');
  const least = atLeast === 0 ? '' : `, at least ${percent(atLeast)} demanded`;
  const score = result.score === null ? 'no mutant could be judged' : `${percent(result.score)} killed${least}`;
  const counts = [
    `${of('killed').length} killed`,
    `${survived.length} survived`,
    `${of('equivalent').length} equivalent on ${count(result.searched, 'event')} that ${result.searched === 1 ? 'was' : 'were'} tried`,
    ...(of('invalid').length > 0 ? [`${of('invalid').length} that do not bind or run`] : []),
  ];
  const parts = [
    `${mark} ${paint('bold', oneLine(result.detection))}  ${score}`,
    `  ${paint('dim', `${count(result.mutants.length, 'mutant')}, ${count(result.tests.length, 'test')}: ${counts.join(', ')}`)}`,
    ...byClause(survived, (clause, mutants) => survivorsOf(result, clause, mutants, paint, width)),
    ...quiet(result, of('equivalent'), paint, width),
  ];
  return parts.join('\n');
}

function survivorsOf(
  result: MutationResult,
  clause: string,
  mutants: readonly MutantResult[],
  paint: Paint,
  width: number,
): string {
  const lines = mutants.flatMap((mutant) => [
    `  ${paint('red', '✘')} ${result.rule.file}:${mutant.line}:${mutant.column} ${oneLine(mutant.does)}: ${differenceOf(mutant)}`,
    ...(mutant.witness?.test ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => paint('dim', `      ${line}`)),
  ]);
  return [`\n  ${paint('bold', cut(clause, width))}`, ...lines].join('\n');
}

/** How a mutant differs: on its witness, and over the workload. */
function differenceOf({ witness, workload }: MutantResult): string {
  if (workload === undefined) return witness?.difference ?? '';
  const { gained, lost, altered } = workload;
  const counts = `${gained} rows gained, ${lost} lost, ${altered} altered over the workload`;
  return witness === undefined ? counts : `${witness.difference}; ${counts}`;
}

/** What no event shows: parts that decide nothing, and other changes. */
function quiet(result: MutationResult, mutants: readonly MutantResult[], paint: Paint, width: number): string[] {
  const groups: readonly [string, readonly MutantResult[]][] = [
    ['Dead: without these nothing changes', mutants.filter(showsDead)],
    ['Equivalent: these changes make no difference', mutants.filter((mutant) => !showsDead(mutant))],
  ];
  return groups.flatMap(([title, own]) => {
    if (own.length === 0) return [];
    const clauses = byClause(own, (clause, within) =>
      [
        `  ${paint('dim', cut(clause, width))}`,
        ...within.map(({ line, column, does }) => `    ${paint('yellow', '○')} ${line}:${column} ${oneLine(does)}`),
      ].join('\n'),
    );
    return [`\n  ${paint('bold', title)} ${paint('dim', `in ${result.rule.file}`)}`, ...clauses];
  });
}

function byClause<T>(mutants: readonly MutantResult[], tell: (clause: string, own: readonly MutantResult[]) => T): T[] {
  const clauses = new Map<string, MutantResult[]>();
  for (const mutant of mutants) clauses.set(mutant.clause, [...(clauses.get(mutant.clause) ?? []), mutant]);
  return [...clauses].map(([clause, own]) => tell(clause, own));
}

function cut(text: string, width: number): string {
  const line = oneLine(text);
  return line.length <= width - 4 ? line : `${line.slice(0, width - 5)}…`;
}

function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toString()}%`;
}
