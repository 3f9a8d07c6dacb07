import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../kql/sql/literal.js';
import type { KqlType, NamedType } from '../../kql/types.js';
import { fromNative, kindOf } from './convert.js';
import { missingText } from './csv.js';
import { nativeType } from './infer.js';
import {
  EACH_A_LINE,
  type Lines,
  type Reading,
  type RejectedRecord,
  rowsOf,
  type Source,
  sound,
  type Use,
} from './source.js';
import { fileError, pathLiteral } from './text.js';

/**
 * A Parquet file. Times may be of any unit and zone, or ISO text; objects may be nested columns or JSON text.
 * @throws FileError when it is no Parquet file
 */
export async function openParquet(connection: DuckDBConnection, path: string): Promise<Source> {
  try {
    const described = await rowsOf(connection, `DESCRIBE SELECT * FROM read_parquet(${pathLiteral(path)})`);
    return new ParquetSource(path, new Map(described.map(([name, type]) => [String(name), String(type)])));
  } catch (error) {
    throw fileError(
      path,
      `The Parquet file cannot be read: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`,
    );
  }
}

class ParquetSource implements Source {
  readonly fields: readonly string[];

  constructor(
    readonly name: string,
    private readonly types: ReadonlyMap<string, string>,
  ) {
    this.fields = [...types.keys()];
  }

  reading(columns: readonly NamedType[], passThrough: readonly string[], use: Use): Reading {
    const wanted = columns.map(({ name }, i) => `${identifier(name)} AS f${i}`);
    const passed = passThrough.map(
      (name, i) => `${this.types.has(name) ? identifier(name) : 'NULL'}::VARCHAR AS p${i}`,
    );
    const all = [...wanted, ...passed, ...sound(use)].join(', ');
    return {
      from: `(SELECT ${all} FROM read_parquet(${pathLiteral(this.name)}))`,
      conversions: columns.map(({ name, type }, i) => {
        const held = this.types.get(name) ?? '';
        const sql = fromNative(`f${i}`, held, type);
        if (sql === undefined) {
          throw fileError(this.name, `The column '${name}' holds ${held}, of which no value can be a ${type}.`);
        }
        return { sql, missing: kindOf(held) === 'text' ? missingText(`f${i}`, type) : `f${i} IS NULL` };
      }),
    };
  }

  infer(_connection: DuckDBConnection, fields: readonly string[]): Promise<readonly KqlType[]> {
    const types = fields.map((name) => {
      const held = this.types.get(name) ?? '';
      const type = nativeType(held);
      if (type === undefined)
        throw fileError(this.name, `The column '${name}' holds ${held}, which KQL has no type for.`);
      return type;
    });
    return Promise.resolve(types);
  }

  explain(): string {
    return 'The row cannot be read.';
  }

  placeOf(): Promise<{ line: number; column: number }> {
    return Promise.resolve({ line: 0, column: 0 });
  }

  rejected(): Promise<readonly RejectedRecord[]> {
    return Promise.resolve([]);
  }

  linesOf(): Promise<Lines> {
    return Promise.resolve(EACH_A_LINE);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
