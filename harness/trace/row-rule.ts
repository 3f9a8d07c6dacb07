import { ref } from '../kql/plan/make.js';
import type { Column, Expr, Plan } from '../kql/plan/plan.js';
import { mapExpr, someExpr } from '../kql/plan/rewrite.js';

/** A rule that looks at one row of one table at a time, as functions of that row. */
export interface RowRule {
  readonly table: string;
  /** The columns of the table; the same ones, by identity, for every rule over this table. */
  readonly columns: readonly Column[];
  /** All must hold. */
  readonly conditions: readonly Expr[];
  readonly outputs: readonly { readonly name: string; readonly expr: Expr }[];
}

/** Expressions that grow beyond this many nodes, for a column that stands for many others, are not written out. */
const MOST_NODES = 5_000;

interface Stage {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly conditions: readonly Expr[];
  /** What each column stands for, by its id. */
  readonly meaning: ReadonlyMap<number, Expr>;
}

/** A plan as a rule over single rows; nothing when it groups, joins, numbers or limits rows. */
export function rowRule(plan: Plan): RowRule | undefined {
  const stage = stageOf(plan);
  if (stage === undefined) return undefined;
  const outputs = plan.columns.map(({ id, name }) => ({ name, expr: stage.meaning.get(id) }));
  if (!outputs.every((output): output is RowRule['outputs'][number] => output.expr !== undefined)) return undefined;
  const { table, columns, conditions } = stage;
  const size = [...conditions, ...outputs.map(({ expr }) => expr)].reduce((sum, expr) => sum + nodesOf(expr), 0);
  return size > MOST_NODES ? undefined : { table, columns, conditions, outputs };
}

function stageOf(plan: Plan): Stage | undefined {
  switch (plan.kind) {
    case 'table': {
      const columns = plan.columns.map(({ name, type }, id): Column => ({ id, name, type }));
      const meaning = new Map(plan.columns.map(({ id }, i) => [id, ref(columns[i] as Column)]));
      return { table: plan.table, columns, conditions: [], meaning };
    }
    case 'filter': {
      const stage = stageOf(plan.input);
      if (stage === undefined || !isOfRow(plan.predicate)) return undefined;
      return { ...stage, conditions: [...stage.conditions, written(plan.predicate, stage)] };
    }
    case 'project': {
      const stage = stageOf(plan.input);
      if (stage === undefined || !plan.items.every(({ expr }) => isOfRow(expr))) return undefined;
      const made = plan.items.map(({ column, expr }) => [column.id, written(expr, stage)] as const);
      if (made.reduce((sum, [, expr]) => sum + nodesOf(expr), 0) > MOST_NODES) return undefined;
      return { ...stage, meaning: new Map([...stage.meaning, ...made]) };
    }
    case 'sort':
      return stageOf(plan.input);
    default:
      return undefined;
  }
}

function isOfRow(expr: Expr): boolean {
  return !someExpr(expr, ({ kind }) => kind === 'window' || kind === 'scalar-query' || kind === 'in-query');
}

/** An expression over the columns of the table itself. */
function written(expr: Expr, { meaning }: Stage): Expr {
  return mapExpr(expr, (node) => (node.kind === 'column' ? (meaning.get(node.column.id) ?? node) : node));
}

function nodesOf(expr: Expr): number {
  let count = 0;
  mapExpr(expr, (node) => {
    count += 1;
    return node;
  });
  return count;
}

/** What a rule asks of a row. */
export function askedBy({ conditions, outputs }: RowRule): Expr[] {
  return [...conditions, ...outputs.map(({ expr }) => expr)];
}

/** The columns that expressions read, each once. */
export function columnsIn(exprs: readonly Expr[]): readonly Column[] {
  const found = new Map<number, Column>();
  for (const expr of exprs) {
    mapExpr(expr, (node) => {
      if (node.kind === 'column') found.set(node.column.id, node.column);
      return node;
    });
  }
  return [...found.values()];
}
