import type { Answer } from '../engine/index.js';
import { addSchema, type Compiled, type CompileOptions, compileStep, type Schemas } from '../kql/index.js';
import type { TableSchema } from '../kql/types.js';

/** Answers a query over some events. */
export type Ask = (query: Compiled) => Promise<Answer>;

/**
 * The columns of a rule that depend on the data (`bag_unpack`, `pivot`), as several sets of events together have them:
 * so the rule is one plan, whichever of them it meets.
 *
 * @param sets one for each set of events
 * @returns by their places in the text; nothing where the rule has no such columns
 * @throws KqlError for a rule that does not bind, and where a question to the data cannot be answered
 */
export async function columnsOfData(text: string, options: CompileOptions, sets: readonly Ask[]): Promise<Schemas> {
  const schemas = new Map<number, TableSchema>();
  for (;;) {
    const step = compileStep(text, options, schemas);
    if (step.kind === 'compiled') return schemas;
    const found: string[] = [];
    for (const ask of sets) for (const [cell] of (await ask(step.probe.query)).rows) found.push(String(cell));
    addSchema(schemas, step.probe, found);
  }
}

/** The same columns in a text in which one stretch was replaced. */
export function afterEdit(
  schemas: Schemas,
  { start, end, text }: { readonly start: number; readonly end: number; readonly text: string },
): Schemas {
  const shift = text.length - (end - start);
  return new Map(
    [...schemas].flatMap(([position, schema]) => {
      if (position <= start) return [[position, schema] as const];
      return position < end ? [] : [[position + shift, schema] as const];
    }),
  );
}
