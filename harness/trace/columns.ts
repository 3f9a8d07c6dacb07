import type { Column } from '../kql/plan/plan.js';
import type { KqlType } from '../kql/types.js';

/** Ids from here on are those of columns that a trace adds to a plan. */
const FIRST = 1_000_000;

/** A column that a trace adds; `place` tells those of one plan apart. */
export function traceColumn(place: number, name: string, type: KqlType): Column {
  return { id: FIRST + place, name, type };
}
