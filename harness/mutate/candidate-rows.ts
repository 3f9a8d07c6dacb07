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
import { bits, hasBit } from '../trace/bits.js';
import { candidatesFor, testsIn } from '../trace/neighbours.js';
import { askedBy, columnsIn, type RowRule } from '../trace/row-rule.js';
import { vectorsOf } from '../trace/vectors.js';
import { type Context, contextsOf, isNeeded } from './contexts.js';
import { joinedTexts } from './joined-texts.js';

/** Most values of a column that are tried beside others, where no clause tells of it alone. */
const MOST_UNTOLD = 12;
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
 * Where the combinations are too many, each clause of the rule is tried where it alone decides: with all values of its
 * column for which the others let it, beside those values of the other columns that let it best.
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
  const contexts = contextsOf(rule);
  const engine = await Engine.open();
  await engine.seal();
  await engine.declare(rule.table, schema);
  const ground = { table: rule.table, schema, timeColumn, now };
  const clauses = new Map(contexts.map(({ clause }) => [emitExpr(clause), clause]));
  const asked: Asked = {
    tests: [...new Map(exprs.flatMap(testsIn).map((test) => [emitExpr(test), test])).values()],
    clauses: [...clauses].map(([sql, expr]) => ({ sql, expr })),
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
  await engine.query(insertion(ground, combinations(all, contexts)));
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
  /** By the SQL of each clause of the rule about this column alone: the values for which it holds. */
  readonly holding: ReadonlyMap<string, ReadonlySet<Place>>;
  /** Whether all that reads the column is told by its clauses. */
  readonly told: boolean;
}

interface Asked {
  /** The tests of all versions. */
  readonly tests: readonly Expr[];
  /** The clauses of the rule itself. */
  readonly clauses: readonly { readonly sql: string; readonly expr: Expr }[];
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
    return { ...listed, holding: new Map(), told: false };
  }
  const { engine, table: name, columns, now } = ground;
  await engine.query(insertion(ground, [[listed]]));
  const own = clauses.filter(({ expr }) => about(expr) && columnsIn([expr]).length === 1);
  const all = [...reading, ...own.map(({ expr }) => expr)];
  const { samples, leaves, size } = await vectorsOf(engine, table(name, columns), all, options, { now });
  await engine.query(`DELETE FROM ${identifier(name)}`);
  const values = Array.from({ length: size }, (_, index) => listed.values[Number(samples[index]) - 1] as Place);
  const holding = own.map(({ sql }, i) => {
    const yes = leaves[reading.length + i]?.yes ?? bits(size);
    return [sql, new Set(values.filter((_value, index) => hasBit(yes, index)))] as const;
  });
  return {
    column: listed.column,
    values: values.sort((a, b) => a.place - b.place),
    holding: new Map(holding),
    told: true,
  };
}

/** The products of values that are tried: of all, or of those among which one clause decides, for each clause. */
function combinations(all: readonly Tried[], contexts: readonly Context[]): readonly (readonly Listed[])[] {
  if (productOf(all) <= MOST_ROWS) return [all];
  const products = contexts.flatMap(({ clause, wanted }) => {
    const asked = new Set(columnsIn([clause]).map(({ id }) => id));
    return all
      .filter(({ column }) => asked.has(column.id))
      .map((one) =>
        all.map((other) => (other === one ? { ...one, values: letting(one, wanted) } : best(other, wanted))),
      );
  });
  const most = Math.max(1, Math.floor(MOST_ROWS / Math.max(1, products.length)));
  return products.map((product) => withinLimit(product, most));
}

/** The values for which all clauses that are needed say what they are wanted to; all values where there are none. */
function letting({ values, holding }: Tried, wanted: Context['wanted']): readonly Place[] {
  const needed = [...holding].flatMap(([sql, yes]) => {
    const wish = wanted.get(sql);
    return wish !== undefined && isNeeded(wish) ? [{ yes, holds: wish.holds }] : [];
  });
  const kept = values.filter((value) => needed.every(({ yes, holds }) => yes.has(value) === holds));
  return kept.length === 0 ? values : kept;
}

/** The plainest of the values for which clauses best say what they are wanted to. */
function best({ column, values, holding, told }: Tried, wanted: Context['wanted']): Listed {
  if (!told) return { column, values: values.slice(0, MOST_UNTOLD) };
  const worth = (value: Place): number => {
    let sum = 0;
    for (const [sql, yes] of holding) {
      const wish = wanted.get(sql);
      if (wish !== undefined && yes.has(value) === wish.holds) sum += wish.weight;
    }
    return sum;
  };
  const [first, ...others] = values;
  if (first === undefined) return { column, values };
  const found = others.reduce(
    (known, value) => {
      const sum = worth(value);
      return sum > known.sum ? { value, sum } : known;
    },
    { value: first, sum: worth(first) },
  );
  return { column, values: [found.value] };
}

/** Where even those are too many, values that come last are left out, of the longest list first. */
function withinLimit(product: readonly Listed[], mostRows: number): readonly Listed[] {
  let tried = product;
  while (productOf(tried) > mostRows) {
    const longest = Math.max(...tried.map(({ values }) => values.length));
    if (longest <= 1) break;
    const keep = Math.max(1, Math.floor(longest * 0.8));
    tried = tried.map((one) => (one.values.length === longest ? { ...one, values: one.values.slice(0, keep) } : one));
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
