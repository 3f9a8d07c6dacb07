import type { DuckDBConnection } from '@duckdb/node-api';
import { EVENT_ID, identifier } from '../harness/kql/sql/literal.js';
import { DUCKDB_TYPE, type TableSchema } from '../harness/kql/types.js';
import { UNIX_EPOCH } from '../harness/kql/values/datetime.js';

/** 2026-01-02T00:00:00Z: the clock of the benchmarks, a day after the first event. */
export const NOW = UNIX_EPOCH + 1_767_312_000n * 10_000_000n;
const DAY = 864_000_000_000n;

/** SQL for the columns that the rules of the benchmarks read; `i` numbers the rows. */
const FILLED: Readonly<Record<string, string>> = {
  Timestamp: `${NOW - DAY} + (i * 172800) % ${DAY}`,
  DeviceId: `md5((i % 1000)::VARCHAR)`,
  DeviceName: `'host' || (i % 1000) || '.corp.example'`,
  RemoteUrl: `CASE i % 10 WHEN 0 THEN ['github.com', 'drive.google.com', 'raw.githubusercontent.com', 'www.reddit.com'][1 + (i // 10) % 4]
    WHEN 1 THEN '' ELSE 'srv' || ((i * 7919) % 4000) || '.cdn' || (i % 90) || '.example.net' END`,
  RemoteIP: `'203.0.113.' || (i % 250)`,
  RemotePort: `CASE WHEN i % 20 = 0 THEN 80 ELSE 443 END`,
  RemoteIPType: `'Public'`,
  InitiatingProcessFileName: `CASE (i // 10) % 5 WHEN 0 THEN 'chrome.exe' WHEN 1 THEN 'svchost.exe' ELSE 'tool' || ((i * 31) % 300) || '.exe' END`,
  InitiatingProcessCommandLine: `'"C:\\Program Files\\Vendor' || (i % 40) || '\\tool.exe" --id=' || ((i * 104729) % 100000) || ' --mode run'`,
  InitiatingProcessParentFileName: `'parent' || (i % 50) || '.exe'`,
  InitiatingProcessAccountName: `'user' || (i % 900)`,
  ReportId: 'i',
  AdditionalFields: `'{"tags":["a' || (i % 7) || '","b' || (i % 11) || '"],"count":' || (i % 100) || '}'`,
};

/** A table of events made in SQL alone, as wide as its schema, in the compiler's representation. */
export async function makeEvents(
  connection: DuckDBConnection,
  name: string,
  schema: TableSchema,
  rows: number,
): Promise<void> {
  const columns = schema.map(({ name: column, type }) => {
    const sql = FILLED[column] ?? (type === 'string' ? "''" : 'NULL');
    return `(${sql})::${DUCKDB_TYPE[type]} AS ${identifier(column)}`;
  });
  await connection.run(
    `CREATE TABLE ${identifier(name)} AS SELECT ${columns.join(', ')}, i AS ${EVENT_ID} FROM range(${rows}) r(i)`,
  );
}
