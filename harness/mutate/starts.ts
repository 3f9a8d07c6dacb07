import type { Events, Row } from '../detection/tests-schema.js';
import type { Engine } from '../engine/index.js';
import { type Compiled, type Planned, print } from '../kql/index.js';
import { formatDatetime } from '../kql/values/datetime.js';
import { TEST_CLOCK } from '../measure/unit-tests.js';
import type { Database } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { eventRows } from './event-rows.js';
import type { Played } from './verdicts.js';

/** Events that a search of witnesses varies, and the rule's clock. */
export interface Start {
  readonly now: string;
  readonly events: Events;
}

/** Alerts of a scenario whose events are varied. */
const MOST_ALERTS = 3;
/** Most events of an alert: a set that is larger is no test that a person reads. */
const MOST_EVENTS = 25;

/** The events of tests, each set under the clock of its test. */
export function startsOfTests(
  tests: readonly { readonly now?: string | undefined; readonly events?: Events | undefined }[],
): Start[] {
  return tests.flatMap(({ now = TEST_CLOCK, events }) => (events === undefined ? [] : [{ now, events }]));
}

/** The events behind the first alerts that a rule raises over the scenarios of its tests. */
export async function startsOfScenarios(
  rule: Planned,
  text: string,
  played: readonly Played[],
  catalog: Catalog,
): Promise<Start[]> {
  const compiled = print(rule, { names: catalog, lineage: true });
  if (compiled.lineage === 'none') return [];
  const named = new Set([catalog.timeColumn, ...(text.match(/\w+/g) ?? [])]);
  const starts: Start[] = [];
  for (const { scenario } of played) {
    const { engine, now } = scenario;
    const database: Database = {
      query: async (sql) => (await engine.connection.runAndReadAll(sql)).getRowObjects(),
    };
    for (const ids of await alertsOver(engine, compiled, now)) {
      const events: Record<string, Row[]> = {};
      for (const { name } of compiled.tables) {
        const rows = await eventRows(database, name, ids, named, catalog);
        if (rows.length > 0) events[name] = rows;
      }
      starts.push({ now: formatDatetime(now), events });
    }
  }
  return starts;
}

/** Ids of the events behind each alert. */
async function alertsOver(engine: Engine, compiled: Compiled, now: bigint): Promise<string[][]> {
  const asked: Compiled = {
    ...compiled,
    sql: `SELECT array_to_string(list_distinct(_lineage), ',') AS c0 FROM (${compiled.sql})
          WHERE len(list_distinct(_lineage)) BETWEEN 1 AND ${MOST_EVENTS} LIMIT ${MOST_ALERTS}`,
    columns: [{ name: 'ids', type: 'string' }],
    lineage: 'none',
  };
  const { rows } = await engine.run(asked, { now });
  return rows.map(([ids]) => String(ids).split(','));
}
