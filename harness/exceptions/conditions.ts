import { answerOf } from '../check/tree.js';
import { KqlError } from '../kql/errors.js';
import { type Diagnostic, type Names, plan } from '../kql/index.js';
import type { Expr } from '../kql/plan/plan.js';
import { bindText, isNode, kindOf } from '../kql/syntax.js';
import type { TableSchema } from '../kql/types.js';
import { type Clause, clauseOf } from '../trace/clauses.js';
import { holdsMarker } from './block.js';
import type { Place } from './places.js';

/** A condition of an exception that holds together. */
export interface Condition {
  readonly text: string;
  readonly expr: Expr;
  readonly clause: Clause;
  /** Whether it may be null for a row. */
  readonly nullable: boolean;
}

/** Why a text is no condition; `line` and `column` are places in it, 1-based. */
export class ConditionError extends Error {
  constructor(
    message: string,
    readonly line = 1,
    readonly column = 1,
  ) {
    super(message);
    this.name = 'ConditionError';
  }
}

/**
 * Reads conditions over the rows of a place. One is a single expression that is true or false: nothing in it can end the
 * block that it is rendered into, nor add to it.
 *
 * @throws ConditionError for the first that is none
 */
export function readConditions(texts: readonly string[], place: Place, names: Names): Condition[] {
  for (const text of texts) refuseForeign(text, place, names);
  if (texts.length === 0) return [];
  const asked = texts.map((text, i) => `c${i} = (\n${text}\n)`).join(',\n');
  const planned = plan(`${place.rows}\n| project ${asked}`, { names, missingSources: 'empty' });
  const items = planned.plan.kind === 'project' ? planned.plan.items : [];
  return texts.map((text, i) => {
    const expr = items[i]?.expr;
    if (expr === undefined) throw new ConditionError('The condition cannot be told from the others.');
    const clause = clauseOf(expr);
    return { text, expr, clause, nullable: !isNeverNull(clause) };
  });
}

/** @throws ConditionError for a text that is not one condition */
function refuseForeign(text: string, place: Place, names: Names): void {
  if (holdsMarker(text)) throw new ConditionError('A condition cannot hold the comment lines that bound the block.');
  const lead = `${place.rows}\n| where (\n`;
  const query = `${lead}${text}\n)`;
  const bound = bindText(query, names);
  const error = bound.diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw asConditionError(error, lead, place.columns);
  const answer = answerOf(bound) ?? null;
  const filter = isNode(answer, 'PipeExpression') ? answer.Operator : null;
  const condition = isNode(filter, 'FilterOperator') ? filter.Condition : null;
  const start = lead.length - 2;
  const whole =
    condition !== null &&
    isNode(condition, 'ParenthesizedExpression') &&
    condition.TextStart === start &&
    condition.End === query.length;
  if (!whole) throw new ConditionError('A condition is one expression; this text closes it and goes on.');
  if (kindOf(condition.ResultType ?? condition) !== 'PrimitiveSymbol' || condition.ResultType?.Name !== 'bool')
    throw new ConditionError('A condition is true or false; this expression is neither.');
  compileCondition(query, names, lead, place.columns);
}

function compileCondition(query: string, names: Names, lead: string, columns: TableSchema): void {
  try {
    plan(query, { names, missingSources: 'empty' });
  } catch (error) {
    if (!(error instanceof KqlError) || error.diagnostics[0] === undefined) throw error;
    throw asConditionError(error.diagnostics[0], lead, columns);
  }
}

function asConditionError({ line, column, code, message, suggestion }: Diagnostic, lead: string, columns: TableSchema) {
  const before = lead.split('\n').length - 1;
  const hint =
    suggestion !== undefined
      ? ` Did you mean '${suggestion}'?`
      : code === 'KS142'
        ? ` The rows have ${columns
            .slice(0, 5)
            .map(({ name }) => name)
            .join(', ')}, …`
        : '';
  return new ConditionError(`${code}: ${message}${hint}`, Math.max(line - before, 1), Math.max(column, 1));
}

/** Tests of texts, which are never null, against constants. */
const OF_TEXTS: ReadonlySet<string> = new Set([
  '==',
  '=~',
  '!=',
  '!~',
  'in',
  'in~',
  '!in',
  '!in~',
  'startswith',
  'startswith_cs',
  '!startswith',
  'endswith',
  'endswith_cs',
  '!endswith',
  'has',
  'has_cs',
  'has_any',
  'contains',
  'contains_cs',
  'matches regex',
]);

function isNeverNull(clause: Clause): boolean {
  switch (clause.kind) {
    case 'all':
    case 'any':
      return clause.parts.every(isNeverNull);
    case 'not':
      return isNeverNull(clause.part);
    case 'list':
      return clause.subject.kind === 'column';
    case 'test': {
      const { expr } = clause;
      if (expr.kind !== 'call' || !OF_TEXTS.has(expr.fn.name)) return false;
      return expr.args.every((arg) => (arg.kind === 'column' ? arg.type === 'string' : arg.kind === 'literal'));
    }
  }
}
