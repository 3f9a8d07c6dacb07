import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, quote } from '../../kql/sql/literal.js';
import { type RejectedRecord, rowsOf } from './source.js';

/** The longest line, or record, in bytes. */
export const MAX_RECORD = 16 * 1024 * 1024;

/** Bytes that each thread reads at once; left to itself DuckDB takes sixteen times the longest line. */
const BUFFER = 2 * MAX_RECORD;

let made = 0;

/** Where DuckDB notes the records of one CSV reading that it cannot take apart. */
export class Rejects {
  private readonly table = `assay_rejects_${++made}`;

  /** Options of `read_csv` that make it go on past such records, and note them when asked to. */
  options(note: boolean): string {
    const noting = `, store_rejects = true, rejects_table = ${quote(this.table)}, rejects_scan = ${quote(this.scan)}`;
    return `ignore_errors = true, max_line_size = ${MAX_RECORD}, buffer_size = ${BUFFER}${note ? noting : ''}`;
  }

  async read(connection: DuckDBConnection): Promise<RejectedRecord[]> {
    const sql = `SELECT line, error_type::VARCHAR, csv_line, error_message FROM ${identifier(this.table)} ORDER BY line`;
    const seen = new Set<number>();
    const records: RejectedRecord[] = [];
    for (const [line, type, text, message] of await rowsOf(connection, sql)) {
      const record = Number(line);
      if (seen.has(record)) continue;
      seen.add(record);
      records.push({ record, reason: reasonOf(String(type), String(text ?? ''), String(message)) });
    }
    return records;
  }

  async drop(connection: DuckDBConnection): Promise<void> {
    for (const table of [this.table, this.scan]) await connection.run(`DROP TABLE IF EXISTS ${identifier(table)}`);
  }

  private get scan(): string {
    return `${this.table}_scans`;
  }
}

function reasonOf(type: string, text: string, message: string): string {
  const counts = /Columns: (\d+) Found: (\d+)/.exec(message);
  switch (type) {
    case 'TOO MANY COLUMNS':
    case 'MISSING COLUMNS':
      return `The row has ${counts?.[2] ?? 'other than'} fields, the header has ${counts?.[1] ?? 'so many'}.`;
    case 'UNQUOTED VALUE': {
      const lines = text.trim().split('\n').length;
      const lost = lines > 1 ? `, and ${lines} lines are lost to it` : '';
      return `A quote is not closed, or is closed before the end of the field${lost}.`;
    }
    case 'INVALID ENCODING':
      return 'The text is not UTF-8.';
    case 'LINE SIZE OVER MAXIMUM':
      return `The record is longer than ${MAX_RECORD} bytes.`;
    default:
      return message;
  }
}
