import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll } from 'vitest';
import { FileError } from '../../harness/files/yaml.js';
import type { TableSchema } from '../../harness/kql/types.js';
import { type LoadOptions, type LoadReport, loadFile } from '../../harness/tables/readers/index.js';
import { columnsOf } from '../../harness/tables/schema.js';

/** A folder and a DuckDB connection for the tests of one file. */
export class Bench {
  connection!: DuckDBConnection;
  folder = '';
  private instance: DuckDBInstance | undefined;
  private tables = 0;

  constructor() {
    beforeAll(async () => {
      this.folder = mkdtempSync(join(tmpdir(), 'assay-readers-'));
      this.instance = await DuckDBInstance.create(':memory:', { threads: '2' });
      this.connection = await this.instance.connect();
    });
    afterAll(() => {
      this.connection.closeSync();
      this.instance?.closeSync();
      rmSync(this.folder, { recursive: true });
    });
  }

  /** Path of a file that it writes. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** A table name of its own for each load. */
  table(): string {
    return `T${++this.tables}`;
  }

  load(path: string, schema?: string | TableSchema, options: LoadOptions = {}): Promise<LoadReport> {
    const columns = typeof schema === 'string' ? columnsOf(schema) : schema;
    return loadFile(this.connection, this.table(), path, { ...options, ...(columns ? { schema: columns } : {}) });
  }

  /** Loads content and gives the report with the rows that came in. */
  async read(
    name: string,
    content: string | Uint8Array,
    schema?: string,
    options: LoadOptions = {},
  ): Promise<{ report: LoadReport; rows: Record<string, unknown>[] }> {
    const report = await this.load(this.file(name, content), schema, options);
    return { report, rows: await this.rows(report.table) };
  }

  /** The rows of a table in the order of their ids; a BIGINT is a bigint. */
  async rows(table: string): Promise<Record<string, unknown>[]> {
    const reader = await this.connection.runAndReadAll(`SELECT * FROM "${table}" ORDER BY _id`);
    return reader.getRowObjectsJS();
  }

  /** The error of a load that fails. */
  async failure(load: Promise<unknown>): Promise<FileError> {
    const error = await load.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    if (error instanceof FileError) return error;
    throw new Error(`Expected a FileError, got ${String(error)}`);
  }
}
