import type { TableSchema } from './types.js';

/** The hidden column by which rows are told apart; unique over all tables of one connection. */
export const ROW_ID = '_id';

/**
 * The name of each column of a table inside DuckDB, in the schema's order. Mostly the column's own; but DuckDB ignores
 * the case of names and KQL does not (`DeviceProcessEvents` has both `LogonId` and `LogonID`), so that the later of two
 * such names gets a number: `LogonID#2`. Whoever makes or reads a table must name columns through this function.
 */
export function physicalNames(schema: TableSchema): readonly string[] {
  const taken = new Set([ROW_ID]);
  return schema.map(({ name }) => {
    let physical = name;
    for (let count = 2; taken.has(physical.toLowerCase()); count++) physical = `${name}#${count}`;
    taken.add(physical.toLowerCase());
    return physical;
  });
}
