/** Compiles and runs a text, and says what is wrong with how that ended. */
import { compileOver, Engine } from '../../harness/engine/index.js';
import { compile, type Diagnostic, KqlError } from '../../harness/kql/index.js';
import type { Names } from '../../harness/kql/syntax.js';
import type { TableSchema } from '../../harness/kql/types.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { makeOddTable } from './values.js';

const T: TableSchema = [
  { name: 'k', type: 'string' },
  { name: 's', type: 'string' },
  { name: 'n', type: 'long' },
  { name: 'i', type: 'int' },
  { name: 'r', type: 'real' },
  { name: 't', type: 'datetime' },
  { name: 'w', type: 'timespan' },
  { name: 'b', type: 'bool' },
  { name: 'd', type: 'dynamic' },
  { name: 'g', type: 'guid' },
];
const U: TableSchema = [
  { name: 'k', type: 'string' },
  { name: 'm', type: 'real' },
  { name: 'n', type: 'long' },
  { name: 'v', type: 'dynamic' },
];

export const NAMES: Names = {
  tables: new Map([
    ['T', T],
    ['U', U],
  ]),
  functions: new Map(),
};

/** What became of a text: the code of the refusal, or that it compiled, or ran. `fault` where that is a mistake of ours. */
export interface Verdict {
  readonly end: string;
  readonly fault?: string;
}

const ROWS = 20;
/** Longest that a text may take, to compile and to run. */
const SLOW_MS = 60_000;
const LIMIT_MS = 5_000;

export class Judge {
  private constructor(private engine: Engine) {}

  static async open(): Promise<Judge> {
    const judge = new Judge(await openEngine());
    await judge.judge('print 1', true);
    return judge;
  }

  /** @param run whether to run what compiles, too */
  async judge(text: string, run: boolean): Promise<Verdict> {
    const started = performance.now();
    const verdict = await this.outcome(text, run);
    const took = performance.now() - started;
    if (took > SLOW_MS && verdict.fault === undefined) return { ...verdict, fault: `takes ${Math.round(took)} ms` };
    return verdict;
  }

  close(): void {
    this.engine.close();
  }

  private async outcome(text: string, run: boolean): Promise<Verdict> {
    try {
      if (!run) {
        compile(text, { names: NAMES, lineage: true });
        return { end: 'compiled' };
      }
      const options = { now: parseDatetime('2026-03-01T12:00:00Z') ?? 0n, time: { most: LIMIT_MS / 1000, raise: '' } };
      const compiled = await compileOver(this.engine, text, { names: NAMES, lineage: true }, options);
      const { rows, lineage } = await this.engine.run(compiled, options);
      if (compiled.lineage !== 'none' && lineage?.length !== rows.length)
        return { end: 'ran', fault: 'rows without lineage' };
      return { end: 'ran' };
    } catch (error) {
      if (!(error instanceof KqlError)) return { end: 'exception', fault: String((error as Error).stack ?? error) };
      const end = error.diagnostics[0]?.code ?? '';
      const fault = error.diagnostics.map((diagnostic) => faultOf(diagnostic, text, error)).find((found) => found);
      if (fault?.includes('database has been invalidated')) this.engine = await openEngine();
      return fault === undefined ? { end } : { end, fault };
    }
  }
}

async function openEngine(): Promise<Engine> {
  const engine = await Engine.open({ threads: 1, memory: 1 * 1024 ** 3 });
  await makeOddTable(engine, 'T', T, { rows: ROWS, seed: 1, firstId: 1 });
  await makeOddTable(engine, 'U', U, { rows: ROWS, seed: 2, firstId: 1 + ROWS });
  await engine.seal();
  return engine;
}

function faultOf(diagnostic: Diagnostic, text: string, error: KqlError): string | undefined {
  const { code, message, line, column, length } = diagnostic;
  const said = `${code}: ${message}`;
  if (code === '' || message === '') return `a diagnostic without a code or a message: ${said}`;
  if (code === 'internal-error') return `${said}\n${error.cause instanceof Error ? error.cause.stack : ''}`;
  if (message.startsWith('The query cannot be evaluated')) return said;
  if (line === 0 && column === 0) return undefined;
  const lines = text.split('\n');
  const width = lines[line - 1]?.length;
  const inside = width !== undefined && column >= 1 && column <= width + 1 && length >= 0 && length <= text.length;
  return inside ? undefined : `${said} stands at ${line}:${column}+${length}, which is outside of the text`;
}
