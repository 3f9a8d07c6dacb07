import { createReadStream, existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { answerJson } from '../engine/answer.js';
import { compileOver } from '../engine/compile.js';
import type { Engine, RunOptions } from '../engine/engine.js';
import { jsonText, printable } from '../files/printable.js';
import { type Diagnostic, KqlError } from '../kql/errors.js';
import { writeErr, writeOut } from './console.js';
import { UsageError } from './exit.js';
import type { QueryFlags } from './query-flags.js';
import { planFor } from './query-inputs.js';

const LINE = z.object({ id: z.union([z.string(), z.number()]), query: z.string() });

/** Answers every line of a JSON lines file on a line of its own, whatever one query does: errors are answers too. */
export async function runBatch(engine: Engine, file: string, flags: QueryFlags, run: RunOptions): Promise<void> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new UsageError(`There is no file '${file}' to read queries from.`);
  }
  const options = (await planFor(engine, flags)).options();
  await engine.seal();
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
    number++;
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (!read.success) {
      writeErr(printable(`${file}:${number}: this line is not {"id","query"} and is left out.`));
      continue;
    }
    const { id, query } = read.data;
    try {
      const compiled = await compileOver(engine, query, options, run);
      writeOut(printable(answerJson(await engine.run(compiled, run), { id })));
    } catch (error) {
      writeOut(jsonText({ id, error: { diagnostics: diagnosticsOf(error) } }));
    }
  }
}

function readLine(line: string): ReturnType<typeof LINE.safeParse> {
  try {
    return LINE.safeParse(JSON.parse(line));
  } catch {
    return LINE.safeParse(null);
  }
}

function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof KqlError) return error.diagnostics;
  const message = error instanceof Error ? error.message : String(error);
  return [{ code: 'internal-error', severity: 'error', message, line: 0, column: 0, length: 0 }];
}
