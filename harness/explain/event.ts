import { z } from 'zod';
import type { Detection } from '../detection/detection.js';
import { type Events, eventsSchema, type Row } from '../detection/tests-schema.js';
import { type Engine, type RunOptions, ruleTime } from '../engine/index.js';
import { FileError } from '../files/errors.js';
import { readYamlDocument } from '../files/yaml.js';
import type { Value } from '../kql/functions/registry.js';
import { EVENT_ID, physicalNames } from '../kql/sql/literal.js';
import { parseDatetime } from '../kql/values/datetime.js';
import { writtenCell } from '../measure/cells.js';
import { EventError } from '../measure/events.js';
import type { PlayedWorld } from '../measure/play.js';
import { TEST_CLOCK } from '../measure/unit-tests.js';
import { sourceOf } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { Worlds } from '../trace/world-engine.js';

/** An event in an engine, and the clock of the rule that meets it. */
export interface PlacedEvent {
  readonly engine: Engine;
  readonly run: RunOptions;
  readonly table: string;
  readonly id: bigint;
  readonly fields: Row;
  /** The event first in its table, and all others that are needed beside it; nothing when there may be too many. */
  readonly events: Events | undefined;
  close(): void;
}

/** As a test writes them. */
const fileSchema = z.strictObject({ now: z.string().optional(), events: eventsSchema });

/**
 * The first event of a file, beside the others in it. The file holds `events` by table, and the clock under `now`, as a
 * test does, in YAML or JSON.
 *
 * @throws FileError for a file that cannot be read, or events that do not fit their tables
 */
export async function eventInFile(file: string, detection: Detection, catalog: Catalog): Promise<PlacedEvent> {
  const document = readYamlDocument(file, fileSchema);
  const { value } = document;
  const fail = (path: readonly (string | number)[], message: string): FileError =>
    new FileError([{ file, ...document.placeOf(path), message }]);
  const now = parseDatetime(value.now ?? TEST_CLOCK);
  if (now === null) throw fail(['now'], `'${value.now}' is no time such as ${TEST_CLOCK}.`);
  const [first] = Object.entries(value.events).filter(([, rows]) => rows.length > 0);
  const fields = first?.[1][0];
  if (first === undefined || fields === undefined) throw fail(['events'], 'The file holds no event.');
  const worlds = await Worlds.open(catalog, now, detection.runs.lookback);
  try {
    await worlds.load([value.events]);
  } catch (error) {
    worlds.close();
    if (!(error instanceof EventError)) throw error;
    throw fail(['events', ...error.path], error.message);
  }
  // Events are numbered in the order of the tables.
  const [table] = first;
  const { engine, run } = worlds;
  return { engine, run, table, id: 1n, fields, events: value.events, close: () => worlds.close() };
}

/**
 * An event of a played workload, by its id. The rule's clock is that of its first run that sees the event.
 *
 * @returns nothing when no event has this id
 */
export async function eventInWorkload(
  id: bigint,
  { world, engine, tables }: PlayedWorld,
  detection: Detection,
  catalog: Catalog,
): Promise<PlacedEvent | undefined> {
  for (const table of tables) {
    const schema = catalog.tables.get(table) ?? [];
    const physical = physicalNames(schema.map(({ name }) => name));
    const [cells] = await world.query(`SELECT * FROM ${await sourceOf(world, table)} WHERE ${EVENT_ID} = ${id}`);
    if (cells === undefined) continue;
    const fields = Object.fromEntries(
      schema.flatMap(({ name, type }, i) => {
        const cell = (cells[physical[i] ?? name] ?? null) as Value;
        if (cell === null || cell === '') return [];
        return [[name, writtenCell(type === 'int' ? BigInt(cell as number) : cell, type)] as const];
      }),
    );
    const at = cells[catalog.timeColumn];
    const now = clockFor(typeof at === 'bigint' ? at : world.end, detection, world.start, world.end);
    return { engine, run: { now, ...ruleTime() }, table, id, fields, events: undefined, close: () => undefined };
  }
  return undefined;
}

/** The clock of the first run that sees what happens at an instant. */
export function clockFor(at: bigint, { runs }: Detection, start: bigint, end: bigint): bigint {
  const before = at < start ? 0n : (at - start) / runs.every;
  const now = start + (before + 1n) * runs.every;
  return now <= end ? now : end;
}
