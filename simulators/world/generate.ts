import type { DuckDBConnection } from '@duckdb/node-api';
import type { Sensor } from '../sensor.js';
import { dayNumber, TICKS_PER_DAY, weekday } from '../ticks.js';
import { type Batch, benignActivities, benignConnections, connectionKeys } from './benign.js';
import {
  BENIGN,
  compileBenign,
  HOSTS,
  hostRows,
  MINUTES,
  minuteRows,
  SCENARIOS,
  SLOTS,
  scenarioRows,
  WHO,
  type World,
  whoRows,
} from './compile.js';
import { DESTINATIONS } from './destinations.js';
import { births, LINKS, LIVES_COLUMNS, LIVES_TABLE, livesOf } from './lives.js';
import { compileMalicious, maliciousConnections, RUNS, STEPS } from './malicious.js';
import { observedRows, ROW_COLUMNS } from './observe.js';
import { ARTIFACTS, PROCESSES } from './processes.js';
import { fillTable, PREFIX } from './tables.js';

/** The rows of `DeviceNetworkEvents`, not yet spelt out, in the order of days, runs of hosts and time. */
export const ROWS = `${PREFIX}row`;
/** Processes that started within the workload. */
export const BIRTHS = `${PREFIX}birth`;
/** `_activities`, but for the names that its numbers stand for. */
export const ACTIVITIES = `${PREFIX}activity`;

const RAW = `${PREFIX}connection`;
const ACTIVE = `${PREFIX}active`;
const KEYS = `${PREFIX}key`;
const ATTACKS = `${PREFIX}attack`;
const BATCHES = [RAW, KEYS, ACTIVE, ATTACKS, LINKS];
const COMPILED = [HOSTS, WHO, MINUTES, SCENARIOS, BENIGN, SLOTS, RUNS, STEPS, PROCESSES, ARTIFACTS, DESTINATIONS];

/** About so many rows are made at a time. */
const BATCH_ROWS = 2_000_000;
const ROWS_PER_HOST = 1_000;

/** Called after each batch with the share of the work that is done, 0 to 1. */
export type Progress = (done: number) => void;

/**
 * Makes a world's activities and what the sensor tells of them, as the tables `ROWS`, `BIRTHS` and `ACTIVITIES` and
 * those that they point into. Memory beyond these tables does not depend on the number of events.
 */
export async function generate(
  connection: DuckDBConnection,
  world: World,
  sensor: Sensor,
  runs: number,
  progress: Progress = () => undefined,
): Promise<void> {
  await fillTables(connection, world, runs);
  const first = dayNumber(world.startTicks);
  const end = world.startTicks + BigInt(world.days) * TICKS_PER_DAY;
  await createResults(connection);
  const linked = world.attacks !== undefined;
  const attacks = maliciousConnections(HOSTS.name, end, linked);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${ATTACKS} AS ${attacks}`);
  if (linked) {
    const links = `SELECT h, inst, any_value(of_inst) AS of_inst, min(of_created) AS of_created FROM ${ATTACKS} WHERE of_inst IS NOT NULL GROUP BY h, inst`;
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${LINKS} AS ${links}`);
  }
  await connection.run(
    `INSERT INTO ${ACTIVITIES} SELECT r.act, r.scen, r.h, r.first_at FROM ${RUNS.name} r WHERE r.first_at < ${end}`,
  );
  const batches = batchesOf(world, first);
  for (const [index, batch] of batches.entries()) {
    await generateBatch(connection, world, sensor, batch, end);
    progress((index + 1) / batches.length);
  }
  for (const table of BATCHES) await connection.run(`DROP TABLE IF EXISTS ${table}`);
}

/** Drops every working table. */
export async function dropWorkTables(connection: DuckDBConnection): Promise<void> {
  for (const name of [ROWS, LIVES_TABLE, BIRTHS, ACTIVITIES, ...BATCHES, ...COMPILED.map((table) => table.name)]) {
    await connection.run(`DROP TABLE IF EXISTS ${name}`);
  }
}

async function fillTables(connection: DuckDBConnection, world: World, runs: number): Promise<void> {
  const { benign, slots } = compileBenign(world);
  const malicious = compileMalicious(world, runs);
  await fillTable(connection, HOSTS, hostRows(world));
  await fillTable(connection, WHO, whoRows(world));
  await fillTable(connection, MINUTES, minuteRows());
  await fillTable(connection, SCENARIOS, scenarioRows(world));
  await fillTable(connection, BENIGN, benign);
  await fillTable(connection, SLOTS, slots);
  await fillTable(connection, RUNS, malicious.runs);
  await fillTable(connection, STEPS, malicious.steps);
  await fillTable(connection, PROCESSES, world.processes.rows);
  await fillTable(connection, ARTIFACTS, world.processes.artifacts);
  await fillTable(connection, DESTINATIONS, world.destinations.rows);
}

async function createResults(connection: DuckDBConnection): Promise<void> {
  const lives = LIVES_COLUMNS;
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${ROWS} (${ROW_COLUMNS})`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${LIVES_TABLE} (${lives})`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${BIRTHS} (${lives.replace(/^life \w+, /, '')})`);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${ACTIVITIES} (act BIGINT, scen INTEGER, h INTEGER, begun BIGINT)`,
  );
}

async function generateBatch(
  connection: DuckDBConnection,
  world: World,
  sensor: Sensor,
  batch: Batch,
  end: bigint,
): Promise<void> {
  const from = BigInt(batch.day) * TICKS_PER_DAY;
  const to = from + TICKS_PER_DAY;
  const repeated = !sensor.onceADay || sensor.aggregatedReports;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${ACTIVE} AS ${benignActivities(batch, world.hosts.length, dayNumber(world.startTicks))}`,
  );
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${KEYS} AS ${connectionKeys(ACTIVE, repeated)}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${RAW} AS ${benignConnections(ACTIVE, KEYS, batch)}
    UNION ALL SELECT *${world.attacks === undefined ? '' : ' EXCLUDE (of_inst, of_created)'} FROM ${ATTACKS} WHERE t >= ${from} AND t < ${to}
      AND h >= ${batch.firstHost} AND h < ${batch.endHost}`);
  const firstLife = Number((await connection.runAndReadAll(`SELECT count(*) FROM ${LIVES_TABLE}`)).getRows()[0]?.[0]);
  const lives = `life >= ${firstLife}`;
  await connection.run(`INSERT INTO ${LIVES_TABLE} ${livesOf(RAW, firstLife, world.attacks !== undefined)}`);
  await connection.run(`INSERT INTO ${ROWS} ${observedRows(RAW, lives, [from, to], sensor, end)}`);
  await connection.run(
    `INSERT INTO ${ACTIVITIES} SELECT a.act, a.scen, a.h, first_at FROM ${ACTIVE} a
      JOIN (SELECT act, min(t) AS first_at FROM ${RAW} GROUP BY act) USING (act) ORDER BY first_at, act`,
  );
  await connection.run(`INSERT INTO ${BIRTHS} ${births(lives, from, to, world.attacks !== undefined)}`);
}

/** Days by runs of hosts that come to about `BATCH_ROWS` each. */
function batchesOf(world: World, firstDay: number): Batch[] {
  const hosts = Math.max(1, Math.floor(BATCH_ROWS / ROWS_PER_HOST));
  const off = new Set(world.organisation.calendar.weekend);
  const batches: Batch[] = [];
  for (let day = firstDay; day < firstDay + world.days; day += 1) {
    for (let host = 0; host < world.hosts.length; host += hosts) {
      const endHost = Math.min(world.hosts.length, host + hosts);
      batches.push({ day, firstHost: host, endHost, weekend: off.has(weekday(day)) });
    }
  }
  return batches;
}
