import type { DuckDBConnection } from '@duckdb/node-api';
import { openJson } from './json.js';
import { rowsOf, type Source } from './source.js';
import { locate } from './text.js';
import { TABLE_OF_RECORD, type Texts } from './texts.js';

/**
 * JSON records as a table, those taken out that stand in others: the members of `records` (messages of an event hub),
 * the members of arrays that are named by tables, and the `properties` of what Defender streams, whose table is in
 * `category`. Their table is then in a column `$table`. A record that is none of these stays as it is.
 *
 * @param isTable whether a name is that of a table
 * @throws FileError as `openJson`
 */
export async function openWrapped(
  connection: DuckDBConnection,
  texts: Texts,
  isTable: (name: string) => boolean,
): Promise<Source> {
  let source = await openJson(connection, texts);
  let inner = texts;
  const wrap = async (outer: Texts): Promise<void> => {
    inner = outer;
    source = await openJson(connection, outer);
  };
  const { fields } = source;
  if (fields.length === 1 && fields[0] === 'records') await wrap(members(inner, false));
  else if (fields.length > 0 && fields.every(isTable)) await wrap(members(inner, true));
  if (source.fields.includes('properties') && source.fields.includes('category')) await wrap(streamed(inner));
  return source;
}

const IS_OBJECT = `(json_valid(line) AND starts_with(ltrim(line, ' ' || chr(9) || chr(10) || chr(13)), '{'))`;
const STREAM = 'AdvancedHunting-';

/** What stands in `properties` of each record of Defender's streaming API. */
function streamed(texts: Texts): Texts {
  const properties = `(line -> 'properties')::VARCHAR`;
  const category = `(line ->> 'category')`;
  const isStreamed = `CASE WHEN ${IS_OBJECT} THEN json_type(line, '$.properties') = 'OBJECT' AND starts_with(${category}, '${STREAM}') END`;
  const taken = tagged(`substr(${category}, ${STREAM.length + 1})`, properties);
  return {
    ...onceMore(texts),
    table: `(SELECT CASE WHEN coalesce(${isStreamed}, false) THEN ${taken} ELSE line END AS line FROM ${texts.table})`,
  };
}

/** The members of the arrays that each record holds; `named` where an array has the name of its table. */
function members(texts: Texts, named: boolean): Texts {
  const arrays = `SELECT line, unnest(CASE WHEN ${IS_OBJECT} THEN json_keys(line) ELSE [NULL] END) AS key FROM ${texts.table}`;
  const lists = `SELECT key, CASE WHEN key IS NULL THEN [line] WHEN json_type(line -> key) = 'ARRAY' THEN list_transform(from_json(line -> key, '["JSON"]'), lambda x: x::VARCHAR) ELSE [(line -> key)::VARCHAR] END AS held FROM (${arrays})`;
  const each = `SELECT key, unnest(held) AS line FROM (${lists})`;
  const table = `(SELECT ${named ? `CASE WHEN key IS NOT NULL THEN ${tagged('key', 'line')} ELSE line END` : 'line'} AS line FROM (${each}))`;
  return {
    ...onceMore(texts),
    table,
    linesOf: async (connection, rows) => {
      if (texts.isDocument === true) {
        const lines = await locate(texts.name, new Set(rows), { depth: 2, before: 0 });
        return (row) => lines.get(row) ?? 0;
      }
      // A row is on the line of the record that held it.
      const held = `CASE WHEN ${IS_OBJECT} THEN list_sum(list_transform(json_keys(line), lambda key: json_array_length(line -> key))) ELSE 1 END`;
      const ends = `SELECT row_number() OVER () AS record, sum(coalesce(${held}, 0)) OVER (ROWS UNBOUNDED PRECEDING) AS last FROM (SELECT line FROM ${texts.table})`;
      const wanted = rows.map((row) => `(${row})`).join(', ');
      const found =
        rows.length === 0
          ? []
          : await rowsOf(
              connection,
              `SELECT w.n, min(e.record) FROM (VALUES ${wanted}) AS w(n) JOIN (${ends}) AS e ON e.last >= w.n GROUP BY w.n`,
            );
      const recordOf = new Map(found.map(([row, record]) => [Number(row), Number(record)]));
      const lineOf = await texts.linesOf(connection, [...recordOf.values()]);
      return (row) => lineOf(recordOf.get(row) ?? 0);
    },
  };
}

/** Texts made of others: they are read as these are, but for what stands in them. */
function onceMore({ name, broken, linesOf, close }: Texts): Omit<Texts, 'table'> {
  return { name, broken, linesOf, close };
}

/** SQL of an object's text with its table in it; of anything else as it is. */
function tagged(table: string, object: string): string {
  const rest = `CASE WHEN ${object} = '{}' THEN '}' ELSE ',' || substr(${object}, 2) END`;
  return `CASE WHEN starts_with(${object}, '{') THEN '{"${TABLE_OF_RECORD}":' || to_json(${table}) || ${rest} ELSE ${object} END`;
}
