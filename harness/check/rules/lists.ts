import { howToRaise, limit } from '../../files/limits.js';
import { isNode, items, type Node } from '../../kql/syntax.js';
import { type Comparison, comparisonsOf, type Entry, readsOf } from '../comparisons.js';
import type { Check, Seen } from '../finding.js';
import { occurrences } from '../occurrences.js';
import { emptyMatchesAll, implies, isCaseSensitive, lower } from '../semantics.js';
import { calledName, descendants, type Element, type Expression, stretch, textOf } from '../tree.js';

export const coveredEntry: Check = {
  code: 'covered-entry',
  severity: 'warning',
  title: 'An entry of a list matches nothing that another entry of the list does not match.',
  *run({ bound }) {
    const seen = new Set<number>();
    for (const uses of usesByList(comparisonsOf(bound), (variable) => readsOf(bound, variable))) {
      const [first] = uses;
      if (first === undefined) continue;
      const { candidates, cut } = coversAmong(uses);
      const [head] = first.entries;
      if (cut && head !== undefined)
        yield {
          at: head,
          severity: 'information',
          message: `The list is so long that only repeated entries are looked for. ${howToRaise('list-lookups')}`,
          remedy: 'Split the list, or put it into a watchlist.',
        };
      for (const [index, entry] of first.entries.entries()) {
        const wide = candidates(index).find((i) => i !== index && uses.every((use) => covers(use, i, index)));
        const cover = wide === undefined ? undefined : first.entries[wide];
        if (cover === undefined || seen.has(entry.start)) continue;
        seen.add(entry.start);
        yield covered(entry, cover, first);
      }
    }
  },
};

/** The uses of each list; none of a variable that is read for something else as well. */
function* usesByList(
  all: readonly Comparison[],
  reads: (variable: string) => number,
): Generator<readonly Comparison[]> {
  const variables = new Map<string, Comparison[]>();
  for (const comparison of all) {
    if (comparison.variable === undefined) yield [comparison];
    else variables.set(comparison.variable, [...(variables.get(comparison.variable) ?? []), comparison]);
  }
  for (const [variable, uses] of variables) if (reads(variable) === uses.length) yield uses;
}

/**
 * The entries that may cover each one, in order: what covers another stands in it, and under `has_all` around it.
 * Whether one does is for `covers` to say.
 */
function coversAmong(uses: readonly Comparison[]): {
  candidates(index: number): readonly number[];
  readonly cut: boolean;
} {
  // Where one use tells case apart, what covers an entry in all uses stands in it letter by letter.
  const use = uses.find(({ operator }) => isCaseSensitive(operator)) ?? uses[0];
  if (use === undefined) return { candidates: () => [], cut: false };
  const values = use.entries.map(({ value }) => (isCaseSensitive(use.operator) ? value : lower(value)));
  const equality = /^(in~?|==|=~)$/.test(use.operator);
  const { within, first, cut } = occurrences(values, equality ? 0 : limit('list-lookups'));
  let found = within;
  if (use.operator === 'has_all') {
    const around = new Map<number, number[]>();
    for (const [outer, inners] of within)
      for (const inner of inners) around.set(inner, [...(around.get(inner) ?? []), outer]);
    found = around;
  }
  return {
    candidates: (index) => [...(found.get(first(index)) ?? []), first(index)].sort((a, b) => a - b),
    cut: cut && !equality,
  };
}

/** Whether the entry at `narrow` is not needed beside that at `wide`; of two that are equal, the later one is not. */
function covers({ operator, entries }: Comparison, wide: number, narrow: number): boolean {
  const n = entries[narrow]?.value ?? '';
  const w = entries[wide]?.value ?? '';
  // All must match under has_all, so there it is the weaker demand that is not needed.
  const [from, to] = operator === 'has_all' ? [w, n] : [n, w];
  if (from === '' || to === '') return from === to && wide < narrow;
  return implies(operator, from, to) && (!implies(operator, to, from) || wide < narrow);
}

function covered(entry: Entry, cover: Entry, { operator }: Comparison): Seen {
  const same = entry.value === cover.value;
  const why =
    operator === 'has_all'
      ? `what has '${cover.value}' has it as well`
      : `'${cover.value}' matches everything that it matches`;
  return {
    at: entry,
    message: same
      ? `'${entry.value}' stands in this list already.`
      : `'${entry.value}' adds nothing under ${operator}: ${why}.`,
    remedy: `Remove '${entry.value}'.`,
  };
}

export const matchesEverything: Check = {
  code: 'matches-everything',
  severity: 'error',
  title: 'An empty text is searched for, and every text contains that.',
  *run({ bound }) {
    const seen = new Set<number>();
    for (const { operator, negated, entries, variable } of comparisonsOf(bound)) {
      if (!emptyMatchesAll(operator) || (operator === 'has_all' && entries.length > 1)) continue;
      for (const entry of entries) {
        if (entry.value !== '' || seen.has(entry.start)) continue;
        seen.add(entry.start);
        const list = variable === undefined ? '' : ` of '${variable}'`;
        yield {
          at: entry,
          message: `The empty entry${list} matches every text under ${operator}, so the condition is always ${negated ? 'false' : 'true'}.`,
          remedy: 'Remove the empty entry; to ask for an empty column, write isempty().',
        };
      }
    }
  },
};

export const neverMatches: Check = {
  code: 'never-matches',
  severity: 'warning',
  title: 'An entry can match no value that its column can hold.',
  *run({ bound }) {
    for (const { operator, negated, left, entries } of comparisonsOf(bound)) {
      for (const entry of entries) {
        const why = impossible(operator, left, entry.value);
        if (why === undefined) continue;
        yield {
          at: entry,
          message: `'${entry.value}' never matches ${textOf(bound, left)}: ${why.because}.${negated ? ' Its exclusion excludes nothing.' : ''}`,
          remedy: why.remedy,
        };
      }
    }
  },
};

function impossible(
  operator: string,
  left: Expression,
  value: string,
): { because: string; remedy: string } | undefined {
  const call = calledName(origin(left));
  if (isCaseSensitive(operator)) {
    if (call === 'tolower' && value !== value.toLowerCase()) {
      return {
        because: `${operator} tells case apart and the column is in lower case`,
        remedy: `Write '${value.toLowerCase()}'.`,
      };
    }
    if (call === 'toupper' && value !== value.toUpperCase()) {
      return {
        because: `${operator} tells case apart and the column is in upper case`,
        remedy: `Write '${value.toUpperCase()}'.`,
      };
    }
  }
  if (isHost(left) && value.includes('/')) {
    return { because: 'a host holds no slash', remedy: 'Write the host alone, or compare with the whole URL.' };
  }
  return undefined;
}

/** The expression that a column was computed by, as far as the text tells. */
function origin(expression: Expression): Element {
  if (isNode(expression, 'ParenthesizedExpression') && expression.Expression !== null)
    return origin(expression.Expression);
  if (!isNode(expression, 'NameReference')) return expression;
  const source = (expression.ReferencedSymbol as Kusto.Language.Symbols.ColumnSymbol | null)?.Source ?? null;
  return source === null ? expression : assigned(source);
}

/** What stands right of the equals sign. */
function assigned(source: Node): Element {
  return isNode(source, 'SimpleNamedExpression') ? (source.Expression ?? source) : source;
}

/** `parse_url(…).Host`, bare or through `tostring()`, `tolower()` or a column that holds it. */
function isHost(expression: Expression): boolean {
  const element = origin(expression);
  if (isNode(element, 'FunctionCallExpression') && /^(tostring|tolower|toupper)$/.test(calledName(element) ?? '')) {
    const argument = items(element.ArgumentList?.Expressions ?? null)[0]?.Element$1;
    return argument !== undefined && argument !== null && isHost(argument);
  }
  if (isNode(element, 'PathExpression')) {
    const { Expression: base, Selector: selector } = element;
    return (
      base !== null &&
      isNode(selector, 'NameReference') &&
      selector.SimpleName === 'Host' &&
      calledName(origin(base)) === 'parse_url'
    );
  }
  return false;
}

export const joinedStrings: Check = {
  code: 'joined-strings',
  severity: 'warning',
  title: 'Two string literals side by side are one string: a comma may be missing.',
  *run({ bound }) {
    for (const element of descendants(bound.block)) {
      if (!isNode(element, 'CompoundStringLiteralExpression')) continue;
      const tokens = items(element.Tokens).filter((token) => token !== null);
      const second = tokens[1];
      if (second === undefined) continue;
      const inList = element.Parent !== null && isNode(element.Parent, 'SeparatedElement');
      yield {
        at: stretch(second),
        ...(inList ? { severity: 'error' as const } : {}),
        message: `KQL joins these ${tokens.length} literals to '${String(element.LiteralValue)}'.`,
        remedy: inList
          ? `Put a comma before ${textOf(bound, second)}, or write one literal.`
          : 'Write one literal, or strcat().',
      };
    }
  },
};
