import type { Detection } from '../detection/detection.js';
import type { Place } from '../exceptions/places.js';
import type { Compiled } from '../kql/index.js';
import { identifier } from '../kql/sql/literal.js';
import { gatherAlerts, HITS, ownersOf, takeCounts } from '../measure/counts.js';
import { type Figures, figuresOf } from '../measure/figures.js';
import type { PlayedWorld } from '../measure/play.js';
import { runScheduled } from '../measure/runs.js';
import { inAnswer, playedTables } from '../measure/workload.js';
import { type Kept, keepEvents } from '../measure/world.js';

/** A row as it comes to the place of exceptions, from which an alert came. */
export interface Row {
  /** The event that it is. */
  readonly event: bigint;
  readonly host: string;
  /** Texts by column. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Alert {
  readonly isTrue: boolean;
  readonly scenario: string;
  readonly host: string;
  /** Its rows at the place, by their places in `Ground.rows`. It is hidden when all of them are; never without any. */
  readonly rows: readonly number[];
}

/** A malicious activity that is caught. */
export interface Caught {
  readonly scenario: string;
  /** Its alerts, by their places in `Ground.alerts`. It is lost when all of them are hidden. */
  readonly alerts: readonly number[];
}

/** What a rule makes of a world, seen from the place where exceptions stand. */
export interface Ground {
  readonly rows: readonly Row[];
  readonly alerts: readonly Alert[];
  readonly caught: readonly Caught[];
  readonly figures: Figures;
  /** The events behind the alerts, set apart. */
  readonly kept: Kept;
}

/** The alerts of a version of a rule over a world, gathered for whoever counts them. */
export async function runRule(detection: Detection, compiled: Compiled, played: PlayedWorld): Promise<Figures> {
  const { world, exposure } = played;
  const tables = playedTables(compiled, played);
  const runs = await runScheduled(world, { compiled, tables }, detection.runs, detection.deployed.trigger);
  await gatherAlerts(world, runs, inAnswer(detection.grouping, compiled.columns), tables);
  return figuresOf(await takeCounts(world), exposure, detection.claims, compiled.lineage === 'one', 0);
}

/**
 * Runs a rule over a world and finds, for each alert, the rows at a place from which it came.
 *
 * @throws KqlError when the rule cannot be evaluated
 */
export async function groundOf(
  detection: Detection,
  compiled: Compiled,
  place: Place,
  played: PlayedWorld,
): Promise<Ground> {
  const { world } = played;
  const figures = await runRule(detection, compiled, played);
  const alerts = (await world.query(`SELECT * FROM (${ownersOf(HITS)}) ORDER BY alert`)).map((row) => ({
    alert: Number(row['alert']),
    isTrue: row['label'] === 'malicious',
    scenario: String(row['scenario']),
    host: String(row['host']),
  }));
  const kept = await keepEvents(world, playedTables(compiled, played), `SELECT DISTINCT id FROM ${HITS}`, 'tuned');
  const rows = await rowsAt(place, detection, played, kept);
  const rowOf = new Map(rows.map(({ event }, i) => [event, i]));
  const placeOf = new Map(alerts.map(({ alert }, i) => [alert, i]));
  const rowsOf: number[][] = alerts.map(() => []);
  for (const hit of await world.query(`SELECT DISTINCT alert, id FROM ${HITS} ORDER BY alert, id`)) {
    const row = rowOf.get(hit['id'] as bigint);
    if (row !== undefined) rowsOf[placeOf.get(Number(hit['alert'])) ?? -1]?.push(row);
  }
  const activities = new Map<number, { scenario: string; alerts: number[] }>();
  const hits = `SELECT DISTINCT activity, scenario, alert FROM ${HITS} WHERE label = 'malicious' ORDER BY activity, alert`;
  for (const hit of await world.query(hits)) {
    const activity = Number(hit['activity']);
    const known = activities.get(activity) ?? { scenario: String(hit['scenario']), alerts: [] };
    activities.set(activity, known);
    known.alerts.push(placeOf.get(Number(hit['alert'])) ?? -1);
  }
  return {
    rows,
    alerts: alerts.map(({ alert: _, ...told }, i) => ({ ...told, rows: rowsOf[i] ?? [] })),
    caught: [...activities.values()],
    figures,
    kept,
  };
}

/** The rows that come to a place, of the events that were set apart, with their texts. */
async function rowsAt(place: Place, detection: Detection, played: PlayedWorld, kept: Kept): Promise<Row[]> {
  const { world } = played;
  const texts = place.columns.filter(({ type }) => type === 'string').map(({ name }) => name);
  const asked = texts.map((name, i) => `t${i} = ['${name}']`).join(', ');
  const compiled = world.compile(`${place.rows}\n| project ${asked}`);
  const tables = playedTables(compiled, played);
  const runs = await runScheduled(world, { compiled, tables }, detection.runs, undefined, kept);
  const found = new Map<bigint, Row>();
  for (const run of runs) {
    const columns = texts.map((_, i) => `row.c${i}`).join(', ');
    const rows = await world.query(
      `SELECT hit.id AS _event, hit.host AS _host, ${columns}
       FROM (SELECT *, unnest(_lineage) AS _event FROM temp.${identifier(run)}) AS row
       JOIN (SELECT DISTINCT id, host FROM ${HITS}) AS hit ON hit.id = row._event ORDER BY hit.id`,
    );
    for (const row of rows) {
      const event = row['_event'] as bigint;
      const fields = Object.fromEntries(texts.map((name, i) => [name, String(row[`c${i}`] ?? '')]));
      found.set(event, { event, host: String(row['_host']), fields });
    }
  }
  return [...found.values()];
}
