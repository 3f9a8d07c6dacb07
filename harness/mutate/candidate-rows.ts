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
import { candidatesFor, testsIn } from '../trace/neighbours.js';
import { columnsIn, type RowRule } from '../trace/row-rule.js';
import { vectorsOf } from '../trace/vectors.js';

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
 * values that no test tells apart one is tried. Where the combinations are too many all the same, the values that come
 * last of the columns with most of them are left out.
 *
 * @param versions over one table
 */
export async function candidateRows(
  versions: readonly RowRule[],
  schema: TableSchema,
  timeColumn: string,
  now: bigint,
  options: CompileOptions,
): Promise<CandidateRows> {
  const [first] = versions;
  if (first === undefined) throw new RangeError('Candidates need a rule to be made for.');
  const { table: name } = first;
  const exprs = versions.flatMap(({ conditions, outputs }) => [...conditions, ...outputs.map(({ expr }) => expr)]);
  const candidates = candidatesFor(exprs, now);
  const columns = columnsIn(exprs).filter(({ name }) => (candidates.get(name)?.length ?? 0) > 1);
  const engine = await Engine.open();
  await engine.seal();
  await engine.declare(name, schema);
  const ground = { table: name, schema, timeColumn, now };
  const tests = [...new Map(exprs.flatMap(testsIn).map((test) => [emitExpr(test), test])).values()];
  const all: Tried[] = [];
  for (const column of columns) {
    const one = { column, values: candidates.get(column.name) ?? [] };
    const kept = await toldApart(one, tests, { ...ground, engine, columns: first.columns }, options);
    all.push({ column, values: kept });
  }
  const tried = withinLimit(all);
  await engine.query(insertion(ground, tried));
  const physical = physicalNames(schema.map(({ name }) => name));
  return {
    engine,
    count: tried.reduce((product, { values }) => product * values.length, 1),
    row: async (id) => {
      const [cells = []] = await engine.query(
        `SELECT ${tried.map(({ column }) => identifier(physical[column.id] as string)).join(', ')}
         FROM ${identifier(name)} WHERE ${EVENT_ID} = ${id}`,
      );
      const written = tried.flatMap(({ column: { name, type } }, i) => {
        const cell = (cells[i] ?? null) as Value;
        if (cell === null || cell === '' || (name === timeColumn && cell === now - MINUTE)) return [];
        return [[name, writtenCell(type === 'int' ? BigInt(cell as number) : cell, type)] as const];
      });
      return Object.fromEntries(written);
    },
  };
}

interface Tried {
  readonly column: Column;
  readonly values: readonly Value[];
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
  tried: Tried,
  tests: readonly Expr[],
  ground: Ground & { readonly engine: Engine; readonly columns: readonly Column[] },
  options: CompileOptions,
): Promise<readonly Value[]> {
  const reading = tests.filter((test) => columnsIn([test]).some(({ id }) => id === tried.column.id));
  if (!reading.every((test) => test.type === 'bool' && columnsIn([test]).length === 1)) return tried.values;
  const { engine, table: name, columns, now } = ground;
  await engine.query(insertion(ground, [tried]));
  const { samples } = await vectorsOf(engine, table(name, columns), reading, options, { now });
  await engine.query(`DELETE FROM ${identifier(name)}`);
  return [...samples].sort((a, b) => Number(a - b)).map((id) => tried.values[Number(id) - 1] ?? null);
}

function withinLimit(all: readonly Tried[]): readonly Tried[] {
  let tried = all;
  const product = (): number => tried.reduce((rows, { values }) => rows * values.length, 1);
  while (product() > MOST_ROWS) {
    const most = Math.max(...tried.map(({ values }) => values.length));
    const keep = most <= 2 ? 1 : Math.floor(most * 0.8);
    tried = tried.map((one) => (one.values.length === most ? { ...one, values: one.values.slice(0, keep) } : one));
  }
  return tried;
}

/** The plainest events get the lowest ids. */
function insertion({ table, schema, timeColumn, now }: Ground, tried: readonly Tried[]): string {
  const physical = physicalNames(schema.map(({ name }) => name));
  const lists = tried.map(({ column, values }, i) => {
    const rows = values.map((value, place) => `(${place}, ${literal(value, column.type)})`);
    return `(VALUES ${rows.join(', ')}) AS t${i}(p, v)`;
  });
  const cells = schema.map(({ name, type }) => {
    const place = tried.findIndex(({ column }) => column.name === name);
    return place < 0 ? literal(name === timeColumn ? now - MINUTE : null, type) : `t${place}.v`;
  });
  const places = tried.map((_, i) => `t${i}.p`);
  const order = places.length === 0 ? '1' : [places.join(' + '), ...places].join(', ');
  const names = [...physical, EVENT_ID].map(identifier).join(', ');
  const from = lists.length === 0 ? '' : ` FROM ${lists.join(' CROSS JOIN ')}`;
  return `INSERT INTO ${identifier(table)} (${names})
    SELECT ${[...cells, `row_number() OVER (ORDER BY ${order})`].join(', ')}${from}`;
}
