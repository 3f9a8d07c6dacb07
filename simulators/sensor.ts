import { z } from 'zod';
import type { SensorPart } from './sensor-parts.js';

const share = z.number().min(0).max(100);

/**
 * What Defender does to the truth before anyone sees it. Each part can be switched off, to see what it costs.
 *
 * Known from public sources are the cap and its 24 hours, the 4,000 connects, the aggregated reports, the rows of the
 * network inspection, that `RemoteUrl` is often empty and sometimes a full URL, and that delivery is at least once. The
 * shares below have been published nowhere: they are assumptions, and each can be changed in a workload.
 */
export const sensorSchema = z.strictObject({
  /**
   * A connection is reported once a day for each set of fields: device, process (id and start), action, address, port
   * and name. The product's exact set is not public.
   */
  onceADay: z.boolean().default(true),
  /** Distinct connects that a device reports in a day; 0 for no limit. The only part in which scenarios meet. */
  connectsPerDay: z.int().min(0).default(4000),
  /** Hourly reports of connections by process name, addresses and port. They are opt-in in the product. */
  aggregatedReports: z.boolean().default(false),
  /** Percent of connections whose name the sensor does not learn. */
  emptyUrl: share.default(10),
  /** Percent of connections that are given with scheme and path: over TLS, and in the clear. */
  fullUrl: z.strictObject({ tls: share.default(3), clear: share.default(40) }).prefault({}),
  /** Percent of connections that the network inspection reports once more, without a process. */
  inspected: z.strictObject({ tls: share.default(20), clear: share.default(30), dns: share.default(12) }).prefault({}),
  /** Percent of rows that arrive twice, with the same `ReportId`, `Timestamp` and device. */
  duplicates: share.default(0.2),
  /** Percent of rows that take hours rather than minutes; those that come after the workload's end are not there. */
  late: share.default(0.5),
});
export type Sensor = z.output<typeof sensorSchema>;

/**
 * The sensor behind the stated rates of benign scenarios, which count rows with a name. What happens on a host does not
 * depend on the sensor of a workload; what is told of it does.
 */
export const REFERENCE_SENSOR: Sensor = sensorSchema.parse({});

/** What each part of the sensor is when it is switched off. */
const OFF: { readonly [P in SensorPart]: Sensor[P] } = {
  onceADay: false,
  connectsPerDay: 0,
  aggregatedReports: false,
  emptyUrl: 0,
  fullUrl: { tls: 0, clear: 0 },
  inspected: { tls: 0, clear: 0, dns: 0 },
  duplicates: 0,
  late: 0,
};

/** A sensor with some parts switched off. */
export function without(sensor: Sensor, parts: readonly SensorPart[]): Sensor {
  return { ...sensor, ...Object.fromEntries(parts.map((part) => [part, OFF[part]])) };
}

/** Whether a part does nothing as it is. */
export function isOff(sensor: Sensor, part: SensorPart): boolean {
  return JSON.stringify(sensor[part]) === JSON.stringify(OFF[part]);
}
