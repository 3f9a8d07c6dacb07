/// <reference types="@kusto/language-service-next" />
import { descendants, type Element } from '../check/tree.js';
import type { Place } from '../files/yaml.js';
import type { Planned } from '../kql/index.js';
import { at, bindText, isNode, type Names } from '../kql/syntax.js';
import type { RowRule } from '../trace/row-rule.js';
import { type Edit, type Mutator, shown } from './mutator.js';
import { mutators } from './mutators/index.js';

/** A version of a rule with one mistake in it. */
export interface Mutant {
  readonly id: number;
  readonly mutator: string;
  readonly edit: Edit;
  /** The whole rule with the mistake. */
  readonly text: string;
  /** The operator or statement of the rule that the mistake is in, on one line. */
  readonly clause: string;
  /** Where the replaced stretch begins and ends in the rule's text, 1-based. */
  readonly from: Place;
  readonly to: Place;
}

/** A mutant that binds, with what it means. */
export interface Version {
  readonly mutant: Mutant;
  readonly planned: Planned;
  readonly row: RowRule | undefined;
}

/** Every version of a rule with one mistake, in the order of the text; versions with the same text are one. */
export function mutantsOf(text: string, names: Names, using: readonly Mutator[] = mutators): Mutant[] {
  const found = new Map<string, Omit<Mutant, 'id'>>();
  for (const node of descendants(bindText(text, names).block)) {
    for (const { name, edits } of using) {
      for (const edit of edits(node, text)) {
        const mutated = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
        if (mutated === text || found.has(mutated)) continue;
        const [from, to] = [placeAt(text, edit.start), placeAt(text, edit.end)];
        found.set(mutated, { mutator: name, edit, text: mutated, clause: clauseAround(node, text), from, to });
      }
    }
  }
  return [...found.values()]
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end)
    .map((mutant, id) => ({ id, ...mutant }));
}

export function placeAt(text: string, offset: number): Place {
  const { line, column } = at(text, offset, 0, '', '');
  return { line, column };
}

/** The step of the query, or the declaration, that a node is part of. */
function clauseAround(node: Element, text: string): string {
  let within: Element = node;
  if (isNode(node, 'PipeExpression') && node.Operator !== null) within = node.Operator;
  while (within.Parent !== null && !isNode(within, 'LetStatement') && !isNode(within.Parent, 'PipeExpression'))
    within = within.Parent;
  return shown(text, within);
}
