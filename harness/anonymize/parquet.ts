import { DuckDBInstance, DuckDBScalarFunction, INTEGER, VARCHAR } from '@duckdb/node-api';
import { identifier, quote } from '../kql/sql/literal.js';
import { fileError, pathLiteral, requireFile } from '../tables/readers/text.js';
import type { FileResult, Reader } from './reader.js';

/**
 * Shows every text of a Parquet file to a reader, those within lists and structures too, and writes the file anew with
 * its columns and their types.
 *
 * @throws FileError for a file that is none, and for a column whose values cannot be looked into
 */
export async function anonymizeParquet(path: string, target: string | undefined, reader: Reader): Promise<FileResult> {
  requireFile(path);
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '2GB', threads: '1' });
  const connection = await instance.connect();
  try {
    const source = `read_parquet(${pathLiteral(path)})`;
    const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRows();
    const columns = described.map(([name, type]) => ({ name: String(name), type: String(type) }));
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: 'stand_in',
        parameterTypes: [INTEGER, VARCHAR],
        returnType: VARCHAR,
        specialHandling: true,
        mainFunction: (_info, input, output) => {
          const places = input.getColumnVector(0);
          const texts = input.getColumnVector(1);
          for (let row = 0; row < input.rowCount; row += 1) {
            const text = texts.getItem(row);
            const column = columns[Number(places.getItem(row))]?.name ?? '';
            output.setItem(row, text === null ? null : reader.visit(column, String(text)));
          }
          output.flush();
          reader.settle();
        },
      }),
    );
    const selected = columns.map(
      ({ name, type }, i) => `${standIn(path, identifier(name), type, i)} AS ${identifier(name)}`,
    );
    const sql = `SELECT ${selected.join(', ')} FROM ${source}`;
    if (target === undefined)
      await connection.run(`CREATE TEMP TABLE seen AS SELECT count(hash(r)) AS n FROM (${sql}) AS r`);
    else await connection.run(`COPY (${sql}) TO ${quote(target)} (FORMAT parquet)`);
    const [[records] = []] = (await connection.runAndReadAll(`SELECT count(*) FROM ${source}`)).getRows();
    return { records: Number(records ?? 0), lostCount: 0, lost: [] };
  } catch (error) {
    if (error instanceof Error && error.name === 'FileError') throw error;
    throw fileError(
      path,
      `The Parquet file cannot be read: ${error instanceof Error ? error.message.trim() : String(error)}`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function standIn(path: string, column: string, type: string, place: number): string {
  if (type === 'VARCHAR' || type.startsWith('ENUM(')) return `stand_in(${place}, ${column}::VARCHAR)`;
  if (type === 'JSON') return `stand_in(${place}, ${column}::VARCHAR)::JSON`;
  if (type === 'UUID') return `stand_in(${place}, ${column}::VARCHAR)::UUID`;
  if (/\[\d*\]$|^(STRUCT|MAP)\(/.test(type)) return `stand_in(${place}, to_json(${column})::VARCHAR)::JSON::${type}`;
  if (
    /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|BOOLEAN|DATE|TIME|INTERVAL|DECIMAL\(.*|TIMESTAMP.*)$/.test(type)
  ) {
    return column;
  }
  throw fileError(path, `The column ${column} holds ${type}, which cannot be looked into; leave it out of the file.`);
}
