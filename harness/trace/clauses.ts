import { scalarOperators } from '../kql/functions/index.js';
import type { Value } from '../kql/functions/registry.js';
import { literal } from '../kql/plan/make.js';
import type { Call, Expr, Literal, Span } from '../kql/plan/plan.js';
import { isArray } from '../kql/values/dynamic.js';

/** One entry of a list, and the test of it alone. */
export interface Entry {
  readonly text: string;
  readonly test: Call;
  /** Where the literal that holds it stands: itself, or the `dynamic([…])` whose item it is. */
  readonly span?: Span;
  /** Its place among the items of that `dynamic([…])`. */
  readonly item?: number;
}

/**
 * A condition as the parts that decide it. A list is the tests of its entries: `x in (a, b)` is `x in (a)` or `x in (b)`.
 */
export type Clause =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Clause[]; readonly expr: Expr }
  | { readonly kind: 'not'; readonly part: Clause; readonly expr: Expr }
  | {
      readonly kind: 'list';
      readonly matching: 'all' | 'any';
      readonly negated: boolean;
      readonly subject: Expr;
      readonly entries: readonly Entry[];
      readonly expr: Call;
    }
  | { readonly kind: 'test'; readonly expr: Expr };

const LISTS: ReadonlySet<string> = new Set(['in', 'in~', '!in', '!in~', 'has_any', 'has_all']);

/** Takes a condition apart, down to what cannot be taken apart further. */
export function clauseOf(expr: Expr): Clause {
  if (expr.kind !== 'call') return { kind: 'test', expr };
  const { name } = expr.fn;
  if ((name === 'and' || name === 'or') && expr.args.every(({ type }) => type === 'bool')) {
    const kind = name === 'and' ? 'all' : 'any';
    const parts = expr.args.map(clauseOf).flatMap((part) => (part.kind === kind ? part.parts : [part]));
    return { kind, parts, expr };
  }
  const [only] = expr.args;
  if (name === 'not' && only?.type === 'bool') return { kind: 'not', part: clauseOf(only), expr };
  return (LISTS.has(name) ? listOf(expr) : undefined) ?? { kind: 'test', expr };
}

/** Only texts among texts: what else may stand in a list is compared by rules that look at the list as a whole. */
function listOf(expr: Call): Clause | undefined {
  const [subject, ...items] = expr.args;
  const negated = expr.fn.name.startsWith('!');
  const fn = scalarOperators.get(negated ? expr.fn.name.slice(1) : expr.fn.name);
  if (subject?.type !== 'string' || fn === undefined || !items.every((item) => item.kind === 'literal'))
    return undefined;
  const found = items.map(textsIn);
  if (!found.every((texts) => texts !== undefined)) return undefined;
  const entries = found.flat().map(({ text, span, item }): Entry => {
    const test: Call = { kind: 'call', fn, args: [subject, literal(text, 'string')], type: 'bool' };
    return { text, test, ...(span && { span }), ...(item !== undefined && { item }) };
  });
  return { kind: 'list', matching: fn.name === 'has_all' ? 'all' : 'any', negated, subject, entries, expr };
}

type Text = Pick<Entry, 'text'> & { readonly span?: Span | undefined; readonly item?: number };

function textsIn({ value, type, span }: Literal): Text[] | undefined {
  if (type === 'string' && typeof value === 'string') return [{ text: value, span }];
  if (type !== 'dynamic' || !isArray(value as Value & object)) return undefined;
  const texts = value as readonly unknown[];
  return texts.every((text) => typeof text === 'string')
    ? texts.map((text, item) => ({ text, span, item }))
    : undefined;
}
