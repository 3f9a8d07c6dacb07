import type { DuckDBConnection } from '@duckdb/node-api';
import { loadOutOfReach, type OutOfReach } from './out-of-reach.js';
import type { Prepared } from './play.js';
import { ACTIVITIES_SQL, TELEMETRY_TABLES, tableSql } from './world/spell.js';

/** How full and how varied a column is. */
export interface ColumnDescription {
  readonly name: string;
  /** Distinct values: of a long table to about a tenth, as `counted` says. */
  readonly distinct: number;
  /** Share of rows, 0 to 1, with no text or no value. */
  readonly empty: number;
}

export interface TableDescription {
  readonly name: string;
  readonly rows: number;
  /** Whether distinct values are counted one by one, or estimated. */
  readonly counted: 'exactly' | 'about';
  readonly columns: readonly ColumnDescription[];
}

/** What was made: the quality of a world, measured. */
export interface Description {
  readonly tables: readonly TableDescription[];
  /** Rows of `DeviceNetworkEvents` by kind. */
  readonly actions: readonly { readonly action: string; readonly rows: number; readonly named: number }[];
  /** Rows of `DeviceNetworkEvents`, and attacks that began, by the hour of the day in UTC. */
  readonly hours: readonly number[];
  readonly attackHours: readonly number[];
  /** Rows of `DeviceNetworkEvents` a host and day. */
  readonly perHost: Readonly<Record<'least' | 'tenth' | 'median' | 'ninetieth' | 'most' | 'mean', number>>;
  /** Hosts and days by their rows of `DeviceNetworkEvents`, from so many on. */
  readonly hostDays: readonly { readonly from: number; readonly hostDays: number }[];
  /** Activities, their rows in all tables, and their hosts, by scenario. */
  readonly scenarios: readonly {
    readonly id: string;
    readonly label: string;
    readonly activities: number;
    readonly rows: number;
    readonly hosts: number;
  }[];
  readonly procedures: {
    readonly covered: readonly {
      readonly procedure: string;
      readonly scenario: string;
      readonly technique: string;
      readonly hiding: string;
      readonly encoding: string;
    }[];
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
  const all = TELEMETRY_TABLES.map((name) => `SELECT _activity AS activity FROM (${spelt(prepared, name)})`).join(
    ' UNION ALL ',
  );
  const query = async (sql: string): Promise<readonly Row[]> => (await connection.runAndReadAll(sql)).getRowObjects();
  const byHour = async (instant: string, from: string): Promise<number[]> => {
    const found = await query(`SELECT ${instant} // 36000000000 % 24 AS hr, count(*) AS n FROM ${from} GROUP BY ALL`);
    const hours = new Map(found.map((row) => [Number(row['hr']), Number(row['n'])]));
    return Array.from({ length: 24 }, (_, hour) => hours.get(hour) ?? 0);
  };
  return {
    tables,
    actions: (
      await query(`SELECT ActionType AS action, count(*) AS n, count(*) FILTER (RemoteUrl <> '') AS named
        FROM (${network}) GROUP BY ALL ORDER BY n DESC, action`)
    ).map((row) => ({ action: String(row['action']), rows: Number(row['n']), named: Number(row['named']) })),
    hours: await byHour(`"${time}"`, `(${network})`),
    attackHours: await byHour('start', `(${ACTIVITIES_SQL}) WHERE label = 'malicious'`),
    ...(await perHostDay(query, network, time)),
    scenarios: (
      await query(
        `SELECT scenario AS id, label, count(*) AS activities, coalesce(sum(n), 0) AS rows, count(DISTINCT host) AS hosts
        FROM (${ACTIVITIES_SQL}) LEFT JOIN (SELECT activity, count(*) AS n FROM (${all}) GROUP BY activity) USING (activity)
        GROUP BY ALL ORDER BY rows DESC, id`,
      )
    ).map((row) => ({
      id: String(row['id']),
      label: String(row['label']),
      activities: Number(row['activities']),
      rows: Number(row['rows']),
      hosts: Number(row['hosts']),
    })),
    procedures: {
      covered: prepared.world.scenarios.flatMap((scenario) =>
        scenario.label === 'malicious'
          ? [
              {
                procedure: scenario.procedure,
                scenario: scenario.id,
                technique: scenario.technique,
                hiding: scenario.hiding,
                encoding: scenario.encoding ?? '',
              },
            ]
          : [],
      ),
      outOfReach: loadOutOfReach(),
    },
  };
}

function spelt({ environment, schemas }: Prepared, name: string): string {
  return tableSql(name, { environment, schemas, label: true, sorted: false });
}

/** Above this number of rows distinct values are estimated: counting them takes memory for each. */
const COUNTED_ROWS = 5_000_000;

async function describeTable(
  connection: DuckDBConnection,
  prepared: Prepared,
  name: string,
): Promise<TableDescription> {
  const columns = (prepared.schemas.get(name) ?? []).map((column) => column.name);
  const counter = await connection.runAndReadAll(`SELECT count(*) AS n FROM (${spelt(prepared, name)})`);
  const rows = Number(counter.getRowObjects()[0]?.['n']);
  const counted = rows <= COUNTED_ROWS ? 'exactly' : 'about';
  const distinct = (column: string): string =>
    counted === 'exactly' ? `count(DISTINCT "${column}")` : `approx_count_distinct("${column}")`;
  const select = columns.flatMap((column, index) => [
    `${distinct(column)} AS d${index}`,
    `count(*) FILTER ("${column}" IS NULL OR CAST("${column}" AS VARCHAR) = '') AS e${index}`,
  ]);
  const reader = await connection.runAndReadAll(`SELECT ${select.join(', ')} FROM (${spelt(prepared, name)})`);
  const row: Row = reader.getRowObjects()[0] ?? {};
  return {
    name,
    rows,
    counted,
    columns: columns.map((column, index) => ({
      name: column,
      distinct: Number(row[`d${index}`]),
      empty: rows === 0 ? 0 : Number(row[`e${index}`]) / rows,
    })),
  };
}

/** Columns that the rows of hosts and days are charted in. */
const COLUMNS = 12;

async function perHostDay(
  query: (sql: string) => Promise<readonly Row[]>,
  network: string,
  time: string,
): Promise<Pick<Description, 'perHost' | 'hostDays'>> {
  const counted = `SELECT count(*) AS n FROM (${network}) GROUP BY DeviceId, "${time}" // 864000000000`;
  const [row] = await query(`
    SELECT min(n) AS least, quantile_disc(n, 0.1) AS tenth, median(n) AS median, quantile_disc(n, 0.9) AS ninetieth,
      max(n) AS most, avg(n) AS mean
    FROM (${counted})`);
  const of = (name: string): number => Math.round(Number(row?.[name] ?? 0));
  const width = Math.max(1, Math.ceil(of('most') / COLUMNS / 50) * 50);
  const bins = await query(`SELECT n // ${width} AS bin, count(*) AS n FROM (${counted}) GROUP BY ALL`);
  const known = new Map(bins.map((bin) => [Number(bin['bin']), Number(bin['n'])]));
  const last = Math.max(0, ...known.keys());
  return {
    perHost: {
      least: of('least'),
      tenth: of('tenth'),
      median: of('median'),
      ninetieth: of('ninetieth'),
      most: of('most'),
      mean: of('mean'),
    },
    hostDays: Array.from({ length: last + 1 }, (_, bin) => ({ from: bin * width, hostDays: known.get(bin) ?? 0 })),
  };
}
