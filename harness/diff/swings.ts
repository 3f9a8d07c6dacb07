import { ownersOf } from '../measure/counts.js';
import type { Database } from '../measure/world.js';
import type { Swing } from './result.js';
import { type SideName, tablesOf } from './versions.js';

/** Events that only one version's alerts came from: `id`, `direction`, `activity`, `scenario`, `label`. */
export const CHANGED_EVENTS = '_diff_events';

export interface ScenarioChange {
  readonly scenario: string;
  readonly label: 'malicious' | 'benign';
  readonly direction: 'gained' | 'lost';
  readonly events: number;
  readonly alerts: number;
}

/**
 * What both versions' alerts, which their tables hold, have not in common, by scenario.
 *
 * An alert is gained when the older version has no alert of its kind, true or false, that holds one of its events; of a
 * true alert only the malicious events count. Lost alerts are the same the other way round.
 */
export async function findChanges(database: Database): Promise<ScenarioChange[]> {
  await database.query(
    `CREATE OR REPLACE TEMP TABLE ${CHANGED_EVENTS} AS
     ${onlyIn('head', 'base', 'gained')} UNION ALL ${onlyIn('base', 'head', 'lost')}`,
  );
  const rows = await database.query(
    `SELECT scenario, label, direction, sum(events) AS events, sum(alerts) AS alerts FROM (
       SELECT scenario, label, direction, count(*) AS events, 0 AS alerts FROM ${CHANGED_EVENTS} GROUP BY ALL
       UNION ALL SELECT scenario, label, 'gained', 0, count(*) FROM (${alertsOnlyIn('head', 'base')}) GROUP BY ALL
       UNION ALL SELECT scenario, label, 'lost', 0, count(*) FROM (${alertsOnlyIn('base', 'head')}) GROUP BY ALL)
     GROUP BY ALL ORDER BY scenario, direction`,
  );
  return rows.map((row) => ({
    scenario: String(row['scenario']),
    label: row['label'] === 'malicious' ? 'malicious' : 'benign',
    direction: row['direction'] === 'gained' ? 'gained' : 'lost',
    events: Number(row['events']),
    alerts: Number(row['alerts']),
  }));
}

function onlyIn(side: SideName, other: SideName, direction: string): string {
  return `SELECT DISTINCT id, '${direction}' AS direction, activity, scenario, label FROM ${tablesOf(side).hits}
          WHERE id NOT IN (SELECT id FROM ${tablesOf(other).hits})`;
}

function alertsOnlyIn(side: SideName, other: SideName): string {
  const hits = tablesOf(side).hits;
  return `SELECT owner.alert, owner.scenario, owner.label FROM (${ownersOf(hits)}) AS owner
          WHERE owner.alert NOT IN (
            SELECT hit.alert FROM ${hits} AS hit
            JOIN (${ownersOf(hits)}) AS mine ON mine.alert = hit.alert AND mine.label = hit.label
            JOIN (${ownedEvents(other)}) AS theirs ON theirs.id = hit.id AND theirs.label = hit.label)`;
}

/** The events of a side's alerts that make them true or false. */
function ownedEvents(side: SideName): string {
  const { hits } = tablesOf(side);
  return `SELECT DISTINCT hit.id, hit.label FROM ${hits} AS hit
          JOIN (${ownersOf(hits)}) AS owner ON owner.alert = hit.alert AND owner.label = hit.label`;
}

/** How many alerts of each version come from no event; they are told apart by their number alone. */
export async function eventlessAlerts(database: Database): Promise<{ readonly base: number; readonly head: number }> {
  const of = async (side: SideName): Promise<number> => {
    const { alerts, hits } = tablesOf(side);
    const [row] = await database.query(
      `SELECT count(*) AS n FROM ${alerts} WHERE alert NOT IN (SELECT alert FROM ${hits})`,
    );
    return Number(row?.['n'] ?? 0);
  };
  return { base: await of('base'), head: await of('head') };
}

/** What counts of scenarios come to together. */
export function totalOf(changes: readonly ScenarioChange[], what: 'events' | 'alerts'): Swing {
  const sum = (direction: string, label: string): number =>
    changes
      .filter((change) => change.direction === direction && change.label === label)
      .reduce((total, change) => total + change[what], 0);
  return {
    gained: { true: sum('gained', 'malicious'), false: sum('gained', 'benign') },
    lost: { true: sum('lost', 'malicious'), false: sum('lost', 'benign') },
  };
}
