import type { Row } from '../detection/tests-schema.js';
import type { Value } from '../kql/functions/registry.js';
import { EVENT_ID, physicalNames } from '../kql/sql/literal.js';
import type { Names } from '../kql/syntax.js';
import { writtenCell } from '../measure/cells.js';
import { type Database, sourceOf } from '../measure/world.js';

/**
 * Events of a table, as a test writes them, in the order of their ids.
 *
 * @param columns the only ones that are told
 */
export async function eventRows(
  database: Database,
  table: string,
  ids: readonly (bigint | string)[],
  columns: ReadonlySet<string>,
  names: Names,
): Promise<Row[]> {
  const schema = names.tables.get(table) ?? [];
  const physical = physicalNames(schema.map(({ name }) => name));
  const rows = await database.query(
    `SELECT * FROM ${await sourceOf(database, table)} WHERE ${EVENT_ID} IN (${ids.join(', ')}) ORDER BY ${EVENT_ID}`,
  );
  return rows.map((cells) => {
    const told = schema.flatMap(({ name, type }, i) => {
      const cell = (cells[physical[i] ?? name] ?? null) as Value;
      if (cell === null || cell === '' || !columns.has(name)) return [];
      return [[name, writtenCell(type === 'int' ? BigInt(cell as number) : cell, type)] as const];
    });
    return Object.fromEntries(told);
  });
}
