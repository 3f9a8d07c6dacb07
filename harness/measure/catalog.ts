import type { Detection } from '../detection/detection.js';
import type { Source } from '../detection/sources.js';
import { FileError } from '../files/errors.js';
import { howToRaise, limit } from '../files/limits.js';
import { didYouMean } from '../files/nearest.js';
import { own } from '../files/own.js';
import { excerpt } from '../kql/errors.js';
import type { Compiled } from '../kql/index.js';
import { literal } from '../kql/sql/literal.js';
import type { KqlType, OutsideRows, TableSchema } from '../kql/types.js';
import { builtInCatalog, type Catalog, extend } from '../tables/catalog.js';
import { HINTS, typedValue } from './events.js';

/** Columns of a watchlist are text, but for those that every watchlist has. */
const WATCHLIST = '_GetWatchlist';
const SAVED_FUNCTION = /^[A-Za-z_]\w*$/;

/**
 * What the rule of a detection can name: what its environment has, and the rows that its test data gives in place of
 * what the product takes from elsewhere. A source whose name nothing else has is a saved function without parameters.
 *
 * @throws FileError for rows that do not fit their source
 */
export function catalogOf(
  { environment, sources }: Pick<Detection, 'environment' | 'sources'>,
  catalog = builtInCatalog(environment),
): Catalog {
  if (sources.length === 0) return catalog;
  const given = sources.map((source) => [source.key, outsideRows(source, catalog)] as const);
  const saved = given
    .filter(([key]) => isSaved(key, catalog))
    .map(([key, { schema }]) => [key, { name: key, parameters: [], columns: schema }] as const);
  return extend(catalog, { sources: given, functions: saved });
}

/**
 * A source that the rule takes no rows from is misspelt, or left over.
 *
 * @throws FileError for the first such source
 */
export function refuseUnusedSources({ sources }: Pick<Detection, 'sources'>, compiled: Compiled): void {
  const used = compiled.sources.map(({ key }) => key);
  const unused = sources.find(({ key }) => !used.includes(key));
  if (unused === undefined) return;
  const suggestion = didYouMean(unused.key, used);
  const message = `The rule takes no rows from '${unused.key}'.`;
  throw new FileError([{ ...unused.placeOf(), message, ...(suggestion !== undefined && { suggestion }) }]);
}

function isSaved(key: string, { functions, tables }: Catalog): boolean {
  return SAVED_FUNCTION.test(key) && key !== 'geo_info_from_ip_address' && !functions.has(key) && !tables.has(key);
}

function outsideRows(source: Source, catalog: Catalog): OutsideRows {
  const schema = schemaOf(source, catalog);
  return { schema, rows: source.rows.map((_, index) => rowSql(source, index, schema)) };
}

function schemaOf({ key, rows, text, placeOf }: Source, { functions, tables }: Catalog): TableSchema {
  if (tables.has(key)) {
    const message = `'${key}' is a table of events; give its rows as events of a test.`;
    throw new FileError([{ ...placeOf(), message }]);
  }
  const [name = key] = key.split(':');
  const { columns = [], adds = [] } = functions.get(name) ?? {};
  const declared = new Map([...columns, ...adds].map(({ name, type }) => [name, type]));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (names.length > limit('source-columns')) {
    const message = `'${key}' has ${names.length} columns. ${howToRaise('source-columns')}`;
    throw new FileError([{ ...placeOf(), message }]);
  }
  return names.map((column) => {
    const type = text || name === WATCHLIST ? 'string' : kindOf(rows.map((row) => own(row, column)));
    return { name: column, type: text ? type : (declared.get(column) ?? type) };
  });
}

/** The type that values which a person wrote down suggest. */
function kindOf(values: readonly unknown[]): KqlType {
  const kinds = new Set(
    values
      .filter((value) => value !== undefined && value !== null)
      .map((value) => {
        if (typeof value === 'boolean') return 'bool';
        if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'real';
        return typeof value === 'string' ? 'string' : 'dynamic';
      }),
  );
  if (kinds.size === 2 && kinds.has('long') && kinds.has('real')) return 'real';
  const [only = 'string', ...others] = kinds;
  return others.length === 0 ? only : 'dynamic';
}

function rowSql({ key, rows, placeOf }: Source, index: number, schema: TableSchema): string {
  const cells = schema.map(({ name, type }) => {
    const given = own(rows[index] ?? {}, name);
    if (given === undefined) return literal(null, type);
    const value = typedValue(given, type);
    if (value !== undefined) return literal(value, type);
    const message = `'${name}' of '${key}' is of type ${type}: ${excerpt(JSON.stringify(given))} is ${HINTS[type]}.`;
    throw new FileError([{ ...placeOf([index, name]), message }]);
  });
  return cells.join(', ');
}
