import { z } from 'zod';
import { answerJson } from '../engine/answer.js';
import { compileOver } from '../engine/compile.js';
import { begun, type Engine, type RunOptions } from '../engine/engine.js';
import { jsonText, printable } from '../files/printable.js';
import { type Diagnostic, KqlError } from '../kql/errors.js';
import { requireFile, textBytes } from '../tables/readers/bytes.js';
import { LineScanner } from '../tables/readers/records.js';
import { writeErr, writeOut } from './console.js';
import { UsageError } from './exit.js';
import { asText } from './output.js';
import type { QueryFlags } from './query-flags.js';
import { planFor } from './query-inputs.js';

const LINE = z.object({ id: z.union([z.string(), z.number()]), query: z.string() });

/**
 * Answers every line of a JSON lines file on a line of its own, whatever one query does: errors are answers too.
 *
 * @throws FileError for a file that cannot be read, UsageError at the end where a line held no query
 */
export async function runBatch(engine: Engine, file: string, flags: QueryFlags, run: RunOptions): Promise<void> {
  requireFile(file);
  const options = (await planFor(engine, flags)).options();
  await engine.seal();
  let bad = 0;
  for await (const { line, text, fault } of linesOf(file)) {
    const read = fault === undefined ? readLine(text) : LINE.safeParse(null);
    if (!read.success) {
      bad += 1;
      writeErr(printable(`${file}:${line}: ${fault ?? 'This line is not {"id","query"}.'} It is left out.`));
      continue;
    }
    const { id, query } = read.data;
    const within = begun(run);
    try {
      const compiled = await compileOver(engine, query, options, within);
      const answer = await engine.run(compiled, within);
      writeOut(asText(() => printable(answerJson(answer, { id }))));
    } catch (error) {
      writeOut(jsonText({ id, error: { diagnostics: diagnosticsOf(error) } }));
    }
  }
  if (bad > 0) throw new UsageError(`${file}: ${bad} ${bad === 1 ? 'line was' : 'lines were'} left out.`);
}

interface Line {
  readonly line: number;
  readonly text: string;
  /** Why it cannot be read. */
  readonly fault?: string;
}

/** The lines of a file that are not blank. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  let lines: Line[] = [];
  const scanner = new LineScanner({
    sound: (buffer, from, to, line) => lines.push({ line, text: buffer.toString('utf8', from, to) }),
    bad: (line, fault) => lines.push({ line, text: '', fault }),
  });
  for await (const piece of textBytes(file)) {
    scanner.feed(piece);
    yield* lines;
    lines = [];
  }
  scanner.end();
  yield* lines;
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
