import type { Detection } from '../detection/detection.js';
import { physicalNames } from '../kql/sql/literal.js';
import type { TableSchema } from '../kql/types.js';
import { formatDatetime } from '../kql/values/datetime.js';
import type { PlayedWorld } from '../measure/play.js';
import { sourceOf } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import type { SampleEvent } from './result.js';
import { CHANGED_EVENTS } from './swings.js';

/** Most scenarios that a sample is taken of, in either direction. */
const MOST_SAMPLES = 60;

/** Columns that tell where an event happened, in either environment. */
const WHERE: ReadonlySet<string> = new Set(['DeviceName', 'Computer']);

/**
 * The first event of each scenario that was gained, and the first that was lost, with the columns that the rules name.
 */
export async function samplesOf(
  detections: readonly Detection[],
  tables: readonly string[],
  played: PlayedWorld,
  catalog: Catalog,
): Promise<SampleEvent[]> {
  const { world } = played;
  const named = new Set(detections.flatMap(({ deployed }) => deployed.text.match(/\w+/g) ?? []));
  const samples: SampleEvent[] = [];
  for (const table of tables) {
    const schema = catalog.tables.get(table) ?? [];
    const rows = await world.query(
      `SELECT changed.direction, changed.scenario, changed.label, event.*
       FROM ${await sourceOf(world, table)} AS event JOIN ${CHANGED_EVENTS} AS changed ON changed.id = event._id
       QUALIFY row_number() OVER (PARTITION BY changed.direction, changed.scenario ORDER BY event._id) = 1
       ORDER BY changed.direction, changed.label DESC, changed.scenario LIMIT ${MOST_SAMPLES}`,
    );
    for (const row of rows) {
      samples.push({
        direction: row['direction'] === 'gained' ? 'gained' : 'lost',
        scenario: String(row['scenario']),
        label: row['label'] === 'malicious' ? 'malicious' : 'benign',
        role: String(row['_role']),
        table,
        event: String(row['_id']),
        columns: shown(row, schema, (name) => named.has(name) || WHERE.has(name) || name === catalog.timeColumn),
      });
    }
  }
  return samples.slice(0, MOST_SAMPLES);
}

function shown(
  row: Readonly<Record<string, unknown>>,
  schema: TableSchema,
  wanted: (name: string) => boolean,
): Record<string, string> {
  const physical = physicalNames(schema.map(({ name }) => name));
  return Object.fromEntries(
    schema.flatMap(({ name, type }, i) => {
      const value = row[physical[i] ?? name];
      if (!wanted(name) || value === null || value === undefined || value === '') return [];
      return [[name, type === 'datetime' ? formatDatetime(value as bigint) : String(value)]];
    }),
  );
}
