/// <reference types="@kusto/language-service-next" />
/**
 * From the bound syntax tree to the plan. The binder of the parser has resolved names and types already; here each
 * operator becomes plan nodes and each expression a tree over columns.
 */
import { BOUNDS, type Deadline, inTime } from '../bounds.js';
import { KqlError, Refusal, type RefusalCode } from '../errors.js';
import { Columns, reference } from '../plan/make.js';
import type { Column, Expr, Plan, Shared, Span } from '../plan/plan.js';
import { sizeOfExpr, sizeOfPlan } from '../plan/size.js';
import { andWhy } from '../reasons.js';
import { at, type Expression, kindOf, type Node } from '../syntax.js';
import type { Bound, Bounds, NamedType } from '../types.js';
import type { Binder } from './binder.js';
import { bindExpression } from './expressions.js';
import { operators } from './operators/index.js';
import type { Completed } from './schemas.js';
import { Names, outside, type Scope } from './scope.js';
import type { Sources } from './sources.js';
import { bindStatements } from './statements.js';
import { bindBody, bindTabular } from './tabular.js';

/** Deepest nesting of expressions and of calls that is read. */
const MAX_DEPTH = 400;

/** Most calls of functions that the query declares, calls within their bodies included. */
const MAX_CALLS = 2_000;

export class QueryBinder implements Binder {
  readonly columns = new Columns();
  private shareCount = 0;
  private depth = 0;
  private calls = 0;
  private sharedSize = 0;
  private readonly bounds: Bounds;

  constructor(
    private readonly completed: Completed,
    readonly sources: Sources,
    private readonly deadline: Deadline,
  ) {
    this.bounds = sources.names.bounds ?? BOUNDS;
  }

  query(block: Kusto.Language.Syntax.QueryBlock): Plan {
    return this.guard(block, () => bindStatements(this, block.Statements, outside(new Names())));
  }

  expression(node: Expression | null, scope: Scope): Expr {
    const expression = this.node(node);
    return this.guard(expression, () => {
      const bound = bindExpression(this, expression, scope);
      this.bound(expression, sizeOfExpr(bound));
      return bound;
    });
  }

  tabular(node: Expression | null, scope: Scope): Plan {
    const expression = this.node(node);
    return this.guard(expression, () => bindTabular(this, expression, scope));
  }

  body(node: Expression, input: Plan, scope: Scope): Plan {
    return this.guard(node, () => bindBody(this, node, input, scope));
  }

  operator(node: Node, input: Plan, scope: Scope): Plan {
    const operator = operators.get(kindOf(node));
    if (!operator) {
      this.refuse(
        node,
        'unsupported-operator',
        `The operator '${firstWord(node)}' is not supported${andWhy(firstWord(node))}.`,
      );
    }
    return this.guard(node, () => {
      const plan = operator.bind(this, node, input, scope);
      this.bound(node, sizeOfPlan(plan));
      this.refuseTooWide(node, plan);
      return plan;
    });
  }

  column(named: NamedType): Column {
    return this.columns.make(named.name, named.type);
  }

  share(plan: Plan): Shared {
    this.sharedSize += sizeOfPlan(plan);
    return { id: this.shareCount++, plan };
  }

  reuse(shared: Shared): Plan {
    return reference(shared, this.columns);
  }

  called(node: Node): void {
    if (++this.calls > MAX_CALLS)
      this.refuse(node, 'resource-limit', `The query calls its own functions more than ${MAX_CALLS} times.`);
  }

  span(node: Node): Span {
    const from = node.GetPositionInOriginalTree(node.TextStart);
    const start = this.completed.origin(from);
    return { start, length: this.completed.origin(from + node.Width) - start };
  }

  refuse(node: Node, code: RefusalCode, message: string, suggestion?: string): never {
    throw this.error(node, code, message, suggestion);
  }

  private error(node: Node, code: RefusalCode, message: string, suggestion?: string): KqlError {
    const { start, length } = this.span(node);
    return new KqlError([at(this.completed.original, start, length, code, message, suggestion)]);
  }

  private node(node: Expression | null): Expression {
    if (node === null || node === undefined) throw new Error('The syntax tree lacks an expression that it must have.');
    return node;
  }

  /** Stops what grows without end: each name that stands for others may double what is written out. */
  private bound(node: Node, size: number): void {
    const { most, raise }: Bound = this.bounds.parts;
    if (size + this.sharedSize > most)
      this.refuse(node, 'resource-limit', `The query has too many parts once its names are written out. ${raise}`);
  }

  private refuseTooWide(node: Node, plan: Plan): void {
    const { most, raise } = this.bounds.columns;
    if (plan.columns.length <= most) return;
    const columns = plan.columns.length.toLocaleString('en-US');
    this.refuse(node, 'resource-limit', `The query makes a table of ${columns} columns. ${raise}`);
  }

  /** Gives refusals their place, and stops what nests without end. */
  private guard<T>(node: Node, bind: () => T): T {
    inTime(this.deadline);
    if (++this.depth > MAX_DEPTH)
      this.refuse(node, 'resource-limit', `The query nests deeper than ${MAX_DEPTH} levels.`);
    try {
      return bind();
    } catch (error) {
      if (error instanceof Refusal) throw this.error(node, error.code, error.message, error.suggestion);
      throw error;
    } finally {
      this.depth--;
    }
  }
}

function firstWord(node: Node): string {
  return node.GetFirstToken()?.Text ?? kindOf(node);
}
