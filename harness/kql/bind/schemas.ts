/**
 * Tables whose columns depend on the data: `bag_unpack` makes a column of every key, `pivot` of every value. The parser's
 * binder leaves such a table open. Assay looks at the data first and then writes the schema into the text where the
 * language has a place for it, so that what follows is bound like anything else.
 */
import type { Plan } from '../plan/plan.js';
import type { TableSchema } from '../types.js';

/** Raised where a plan needs a schema that only the data can tell. */
export class NeedsSchema extends Error {
  constructor(
    /** Where in the original text the schema belongs. */
    readonly position: number,
    /** Gives what decides the schema. */
    readonly probe: Plan,
    /** The schema for the rows that the probe gave: its only column, as text. */
    readonly resolve: (found: readonly string[]) => TableSchema,
  ) {
    super('The columns of this table depend on the data.');
  }
}

/** A text with schemas written into it, and the way back to places of the original. */
export class Completed {
  readonly text: string;
  private readonly inserted: { readonly position: number; readonly length: number }[] = [];

  constructor(
    readonly original: string,
    schemas: ReadonlyMap<number, TableSchema>,
  ) {
    let text = '';
    let from = 0;
    for (const [position, schema] of [...schemas].sort(([a], [b]) => a - b)) {
      const clause = ` : (${schema.map(({ name, type }) => `${quoted(name)}:${type}`).join(', ')})`;
      text += original.slice(from, position) + clause;
      this.inserted.push({ position, length: clause.length });
      from = position;
    }
    this.text = text + original.slice(from);
  }

  /** The place in the original of a place in the completed text. */
  origin(offset: number): number {
    let shift = 0;
    for (const { position, length } of this.inserted) {
      if (offset < position + shift) break;
      if (offset < position + shift + length) return position;
      shift += length;
    }
    return offset - shift;
  }
}

function quoted(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `['${name}']` : `[${JSON.stringify(name)}]`;
}
