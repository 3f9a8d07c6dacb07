import { jsonText, type Printable } from '../harness/files/printable.js';
import type { Measurement } from '../harness/measure/measurement.js';

/** The measurement itself, for other programs. */
export function jsonReport(measurement: Measurement): Printable {
  return jsonText(measurement, 2);
}
