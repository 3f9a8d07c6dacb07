import type { MutantResult, MutationResult } from '../../harness/mutate/result.js';
import { count, percent } from '../figures.js';
import { html, type Markup } from './markup.js';

/** Mistakes that no test notices, below the line that they are in. */
export function survivorsIn(mutation: MutationResult | undefined, line: number): Markup | undefined {
  const own = unnoticed(mutation).filter((mutant) => mutant.line === line);
  if (own.length === 0) return undefined;
  const survived = own.filter(({ status }) => status === 'survived').length;
  return html`<details class="said mutants ${survived > 0 ? 'error' : ''}"><summary>${
    survived > 0
      ? `${count(survived, 'mistake')} here would pass every test`
      : `${count(own.length, 'mistake')} here would change nothing`
  }</summary><ul>${own.map(({ does, witness }) => html`<li>${does}${witness === undefined ? undefined : html`: ${witness.difference}<pre>${witness.test}</pre>`}</li>`)}</ul></details>`;
}

/** Survivors first, then what changed nothing that was tried. */
export function unnoticed(mutation: MutationResult | undefined): MutantResult[] {
  const of = (wanted: MutantResult['status']): MutantResult[] =>
    mutation?.mutants.filter(({ status }) => status === wanted) ?? [];
  return [...of('survived'), ...of('equivalent')];
}

/** The score in words. */
export function mutationWords({ mutants, score }: MutationResult): string {
  const of = (wanted: MutantResult['status']): number => mutants.filter(({ status }) => status === wanted).length;
  if (score === null) return 'no mistake in the rule could be judged';
  return `${percent(score)} of ${count(of('killed') + of('survived'), 'mistake')} fail a test; ${count(of('equivalent'), 'other')} ${of('equivalent') === 1 ? 'changes' : 'change'} nothing that was tried`;
}
