import { type DuckDBConnection, DuckDBInstance, DuckDBScalarFunction, INTEGER, VARCHAR } from '@duckdb/node-api';
import { writeWholeBy } from '../files/output.js';
import { identifier, quote } from '../kql/sql/literal.js';
import { fileError, pathLiteral, requireFile } from '../tables/readers/text.js';
import { isSecretColumn, nameKeysOf, PERSON_COLUMN } from './columns.js';
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
  let fault: unknown;
  try {
    const source = `read_parquet(${pathLiteral(path)})`;
    const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRows();
    const columns = described.map(([name, type]) => ({ name: String(name), type: String(type) }));
    const visit = (column: string, text: string): string => {
      try {
        return reader.visit(column, text);
      } catch (error) {
        // The engine gives on no more than a message.
        fault ??= error;
        throw error;
      }
    };
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: 'stand_in',
        parameterTypes: [INTEGER, VARCHAR, VARCHAR],
        returnType: VARCHAR,
        specialHandling: true,
        mainFunction: (_info, input, output) => {
          const places = input.getColumnVector(0);
          const names = input.getColumnVector(1);
          const texts = input.getColumnVector(2);
          for (let row = 0; row < input.rowCount; row += 1) {
            const text = texts.getItem(row);
            const name = String(names.getItem(row) ?? '');
            const column = isSecretColumn(name) ? name : (columns[Number(places.getItem(row))]?.name ?? '');
            output.setItem(row, text === null ? null : visit(column, String(text)));
          }
          output.flush();
        },
      }),
    );
    const selected = columns.map(({ name, type }, i) => {
      const said = columns.find((other) => nameKeysOf(name)?.includes(other.name.toLowerCase()))?.name;
      const place = `${i}, ${said === undefined ? 'NULL' : `${identifier(said)}::VARCHAR`}`;
      return `${standIn(path, identifier(name), type, place)} AS ${identifier(name)}`;
    });
    const sql = `SELECT ${selected.join(', ')} FROM ${source}`;
    if (target === undefined) {
      await linkPeople(
        connection,
        source,
        columns.map(({ name }) => name),
        reader,
      );
      await connection.run(`CREATE TEMP TABLE seen AS SELECT count(hash(r)) AS n FROM (${sql}) AS r`);
    } else
      await writeWholeBy(target, (draft) =>
        connection.run(`COPY (${sql}) TO ${quote(draft.path)} (FORMAT parquet, USE_TMP_FILE false)`),
      );
    const [[records] = []] = (await connection.runAndReadAll(`SELECT count(*) FROM ${source}`)).getRows();
    return { records: Number(records ?? 0), lostCount: 0, lost: [] };
  } catch (error) {
    if (fault !== undefined) throw fault;
    if (error instanceof Error && error.name === 'FileError') throw error;
    // The engine's message may quote values; its first words say what kind of error it is.
    const kind = /^[\w ]{1,40} Error(?=:)/.exec(error instanceof Error ? error.message.trim() : '')?.[0] ?? 'Error';
    throw fileError(path, `The Parquet file cannot be read (${kind} of DuckDB).`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Shows what each record calls people. */
async function linkPeople(
  connection: DuckDBConnection,
  source: string,
  columns: readonly string[],
  { link }: Reader,
): Promise<void> {
  const names = columns.filter((name) => PERSON_COLUMN.test(name));
  if (link === undefined || names.length < 2) return;
  const selected = names.map((name) => `${identifier(name)}::VARCHAR`).join(', ');
  const rows = await connection.stream(`SELECT DISTINCT ${selected} FROM ${source}`);
  for await (const chunk of rows) {
    for (const row of chunk.getRows()) link(new Map(names.map((name, i) => [name, String(row[i] ?? '')])));
  }
}

function standIn(path: string, column: string, type: string, place: string): string {
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
