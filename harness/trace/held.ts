import type { Events, Row } from '../detection/tests-schema.js';
import type { Expr } from '../kql/plan/plan.js';
import type { KqlType, TableSchema } from '../kql/types.js';
import { formatDatetime, parseDatetime } from '../kql/values/datetime.js';
import type { Json } from '../measure/cells.js';
import type { Catalog } from '../tables/catalog.js';
import { within } from './expressions.js';

/** Most values of one event that are tried in a field of another. */
const MOST_OTHERS = 12;

/** The spans of time that expressions name, in ticks. */
export function spansIn(exprs: readonly Expr[]): readonly bigint[] {
  const spans = exprs.flatMap((expr) =>
    [...within(expr)].flatMap((part) =>
      part.kind === 'literal' && part.type === 'timespan' && typeof part.value === 'bigint' ? part.value : [],
    ),
  );
  return [...new Set(spans)];
}

/** The values that a set of events holds. */
export class Held {
  private readonly byType = new Map<KqlType, Set<Json>>();

  constructor(events: Events, catalog: Catalog) {
    for (const [table, rows] of Object.entries(events)) {
      for (const row of rows) this.add(row, catalog.tables.get(table) ?? []);
    }
  }

  private add(row: Row, schema: TableSchema): void {
    for (const { name, type } of schema) {
      const cell = row[name];
      if (cell === undefined || cell === null || typeof cell === 'object') continue;
      const kind = type === 'int' ? 'long' : type;
      this.byType.set(kind, (this.byType.get(kind) ?? new Set()).add(cell));
    }
  }

  /** Values of a type that the events hold, and before them one that none of them holds. */
  others(type: KqlType, spans: readonly bigint[]): Json[] {
    const known = [...(this.byType.get(type === 'int' ? 'long' : type) ?? [])].slice(0, MOST_OTHERS);
    switch (type) {
      case 'string':
        return ['other', ...known];
      case 'int':
      case 'long': {
        const numbers = known.filter((cell) => typeof cell === 'number');
        return [Math.max(0, ...numbers) + 1, ...numbers];
      }
      case 'datetime':
        return [...known, ...known.flatMap((cell) => momentsAround(String(cell), spans))];
      default:
        return known;
    }
  }
}

/** Moments that are as far from another as spans of the rule are long, or just nearer or farther, before and after it. */
function momentsAround(text: string, spans: readonly bigint[]): Json[] {
  const at = parseDatetime(text);
  if (at === null) return [];
  return spans
    .flatMap((span) => [at - span, at - span - 1n, at - span + 1n, at + span, at + span + 1n, at + span - 1n])
    .map((ticks) => formatDatetime(ticks));
}
