import type { Compiled, CompileOptions } from '../kql/index.js';
import type { TableSchema } from '../kql/types.js';
import { cacheKey, fromCache, toCache } from './cache.js';
import { begun, type Engine, type RunOptions } from './engine.js';

/** How to compile, worked out only when it has to be, and a short name for it that tells it from every other way. */
export interface CompilePlan {
  readonly identity: readonly unknown[];
  options(): CompileOptions;
}

/**
 * Compiles a query, or takes it from the cache, where it is kept unless its columns depend on the data; for those the
 * events that the engine holds are asked.
 *
 * @throws KqlError as `compile` does, and where a question to the data cannot be answered
 */
export async function compileCached(
  engine: Engine,
  text: string,
  how: CompilePlan,
  run: RunOptions,
): Promise<Compiled> {
  const key = cacheKey(text, how.identity);
  const kept = fromCache(key);
  if (kept) return kept;
  const { compiled, lasting } = await compileFresh(engine, text, how.options(), run);
  if (lasting) toCache(key, compiled);
  return compiled;
}

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
  return (await compileFresh(engine, text, options, run)).compiled;
}

/**
 * A query that is whole over the events that an engine holds: one whose columns depend on the data is compiled again.
 *
 * @throws KqlError where a question to the data cannot be answered
 */
export async function settle(
  engine: Engine,
  compiled: Compiled,
  options: CompileOptions,
  run: RunOptions,
): Promise<Compiled> {
  return compiled.open === undefined ? compiled : await compileOver(engine, compiled.open, options, run);
}

async function compileFresh(
  engine: Engine,
  text: string,
  options: CompileOptions,
  run: RunOptions,
): Promise<{ readonly compiled: Compiled; readonly lasting: boolean }> {
  const { addSchema, compileStep } = await import('../kql/index.js');
  const schemas = new Map<number, TableSchema>();
  const within = begun(run);
  const bounded = { ...options, deadline: within.deadline };
  for (;;) {
    const step = compileStep(text, bounded, schemas);
    if (step.kind === 'compiled') return { compiled: step.compiled, lasting: schemas.size === 0 };
    const { rows } = await engine.run(step.probe.query, within);
    addSchema(
      schemas,
      step.probe,
      rows.map(([found]) => String(found)),
    );
  }
}
