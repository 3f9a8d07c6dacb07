/**
 * The scalar types of KQL and how each is held inside DuckDB.
 *
 * | KQL        | DuckDB         | notes                                                                |
 * | ---------- | -------------- | -------------------------------------------------------------------- |
 * | `bool`     | BOOLEAN        |                                                                      |
 * | `int`      | INTEGER        |                                                                      |
 * | `long`     | BIGINT         |                                                                      |
 * | `real`     | DOUBLE         |                                                                      |
 * | `decimal`  | DECIMAL(38,18) |                                                                      |
 * | `string`   | VARCHAR        | never NULL: a missing string is `''`                                 |
 * | `datetime` | BIGINT         | 100-ns ticks since 0001-01-01T00:00:00Z                              |
 * | `timespan` | BIGINT         | 100-ns ticks                                                         |
 * | `guid`     | VARCHAR        | lower case, with dashes; NULL when missing                           |
 * | `dynamic`  | VARCHAR        | minified JSON text; a JSON null at the top is NULL, never `'null'`   |
 */
export const KQL_TYPES = [
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'string',
  'datetime',
  'timespan',
  'guid',
  'dynamic',
] as const;

export type KqlType = (typeof KQL_TYPES)[number];

/** The DuckDB type that holds a KQL type. */
export const DUCKDB_TYPE: Readonly<Record<KqlType, string>> = {
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  decimal: 'DECIMAL(38,18)',
  string: 'VARCHAR',
  datetime: 'BIGINT',
  timespan: 'BIGINT',
  guid: 'VARCHAR',
  dynamic: 'VARCHAR',
};

/** A named, typed column as a person sees it. */
export interface NamedType {
  readonly name: string;
  readonly type: KqlType;
}

/** Column names and types of a table, in order. */
export type TableSchema = readonly NamedType[];

export function isKqlType(name: string): name is KqlType {
  return (KQL_TYPES as readonly string[]).includes(name);
}

/** Rows that are no events: a watchlist, what a function of the product answers. */
export interface OutsideRows {
  readonly schema: TableSchema;
  /** Each row as SQL literals, in the order of the schema; without them a table of the engine holds the rows. */
  readonly rows?: readonly string[];
}

/** The most that a query may have of something, and the sentence that says how a person raises it. */
export interface Bound {
  readonly most: number;
  readonly raise: string;
}

/** How large a query may get; given along with the names that it can use. */
export interface Bounds {
  /** Columns of any table on the way. */
  readonly columns: Bound;
  /** Operators, expressions and values once its names are written out; what is shared counts once. */
  readonly parts: Bound;
  /** Characters of the SQL that it becomes. */
  readonly sql: Bound;
  /** Characters of the text itself. */
  readonly text: Bound;
  /** Words and signs of the text; a string is one. */
  readonly tokens: Bound;
  /** Seconds that compiling takes, where nobody sets a deadline. */
  readonly time: Bound;
}
