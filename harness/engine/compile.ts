import { addSchema, type Compiled, type CompileOptions, compileStep } from '../kql/index.js';
import type { TableSchema } from '../kql/types.js';
import type { Engine, RunOptions } from './engine.js';

/**
 * Compiles a query against the events that an engine holds: where its columns depend on the data, the data is asked.
 *
 * @throws KqlError as `compile` does, and where a question to the data cannot be answered
 */
export async function compileOver(
  engine: Engine,
  text: string,
  options: CompileOptions,
  run: RunOptions,
): Promise<Compiled> {
  const schemas = new Map<number, TableSchema>();
  for (;;) {
    const step = compileStep(text, options, schemas);
    if (step.kind === 'compiled') return step.compiled;
    const { rows } = await engine.run(step.probe.query, run);
    addSchema(
      schemas,
      step.probe,
      rows.map(([found]) => String(found)),
    );
  }
}
