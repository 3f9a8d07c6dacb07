import type { DuckDBConnection } from '@duckdb/node-api';
import { TICKS_PER_DAY } from '../../simulators/ticks.js';
import { howToRaise, limit } from '../files/limits.js';
import { fault } from '../files/system.js';
import { formatDatetime } from '../kql/values/datetime.js';
import type { Catalog } from '../tables/catalog.js';
import {
  type LoadedFile,
  type MergedTelemetry,
  type ReadTelemetry,
  readTelemetry,
  type TelemetryChoice,
} from '../tables/telemetry/index.js';
import type { TelemetryResult, Unmeasured } from './measurement.js';
import type { Simulated } from './simulated.js';

/** Events of people's own to measure over. */
export interface OwnEvents extends TelemetryChoice {
  readonly simulated: Simulated;
}

/** Own events, read and in no world yet. */
export interface ReadOwnEvents extends ReadTelemetry {
  readonly simulated: Simulated;
  readonly exposure: TelemetryResult['exposure'];
  /** Whole UTC days that hold them. */
  readonly firstDay: bigint;
  readonly endDay: bigint;
}

/** @throws FileError as `readTelemetry` */
export async function readOwnEvents(
  connection: DuckDBConnection,
  own: OwnEvents,
  catalog: Catalog,
): Promise<ReadOwnEvents> {
  const read = await readTelemetry(connection, own, catalog);
  const days = (read.end - read.start) / TICKS_PER_DAY;
  if (days > BigInt(limit('days'))) {
    const span = `${formatDatetime(read.start)} to ${formatDatetime(read.end - 1n)}`;
    throw fault(read.files[0]?.file ?? 'events', `The events span ${days} days, ${span}. ${howToRaise('days')}`);
  }
  return {
    ...read,
    simulated: own.simulated,
    exposure: exposureOf(read),
    firstDay: read.start - (read.start % TICKS_PER_DAY),
    endDay: ((read.end + TICKS_PER_DAY - 1n) / TICKS_PER_DAY) * TICKS_PER_DAY,
  };
}

/** Over less time a count says nothing of a day. */
const LEAST_DAYS = 1 / 24;

function exposureOf({ hosts, start, end }: ReadTelemetry): TelemetryResult['exposure'] {
  if (hosts === undefined) return { unmeasured: 'no own event says its host: none has a DeviceId or Computer' };
  const days = Number(end - start) / Number(TICKS_PER_DAY);
  if (days < LEAST_DAYS) {
    return { unmeasured: `the own events span ${Math.ceil(days * 24 * 60)} min, which says nothing of a day` };
  }
  return { hosts, days };
}

/** Days that hosts were watched in own events and in a simulation of `simulated` host-days. */
export function hostDaysWith({ exposure }: ReadOwnEvents, simulated: number): number | Unmeasured {
  return 'unmeasured' in exposure ? exposure : exposure.hosts * exposure.days + simulated;
}

/** How a measurement records own events, whatever the rule. */
export function telemetryResult(read: ReadOwnEvents, { events }: MergedTelemetry): TelemetryResult {
  return {
    simulated: read.simulated,
    files: read.files.map(fileResult),
    ...(read.labels !== undefined && { labels: { ...read.labels, unmatched: [...read.labels.unmatched] } }),
    ...(read.activities.length > 0 && { activities: [...read.activities] }),
    events,
    start: formatDatetime(read.start),
    end: formatDatetime(read.end - 1n),
    exposure: read.exposure,
  };
}

function fileResult(loaded: LoadedFile) {
  const { file, sha256, table, rows, rejectedCount, rejected, leftOut, absent, elsewhere, labelled } = loaded;
  return {
    file: file.replaceAll('\\', '/'),
    sha256,
    table,
    rows,
    badRows: rejectedCount,
    bad: rejected.map(({ line, column, reason }) => ({ line, ...(column !== undefined && { column }), reason })),
    leftOut: [...leftOut],
    absent: [...absent],
    ...(elsewhere.length > 0 && { elsewhere: [...elsewhere] }),
    ...(labelled && { labelled }),
  };
}

/** The record as a rule sees it: of the columns that a file of one of its tables lacks, those that the rule names. */
export function telemetrySeenBy(text: string, telemetry: TelemetryResult): TelemetryResult {
  const named = new Set(text.match(/\w+/g));
  return {
    ...telemetry,
    files: telemetry.files.map((file) => ({
      ...file,
      absent: named.has(file.table) ? file.absent.filter((column) => named.has(column)) : [],
    })),
  };
}
