import { explainMany } from '../explain/many.js';
import { type Compiled, plan } from '../kql/index.js';
import { EVENT_ID, identifier, physicalNames } from '../kql/sql/literal.js';
import type { KqlType } from '../kql/types.js';
import { formatDatetime } from '../kql/values/datetime.js';
import { formatTimespan } from '../kql/values/timespan.js';
import { HITS, type Label, numberedRows, ownersOf } from '../measure/counts.js';
import type { Made, Witnessed } from '../measure/workload.js';
import { sourceOf, type World } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { rowRule } from '../trace/row-rule.js';
import type { ActivityEvidence, AlertEvidence, EventEvidence, EventExplanation, Evidence } from './result.js';

/** A longer value is cut: it is shown to people. */
const LONGEST = 400;
/** Of each scenario this many attacks that were caught, and as many that were missed. */
const ATTACKS = 10;
const EVENTS_OF_ATTACK = 12;

/** What raises false alerts repeats itself. */
const EVERYDAY = 3;
const EVENTS_OF_EVERYDAY = 3;

/** Of a rule that holds events against others, each step is run over all of them: beyond this many it takes minutes. */
const MOST_EXPLAINED_AMONG = 5_000_000;

/** The alerts that were gathered last, and the activities behind them and behind what is missing among them. */
export async function takeEvidence({ detection, compiled, catalog, played, made }: Witnessed): Promise<Evidence> {
  const { world } = played;
  const activities = await activitiesOf(world, catalog, detection.deployed.text, made.tables);
  const events = activities.flatMap((activity) => activity.events);
  const rowByRow = rowRule(plan(detection.deployed.text, { names: catalog, columnsOfData: 'none' }).plan) !== undefined;
  const tooMany = !rowByRow && played.described.events > MOST_EXPLAINED_AMONG;
  const explained = await explainMany(
    detection,
    tooMany ? [] : events.map(({ id, at }) => ({ id: BigInt(id), at })),
    made.tables,
    played,
    catalog,
  );
  const shared = new Shared();
  return {
    alerts: { columns: compiled.columns.map(({ name }) => name), rows: await alertsOf(world, compiled, made) },
    activities: activities.map(({ events: own, ...activity }) => ({
      ...activity,
      events: own.map(({ at: _, ...event }) => {
        const explanation = explained.get(BigInt(event.id));
        return explanation === undefined ? event : { ...event, explanation: shared.indexOf(explanation) };
      }),
    })),
    explanations: shared.explanations,
    ...(tooMany && {
      unexplained: 'the rule holds events against others, and there are too many to run each step again',
    }),
  };
}

/** Explanations, of which those that say the same are one; the values are those of the first event. */
class Shared {
  readonly explanations: EventExplanation[] = [];
  private readonly known = new Map<string, number>();

  indexOf(explanation: EventExplanation): number {
    const { returned, steps, droppedAt } = explanation;
    const said = steps.map(({ values: _, ...step }) => step);
    const key = JSON.stringify([returned, droppedAt, said]);
    const index = this.known.get(key) ?? this.explanations.push(explanation) - 1;
    this.known.set(key, index);
    return index;
  }
}

async function alertsOf(world: World, { columns }: Compiled, { runs, grouping }: Made): Promise<AlertEvidence[]> {
  const rows = await world.query(
    `SELECT shown.* EXCLUDE (_lineage), owner.scenario AS _scenario, owner.label AS _label, owner.host AS _host,
            coalesce(hit.events, 0) AS _events, hit.event AS _event
     FROM (SELECT * FROM (${numberedRows(runs, grouping)})
           QUALIFY row_number() OVER (PARTITION BY alert ORDER BY _run, _row) = 1) AS shown
     LEFT JOIN (${ownersOf(HITS)}) AS owner USING (alert)
     LEFT JOIN (SELECT alert, count(DISTINCT id) AS events, min(id) AS event FROM ${HITS} GROUP BY alert) AS hit USING (alert)
     ORDER BY _event, ${columns.map((_, i) => `c${i}`).join(', ')}`,
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

type PlacedActivity = Omit<ActivityEvidence, 'events'> & { readonly events: readonly TimedEvent[] };
type TimedEvent = EventEvidence & { readonly at: bigint };

const LISTED = '_listed_activities';

async function activitiesOf(
  world: World,
  catalog: Catalog,
  text: string,
  tables: readonly string[],
): Promise<PlacedActivity[]> {
  await world.query(
    `CREATE OR REPLACE TEMP TABLE ${LISTED} AS
     SELECT activity, scenario, label, host, activity IN (SELECT activity FROM ${HITS}) AS detected FROM _activities
     WHERE label = 'malicious' OR detected
     QUALIFY row_number() OVER (PARTITION BY scenario, detected ORDER BY activity)
             <= CASE label WHEN 'malicious' THEN ${ATTACKS} ELSE ${EVERYDAY} END`,
  );
  const events = new Map<number, TimedEvent[]>();
  for (const table of tables) {
    for (const [activity, event] of await eventsOf(world, catalog, text, table)) {
      const own = events.get(activity);
      if (own === undefined) events.set(activity, [event]);
      else own.push(event);
    }
  }
  const rows = await world.query(`SELECT * FROM ${LISTED} ORDER BY scenario, activity`);
  return rows.map((row) => {
    const activity = Number(row['activity']);
    const own = events.get(activity) ?? [];
    return {
      scenario: String(row['scenario']),
      activity,
      host: String(row['host'] ?? ''),
      detected: row['detected'] === true,
      events: own
        .sort((a, b) => (a.at < b.at || (a.at === b.at && Number(a.id) < Number(b.id)) ? -1 : 1))
        .slice(0, EVENTS_OF_ATTACK),
    };
  });
}

async function eventsOf(
  world: World,
  catalog: Catalog,
  text: string,
  table: string,
): Promise<(readonly [number, TimedEvent])[]> {
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
     FROM ${await sourceOf(world, table)} AS event JOIN ${LISTED} AS activity ON activity.activity = event._activity
     QUALIFY row_number() OVER (PARTITION BY event._activity ORDER BY _returned DESC, _at, _event)
             <= CASE activity.label WHEN 'malicious' THEN ${EVENTS_OF_ATTACK} ELSE ${EVENTS_OF_EVERYDAY} END`,
  );
  return rows.map((row) => [
    Number(row['_activity']),
    {
      id: String(row['_event']),
      at: typeof row['_at'] === 'bigint' ? row['_at'] : world.end,
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
