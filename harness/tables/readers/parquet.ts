import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FileError } from '../../files/errors.js';
import { identifier } from '../../kql/sql/literal.js';
import type { KqlType, NamedType } from '../../kql/types.js';
import { readingError } from './bytes.js';
import { fromNative, kindOf } from './convert.js';
import { missingText } from './csv.js';
import { faultText } from './faults.js';
import { nativeType } from './infer.js';
import { NONE_BROKEN } from './records.js';
import { EACH_A_LINE, type Reading, rowsOf, type Source, sound, type Use } from './source.js';
import { fileError, pathLiteral, refuseTooManyColumns } from './text.js';

/**
 * A Parquet file. Times may be of any unit and zone, or ISO text; objects may be nested columns or JSON text.
 * @throws FileError when it is no Parquet file
 */
export async function openParquet(connection: DuckDBConnection, path: string): Promise<Source> {
  refuseOthers(path);
  try {
    const literal = pathLiteral(path);
    const [counted = []] = await rowsOf(connection, `SELECT num_rows FROM parquet_file_metadata(${literal})`);
    // The first entry is the root, which holds the columns.
    const [root = []] = await rowsOf(connection, `SELECT num_children FROM parquet_schema(${literal}) LIMIT 1`);
    refuseTooManyColumns(path, Number(root[0]));
    const written = await rowsOf(connection, `SELECT name FROM parquet_schema(${literal})`);
    const described = await rowsOf(connection, `DESCRIBE SELECT * FROM read_parquet(${literal})`);
    refuseRenamed(
      path,
      described.map(([name]) => String(name)),
      new Set(written.map(([name]) => String(name))),
    );
    return new ParquetSource(
      path,
      new Map(described.map(([name, type]) => [String(name), String(type)])),
      Number(counted[0]),
    );
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw fileError(path, faultText(DAMAGED, error));
  }
}

const DAMAGED = 'The Parquet file is damaged';

/** What a Parquet file begins and ends with, and one whose end is encrypted. */
const MAGIC = 'PAR1';
const ENCRYPTED = 'PARE';

/** @throws FileError for what is no Parquet file, or not all of one */
function refuseOthers(path: string): void {
  const [first, last] = ends(path);
  if (first === ENCRYPTED || last === ENCRYPTED)
    throw fileError(path, 'The Parquet file is encrypted; export it without encryption.');
  if (first !== MAGIC) throw fileError(path, 'This is no Parquet file.');
  if (last !== MAGIC) throw fileError(path, 'The Parquet file is cut off: its end is missing.');
}

/** The first and the last four bytes of a file. */
function ends(path: string): readonly [string, string] {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4);
    const at = (position: number): string => bytes.toString('latin1', 0, readSync(file, bytes, 0, 4, position));
    return [at(0), at(Math.max(0, fstatSync(file).size - 4))];
  } catch (error) {
    throw readingError(path, error);
  } finally {
    closeSync(file);
  }
}

/** Of two columns of one name DuckDB renames the second. */
function refuseRenamed(path: string, fields: readonly string[], written: ReadonlySet<string>): void {
  const renamed = fields.find((name) => !written.has(name));
  if (renamed === undefined) return;
  throw fileError(path, `Two columns have the name '${renamed.replace(/_\d+$/, '')}', in one case or in two.`);
}

class ParquetSource implements Source {
  readonly fields: readonly string[];
  readonly damage = DAMAGED;
  readonly broken = NONE_BROKEN;
  readonly linesOf = EACH_A_LINE;

  constructor(
    readonly name: string,
    private readonly types: ReadonlyMap<string, string>,
    readonly records: number,
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

  close(): Promise<void> {
    return Promise.resolve();
  }
}
