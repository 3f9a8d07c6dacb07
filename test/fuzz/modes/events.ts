/** Files of events, one mode a format: each is loaded as `--events` and `--data` load it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { identifier, quote } from '../../../harness/kql/sql/literal.js';
import { loadFile } from '../../../harness/tables/readers/index.js';
import { columnsOf } from '../../../harness/tables/schema.js';
import { eventText, TEXT_FORMATS } from '../event-files.js';
import { mutated } from '../mutated.js';
import type { Random } from '../random.js';
import { ended, type Fuzzer, type Mode, shown, type Verdict } from './mode.js';

const SCHEMA = columnsOf(
  'Timestamp:datetime DeviceName ReportId:long Size:int Score:real Ok:bool Id:guid AdditionalFields:dynamic',
);

/** How many rows a sound file of lines has: as many as there are lines that hold anything but a mark of UTF-8. */
function linesOf(bytes: Uint8Array): number {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .split('\n')
    .filter((line) => line.trim() !== '').length;
}

class EventFuzzer implements Fuzzer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
  private tables = 0;
  private readonly parquets: Buffer[] = [];

  constructor(
    private readonly format: string,
    private instance: DuckDBInstance,
    private connection: DuckDBConnection,
  ) {}

  static async open(format: string): Promise<EventFuzzer> {
    const instance = await newInstance();
    const fuzzer = new EventFuzzer(format, instance, await instance.connect());
    if (format === 'parquet') await fuzzer.makeParquets();
    return fuzzer;
  }

  async judge(random: Random): Promise<Verdict> {
    const sounds = [0, 1].map(() => this.sound(random));
    const [sound = ''] = sounds;
    const untouched = random.chance(12);
    let bytes = untouched ? Buffer.from(sound as string) : mutated(random, sound, sounds);
    const packed = random.chance(8);
    if (packed) bytes = gzipSync(bytes, { level: 1 });
    if (packed && random.chance(2)) bytes = mutated(random, bytes);
    const path = join(this.folder, `events.${this.format}${packed ? '.gz' : ''}`);
    writeFileSync(path, bytes);
    const input = shown(bytes);
    const table = `T${this.tables++ % 8}`;
    try {
      const schema = random.chance(2) ? { schema: SCHEMA, leaveOut: ['Extra'] } : {};
      const report = await loadFile(this.connection, table, path, schema);
      const [[kept] = []] = (
        await this.connection.runAndReadAll(`SELECT count(*)::INT FROM ${identifier(table)}`)
      ).getRows();
      await this.connection.run(`DROP TABLE ${identifier(table)}`);
      if (kept !== report.rows) return { end: 'loaded', fault: `${report.rows} rows are reported`, input };
      const given = this.format === 'ndjson' && !packed ? linesOf(bytes) : report.rows + report.rejectedCount;
      if (given !== report.rows + report.rejectedCount)
        return { end: 'loaded', fault: `of some lines nothing is said: ${report.rows}+${report.rejectedCount}`, input };
      if (report.rejected.length !== Math.min(20, report.rejectedCount))
        return { end: 'loaded', fault: 'a row is left out and not named', input };
      return { end: report.rejectedCount === 0 ? 'loaded' : 'loaded in part', input };
    } catch (error) {
      await this.tidy(table);
      return ended(error, input);
    }
  }

  private sound(random: Random): string | Buffer {
    return this.format === 'parquet' ? random.pick(this.parquets) : eventText(random, this.format);
  }

  /** A damaged file may break the database, and then no other file can be read. */
  private async tidy(table: string): Promise<void> {
    try {
      await this.connection.run(`DROP TABLE IF EXISTS ${identifier(table)}`);
    } catch {
      this.instance = await newInstance();
      this.connection = await this.instance.connect();
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async makeParquets(): Promise<void> {
    const selects = [
      "SELECT now()::TIMESTAMP AS Timestamp, 'pc-' || i AS DeviceName, i AS ReportId, i::DOUBLE AS Score FROM range(5) r(i)",
      "SELECT {'a': i, 'b': [i]} AS AdditionalFields, i % 2 = 0 AS Ok, uuid() AS Id FROM range(3) r(i)",
      'SELECT i::HUGEINT AS ReportId, i::DECIMAL(38, 9) AS Score, MAP {i: i} AS AdditionalFields FROM range(3) r(i)',
      "SELECT NULL::VARCHAR AS DeviceName, DATE '2026-03-02' AS Timestamp, 'x'::BLOB AS Extra FROM range(0) r(i)",
    ];
    for (const [i, select] of selects.entries()) {
      const path = join(this.folder, `sound-${i}.parquet`);
      const codec = ['uncompressed', 'snappy', 'zstd', 'gzip'][i] ?? 'snappy';
      await this.connection.run(`COPY (${select}) TO ${quote(path)} (FORMAT parquet, COMPRESSION ${codec})`);
      this.parquets.push(readFileSync(path));
    }
  }
}

function newInstance(): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB' });
}

/** One mode a format. */
export const EVENTS: readonly Mode[] = [...TEXT_FORMATS, 'parquet'].map((format) => ({
  name: format,
  what: `events as ${format}, packed or not`,
  open: () => EventFuzzer.open(format),
}));
