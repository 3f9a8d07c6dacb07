/**
 * A plan as DuckDB SQL: one `SELECT` a node, nested. With lineage on, every `SELECT` whose rows come from events also
 * gives a column `lin`: the id of the one event that the row is, or the list of those that it was made of.
 */
import { BOUNDS, type Deadline, inTime } from '../bounds.js';
import { Refusal, refusalText } from '../errors.js';
import type { Arg } from '../functions/registry.js';
import { measured } from '../functions/room.js';
import { growthOf } from '../plan/growth.js';
import { carried } from '../plan/make.js';
import { usesOuterRow } from '../plan/outer.js';
import type {
  Aggregate,
  AggregateItem,
  Apply,
  Call,
  Column,
  Current,
  Expand,
  Expr,
  Fold,
  Join,
  OrderKey,
  Outside,
  Plan,
  PlanKind,
  Project,
  Range,
  Reference,
  Shared,
  Span,
  Table,
  Union,
  Values,
  Window,
} from '../plan/plan.js';
import { type Bound, DUCKDB_TYPE, type OutsideRows } from '../types.js';
import { SqlContext } from './context.js';
import { EVENT_ID, identifier, literal, physicalNames, quote, sourceTable } from './literal.js';

/** What a row knows of the events behind it: nothing, the one that it is, or a list. */
export type Lineage = 'none' | 'one' | 'many';

export interface Emitted {
  readonly sql: string;
  readonly lineage: Lineage;
  /** Host functions that the SQL calls, by name. */
  readonly hosts: readonly string[];
  /** Where the text calls each of them first. */
  readonly places: ReadonlyMap<string, Span>;
  /** Regular expressions that the SQL holds. */
  readonly patterns: readonly string[];
  /** Tables that the SQL reads. */
  readonly tables: readonly string[];
  /** Rows from outside that the SQL reads, by key. */
  readonly sources: ReadonlyMap<string, OutsideRows>;
  /** Whether the SQL takes the parameter `$now`. */
  readonly usesNow: boolean;
}

export interface EmitOptions {
  readonly lineage: boolean;
  /** Tables that hold the rows of shared plans already, by the id of the plan; with lineage where it is asked for. */
  readonly held?: ReadonlyMap<number, string>;
  /** Most characters of the SQL. */
  readonly largest?: Bound;
  readonly deadline?: Deadline;
}

/** SQL of a whole plan: the columns as `c0`, `c1`, …, then `_lineage` where it is asked for and known. */
export function emit(plan: Plan, options: EmitOptions): Emitted {
  const emitter = new Emitter(options);
  const body = emitter.plan(plan);
  const lineage = emitter.lineageOf(plan);
  const outputs = plan.columns.map((column, i) => `${name(column)} AS c${i}`);
  if (lineage !== 'none') outputs.push(`${asList('lin', lineage)} AS _lineage`);
  const select = `SELECT ${outputs.length === 0 ? '1 AS nothing' : outputs.join(', ')} FROM (${body})${orderBy(plan.order)}`;
  return emitted(emitter, select, lineage);
}

/** SQL of what a table must hold so that `EmitOptions.held` can name it in place of a shared plan. */
export function emitShared({ plan }: Shared, options: EmitOptions): Emitted {
  const emitter = new Emitter(options);
  const body = emitter.plan(plan);
  return emitted(emitter, body, emitter.lineageOf(plan));
}

function emitted(emitter: Emitter, select: string, lineage: Lineage): Emitted {
  const shared = emitter.sharedSql();
  const sql = shared === '' ? select : `WITH ${shared} ${select}`;
  return {
    sql,
    lineage,
    hosts: [...emitter.context.hosts].sort(),
    places: emitter.context.places,
    patterns: [...emitter.context.patterns].sort(),
    tables: [...emitter.tables].sort(),
    sources: emitter.sources,
    // What was written of the clock may have been dropped, as in the difference to a null.
    usesNow: emitter.context.usesNow && sql.replace(QUOTED, '').includes('$now'),
  };
}

/** Most rows that `range` makes; they are held in memory. */
const MOST_ROWS = 10_000_000;

/** Most copies of aggregated columns that conditions make, at 16 KB and more each. */
const MOST_COPIES = 20_000;

/** Cells that may get larger than so many of those that the query began with are measured. */
const MOST_GROWTH = 32;

/** Whatever SQL quotes: texts and names. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/** SQL of an expression by itself. Two expressions over the same columns that have the same SQL are the same. */
export function emitExpr(expr: Expr): string {
  return new Emitter({ lineage: false }).expr(expr).sql;
}

/** The columns of a table of the engine by the names of the plan. */
function columnsOf(node: Table | Outside): string[] {
  const physical = physicalNames(node.columns.map((column) => column.name));
  return node.columns.map((column, i) => `${identifier(physical[i] as string)} AS ${name(column)}`);
}

type Printers = { readonly [K in PlanKind]: (node: Extract<Plan, { kind: K }>) => string };

class Emitter {
  readonly context = new SqlContext();
  readonly tables = new Set<string>();
  readonly sources = new Map<string, OutsideRows>();
  private readonly shared = new Map<number, string>();
  private readonly lineages = new WeakMap<Plan, Lineage>();

  private readonly traced: boolean;
  private readonly held: ReadonlyMap<number, string>;

  private readonly largest: Bound;
  private readonly deadline: Deadline | undefined;
  /** Characters of the SQL of shared plans. */
  private sharedLength = 0;

  constructor({ lineage, held = new Map(), largest = BOUNDS.sql, deadline }: EmitOptions) {
    this.traced = lineage;
    this.held = held;
    this.largest = largest;
    this.deadline = deadline;
  }

  plan(node: Plan): string {
    if (this.deadline) inTime(this.deadline);
    return this.bounded((this.printers[node.kind] as (node: Plan) => string)(node));
  }

  /** SQL that is not too long: each function that names an argument twice doubles what stands in it. */
  private bounded(sql: string): string {
    const { most, raise } = this.largest;
    if (sql.length + this.sharedLength <= most) return sql;
    throw new Refusal('resource-limit', `The query becomes too much SQL. ${raise}`);
  }

  sharedSql(): string {
    return [...this.shared].map(([id, sql]) => `s${id} AS (${sql})`).join(', ');
  }

  lineageOf(node: Plan): Lineage {
    let lineage = this.lineages.get(node);
    if (lineage === undefined) {
      lineage = this.traced ? this.workOutLineage(node) : 'none';
      this.lineages.set(node, lineage);
    }
    return lineage;
  }

  private workOutLineage(node: Plan): Lineage {
    switch (node.kind) {
      case 'table':
        return 'one';
      case 'outside':
      case 'values':
      case 'range':
      case 'fold':
      case 'current':
        return 'none';
      case 'project':
        return node.events ? 'many' : this.lineageOf(node.input);
      case 'aggregate':
        return this.lineageOf(node.input) === 'none' ? 'none' : 'many';
      case 'join':
        return this.lineageOfJoin(node);
      case 'apply':
        return joint(node.traceBody ? 'none' : this.lineageOf(node.input), this.lineageOf(node.body));
      case 'union': {
        const kinds = new Set(node.inputs.map((input) => this.lineageOf(input.plan)));
        const [only = 'none', ...others] = kinds;
        return others.length === 0 ? only : 'many';
      }
      case 'reference':
        return this.lineageOf(node.shared.plan);
      default:
        return this.lineageOf(node.input);
    }
  }

  private lineageOfJoin(node: Join): Lineage {
    const left = this.lineageOf(node.left);
    const right = this.lineageOf(node.right);
    if (node.join === 'anti') return left;
    // A semi join meets the partners of a key as one, so that they are several whatever the left side is.
    if (node.join === 'semi') return right === 'none' || node.on.length === 0 ? left : 'many';
    return joint(left, right);
  }

  private readonly printers: Printers = {
    table: (node) => this.table(node),
    outside: (node) => this.outside(node),
    values: (node) => this.values(node),
    range: (node) => this.range(node),
    project: (node) => this.project(node),
    filter: (node) => `SELECT * FROM (${this.plan(node.input)}) WHERE ${this.expr(node.predicate).sql}`,
    aggregate: (node) => this.aggregate(node),
    join: (node) => this.join(node),
    union: (node) => this.union(node),
    sort: (node) => `SELECT ${this.carry(node)} FROM (${this.plan(node.input)})`,
    limit: (node) =>
      `SELECT * FROM (${this.plan(node.input)})${orderBy(node.order)} LIMIT greatest(${this.expr(node.count).sql}, 0)`,
    apply: (node) => this.apply(node),
    expand: (node) => this.expand(node),
    fold: (node) => this.fold(node),
    current: (node) => this.current(node),
    reference: (node) => this.reference(node),
  };

  /** The columns that a node passes on unchanged from its only input, with the lineage. */
  private carry(node: Plan): string {
    const names = carried(node).map(name);
    if (this.lineageOf(node) !== 'none') names.push('lin');
    return names.length === 0 ? '1 AS nothing' : names.join(', ');
  }

  private table(node: Table): string {
    this.tables.add(node.table);
    const columns = columnsOf(node);
    if (this.lineageOf(node) !== 'none') columns.push(`${EVENT_ID} AS lin`);
    return `SELECT ${columns.length === 0 ? '1 AS nothing' : columns.join(', ')} FROM ${identifier(node.table)}`;
  }

  private outside(node: Outside): string {
    this.sources.set(node.key, node.rows);
    const columns = columnsOf(node);
    return `SELECT ${columns.length === 0 ? '1 AS nothing' : columns.join(', ')} FROM ${identifier(sourceTable(node.key))}`;
  }

  private values(node: Values): string {
    const columns = carried(node);
    if (node.rows.length === 0) {
      const nulls = columns.map((column) => `NULL::${DUCKDB_TYPE[column.type]} AS ${name(column)}`);
      return `SELECT ${nulls.length === 0 ? '1 AS nothing' : nulls.join(', ')} WHERE false`;
    }
    const rows = node.rows.map(
      (row, i) => `(${[...row.map((cell) => this.expr(cell).sql), `${i}::BIGINT`].join(', ')})`,
    );
    return `SELECT * FROM (VALUES ${rows.join(', ')}) AS v(${columns.map(name).join(', ')})`;
  }

  /** Counts in 128 bits or in floating point, so that no bounds overflow; too long a range is refused rather than begun. */
  private range(node: Range): string {
    const [column] = node.columns as readonly [Column];
    const real = column.type === 'real';
    const wide = (sql: string): string => (real ? `(${sql})` : `(${sql})::HUGEINT`);
    const bounds = [node.from, node.to, node.step].map((expr, i) => `${wide(this.expr(expr).sql)} AS b${i}`);
    const some = real ? 'isfinite(b1 - b0) AND b2 <> 0' : 'b2 <> 0';
    const last = real
      ? 'floor((b1 - b0) / b2 + 1e-9)'
      : 'CASE WHEN sign(b1 - b0) * sign(b2) < 0 THEN -1 ELSE (b1 - b0) // b2 END';
    const tooLong = refusalText({ code: 'resource-limit', message: `A range has at most ${MOST_ROWS} rows.` });
    const count = `CASE WHEN last >= ${MOST_ROWS} THEN error(${quote(tooLong)}) ELSE greatest(last + 1, 0)::BIGINT END`;
    return (
      `SELECT (b0 + i * b2)::${DUCKDB_TYPE[column.type]} AS ${name(column)} FROM (` +
      `SELECT *, unnest(range(0, ${count})) AS i FROM (` +
      `SELECT *, CASE WHEN ${some} THEN ${last} ELSE -1 END AS last FROM (SELECT ${bounds.join(', ')})))`
    );
  }

  private project(node: Project): string {
    const over = orderBy(node.input.order);
    const outputs = node.items.map((item) => {
      const sql = item.expr.kind === 'window' ? this.window(item.expr, over) : this.expr(item.expr).sql;
      return sql === name(item.column) ? sql : `${sql} AS ${name(item.column)}`;
    });
    const made = new Set(node.items.map((item) => item.column.id));
    for (const column of carried(node)) if (!made.has(column.id)) outputs.push(name(column));
    if (this.lineageOf(node) !== 'none') outputs.push(node.events ? `${eventsOf(name(node.events))} AS lin` : 'lin');
    return `SELECT ${outputs.length === 0 ? '1 AS nothing' : outputs.join(', ')} FROM (${this.plan(node.input)})`;
  }

  private window(node: Window, order: string): string {
    const parts: string[] = [];
    if (node.partition.length > 0)
      parts.push(`PARTITION BY ${node.partition.map((expr) => this.expr(expr).sql).join(', ')}`);
    if (order !== '') parts.push(order.trim());
    if (node.running) parts.push('ROWS UNBOUNDED PRECEDING');
    const args = node.args.map((arg) => this.expr(arg));
    return node.emit(args, `OVER (${parts.join(' ')})`, this.context);
  }

  private aggregate(node: Aggregate): string {
    const order = orderKeys(node.input.order);
    const inner: string[] = [];
    const outer: string[] = [];
    for (const key of node.keys) {
      inner.push(`${this.expr(key.expr).sql} AS ${name(key.column)}`);
      outer.push(name(key.column));
    }
    node.aggregates.forEach((item, i) => {
      inner.push(this.aggregateItem(item, i, order));
      if (item.kind === 'pick') {
        for (const [j, picked] of item.items.entries()) {
          const field = `p${i}.f${j}`;
          outer.push(`${picked.column.type === 'string' ? `coalesce(${field}, '')` : field} AS ${name(picked.column)}`);
        }
      } else {
        outer.push(name(item.column));
      }
    });
    refuseTooMany(inner.filter((sql) => sql.includes(' FILTER (')).length, inner.length);
    const input = this.lineageOf(node.input);
    if (input !== 'none') {
      const list = 'list(lin) FILTER (WHERE lin IS NOT NULL)';
      inner.push(`coalesce(${input === 'one' ? list : `flatten(${list})`}, []) AS lin`);
      outer.push('lin');
    }
    if (inner.length === 0) return `SELECT 1 AS nothing FROM (${this.plan(node.input)}) LIMIT 1`;
    const groups = node.keys.length === 0 ? '' : ` GROUP BY ${node.keys.map((_, i) => i + 1).join(', ')}`;
    const grouped = `SELECT ${inner.join(', ')} FROM (${this.plan(node.input)})${groups}`;
    return node.aggregates.some((item) => item.kind === 'pick')
      ? `SELECT ${outer.join(', ')} FROM (${grouped})`
      : grouped;
  }

  private aggregateItem(item: AggregateItem, place: number, order: string): string {
    if (item.kind === 'aggregate-call') {
      const args = item.args.map((arg) => this.expr(arg));
      return `${item.fn.emit(args, item.column.type, order, this.context)} AS ${name(item.column)}`;
    }
    const row = `struct_pack(${item.items.map((picked, j) => `f${j} := ${this.expr(picked.expr).sql}`).join(', ')})`;
    const by = this.expr(item.by).sql;
    return `coalesce(${item.greatest ? 'arg_max' : 'arg_min'}(${row}, ${by}), first(${row})) AS p${place}`;
  }

  private join(node: Join): string {
    const left = this.lineageOf(node.left);
    const right = this.lineageOf(node.right);
    const on = node.on.map((pair) => `${this.expr(pair.left).sql} ${matches(pair)} ${this.expr(pair.right).sql}`);
    if (node.where) on.push(this.expr(node.where).sql);
    const condition = on.length === 0 ? 'true' : on.join(' AND ');
    const outputs = node.items.map((item) => `${this.expr(item.expr).sql} AS ${name(item.column)}`);
    let leftSql = this.plan(node.left);
    if (node.unique) {
      const keys = node.on.map((pair) => this.expr(pair.left).sql);
      leftSql = `SELECT DISTINCT ON (${keys.join(', ')}) * FROM (${leftSql})${orderBy(node.left.order)}`;
    }
    if (node.join === 'semi' || node.join === 'anti') {
      return this.halfJoin(node, leftSql, condition, outputs);
    }
    const lineage = jointSql(left, right);
    if (lineage) outputs.push(`${lineage} AS lin`);
    const kind = { inner: 'INNER', left: 'LEFT', right: 'RIGHT', full: 'FULL' }[node.join];
    return `SELECT ${outputs.join(', ')} FROM (${leftSql}) AS l ${kind} JOIN (${this.plan(node.right)}) AS r ON ${condition}`;
  }

  /** Semi and anti joins. For its lineage, a semi join meets all the partners of a key as one. */
  private halfJoin(node: Join, leftSql: string, condition: string, outputs: string[]): string {
    const left = this.lineageOf(node.left);
    const right = this.lineageOf(node.right);
    if (node.join === 'anti' || right === 'none' || node.on.length === 0) {
      if (left !== 'none')
        outputs.push(`${right === 'none' || node.join === 'anti' ? 'l.lin' : asList('l.lin', left)} AS lin`);
      const kind = node.join === 'anti' ? 'ANTI' : 'SEMI';
      return `SELECT ${outputs.join(', ')} FROM (${leftSql}) AS l ${kind} JOIN (${this.plan(node.right)}) AS r ON ${condition}`;
    }
    const keys = node.on.map((pair, i) => `${this.expr(pair.right).sql} AS k${i}`);
    const list = right === 'one' ? 'list(lin)' : 'flatten(list(lin))';
    const groups = node.on.map((_, i) => i + 1).join(', ');
    const partners = `SELECT ${keys.join(', ')}, ${list} AS lin FROM (${this.plan(node.right)}) GROUP BY ${groups}`;
    const on = node.on.map((pair, i) => `${this.expr(pair.left).sql} ${matches(pair)} r.k${i}`).join(' AND ');
    outputs.push(`${jointSql(left, 'many')} AS lin`);
    return `SELECT ${outputs.join(', ')} FROM (${leftSql}) AS l JOIN (${partners}) AS r ON ${on}`;
  }

  private union(node: Union): string {
    const lineage = this.lineageOf(node);
    if (node.inputs.length === 0) return this.values({ kind: 'values', columns: node.columns, rows: [], order: [] });
    const parts = node.inputs.map(({ plan, exprs }) => {
      const outputs = node.columns.map((column, i) => `${this.expr(exprs[i] as Expr).sql} AS ${name(column)}`);
      const own = this.lineageOf(plan);
      if (lineage === 'many') outputs.push(`${asList('lin', own)} AS lin`);
      else if (lineage === 'one') outputs.push('lin');
      return `SELECT ${outputs.length === 0 ? '1 AS nothing' : outputs.join(', ')} FROM (${this.plan(plan)})`;
    });
    return parts.join(' UNION ALL ');
  }

  private apply(node: Apply): string {
    const outputs = carried(node).map(name);
    const lineage = jointSql(node.traceBody ? 'none' : this.lineageOf(node.input), this.lineageOf(node.body));
    if (lineage) outputs.push(`${lineage} AS lin`);
    const kind = node.outer ? 'LEFT JOIN' : 'JOIN';
    return `SELECT ${outputs.join(', ')} FROM (${this.plan(node.input)}) AS l ${kind} LATERAL (${this.plan(node.body)}) AS r ON true`;
  }

  private expand(node: Expand): string {
    const lists = node.lists.map(({ column, list }) => ({ column, sql: this.expr(list).sql }));
    const lengths = lists.map(({ sql }) => `len(${sql})`);
    const longest = lengths.length === 1 ? lengths[0] : `greatest(${lengths.join(', ')})`;
    const made = new Map(lists.map(({ column, sql }) => [column.id, `unnest(${sql}) AS ${name(column)}`]));
    made.set(node.place.id, `unnest(range(0, ${longest})) AS ${name(node.place)}`);
    const outputs = carried(node).map((column) => made.get(column.id) ?? name(column));
    if (this.lineageOf(node) !== 'none') outputs.push('lin');
    return `SELECT ${outputs.join(', ')} FROM (${this.plan(node.input)})`;
  }

  /** A recursive query: each round takes the next row of every part. */
  private fold(node: Fold): string {
    const { part, place, last, events } = node.current;
    const keys = node.partition.map(name).join(', ');
    const over = `OVER (${keys === '' ? '' : `PARTITION BY ${keys}`}${orderBy(node.input.order)})`;
    const rows = [
      ...carried(node.input).map(name),
      `${keys === '' ? '1' : `dense_rank() OVER (ORDER BY ${keys})`} AS ${name(part)}`,
      `row_number() ${over} AS ${name(place)}`,
      `lead(true, 1, false) ${over} = false AS ${name(last)}`,
      `${eventsText('lin', this.lineageOf(node.input))} AS ${name(events)}`,
    ];
    const states = new Set(node.state.map(({ column }) => column.id));
    const outputs = node.columns.filter(({ id }) => !states.has(id) && id !== part.id && id !== place.id);
    const start = [
      name(part),
      `0::BIGINT AS ${name(place)}`,
      ...node.state.map(
        ({ column, initial }) => `(${this.expr(initial).sql})::${DUCKDB_TYPE[column.type]} AS ${name(column)}`,
      ),
      ...outputs.map((column) => `NULL::${DUCKDB_TYPE[column.type]} AS ${name(column)}`),
    ];
    const round = [
      name(part),
      name(place),
      ...node.state.map(({ column, next }) => `${name(next)} AS ${name(column)}`),
      ...outputs.map(name),
    ];
    return (
      `WITH RECURSIVE rows${part.id} AS MATERIALIZED (SELECT ${rows.join(', ')} FROM (${this.plan(node.input)})), ` +
      `fold${part.id} AS (SELECT ${start.join(', ')} FROM (SELECT DISTINCT ${name(part)} FROM rows${part.id}) ` +
      `UNION ALL SELECT ${round.join(', ')} FROM (${this.plan(node.body)})) ` +
      `SELECT ${node.columns.map(name).join(', ')} FROM fold${part.id} WHERE ${name(place)} > 0`
    );
  }

  private current(node: Current): string {
    const { part, place } = node;
    const state = new Set(node.state.map((column) => column.id));
    const outputs = node.columns.map((column) => `${state.has(column.id) ? 'f' : 'r'}.${name(column)}`);
    return (
      `SELECT ${outputs.join(', ')} FROM fold${part.id} AS f JOIN rows${part.id} AS r ` +
      `ON r.${name(part)} = f.${name(part)} AND r.${name(place)} = f.${name(place)} + 1`
    );
  }

  private reference(node: Reference): string {
    const from = this.share(node.shared);
    const outputs = node.mapping.map(({ from, to }) => `${name(from)} AS ${name(to)}`);
    if (this.lineageOf(node) !== 'none') outputs.push('lin');
    return `SELECT ${outputs.length === 0 ? '1 AS nothing' : outputs.join(', ')} FROM ${from}`;
  }

  /**
   * Where the rows of a shared plan are. Plans that it uses come before it, as SQL demands; what is different for each
   * row around it can only be run there.
   */
  private share(shared: Shared): string {
    const held = this.held.get(shared.id);
    if (held !== undefined) return identifier(held);
    if (usesOuterRow(shared.plan)) return `(${this.plan(shared.plan)})`;
    if (!this.shared.has(shared.id)) {
      const sql = this.plan(shared.plan);
      this.shared.set(shared.id, sql);
      this.sharedLength += sql.length;
    }
    return `s${shared.id}`;
  }

  expr(expr: Expr): Arg {
    const arg = this.printed(expr);
    this.bounded(arg.sql);
    return arg;
  }

  private call(expr: Call, args: readonly Arg[]): string {
    return growthOf(expr) > MOST_GROWTH && !hasQuery(expr)
      ? measured(expr, args, this.context)
      : expr.fn.emit(args, expr.type, this.context);
  }

  private printed(expr: Expr): Arg {
    const { type } = expr;
    switch (expr.kind) {
      case 'literal':
        return { sql: placed(expr, () => literal(expr.value, type)), type, constant: expr.value, fixed: true };
      case 'column':
        return { sql: name(expr.column), type, constant: undefined };
      case 'call': {
        const args = expr.args.map((arg) => this.expr(arg));
        const sql = placed(expr, () => this.call(expr, args), this.context);
        return { sql, type, constant: undefined, fixed: args.length > 0 && args.every((arg) => arg.fixed) };
      }
      case 'native': {
        const args = expr.args.map((arg) => this.expr(arg));
        return { sql: placed(expr, () => expr.emit(args, this.context), this.context), type, constant: undefined };
      }
      case 'window':
        throw new Refusal(
          'unsupported-expression',
          'A function over neighbouring rows cannot stand here: extend by it first.',
        );
      case 'scalar-query': {
        const select = `(SELECT ${name(expr.column)} FROM (${this.plan(expr.plan)})${orderBy(expr.plan.order)} LIMIT 1)`;
        return { sql: type === 'string' ? `coalesce(${select}, '')` : select, type, constant: undefined };
      }
      case 'in-query': {
        const fold = (sql: string): string => (expr.ignoreCase ? `lower(${sql})` : sql);
        const among = `SELECT ${fold(name(expr.column))} FROM (${this.plan(expr.plan)})`;
        const found = `coalesce(${fold(this.expr(expr.value).sql)} IN (${among}), false)`;
        return { sql: expr.negated ? `(NOT ${found})` : found, type, constant: undefined };
      }
    }
  }
}

/** For each aggregate with a condition DuckDB keeps a copy of a batch of all that is aggregated. */
function refuseTooMany(conditional: number, all: number): void {
  if (conditional * all <= MOST_COPIES) return;
  throw new Refusal(
    'resource-limit',
    `One summarize has ${all} aggregates, and ${conditional} of them have conditions or leave nulls out: split it.`,
  );
}

/** DuckDB refuses a query within a lambda, as what is measured may become. */
function hasQuery(expr: Expr): boolean {
  let has = queries.get(expr);
  if (has === undefined) {
    const parts = 'args' in expr ? expr.args : [];
    has = expr.kind === 'scalar-query' || expr.kind === 'in-query' || parts.some(hasQuery);
    queries.set(expr, has);
  }
  return has;
}

const queries = new WeakMap<Expr, boolean>();

/** Tells a refusal where in the text it comes from. */
function placed(expr: Expr, emit: () => string, context?: SqlContext): string {
  const outer = context?.span;
  if (context && expr.span) context.span = expr.span;
  try {
    return emit();
  } catch (error) {
    if (error instanceof Refusal && expr.span) error.span ??= expr.span;
    throw error;
  } finally {
    if (context) context.span = outer;
  }
}

/** The name of a column in SQL: unique in the query, and made of nothing but letters, digits and underscores. */
function name(column: Column): string {
  const readable = column.name.replace(/[^A-Za-z0-9]/g, '').slice(0, 32);
  return `c_${readable}_${column.id}`;
}

function orderKeys(order: readonly OrderKey[]): string {
  return order
    .map((key) => `${name(key.column)} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`)
    .join(', ');
}

function orderBy(order: readonly OrderKey[]): string {
  return order.length === 0 ? '' : ` ORDER BY ${orderKeys(order)}`;
}

/** How keys are compared: in a join a null meets a null. Strings are never null, and plain equality joins them faster. */
function matches(pair: { readonly left: Expr }): string {
  return pair.left.type === 'string' ? '=' : 'IS NOT DISTINCT FROM';
}

function joint(left: Lineage, right: Lineage): Lineage {
  if (left === 'none') return right;
  if (right === 'none') return left;
  return 'many';
}

function jointSql(left: Lineage, right: Lineage): string {
  if (left === 'none') return right === 'none' ? '' : 'r.lin';
  if (right === 'none') return 'l.lin';
  return `list_concat(${asList('l.lin', left)}, ${asList('r.lin', right)})`;
}

/** SQL of a lineage as a list, whatever a missing partner left NULL. */
function asList(sql: string, lineage: Lineage): string {
  switch (lineage) {
    case 'none':
      return '[]::BIGINT[]';
    case 'one':
      return `(CASE WHEN ${sql} IS NULL THEN [] ELSE [${sql}] END)`;
    case 'many':
      return `coalesce(${sql}, [])`;
  }
}

/** SQL of the ids of a lineage as text, and back. */
function eventsText(sql: string, lineage: Lineage): string {
  if (lineage === 'none') return "''";
  return `coalesce(${lineage === 'one' ? `${sql}::VARCHAR` : `array_to_string(${sql}, ',')`}, '')`;
}

function eventsOf(text: string): string {
  return `CASE WHEN ${text} = '' THEN [] ELSE list_distinct(string_split(${text}, ',')::BIGINT[]) END`;
}
