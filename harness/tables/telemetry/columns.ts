import type { TableSchema } from '../../kql/types.js';
import { builtInCatalog, type Catalog } from '../catalog.js';
import { ENVIRONMENTS } from '../schema.js';

/** The columns of a table in each of the environments that have it. */
export interface KnownTable {
  readonly name: string;
  readonly columns: ReadonlySet<string>;
}

/** The known table of a name in any case. */
export function tableNamed(name: string): string | undefined {
  const tables = knownTables();
  if (tables.has(name)) return name;
  const lower = name.toLowerCase();
  return [...tables.keys()].find((known) => known.toLowerCase() === lower);
}

let known: ReadonlyMap<string, KnownTable> | undefined;

/** The tables of both environments, each with the columns that either gives it. */
export function knownTables(): ReadonlyMap<string, KnownTable> {
  if (known !== undefined) return known;
  const columns = new Map<string, Set<string>>();
  for (const environment of ENVIRONMENTS) {
    for (const [name, schema] of builtInCatalog(environment).tables) {
      const all = columns.get(name) ?? new Set();
      for (const column of schema) all.add(column.name);
      columns.set(name, all);
    }
  }
  known = new Map([...columns].map(([name, all]) => [name, { name, columns: all }]));
  return known;
}

/**
 * Columns of what an export says about itself rather than about the event, of either product and of the command lines
 * that export: a rule finds nothing in them.
 */
export function isHousekeeping(field: string): boolean {
  return /^[_$]/.test(field) || HOUSEKEEPING.has(field);
}

const HOUSEKEEPING: ReadonlySet<string> = new Set([
  'TenantId',
  'Type',
  'SourceSystem',
  'TableName',
  'SourceTable',
  'source_',
  'MG',
  'ManagementGroupName',
  'TimeCollected',
]);

/** Columns in which an export names the table of each row: of `search`, `union withsource`, `find`, and the workspace. */
export const TABLE_FIELDS: readonly string[] = ['$table', 'SourceTable', 'source_', 'TableName', 'Type'];

/**
 * Which columns of a file may fill a column of an environment's table, the best first: its own name; `Timestamp` for
 * `TimeGenerated` and the other way around; and the name that the other environment writes in other case (`ISP`).
 */
export function namesIn(table: string, catalog: Catalog): (column: string) => readonly string[] {
  const schema: TableSchema = catalog.tables.get(table) ?? [];
  const own = new Set(schema.map(({ name }) => name));
  const others = [...(knownTables().get(table)?.columns ?? [])].filter((name) => !own.has(name));
  return (column) => {
    // What a workspace stores has both; there it is `TimeGenerated` that every row has.
    if (column === 'Timestamp') return own.has('TimeGenerated') ? [column, 'TimeGenerated'] : ['TimeGenerated', column];
    if (column === 'TimeGenerated') return [column, 'Timestamp'];
    return [column, ...others.filter((name) => name.toLowerCase() === column.toLowerCase())];
  };
}
