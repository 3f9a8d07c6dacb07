import type { Row } from '../detection/tests-schema.js';
import { Engine } from '../engine/index.js';
import type { Value } from '../kql/functions/registry.js';
import type { CompileOptions } from '../kql/index.js';
import { table } from '../kql/plan/make.js';
import type { Column, Expr } from '../kql/plan/plan.js';
import { emitExpr } from '../kql/sql/emit.js';
import { EVENT_ID, identifier, literal, physicalNames } from '../kql/sql/literal.js';
import type { TableSchema } from '../kql/types.js';
import { writtenCell } from '../measure/cells.js';
import { hasBit } from '../trace/bits.js';
import { clauseOf } from '../trace/clauses.js';
import { candidatesFor, testsIn } from '../trace/neighbours.js';
import { columnsIn, type RowRule } from '../trace/row-rule.js';
import { vectorsOf } from '../trace/vectors.js';
import { joinedTexts } from './joined-texts.js';

/** Most events that are tried at once. */
const MOST_ROWS = 250_000;
const MINUTE = 600_000_000n;

/** Events made of a rule's literals and what lies beside them, in a table of an engine of their own. */
export interface CandidateRows {
  readonly engine: Engine;
  readonly count: number;
  /** An event by its id, as a test writes it. */
  row(id: bigint): Promise<Row>;
}

/**
 * Makes events on which versions of a rule may part: every combination of the values at which their tests change. Of
 * values that no test tells apart one is tried.
 *
 * Where the combinations are too many, each column takes all its values beside those of the others that the rule's own
 * clauses tell apart. To a version with one mistake that is the same: only clauses with the mistake tell more values
 * apart than the rule does, and they are about one column.
 *
 * @param rule the rule itself
 * @param versions of it, over the same table
 */
export async function candidateRows(
  rule: RowRule,
  versions: readonly RowRule[],
  schema: TableSchema,
  timeColumn: string,
  now: bigint,
  options: CompileOptions,
): Promise<CandidateRows> {
  const exprs = [rule, ...versions].flatMap(askedBy);
  const candidates = candidatesFor(exprs, now);
  const columns = columnsIn(exprs).filter(({ name }) => (candidates.get(name)?.length ?? 0) > 1);
  const engine = await Engine.open();
  await engine.seal();
  await engine.declare(rule.table, schema);
  const ground = { table: rule.table, schema, timeColumn, now };
  const asked: Asked = {
    tests: [...new Map(exprs.flatMap(testsIn).map((test) => [emitExpr(test), test])).values()],
    clauses: askedBy(rule).flatMap(clausesIn),
  };
  const all: Tried[] = [];
  for (const column of columns) {
    const joined = column.type === 'string' ? joinedTexts(askedBy(rule), exprs, column.id) : [];
    const values = [...new Set([...(candidates.get(column.name) ?? []), ...joined])].map((value, place) => ({
      place,
      value,
    }));
    all.push(await toldApart({ column, values }, asked, { ...ground, engine, columns: rule.columns }, options));
  }
  await engine.query(insertion(ground, combinations(all)));
  const [[count] = []] = await engine.query(`SELECT count(*) FROM ${identifier(rule.table)}`);
  const physical = physicalNames(schema.map(({ name }) => name));
  return {
    engine,
    count: Number(count),
    row: async (id) => {
      const [cells = []] = await engine.query(
        `SELECT ${all.map(({ column }) => identifier(physical[column.id] as string)).join(', ')}
         FROM ${identifier(rule.table)} WHERE ${EVENT_ID} = ${id}`,
      );
      const written = all.flatMap(({ column: { name, type } }, i) => {
        const cell = (cells[i] ?? null) as Value;
        if (cell === null || cell === '' || (name === timeColumn && cell === now - MINUTE)) return [];
        return [[name, writtenCell(type === 'int' ? BigInt(cell as number) : cell, type)] as const];
      });
      return Object.fromEntries(written);
    },
  };
}

/** What a rule asks of a row. */
function askedBy({ conditions, outputs }: RowRule): Expr[] {
  return [...conditions, ...outputs.map(({ expr }) => expr)];
}

/** The clauses of a condition that are neither `and`, `or` nor `not`: a list is one clause. */
function clausesIn(expr: Expr): Expr[] {
  if (expr.type !== 'bool') return testsIn(expr).flatMap((test) => (test === expr ? [] : clausesIn(test)));
  const clause = clauseOf(expr);
  if (clause.kind === 'not') return clausesIn(clause.part.expr);
  if (clause.kind === 'list' || clause.kind === 'test') return [clause.expr];
  return clause.parts.flatMap((part) => clausesIn(part.expr));
}

/** A value, and how plain it is among those of its column. */
interface Place {
  readonly place: number;
  readonly value: Value;
}

interface Listed {
  readonly column: Column;
  readonly values: readonly Place[];
}

interface Tried extends Listed {
  /** Of the values that a clause of the rule tells apart from none of the others, the plainest. */
  readonly plain: readonly Place[];
}

interface Asked {
  /** The tests of all versions. */
  readonly tests: readonly Expr[];
  /** The clauses of the rule itself. */
  readonly clauses: readonly Expr[];
}

/** Where candidate events are made. */
interface Ground {
  readonly table: string;
  readonly schema: TableSchema;
  readonly timeColumn: string;
  readonly now: bigint;
}

/**
 * Of a column's values the plainest of each kind that tests tell apart. All of them, where the column is part of what
 * is no test, or is held against another column.
 */
async function toldApart(
  listed: Listed,
  { tests, clauses }: Asked,
  ground: Ground & { readonly engine: Engine; readonly columns: readonly Column[] },
  options: CompileOptions,
): Promise<Tried> {
  const about = (expr: Expr): boolean => columnsIn([expr]).some(({ id }) => id === listed.column.id);
  const reading = tests.filter(about);
  if (!reading.every((test) => test.type === 'bool' && columnsIn([test]).length === 1)) {
    return { ...listed, plain: listed.values };
  }
  const { engine, table: name, columns, now } = ground;
  await engine.query(insertion(ground, [[listed]]));
  const all = [...reading, ...clauses.filter(about)];
  const { samples, leaves, size } = await vectorsOf(engine, table(name, columns), all, options, { now });
  await engine.query(`DELETE FROM ${identifier(name)}`);
  const kinds = Array.from({ length: size }, (_, index) => ({
    found: listed.values[Number(samples[index]) - 1] as Place,
    ofRule: leaves
      .slice(reading.length)
      .map(({ yes, no }) => (hasBit(yes, index) ? '+' : hasBit(no, index) ? '-' : '?'))
      .join(''),
  })).sort((a, b) => a.found.place - b.found.place);
  const plain = [...new Map([...kinds].reverse().map(({ ofRule, found }) => [ofRule, found])).values()];
  return { ...listed, values: kinds.map(({ found }) => found), plain: plain.sort((a, b) => a.place - b.place) };
}

/** The products of values that are tried: of all, or of the values of each column beside the plain ones of the others. */
function combinations(all: readonly Tried[]): readonly (readonly Listed[])[] {
  if (productOf(all) <= MOST_ROWS) return [all];
  const most = Math.max(1, Math.floor(MOST_ROWS / all.length));
  return all.map((one) =>
    withinLimit(
      one,
      all.map((other) => (other === one ? one : { ...other, values: other.plain })),
      most,
    ),
  );
}

/** Where even those are too many, the values that come last of the other columns are left out. */
function withinLimit(kept: Listed, all: readonly Listed[], mostRows: number): readonly Listed[] {
  let tried = all;
  while (productOf(tried) > mostRows) {
    const others = tried.filter(({ column }) => column !== kept.column);
    const most = Math.max(...others.map(({ values }) => values.length));
    if (most <= 1) break;
    const keep = most <= 2 ? 1 : Math.floor(most * 0.8);
    tried = tried.map((one) =>
      one.column !== kept.column && one.values.length === most ? { ...one, values: one.values.slice(0, keep) } : one,
    );
  }
  return tried;
}

function productOf(tried: readonly Listed[]): number {
  return tried.reduce((rows, { values }) => rows * values.length, 1);
}

/** The plainest events get the lowest ids. Each product is over the same columns. */
function insertion({ table, schema, timeColumn, now }: Ground, products: readonly (readonly Listed[])[]): string {
  const physical = physicalNames(schema.map(({ name }) => name));
  const [columns = []] = products.map((listed) => listed.map(({ column }) => column));
  const cells = schema.map(({ name, type }) => {
    const place = columns.findIndex((column) => column.name === name);
    return place < 0 ? literal(name === timeColumn ? now - MINUTE : null, type) : `v${place}`;
  });
  const places = columns.map((_, i) => `p${i}`);
  const order = places.length === 0 ? '1' : [places.join(' + '), ...places].join(', ');
  const names = [...physical, EVENT_ID].map(identifier).join(', ');
  const from = columns.length === 0 ? '' : ` FROM (${products.map(productSql).join(' UNION ')})`;
  return `INSERT INTO ${identifier(table)} (${names})
    SELECT ${[...cells, `row_number() OVER (ORDER BY ${order})`].join(', ')}${from}`;
}

/** Every combination of values as `v0, v1, …`, and how plain each is as `p0, p1, …`. */
function productSql(listed: readonly Listed[]): string {
  const lists = listed.map(({ column, values }, i) => {
    const rows = values.map(({ place, value }) => `(${place}, ${literal(value, column.type)})`);
    return `(VALUES ${rows.join(', ')}) AS t${i}(p${i}, v${i})`;
  });
  return `FROM ${lists.join(' CROSS JOIN ')}`;
}
