import { BIGINT, type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { boundOf } from '../files/limits.js';
import { type Scratch, scratchFolder } from '../files/scratch.js';
import { type Deadline, deadlineIn } from '../kql/bounds.js';
import { KqlError } from '../kql/errors.js';
import type { HostFunction } from '../kql/functions/registry.js';
import type { Compiled } from '../kql/index.js';
import { EVENT_ID, identifier, physicalNames, sourceTable } from '../kql/sql/literal.js';
import { type Bound, DUCKDB_TYPE, type TableSchema } from '../kql/types.js';
import type { Answer } from './answer.js';
import { explainFailure, type Room } from './failure.js';
import { type Caller, registerHost } from './host.js';
import { readAnswer } from './read.js';
import { Watch } from './watch.js';

export interface EngineOptions {
  /** Most memory that a query and its events take before the engine spills to disk, in bytes; the limit by default. */
  readonly memory?: number;
  readonly threads?: number;
}

export interface RunOptions {
  /** The run's clock, in ticks: what `now()` gives. */
  readonly now: bigint;
  /** Longest time that a query may take, in seconds; the limit by default. */
  readonly time?: Bound;
  /** When it has to be done, where its time has begun already. */
  readonly deadline?: Deadline;
}

/** The time that one run of a rule over the events of a world gets. */
export function ruleTime(): Pick<RunOptions, 'time'> {
  return { time: boundOf('rule-time') };
}

/** The same run with its time begun: what is compiled and run with it shares one deadline. */
export function begun(run: RunOptions): RunOptions & { readonly deadline: Deadline } {
  return { ...run, deadline: run.deadline ?? deadlineIn(run.time ?? boundOf('query-time')) };
}

/** Rows of a source that are put in at once. */
const ROWS_AT_ONCE = 1_000;

/** What host functions give at once takes no more than such a part of the memory, in characters. */
const BATCHES = 32;

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
  private watch: Watch | undefined;

  private constructor(
    private readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
    private readonly room: Room,
    private readonly spill: Scratch,
  ) {}

  static async open(options: EngineOptions = {}): Promise<Engine> {
    const room = { memory: memoryBound(options.memory), disk: boundOf('disk') };
    const spill = scratchFolder();
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${room.memory.most}B`,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      // Spilled blocks are named alike in every process: two that share a folder would read each other's.
      temp_directory: spill.path,
      max_temp_directory_size: `${room.disk.most}B`,
      ...(options.threads ? { threads: String(options.threads) } : {}),
    });
    const connection = await instance.connect();
    await connection.run(`ATTACH ':memory:' AS ${EVENTS} (COMPRESS); USE ${EVENTS}`);
    await connection.run("SET GLOBAL force_compression = 'dict_fsst'");
    return new Engine(instance, connection, room, spill);
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
    return await this.bounded(compiled, options, async (watch) => {
      const result = await this.connection.stream(compiled.sql, parameters(compiled, options), CLOCK_TYPE);
      return await readAnswer(compiled, result, boundOf('answer'), watch);
    });
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
      registerHost(this.connection, host, this.caller);
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

  /** What host functions may ask of the engine: the query that runs changes, the functions stay. */
  private get caller(): Caller {
    const engine = this;
    return {
      get watch() {
        return engine.watch;
      },
      batch: { ...this.room.memory, most: this.room.memory.most / BATCHES },
    };
  }

  /** Stops a query that takes too long or too much, and tells failures in the words of the query. */
  private async bounded<T>(compiled: Compiled, options: RunOptions, run: (watch: Watch) => Promise<T>): Promise<T> {
    const watch = new Watch(this.connection, begun(options).deadline, this.room.memory);
    this.watch = watch;
    try {
      return await run(watch);
    } catch (error) {
      if (error instanceof KqlError) throw error;
      throw explainFailure(error, this.room, watch.stopped, compiled.places);
    } finally {
      watch.end();
      this.watch = undefined;
    }
  }
}

/** The limit, or what was asked for in its place. */
function memoryBound(given: number | undefined): Bound {
  const { most, raise } = boundOf('memory');
  return given === undefined ? { most, raise } : { most: given, raise: `It has ${Math.round(given / 1024 ** 2)}MB.` };
}

const NO_HOSTS: ReadonlyMap<string, HostFunction> = new Map();
const CLOCK_TYPE = { now: BIGINT };

/** Binds the clock, for SQL that reads it. */
function parameters(compiled: Compiled, options: RunOptions): Record<string, DuckDBValue> | undefined {
  return compiled.usesNow ? { now: options.now } : undefined;
}
