import {
  BIGINT,
  type DuckDBConnection,
  DuckDBDecimalValue,
  DuckDBInstance,
  type DuckDBListValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { type Scratch, scratchFolder } from '../files/scratch.js';
import { KqlError, Refusal, refusalText } from '../kql/errors.js';
import type { HostFunction, Value } from '../kql/functions/registry.js';
import type { Compiled } from '../kql/index.js';
import { EVENT_ID, identifier, physicalNames, sourceTable } from '../kql/sql/literal.js';
import { DUCKDB_TYPE, type KqlType, type TableSchema } from '../kql/types.js';
import { type Dynamic, parseDynamic } from '../kql/values/dynamic.js';
import type { Answer } from './answer.js';
import { explainFailure } from './failure.js';
import { type Deadline, registerHost } from './host.js';

export interface EngineOptions {
  /** Most memory that DuckDB takes before it spills to disk, as DuckDB writes it. */
  readonly memoryLimit?: string;
  readonly threads?: number;
}

export interface RunOptions {
  /** The run's clock, in ticks: what `now()` gives. */
  readonly now: bigint;
  /** Longest time that the query may take; 60,000 by default. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
const MEMORY_LIMIT = '4GB';
const SPILL_LIMIT = '40GB';
const ROWS_AT_ONCE = 1_000;

/** The database that holds the events: in memory, and compressed there, as DuckDB does not on its own. */
const EVENTS = 'events';

/** So many new rows are compressed before a query runs: as many as DuckDB compresses as one. */
const COMPRESSED_AT_ONCE = 122_880n;

/**
 * DuckDB, embedded. Events are loaded through `connection`; from `seal()` on nothing that runs here can reach a file, a
 * network or a setting.
 *
 * Texts are held by their distinct values: many events need little memory, and a function of one column is evaluated
 * once for each of its values instead of once for each event.
 */
export class Engine {
  private readonly registered = new Set<string>();
  private readonly supplied = new Map<string, readonly string[]>();
  private sealed = false;
  private compressed = 0n;
  private readonly deadline: Deadline = { at: Number.POSITIVE_INFINITY, limit: TIMEOUT_MS };

  private constructor(
    private readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
    private readonly spill: Scratch,
  ) {}

  static async open(options: EngineOptions = {}): Promise<Engine> {
    const spill = scratchFolder();
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit ?? MEMORY_LIMIT,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      // Spilled blocks are named alike in every process: two that share a folder would read each other's.
      temp_directory: spill.path,
      max_temp_directory_size: SPILL_LIMIT,
      ...(options.threads ? { threads: String(options.threads) } : {}),
    });
    const connection = await instance.connect();
    await connection.run(`ATTACH ':memory:' AS ${EVENTS} (COMPRESS); USE ${EVENTS}`);
    await connection.run("SET GLOBAL force_compression = 'dict_fsst'");
    return new Engine(instance, connection, spill);
  }

  /** Shuts the engine in: no files, no network, no change of settings. Cannot be undone. */
  async seal(): Promise<void> {
    if (this.sealed) return;
    await this.connection.run('SET enable_external_access = false; SET lock_configuration = true');
    this.sealed = true;
  }

  /** Makes an empty table unless there is one of that name. */
  async declare(name: string, schema: TableSchema): Promise<void> {
    const names = physicalNames(schema.map((column) => column.name));
    const columns = schema.map((column, i) => `${identifier(names[i] as string)} ${DUCKDB_TYPE[column.type]}`);
    await this.connection.run(
      `CREATE TABLE IF NOT EXISTS ${identifier(name)} (${[...columns, `${EVENT_ID} BIGINT`].join(', ')})`,
    );
  }

  /**
   * Runs a compiled query. A table of the environment without events is empty.
   *
   * @throws KqlError when the query cannot be evaluated, or exceeds its time or memory
   */
  async run(compiled: Compiled, options: RunOptions): Promise<Answer> {
    await this.prepare(compiled);
    const rows = await this.bounded(compiled, options, async () => {
      const reader = await this.connection.runAndReadAll(compiled.sql, parameters(compiled, options), CLOCK_TYPE);
      return reader.getRows();
    });
    const width = compiled.columns.length;
    const answer = rows.map((row) => compiled.columns.map((column, i) => cell(row[i] as DuckDBValue, column.type)));
    if (compiled.lineage === 'none') return { columns: compiled.columns, rows: answer };
    const lineage = rows.map((row) => (row[width] as DuckDBListValue).items.map((id) => id as bigint));
    return { columns: compiled.columns, rows: answer, lineage };
  }

  /**
   * Runs a compiled query into a temporary table: the answer's columns as `c0`, `c1`, …, the events of each row as
   * `_lineage BIGINT[]`, and its number from 0 in the order of the answer as `_row BIGINT`.
   *
   * @returns how many rows the table has
   */
  async materialize(compiled: Compiled, name: string, options: RunOptions): Promise<number> {
    await this.prepare(compiled);
    const lineage = compiled.lineage === 'none' ? ', []::BIGINT[] AS _lineage' : '';
    await this.bounded(compiled, options, async () => {
      // Rows are numbered one after the other: only once they are found, which happens on all threads.
      const sql = `CREATE OR REPLACE TEMP TABLE _found AS ${compiled.sql}`;
      await this.connection.run(sql, parameters(compiled, options), CLOCK_TYPE);
      const numbered = `SELECT *${lineage}, row_number() OVER () - 1 AS _row FROM temp._found`;
      await this.connection.run(
        `CREATE OR REPLACE TEMP TABLE ${identifier(name)} AS ${numbered}; DROP TABLE temp._found`,
      );
    });
    const [[count]] = (await this.query(`SELECT count(*) FROM ${identifier(name)}`)) as [[bigint]];
    return Number(count);
  }

  /** Puts the rows of a shared plan, as `printShared` gives them, into a temporary table of this name. */
  async hold(compiled: Compiled, name: string, options: RunOptions): Promise<void> {
    await this.prepare(compiled);
    await this.bounded(compiled, options, async () => {
      const sql = `CREATE OR REPLACE TEMP TABLE ${identifier(name)} AS ${compiled.sql}`;
      await this.connection.run(sql, parameters(compiled, options), CLOCK_TYPE);
    });
  }

  /** Rows of a trusted SQL text of the project's own. */
  async query(sql: string): Promise<DuckDBValue[][]> {
    return (await this.connection.runAndReadAll(sql)).getRows();
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
    this.spill.remove();
  }

  private async prepare(compiled: Compiled): Promise<void> {
    // The functions of the language are loaded when a query calls one that DuckDB does not have.
    const { hostFunctions } =
      compiled.hosts.length > 0 ? await import('../kql/functions/index.js') : { hostFunctions: NO_HOSTS };
    for (const name of compiled.hosts) {
      if (this.registered.has(name)) continue;
      const host = hostFunctions.get(name);
      if (!host) throw new Error(`The compiled query calls '${name}', which this version does not have.`);
      registerHost(this.connection, host, this.deadline);
      this.registered.add(name);
    }
    for (const { name, schema } of compiled.tables) await this.declare(name, schema);
    for (const source of compiled.sources) await this.supply(source);
    if (compiled.tables.length > 0) await this.compress();
  }

  /** Compresses the events where many have come since the last time. */
  private async compress(): Promise<void> {
    const [[rows]] = (await this.query(
      `SELECT coalesce(sum(estimated_size), 0)::BIGINT FROM duckdb_tables() WHERE database_name = '${EVENTS}'`,
    )) as [[bigint]];
    if (rows - this.compressed >= COMPRESSED_AT_ONCE) await this.connection.run(`CHECKPOINT ${EVENTS}`);
    else if (rows >= this.compressed) return;
    this.compressed = rows;
  }

  /** Puts the rows of a source that a query brings along into their table, in place of those of another query. */
  private async supply({ key, schema, rows }: Compiled['sources'][number]): Promise<void> {
    if (rows === undefined || this.supplied.get(key) === rows) return;
    const name = sourceTable(key);
    await this.connection.run(`DROP TABLE IF EXISTS ${identifier(name)}`);
    await this.declare(name, schema);
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const values = rows.slice(from, from + ROWS_AT_ONCE).map((row) => `(${row}, NULL)`);
      await this.connection.run(`INSERT INTO ${identifier(name)} VALUES ${values.join(', ')}`);
    }
    this.supplied.set(key, rows);
  }

  /** Stops a query that takes too long, and tells failures in the words of the query. */
  private async bounded<T>(compiled: Compiled, options: RunOptions, run: () => Promise<T>): Promise<T> {
    const limit = options.timeoutMs ?? TIMEOUT_MS;
    Object.assign(this.deadline, { at: performance.now() + limit, limit });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.connection.interrupt();
    }, limit);
    try {
      return await run();
    } catch (error) {
      if (error instanceof KqlError) throw error;
      throw explainFailure(error, late ? limit : undefined, compiled.places);
    } finally {
      clearTimeout(timer);
    }
  }
}

const NO_HOSTS: ReadonlyMap<string, HostFunction> = new Map();
const CLOCK_TYPE = { now: BIGINT };

/** Binds the clock, for SQL that reads it. */
function parameters(compiled: Compiled, options: RunOptions): Record<string, DuckDBValue> | undefined {
  return compiled.usesNow ? { now: options.now } : undefined;
}

/** @throws KqlError for a value that is too deep */
function dynamicIn(text: string): Dynamic | undefined {
  try {
    return parseDynamic(text, true);
  } catch (error) {
    throw error instanceof Refusal ? explainFailure(new Error(refusalText(error))) : error;
  }
}

function cell(value: DuckDBValue, type: KqlType): Value {
  if (value === null || value === undefined) return type === 'string' ? '' : null;
  switch (type) {
    case 'int':
      return BigInt(value as number);
    case 'decimal':
      return value instanceof DuckDBDecimalValue ? value.toString() : String(value);
    case 'dynamic': {
      const parsed = dynamicIn(value as string);
      if (parsed === undefined) throw new Error(`A dynamic value is not JSON: ${(value as string).slice(0, 80)}`);
      return parsed;
    }
    default:
      return value as Value;
  }
}
