import type { DuckDBConnection } from '@duckdb/node-api';
import { loadOutOfReach, type OutOfReach } from './out-of-reach.js';
import type { Prepared } from './play.js';
import { TELEMETRY_TABLES, tableSql } from './world/spell.js';

/** How full and how varied a column is. */
export interface ColumnDescription {
  readonly name: string;
  /** Distinct values, to about 2%. */
  readonly distinct: number;
  /** Share of rows, 0 to 1, with no text or no value. */
  readonly empty: number;
}

export interface TableDescription {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnDescription[];
}

/** What was made: the quality of a world, measured. */
export interface Description {
  readonly tables: readonly TableDescription[];
  /** Rows of `DeviceNetworkEvents` by kind. */
  readonly actions: readonly { readonly action: string; readonly rows: number; readonly named: number }[];
  /** Rows of `DeviceNetworkEvents` by the hour of the day in UTC. */
  readonly hours: readonly number[];
  /** Rows of `DeviceNetworkEvents` a host and day. */
  readonly perHost: Readonly<Record<'least' | 'tenth' | 'median' | 'ninetieth' | 'most' | 'mean', number>>;
  /** Rows in all tables, and hosts, by scenario. */
  readonly scenarios: readonly { readonly id: string; readonly rows: number; readonly hosts: number }[];
  readonly procedures: {
    readonly covered: readonly { readonly procedure: string; readonly scenario: string; readonly technique: string }[];
    readonly outOfReach: readonly OutOfReach[];
  };
}

type Row = Readonly<Record<string, unknown>>;

/** Measures a generated world. */
export async function describeWorld(
  connection: DuckDBConnection,
  prepared: Prepared,
  stage: (text: string) => void = () => undefined,
): Promise<Description> {
  const tables: TableDescription[] = [];
  for (const name of TELEMETRY_TABLES) {
    stage(`looking at ${name}`);
    tables.push(await describeTable(connection, prepared, name));
  }
  const network = spelt(prepared, 'DeviceNetworkEvents');
  const time = prepared.environment === 'sentinel' ? 'TimeGenerated' : 'Timestamp';
  const all = TELEMETRY_TABLES.map(
    (name) => `SELECT _scenario AS id, DeviceName AS host FROM (${spelt(prepared, name)})`,
  ).join(' UNION ALL ');
  const query = async (sql: string): Promise<readonly Row[]> => (await connection.runAndReadAll(sql)).getRowObjects();
  const hours = new Map(
    (await query(`SELECT "${time}" // 36000000000 % 24 AS hr, count(*) AS n FROM (${network}) GROUP BY ALL`)).map(
      (row) => [Number(row['hr']), Number(row['n'])],
    ),
  );
  return {
    tables,
    actions: (
      await query(`SELECT ActionType AS action, count(*) AS n, count(*) FILTER (RemoteUrl <> '') AS named
        FROM (${network}) GROUP BY ALL ORDER BY n DESC, action`)
    ).map((row) => ({ action: String(row['action']), rows: Number(row['n']), named: Number(row['named']) })),
    hours: Array.from({ length: 24 }, (_, hour) => hours.get(hour) ?? 0),
    perHost: await hostDays(query, network, time),
    scenarios: (
      await query(
        `SELECT id, count(*) AS n, count(DISTINCT host) AS hosts FROM (${all}) GROUP BY id ORDER BY n DESC, id`,
      )
    ).map((row) => ({ id: String(row['id']), rows: Number(row['n']), hosts: Number(row['hosts']) })),
    procedures: {
      covered: prepared.world.scenarios.flatMap((scenario) =>
        scenario.label === 'malicious'
          ? [{ procedure: scenario.procedure, scenario: scenario.id, technique: scenario.technique }]
          : [],
      ),
      outOfReach: loadOutOfReach(),
    },
  };
}

function spelt({ environment, schemas }: Prepared, name: string): string {
  return tableSql(name, { environment, schemas, label: true, sorted: false });
}

async function describeTable(
  connection: DuckDBConnection,
  prepared: Prepared,
  name: string,
): Promise<TableDescription> {
  const columns = (prepared.schemas.get(name) ?? []).map((column) => column.name);
  const select = columns.flatMap((column, index) => [
    `approx_count_distinct("${column}") AS d${index}`,
    `count(*) FILTER ("${column}" IS NULL OR CAST("${column}" AS VARCHAR) = '') AS e${index}`,
  ]);
  const reader = await connection.runAndReadAll(
    `SELECT count(*) AS n, ${select.join(', ')} FROM (${spelt(prepared, name)})`,
  );
  const row: Row = reader.getRowObjects()[0] ?? {};
  const rows = Number(row['n']);
  return {
    name,
    rows,
    columns: columns.map((column, index) => ({
      name: column,
      distinct: Number(row[`d${index}`]),
      empty: rows === 0 ? 0 : Number(row[`e${index}`]) / rows,
    })),
  };
}

async function hostDays(
  query: (sql: string) => Promise<readonly Row[]>,
  network: string,
  time: string,
): Promise<Description['perHost']> {
  const [row] = await query(`
    SELECT min(n) AS least, quantile_disc(n, 0.1) AS tenth, median(n) AS median, quantile_disc(n, 0.9) AS ninetieth,
      max(n) AS most, avg(n) AS mean
    FROM (SELECT count(*) AS n FROM (${network}) GROUP BY DeviceId, "${time}" // 864000000000)`);
  const of = (name: string): number => Math.round(Number(row?.[name] ?? 0));
  return {
    least: of('least'),
    tenth: of('tenth'),
    median: of('median'),
    ninetieth: of('ninetieth'),
    most: of('most'),
    mean: of('mean'),
  };
}
