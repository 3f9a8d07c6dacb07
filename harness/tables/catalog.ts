import { z } from 'zod';
import { parseJson } from '../files/json.js';
import { boundOf } from '../files/limits.js';
import { readTextFile } from '../files/text.js';
import { FileError, parseYaml } from '../files/yaml.js';
import type { Bounds } from '../kql/types.js';
import { KQL_TYPES, type OutsideRows, type TableSchema } from '../kql/types.js';
import { DEFENDER_XDR } from './defender-xdr/index.js';
import { type ProvidedFunction, providedFunctions } from './functions.js';
import { columnsOf, type Declarations, type Environment } from './schema.js';
import { SENTINEL } from './sentinel/index.js';

/** What a rule can name in one environment. */
export interface Catalog {
  readonly environment: Environment;
  readonly tables: ReadonlyMap<string, TableSchema>;
  readonly functions: ReadonlyMap<string, ProvidedFunction>;
  /** Rows that are given in place of what the product takes from elsewhere, by key. */
  readonly sources?: ReadonlyMap<string, OutsideRows>;
  /** How large a rule may get. */
  readonly bounds: Bounds;
  /** The column that says when an event happened. */
  readonly timeColumn: 'Timestamp' | 'TimeGenerated';
}

/** The tables and functions that the product itself has. */
export function builtInCatalog(environment: Environment): Catalog {
  const declarations: Declarations = environment === 'defender-xdr' ? DEFENDER_XDR : SENTINEL;
  const tables = Object.entries(declarations).map(([name, columns]) => [name, columnsOf(columns)] as const);
  const functions = providedFunctions(environment).map((provided) => [provided.name, provided] as const);
  return makeCatalog(environment, new Map(tables), new Map(functions));
}

/**
 * The tables and functions that a schema file declares for an environment, and no others.
 *
 * @param path a JSON file: `{"defender-xdr": {Table: {Column: type}}, "sentinel": {…}, "functions": {…}}`
 * @throws FileError naming each mistake with its line and column, and the nearest valid type or key
 */
export function readCatalog(path: string, environment: Environment): Catalog {
  const file = readSchemaFile(path);
  const tables = file[environment];
  if (tables === undefined) {
    const message = `The file declares no tables for '${environment}'; add them under that key.`;
    throw new FileError([{ file: path, line: 1, column: 1, message }]);
  }
  return makeCatalog(
    environment,
    new Map(Object.entries(tables).map(([name, columns]) => [name, schemaOf(columns)])),
    new Map(Object.entries(file.functions ?? {}).map(([name, provided]) => [name, functionOf(name, provided)])),
  );
}

/** A catalog with more tables, functions and sources; those of a name that it has already replace the ones it has. */
export function extend(
  catalog: Catalog,
  more: {
    readonly tables?: Iterable<readonly [string, TableSchema]>;
    readonly functions?: Iterable<readonly [string, ProvidedFunction]>;
    readonly sources?: Iterable<readonly [string, OutsideRows]>;
  },
): Catalog {
  return {
    ...catalog,
    tables: new Map([...catalog.tables, ...(more.tables ?? [])]),
    functions: new Map([...catalog.functions, ...(more.functions ?? [])]),
    sources: new Map([...(catalog.sources ?? []), ...(more.sources ?? [])]),
  };
}

function makeCatalog(
  environment: Environment,
  tables: ReadonlyMap<string, TableSchema>,
  functions: ReadonlyMap<string, ProvidedFunction>,
): Catalog {
  return {
    environment,
    tables,
    functions,
    bounds: {
      columns: boundOf('columns'),
      parts: boundOf('query-parts'),
      sql: boundOf('query-sql'),
      text: boundOf('query-length'),
      time: boundOf('query-time'),
      tokens: boundOf('query-words'),
    },
    timeColumn: environment === 'defender-xdr' ? 'Timestamp' : 'TimeGenerated',
  };
}

const TYPE = z.enum(KQL_TYPES);
const COLUMNS = z.record(z.string(), TYPE);
const TABLES = z.record(z.string(), COLUMNS);
const FUNCTION = z.strictObject({
  parameters: z.array(
    z.strictObject({
      name: z.string().min(1),
      type: TYPE,
      optional: z.boolean().optional(),
      column: z.boolean().optional(),
    }),
  ),
  columns: COLUMNS.optional(),
  adds: COLUMNS.optional(),
  /** Any text says that there is one; it is for the reader of the file. */
  input: z.union([z.boolean(), z.string()]).optional(),
  open: z.boolean().optional(),
});
const SCHEMA_FILE = z.strictObject({
  'defender-xdr': TABLES.optional(),
  sentinel: TABLES.optional(),
  functions: z.record(z.string(), FUNCTION).optional(),
});

type SchemaFile = z.infer<typeof SCHEMA_FILE>;

/** JSON is YAML too: the reader of YAML is slower, but it knows where each value stands. */
function readSchemaFile(path: string): SchemaFile {
  const text = readTextFile(path).replace(/^\uFEFF/, '');
  try {
    return SCHEMA_FILE.parse(parseJson(text, path));
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof FileError) return parseYaml(text, path, SCHEMA_FILE).value;
    throw error;
  }
}

function schemaOf(columns: Readonly<Record<string, TableSchema[number]['type']>>): TableSchema {
  return Object.entries(columns).map(([name, type]) => ({ name, type }));
}

function functionOf(name: string, declared: z.infer<typeof FUNCTION>): ProvidedFunction {
  const { parameters, columns, adds, input, open } = declared;
  return {
    name,
    parameters: parameters.map(({ name, type, optional, column }) => ({
      name,
      type,
      ...(optional ? { optional } : {}),
      ...(column ? { column } : {}),
    })),
    ...(columns ? { columns: schemaOf(columns) } : {}),
    ...(adds ? { adds: schemaOf(adds) } : {}),
    ...(input !== undefined && input !== false ? { input: true } : {}),
    ...(open ? { open } : {}),
  };
}
