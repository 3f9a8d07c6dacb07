import type { Grouping } from '../detection/rule.js';
import type { Compiled } from '../kql/index.js';
import { EVENT_ID, identifier, physicalNames } from '../kql/sql/literal.js';
import type { KqlType } from '../kql/types.js';
import { formatDatetime } from '../kql/values/datetime.js';
import { formatTimespan } from '../kql/values/timespan.js';
import type { Catalog } from '../tables/catalog.js';
import { HITS, type Label, numberedRows, ownersOf } from './counts.js';
import { sourceOf, type World } from './world.js';

/** What stands behind a detection's figures; told to whoever asks, and no part of the measurement. */
export interface Evidence {
  /** Every alert in order, by its first row. */
  readonly alerts: { readonly columns: readonly string[]; readonly rows: readonly AlertEvidence[] };
  /** The malicious activities, in order. */
  readonly activities: readonly ActivityEvidence[];
}

export interface AlertEvidence {
  readonly verdict: 'true' | 'false';
  /** What the alert is put down to; empty when it came from no event of an activity. */
  readonly scenario: string;
  readonly host: string;
  /** Events that it came from. */
  readonly events: number;
  /** The id of the first of them; empty when there is none. */
  readonly event: string;
  readonly row: readonly string[];
}

export interface ActivityEvidence {
  readonly scenario: string;
  readonly activity: number;
  readonly host: string;
  readonly detected: boolean;
  readonly events: readonly EventEvidence[];
}

export interface EventEvidence {
  readonly id: string;
  readonly time: string;
  readonly table: string;
  readonly role: string;
  readonly returned: boolean;
  /** What the event holds in the columns that the rule names. */
  readonly facts: Readonly<Record<string, string>>;
}

/** What runs of a rule made, as `gatherAlerts` takes it. */
export interface Made {
  readonly runs: readonly string[];
  readonly grouping: Grouping;
  readonly tables: readonly string[];
}

/** A longer value is cut: it is shown to people. */
const LONGEST = 400;
/** Events that are listed of one activity; a beacon repeats itself. */
const EVENTS_OF_ONE = 25;

/** The alerts that were gathered last, and the malicious activities with the events that the rule could have seen. */
export async function takeEvidence(
  world: World,
  catalog: Catalog,
  compiled: Compiled,
  text: string,
  made: Made,
): Promise<Evidence> {
  return {
    alerts: { columns: compiled.columns.map(({ name }) => name), rows: await alertsOf(world, compiled, made) },
    activities: await activitiesOf(world, catalog, text, made.tables),
  };
}

async function alertsOf(world: World, { columns }: Compiled, { runs, grouping }: Made): Promise<AlertEvidence[]> {
  const rows = await world.query(
    `SELECT shown.* EXCLUDE (_lineage), owner.scenario AS _scenario, owner.label AS _label, owner.host AS _host,
            coalesce(hit.events, 0) AS _events, hit.event AS _event
     FROM (SELECT * FROM (${numberedRows(runs, grouping)})
           QUALIFY row_number() OVER (PARTITION BY alert ORDER BY _run, _row) = 1) AS shown
     LEFT JOIN (${ownersOf(HITS)}) AS owner USING (alert)
     LEFT JOIN (SELECT alert, count(DISTINCT id) AS events, min(id) AS event FROM ${HITS} GROUP BY alert) AS hit USING (alert)
     ORDER BY alert`,
  );
  return rows.map((row) => ({
    verdict: (row['_label'] as Label | null) === 'malicious' ? 'true' : 'false',
    scenario: String(row['_scenario'] ?? ''),
    host: String(row['_host'] ?? ''),
    events: Number(row['_events']),
    event: String(row['_event'] ?? ''),
    row: columns.map(({ type }, i) => shown(row[`c${i}`], type)),
  }));
}

async function activitiesOf(
  world: World,
  catalog: Catalog,
  text: string,
  tables: readonly string[],
): Promise<ActivityEvidence[]> {
  const events = new Map<number, EventEvidence[]>();
  for (const table of tables) {
    for (const [activity, event] of await eventsOf(world, catalog, text, table)) {
      events.set(activity, [...(events.get(activity) ?? []), event]);
    }
  }
  const rows = await world.query(
    `SELECT activity, scenario, host, activity IN (SELECT activity FROM ${HITS}) AS detected
     FROM _activities WHERE label = 'malicious' ORDER BY scenario, activity`,
  );
  return rows.map((row) => {
    const activity = Number(row['activity']);
    const own = (events.get(activity) ?? []).sort((a, b) => (a.time < b.time ? -1 : 1));
    return {
      scenario: String(row['scenario']),
      activity,
      host: String(row['host'] ?? ''),
      detected: row['detected'] === true,
      events: own.slice(0, EVENTS_OF_ONE),
    };
  });
}

async function eventsOf(
  world: World,
  catalog: Catalog,
  text: string,
  table: string,
): Promise<(readonly [number, EventEvidence])[]> {
  const schema = catalog.tables.get(table) ?? [];
  const physical = physicalNames(schema.map(({ name }) => name));
  const named = new Set(text.match(/\w+/g));
  const told = schema
    .map((column, i) => ({ ...column, physical: physical[i] ?? column.name }))
    .filter(({ name }) => named.has(name) && name !== catalog.timeColumn);
  const rows = await world.query(
    `SELECT event._activity, event.${EVENT_ID} AS _event, event._role, event.${identifier(catalog.timeColumn)} AS _at,
            event.${EVENT_ID} IN (SELECT id FROM ${HITS}) AS _returned
            ${told.map((column, i) => `, event.${identifier(column.physical)} AS f${i}`).join('')}
     FROM ${await sourceOf(world, table)} AS event JOIN _activities AS activity ON activity.activity = event._activity
     WHERE activity.label = 'malicious'
     QUALIFY row_number() OVER (PARTITION BY event._activity ORDER BY _at, _event) <= ${EVENTS_OF_ONE}`,
  );
  return rows.map((row) => [
    Number(row['_activity']),
    {
      id: String(row['_event']),
      time: shown(row['_at'], 'datetime'),
      table,
      role: String(row['_role'] ?? ''),
      returned: row['_returned'] === true,
      facts: Object.fromEntries(
        told.map(({ name, type }, i) => [name, shown(row[`f${i}`], type)]).filter(([, value]) => value !== ''),
      ),
    },
  ]);
}

/** A cell as a person reads it. */
function shown(value: unknown, type: KqlType): string {
  if (value === null || value === undefined) return '';
  const text =
    typeof value !== 'bigint'
      ? String(value)
      : type === 'datetime'
        ? formatDatetime(value)
        : type === 'timespan'
          ? formatTimespan(value)
          : String(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
