import type { Role } from '../detection/detection-schema.js';
import type { Grouping } from '../detection/rule.js';
import { identifier } from '../kql/sql/literal.js';
import { type Database, type Kept, sourceOf } from './world.js';

export type Label = 'malicious' | 'benign';

export interface ScenarioCounts {
  readonly scenario: string;
  readonly label: Label;
  readonly technique: string | undefined;
  readonly procedure: string | undefined;
  readonly activities: number;
  readonly detected: number;
  /** Alerts whose lineage holds one of its events. */
  readonly alerts: number;
  /** Alerts that are put down to it: each alert to one scenario. */
  readonly owned: number;
}

/** Alerts of one scenario on one host. They stand or fall together, so they are one unit. */
export interface ClusterCounts {
  readonly label: Label;
  readonly alerts: number;
}

/** Events by what they are in their activity, and how many of them the rule returned. */
export interface EventCounts {
  readonly role: Role;
  readonly scenario: string;
  readonly events: number;
  readonly returned: number;
}

export interface Counts {
  readonly alerts: number;
  readonly scenarios: readonly ScenarioCounts[];
  readonly clusters: readonly ClusterCounts[];
  readonly events: readonly EventCounts[];
}

/** The alerts that were gathered last (`alert`, `lineage`), and the events they came from with their activities. */
export const ALERTS = '_measured_alerts';
export const HITS = '_measured_hits';
const EVENTS = '_measured_events';

/**
 * Makes the alerts of the given runs, in a table that the counts are then taken from.
 *
 * @param runs tables of the runs' rows, in order of time
 * @param grouping columns of a `perEntity` grouping as the table names them (`c3`)
 * @param tables the tables of events that the rule reads
 */
export async function gatherAlerts(
  database: Database,
  runs: readonly string[],
  grouping: Grouping,
  tables: readonly string[],
): Promise<void> {
  await database.query(`CREATE OR REPLACE TEMP TABLE ${ALERTS} AS ${alertRows(runs, grouping)}`);
  const events = await eventRows(database, tables);
  await database.query(`CREATE OR REPLACE TEMP VIEW ${EVENTS} AS ${events}`);
  await database.query(
    `CREATE OR REPLACE TEMP TABLE ${HITS} AS
     SELECT DISTINCT alert, event._id AS id, activity.activity, activity.scenario, activity.label, activity.host
     FROM (SELECT alert, unnest(lineage) AS id FROM ${ALERTS}) AS hit
     JOIN ${EVENTS} AS event ON event._id = hit.id
     JOIN _activities AS activity ON activity.activity = event._activity`,
  );
}

/** Takes the counts of the alerts that were gathered last. */
export async function takeCounts(database: Database): Promise<Counts> {
  const [total] = await database.query(`SELECT count(DISTINCT alert) AS alerts FROM ${ALERTS}`);
  return {
    alerts: whole(total?.['alerts']),
    scenarios: (await database.query(SCENARIOS)).map((row) => ({
      scenario: String(row['scenario']),
      label: labelOf(row['label']),
      technique: optional(row['technique']),
      procedure: optional(row['procedure']),
      activities: whole(row['activities']),
      detected: whole(row['detected']),
      alerts: whole(row['alerts']),
      owned: whole(row['owned']),
    })),
    clusters: (await database.query(CLUSTERS)).map((row) => ({
      label: labelOf(row['label']),
      alerts: whole(row['alerts']),
    })),
    events: (await database.query(RETURNED)).map((row) => ({
      role: String(row['role']) as Role,
      scenario: String(row['scenario']),
      events: whole(row['events']),
      returned: whole(row['returned']),
    })),
  };
}

/**
 * How many alerts the given runs make, and how many of them come from an attack.
 *
 * @param kept the only events that the rule was run over; all when absent
 */
export async function countAlerts(
  database: Database,
  runs: readonly string[],
  grouping: Grouping,
  tables: readonly string[],
  kept?: Kept,
): Promise<{ readonly true: number; readonly false: number }> {
  const [row] = await database.query(
    `WITH alerts AS (${alertRows(runs, grouping)}),
     attacked AS (
       SELECT DISTINCT alert
       FROM (SELECT alert, unnest(lineage) AS id FROM alerts) AS hit
       JOIN (${await eventRows(database, tables, kept)}) AS event ON event._id = hit.id
       JOIN _activities AS activity ON activity.activity = event._activity
       WHERE label = 'malicious')
     SELECT (SELECT count(DISTINCT alert) FROM alerts) AS total, (SELECT count(*) FROM attacked) AS hits`,
  );
  const hits = whole(row?.['hits']);
  return { true: hits, false: whole(row?.['total']) - hits };
}

/** SQL of the ids of the events that the rows of the given runs came from. */
export function idsOf(runs: readonly string[]): string {
  return `SELECT DISTINCT id FROM (${unionAll(runs.map((table) => `SELECT unnest(_lineage) AS id FROM ${identifier(table)}`))})`;
}

/** SQL of the rows of all runs, each with the number of its alert. */
export function numberedRows(runs: readonly string[], grouping: Grouping): string {
  const rows = unionAll(runs.map((table, run) => `SELECT ${run} AS _run, * FROM ${identifier(table)}`));
  return `SELECT dense_rank() OVER (ORDER BY _run${alertKey(grouping)}) AS alert, * FROM (${rows})`;
}

/** SQL of the rows of all parts. In halves: a chain of thousands takes time by the square of its length. */
function unionAll(parts: readonly string[]): string {
  const [first = ''] = parts;
  if (parts.length <= 1) return first;
  const half = parts.length >> 1;
  return `(${unionAll(parts.slice(0, half))}) UNION ALL (${unionAll(parts.slice(half))})`;
}

/** SQL of the number and lineage of each row's alert. */
function alertRows(runs: readonly string[], grouping: Grouping): string {
  return `SELECT alert, _lineage AS lineage FROM (${numberedRows(runs, grouping)})`;
}

async function eventRows(database: Database, tables: readonly string[], kept?: Kept): Promise<string> {
  const parts: string[] = [];
  for (const table of tables) parts.push(`SELECT _id, _activity, _role FROM ${await sourceOf(database, table, kept)}`);
  // A rule may read none of the tables that the workload fills.
  return parts.length === 0 ? NO_EVENTS : parts.join(' UNION ALL ');
}

const NO_EVENTS = 'SELECT 0::BIGINT AS _id, 0::BIGINT AS _activity, NULL::VARCHAR AS _role WHERE false';

/**
 * An alert is put down to one scenario on one host: to a malicious one where its lineage holds any, else to the one
 * with most of its events.
 */
export function ownersOf(hits: string): string {
  return `
  SELECT alert, scenario, label, host
  FROM (SELECT alert, scenario, label, host, count(*) AS events FROM ${hits} GROUP BY ALL)
  QUALIFY row_number() OVER (PARTITION BY alert ORDER BY label = 'malicious' DESC, events DESC, scenario, host) = 1`;
}

const OWNERS = ownersOf(HITS);

const SCENARIOS = `
  SELECT scenario, any_value(label) AS label, any_value(technique) AS technique, any_value(procedure) AS procedure,
         count(*) AS activities, count(*) FILTER (WHERE activity IN (SELECT activity FROM ${HITS})) AS detected,
         coalesce(any_value(alerts), 0) AS alerts, coalesce(any_value(owned), 0) AS owned
  FROM _activities
  LEFT JOIN (SELECT scenario, count(DISTINCT alert) AS alerts FROM ${HITS} GROUP BY scenario) USING (scenario)
  LEFT JOIN (SELECT scenario, count(*) AS owned FROM (${OWNERS}) GROUP BY scenario) USING (scenario)
  GROUP BY scenario ORDER BY scenario`;

/** An alert without events is a unit of its own. */
const CLUSTERS = `
  SELECT label, count(*) AS alerts FROM (${OWNERS}) GROUP BY scenario, host, label
  UNION ALL
  SELECT 'benign', 1 FROM (SELECT DISTINCT alert FROM ${ALERTS}) WHERE alert NOT IN (SELECT alert FROM ${HITS})
  ORDER BY ALL`;

const RETURNED = `
  SELECT event._role AS role, activity.scenario, count(*) AS events, count(hit.id) AS returned
  FROM ${EVENTS} AS event
  JOIN _activities AS activity ON activity.activity = event._activity
  LEFT JOIN (SELECT DISTINCT id FROM ${HITS}) AS hit ON hit.id = event._id
  GROUP BY ALL ORDER BY ALL`;

function alertKey(grouping: Grouping): string {
  if (grouping === 'per-run') return '';
  return grouping === 'per-row' ? ', _row' : grouping.perEntity.map((column) => `, ${identifier(column)}`).join('');
}

function whole(value: unknown): number {
  return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : 0;
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function labelOf(value: unknown): Label {
  return value === 'malicious' ? 'malicious' : 'benign';
}
