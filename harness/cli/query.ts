import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command, Option } from 'commander';
import { type Answer, answerJson, cellText, compileOver, Engine } from '../engine/index.js';
import { type Diagnostic, KqlError } from '../kql/errors.js';
import { parseDatetime, UNIX_EPOCH } from '../kql/values/datetime.js';
import { builtInCatalog, type Catalog, readCatalog } from '../tables/catalog.js';
import type { Environment } from '../tables/schema.js';
import { UsageError } from './exit.js';

interface QueryFlags {
  readonly batch?: string;
  readonly tables?: string;
  readonly environment: Environment;
  readonly missingSources: 'refuse' | 'empty';
  readonly now?: string;
  readonly json?: boolean;
}

/** `assay query`: runs any KQL over files or inline data. */
export function queryCommand(): Command {
  return new Command('query')
    .description('Runs KQL over files or inline data.')
    .argument('[query]', 'KQL text, or a file that holds it')
    .option('--batch <file>', 'run each line {"id","query"} of a JSON lines file and answer each on a line')
    .option('--tables <file>', 'declare empty tables per environment from a JSON file')
    .addOption(
      new Option('--environment <name>', 'names and types of the columns')
        .choices(['defender-xdr', 'sentinel'])
        .default('defender-xdr'),
    )
    .addOption(
      new Option('--missing-sources <what>', 'what stands for outside data')
        .choices(['refuse', 'empty'])
        .default('refuse'),
    )
    .option('--now <time>', 'what now() gives')
    .option('--json', 'print the answer as JSON')
    .action(async (query: string | undefined, flags: QueryFlags) => {
      const catalog = flags.tables ? readCatalog(flags.tables, flags.environment) : builtInCatalog(flags.environment);
      const now = clock(flags.now);
      if (flags.batch !== undefined) return await runBatch(flags.batch, catalog, flags, now);
      if (query === undefined) throw new UsageError("Give a query: assay query 'print 1', or a file, or --batch FILE.");
      return await runOne(queryText(query), catalog, flags, now);
    });
}

async function runOne(text: string, catalog: Catalog, flags: QueryFlags, now: bigint): Promise<void> {
  const engine = await Engine.open();
  try {
    await engine.seal();
    const compiled = await compileOver(engine, text, { names: catalog, missingSources: flags.missingSources }, { now });
    const answer = await engine.run(compiled, { now });
    process.stdout.write(flags.json ? `${answerJson(answer)}\n` : tableText(answer));
  } finally {
    engine.close();
  }
}

/** Answers every line, whatever one query does: errors are answers too. */
async function runBatch(file: string, catalog: Catalog, flags: QueryFlags, now: bigint): Promise<void> {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new UsageError(`There is no file '${file}' to read queries from.`);
  const engine = await Engine.open();
  try {
    await engine.seal();
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
      if (line.trim() === '') continue;
      const { id, query } = JSON.parse(line) as { id: string; query: string };
      try {
        const compiled = await compileOver(
          engine,
          query,
          { names: catalog, missingSources: flags.missingSources },
          { now },
        );
        process.stdout.write(`${answerJson(await engine.run(compiled, { now }), { id })}\n`);
      } catch (error) {
        process.stdout.write(`${JSON.stringify({ id, error: { diagnostics: diagnosticsOf(error) } })}\n`);
      }
    }
  } finally {
    engine.close();
  }
}

function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof KqlError) return error.diagnostics;
  const message = error instanceof Error ? error.message : String(error);
  return [{ code: 'internal-error', severity: 'error', message, line: 0, column: 0, length: 0 }];
}

function queryText(query: string): string {
  return existsSync(query) && statSync(query).isFile() ? readFileSync(query, 'utf8') : query;
}

function clock(text: string | undefined): bigint {
  if (text === undefined) return BigInt(Date.now()) * 10_000n + UNIX_EPOCH;
  const ticks = parseDatetime(text);
  if (ticks === null) throw new UsageError(`--now takes a time such as 2026-01-31T12:00:00Z, not '${text}'.`);
  return ticks;
}

function tableText(answer: Answer): string {
  const head = answer.columns.map((column) => column.name);
  const body = answer.rows.map((row) => row.map((value, i) => cellText(value, answer.columns[i]?.type ?? 'dynamic')));
  const widths = head.map((name, i) => Math.max(name.length, ...body.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')}\n`;
}
