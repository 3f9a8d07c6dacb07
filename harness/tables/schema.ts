import { isKqlType, type TableSchema } from '../kql/types.js';

/** Where a rule runs. The two name and type columns of the same tables differently. */
export type Environment = 'defender-xdr' | 'sentinel';

export const ENVIRONMENTS: readonly Environment[] = ['defender-xdr', 'sentinel'];

/**
 * Tables by name, each as the list of its columns in order: `Name:type`, or just `Name` for a string, parted by spaces.
 * Kept as text until someone asks, so that a start does not pay for the tables it has no use for.
 */
export type Declarations = Readonly<Record<string, string>>;

/**
 * The schema that a list of columns declares.
 * @throws when a type is none of KQL's: a mistake in this repository's own tables
 */
export function columnsOf(declaration: string): TableSchema {
  return declaration
    .trim()
    .split(/\s+/)
    .map((column) => {
      const [name = '', type = 'string'] = column.split(':');
      if (!isKqlType(type)) throw new Error(`Column ${name} is declared with the unknown type "${type}".`);
      return { name, type };
    });
}
