import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { identifier, quote } from '../harness/kql/sql/literal.js';
import { loadWorkload } from '../simulators/index.js';
import { simulate } from '../simulators/simulate.js';
import { type Result, race } from './race.js';

/**
 * A day of 1,000 hosts simulated to Parquet against plain DuckDB SQL that writes as many rows of the same width with as
 * many distinct values in each column. The ratio is of rates: theirs in time over ours.
 */
export async function benchSimulate(hosts = 1000): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const request = { files: { folder, format: 'parquet' as const }, describe: false };
    const ours = (): Promise<unknown> => simulate(loadWorkload('enterprise'), { hosts, days: 1, seed: 1 }, request);
    await ours();
    const files = `read_parquet(${quote(join(folder, 'Device*.parquet'))}, union_by_name = true)`;
    const counted = (await connection.runAndReadAll(`SELECT count(*) FROM ${files}`)).getRows();
    const copies = await plainCopies(connection, folder);
    const theirs = async (): Promise<void> => {
      for (const sql of copies) await connection.run(sql);
    };
    const result = await race(
      { name: `simulate ${hosts} hosts for a day`, ours: 'plain SQL', theirs: 'simulated', atLeast: 0.7 },
      theirs,
      ours,
      3,
    );
    return { ...result, name: `${result.name}, ${Number(counted[0]?.[0]).toLocaleString('en')} rows written` };
  } finally {
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Connection = Awaited<ReturnType<DuckDBInstance['connect']>>;

/** One statement for each simulated table: its rows, columns, types, lengths and distinct counts, from arithmetic alone. */
async function plainCopies(connection: Connection, folder: string): Promise<string[]> {
  const tables = [
    'DeviceNetworkEvents',
    'DeviceProcessEvents',
    'DeviceFileEvents',
    'DeviceRegistryEvents',
    'DeviceImageLoadEvents',
  ];
  const copies: string[] = [];
  for (const table of tables) {
    const source = `read_parquet(${quote(join(folder, `${table}.parquet`))})`;
    const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRows();
    const columns: string[] = [];
    const count = Number((await connection.runAndReadAll(`SELECT count(*) FROM ${source}`)).getRows()[0]?.[0]);
    for (const [name, type] of described as [string, string][]) {
      const column = identifier(name);
      const measured = `SELECT greatest(approx_count_distinct(${column}), 1), coalesce(avg(length(${column}::VARCHAR)), 0)::INT FROM ${source}`;
      const [[distinct, length]] = (await connection.runAndReadAll(measured)).getRows() as [[bigint, number]];
      const value = `((i * 7919) % ${distinct})`;
      const text = `(${value}::VARCHAR || repeat('x', greatest(${length} - length(${value}::VARCHAR), 0)))`;
      columns.push(
        `${type === 'VARCHAR' ? text : type === 'BOOLEAN' ? `(${value} = 0)` : type.startsWith('TIMESTAMP') ? `make_timestamp(${value} * 1000000)::${type}` : `${value}::${type}`} AS ${column}`,
      );
    }
    const target = quote(join(folder, `plain-${table}.parquet`));
    if (count > 0)
      copies.push(`COPY (SELECT ${columns.join(', ')} FROM range(${count}) r(i)) TO ${target} (FORMAT parquet)`);
  }
  return copies;
}
