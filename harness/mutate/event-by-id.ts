import type { Events } from '../detection/tests-schema.js';
import type { Value } from '../kql/functions/registry.js';
import { EVENT_ID, physicalNames } from '../kql/sql/literal.js';
import type { Names } from '../kql/syntax.js';
import { writtenCell } from '../measure/cells.js';
import type { PlayedWorld } from '../measure/play.js';
import { sourceOf } from '../measure/world.js';

/**
 * An event of a workload, as a test writes it.
 *
 * @param columns the only ones that are told
 */
export async function eventById(
  { world }: PlayedWorld,
  table: string,
  id: bigint,
  columns: readonly string[],
  names: Names,
): Promise<Events> {
  const schema = names.tables.get(table) ?? [];
  const physical = physicalNames(schema.map(({ name }) => name));
  const source = await sourceOf(world, table);
  const [cells = {}] = await world.query(`SELECT * FROM ${source} WHERE ${EVENT_ID} = ${id}`);
  const row = schema.flatMap(({ name, type }, i) => {
    const cell = (cells[physical[i] ?? name] ?? null) as Value;
    if (cell === null || cell === '' || !columns.includes(name)) return [];
    return [[name, writtenCell(type === 'int' ? BigInt(cell as number) : cell, type)] as const];
  });
  return { [table]: [Object.fromEntries(row)] };
}
