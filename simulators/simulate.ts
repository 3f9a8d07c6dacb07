import { DuckDBInstance } from '@duckdb/node-api';
import { scratchFolder } from '../harness/files/scratch.js';
import { type Description, describeWorld } from './describe.js';
import { type Format, type WrittenFile, writeFiles } from './files.js';
import { describePlay, type Played, type PlayOptions, prepare } from './play.js';
import type { Workload } from './workload.js';
import { generate } from './world/generate.js';

/** What is wanted of a simulation. */
export interface Request {
  /** Where the events go, and as what. */
  readonly files?: { readonly folder: string; readonly format: Format };
  readonly describe: boolean;
  /** Told what is being done. */
  readonly stage?: (text: string, done?: number) => void;
}

export interface Simulation {
  readonly played: Omit<Played, 'nextId'>;
  readonly files: readonly WrittenFile[];
  readonly description?: Description;
}

/** Numbers wait here for their turn to be spelt out; beyond it they go to disk, so that any number of events fits. */
const MEMORY_LIMIT = '2GB';

/**
 * Plays a workload in a database of its own, writes its events to files and describes them, as requested.
 *
 * @throws FileError when a scenario, organisation or selection is at fault
 */
export async function simulate(workload: Workload, options: PlayOptions, request: Request): Promise<Simulation> {
  const prepared = prepare(workload, options);
  const spill = scratchFolder();
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY_LIMIT, temp_directory: spill.path });
  try {
    const connection = await instance.connect();
    const stage = request.stage ?? (() => undefined);
    await generate(connection, prepared.world, workload.sensor, prepared.runs, (done) => stage('making events', done));
    const files =
      request.files === undefined
        ? []
        : await writeFiles(connection, prepared, request.files.format, request.files.folder, (table) =>
            stage(`wrote ${table}`),
          );
    const description = request.describe ? await describeWorld(connection, prepared, stage) : undefined;
    const tables = files
      .filter(({ table }) => table !== '_activities')
      .map(({ table, rows }) => ({ name: table, rows }));
    const { nextId: _, ...played } = await describePlay(connection, prepared, description?.tables ?? tables, 1);
    return { played, files, ...(description && { description }) };
  } finally {
    instance.closeSync();
    spill.remove();
  }
}
