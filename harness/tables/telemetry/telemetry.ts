import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, quote } from '../../kql/sql/literal.js';
import type { Catalog } from '../catalog.js';
import { afterFailure } from '../readers/faults.js';
import { type DateOrder, rowsOf } from '../readers/index.js';
import { fileError } from '../readers/text.js';
import { filesOf } from './identify.js';
import { type LabelFile, readLabels } from './labels.js';
import { type MergedTelemetry, merge } from './merge.js';
import { readTruth, type Truth } from './own-labels.js';
import { type LoadedFile, readFile, type Waiting } from './read.js';
import { dropAll, LABELS, STAGE } from './stage.js';

/** Whose events are to be read. */
export interface TelemetryChoice {
  /** `FILE`, `Table=FILE` or a folder. */
  readonly files: readonly string[];
  readonly labels?: string | undefined;
  readonly dates?: DateOrder | undefined;
}

/** Events of people's own that were read and wait to be put among others. */
export interface ReadTelemetry {
  readonly files: readonly LoadedFile[];
  readonly labels?: {
    readonly file: string;
    readonly sha256: string;
    readonly entries: number;
    /** Lines of the labels that no event has. */
    readonly unmatched: readonly number[];
  };
  /** Files of activities beside events that say themselves what they are. */
  readonly activities: readonly Truth[];
  /** Ticks of the first event and of the first instant after the last. */
  readonly start: bigint;
  readonly end: bigint;
  /** Hosts that the events are of, by `DeviceId`, or by `Computer` where no event has that; nothing when neither is there. */
  readonly hosts: number | undefined;
  /**
   * Puts them into the tables of the environment, new ones or those of a workload that was played before, with the
   * hidden `_id`, `_activity`, `_scenario` and `_role`, and their activities into `_activities`.
   */
  merge(): Promise<MergedTelemetry>;
}

/**
 * Reads events of people's own into a database. Columns of the other environment go under their name in this one.
 * Events are benign unless a label, or the event itself, says otherwise.
 *
 * @throws FileError for a file that cannot be used or whose table is not known, for labels that cannot be, and when no
 *   event is left
 */
export async function readTelemetry(
  connection: DuckDBConnection,
  choice: TelemetryChoice,
  catalog: Catalog,
): Promise<ReadTelemetry> {
  const labels = choice.labels === undefined ? undefined : readLabels(choice.labels);
  try {
    return await readAll(connection, choice, catalog, labels);
  } catch (error) {
    await afterFailure(() => dropAll(connection));
    throw error;
  }
}

async function readAll(
  connection: DuckDBConnection,
  choice: TelemetryChoice,
  catalog: Catalog,
  labels: LabelFile | undefined,
): Promise<ReadTelemetry> {
  await createLabels(connection, labels);
  const waiting: Waiting[] = [];
  let stages = 0;
  const nextStage = (): string => `${STAGE}_${stages++}`;
  for (const file of choice.files.flatMap(filesOf)) {
    waiting.push(...(await readFile(connection, file, { catalog, dates: choice.dates, labels, nextStage })));
  }
  const files = waiting.map(({ loaded }) => loaded);
  const activities = await readTruth(
    connection,
    files.filter(({ labelled }) => labelled).map(({ file }) => file),
  );
  const unused = await rowsOf(connection, `SELECT i FROM ${LABELS} WHERE NOT used ORDER BY i`);
  return {
    files,
    ...(labels !== undefined && {
      labels: {
        file: labels.file,
        sha256: labels.sha256,
        entries: labels.labels.length,
        unmatched: unused.map(([i]) => labels.lineOf(Number(i))),
      },
    }),
    activities,
    ...(await timeOf(connection, waiting)),
    hosts: await hostsOf(connection, waiting),
    merge: () => merge(connection, waiting, labels),
  };
}

async function createLabels(connection: DuckDBConnection, labels: LabelFile | undefined): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${LABELS} (i INTEGER, scenario VARCHAR, label VARCHAR, key VARCHAR, procedure VARCHAR, technique VARCHAR, role VARCHAR, used BOOLEAN)`,
  );
  const rows = (labels?.labels ?? []).map((label, i) => {
    const { scenario, activity, procedure, technique, role } = label;
    const texts = [scenario, label.label, activity, procedure, technique, role];
    return `(${[i, ...texts.map((text) => (text === undefined ? 'NULL' : quote(String(text)))), false].join(', ')})`;
  });
  for (let at = 0; at < rows.length; at += 1000) {
    await connection.run(`INSERT INTO ${LABELS} VALUES ${rows.slice(at, at + 1000).join(', ')}`);
  }
}

async function timeOf(
  connection: DuckDBConnection,
  waiting: readonly Waiting[],
): Promise<Pick<ReadTelemetry, 'start' | 'end'>> {
  const parts = waiting.map(({ staged }) => `SELECT ${identifier(staged.time)} AS t FROM ${staged.table}`);
  const [row] = await rowsOf(connection, `SELECT min(t), max(t) FROM (${parts.join(' UNION ALL ')})`);
  const [start, last] = row ?? [];
  if (typeof start === 'bigint' && typeof last === 'bigint') return { start, end: last + 1n };
  const bad = waiting.flatMap(({ loaded }) => loaded.rejected)[0];
  const column = bad?.column === undefined ? '' : `, column '${bad.column}'`;
  const reason =
    bad === undefined ? '' : ` The first that was left out is at ${bad.file}:${bad.line}${column}: ${bad.reason}`;
  throw fileError(waiting.map(({ loaded }) => loaded.file).join(', '), `There is no event to test with.${reason}`);
}

async function hostsOf(connection: DuckDBConnection, waiting: readonly Waiting[]): Promise<number | undefined> {
  for (const column of ['DeviceId', 'Computer']) {
    const parts = waiting
      .filter(({ staged }) => staged.columns.has(column))
      .map(({ staged }) => `SELECT DISTINCT ${identifier(column)} AS host FROM ${staged.table}`);
    if (parts.length === 0) continue;
    const [row] = await rowsOf(
      connection,
      `SELECT count(DISTINCT host) FROM (${parts.join(' UNION ALL ')}) WHERE host <> ''`,
    );
    if (Number(row?.[0]) > 0) return Number(row?.[0]);
  }
  return undefined;
}
