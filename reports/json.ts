import type { Measurement } from '../harness/measure/measurement.js';

/** The measurement itself, for other programs. */
export function jsonReport(measurement: Measurement): string {
  return `${JSON.stringify(measurement, null, 2)}\n`;
}
