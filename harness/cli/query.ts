import { Command, Option } from 'commander';
import type { Answer } from '../engine/answer.js';
import type { Engine, RunOptions } from '../engine/engine.js';
import { kindAt } from '../files/inside.js';
import { jsonText, printable } from '../files/printable.js';
import { readTextFile } from '../files/text.js';
import { KqlError } from '../kql/errors.js';
import { parseDatetime, UNIX_EPOCH } from '../kql/values/datetime.js';
import { DATE_ORDERS } from '../tables/readers/local-times.js';
import { writeErr, writeOut } from './console.js';
import { UsageError } from './exit.js';
import { asText } from './output.js';
import type { QueryFlags } from './query-flags.js';
import { RuleFault } from './rule-fault.js';

const EXAMPLES = `
Examples:
  assay query 'print greeting = strcat("Hello, ", "KQL")'
  assay query rule.kql --data DeviceNetworkEvents=events.ndjson --now 2026-01-31
  assay query 'T | summarize count() by Name' --data 'T=[{"Name":"a"},{"Name":"b"}]' --json
  assay query --support markdown
  assay query --batch queries.jsonl --tables schemas.json --environment sentinel`;

/** `assay query`: runs any KQL over files or inline data. */
export function queryCommand(): Command {
  return new Command('query')
    .description('Runs KQL over files or inline data.')
    .argument('[query]', 'KQL text, or a file that holds it')
    .option(
      '--data <name=file>',
      'rows of a table: an NDJSON, JSON, CSV or Parquet file, or JSON rows themselves',
      gather,
    )
    .option('--source <key=file>', 'rows of outside data: externaldata:URL, _GetWatchlist:NAME, FileProfile, …', gather)
    .addOption(
      new Option('--dates <order>', 'what comes first in dates such as 3/1/2026 in CSV files').choices(DATE_ORDERS),
    )
    .option('--batch <file>', 'run each line {"id","query"} of a JSON lines file and answer each on a line')
    .option('--tables <file>', 'declare empty tables per environment from a JSON file')
    .addOption(
      new Option('--environment <name>', 'names and types of the columns')
        .choices(['defender-xdr', 'sentinel'])
        .default('defender-xdr'),
    )
    .addOption(
      new Option('--missing-sources <what>', 'what stands for outside data that is not given')
        .choices(['refuse', 'empty'])
        .default('refuse'),
    )
    .option('--now <time>', 'what now() gives; the present by default')
    .option('--timeout <seconds>', 'longest time that a query may take; 60 by default')
    .option('--json', 'print the answer as JSON')
    .addOption(
      new Option('--support [format]', 'list what runs of the language, and what is refused by name').choices([
        'table',
        'markdown',
        'json',
      ]),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (query: string | undefined, flags: QueryFlags) => {
      if (flags.support !== undefined) return await printSupport(flags);
      if (flags.batch === undefined && query === undefined) {
        throw new UsageError("Give a query: assay query 'print 1', or a file, or --batch FILE.");
      }
      const { Engine } = await import('../engine/engine.js');
      const engine = await Engine.open();
      try {
        if (flags.batch !== undefined) {
          const { runBatch } = await import('./query-batch.js');
          await runBatch(engine, flags.batch, flags, runOptions(flags));
        } else {
          await runOne(engine, queryOf(query ?? ''), flags);
        }
      } finally {
        engine.close();
      }
    });
}

async function printSupport(flags: QueryFlags): Promise<void> {
  const { support, supportMarkdown, supportText } = await import('../kql/support.js');
  const found = support();
  if (flags.json || flags.support === 'json') writeOut(jsonText(found));
  else writeOut(printable(flags.support === 'markdown' ? supportMarkdown(found) : supportText(found)));
}

async function runOne(engine: Engine, { text, file }: Query, flags: QueryFlags): Promise<void> {
  if (text.trim() === '')
    throw new UsageError(`${file ?? 'The query'} is empty: write one, such as \`DeviceNetworkEvents | take 10\`.`);
  const [{ begun }, { compileCached }, { answerJson }, { planFor }] = await Promise.all([
    import('../engine/engine.js'),
    import('../engine/compile.js'),
    import('../engine/answer.js'),
    import('./query-inputs.js'),
  ]);
  const how = await planFor(engine, flags);
  await engine.seal();
  const run = begun(runOptions(flags));
  let answer: Answer;
  try {
    answer = await engine.run(await compileCached(engine, text, how, run), run);
  } catch (error) {
    if (!(error instanceof KqlError) || file === undefined) throw error;
    throw new RuleFault(error, { file, placeInFile: (place) => place });
  }
  if (flags.json) writeOut(asText(() => printable(answerJson(answer))));
  else {
    const { tableText } = await import('./query-table.js');
    writeOut(asText(() => tableText(answer, process.stdout.isTTY === true ? process.stdout.columns : undefined)));
    if (answer.rows.length === 0) writeErr(printable(noRows(flags)));
  }
}

/** Why there may be nothing below the heads of the columns. */
function noRows({ data }: QueryFlags): string {
  return data === undefined
    ? 'No rows. All tables are empty without --data NAME=FILE; `assay simulate --out events` makes events.'
    : 'No rows.';
}

/** The clock of a query, and its time; what raises that is the flag, where it was given. */
export function runOptions(flags: QueryFlags): RunOptions {
  if (flags.timeout === undefined) return { now: clock(flags.now) };
  const seconds = Number(flags.timeout);
  if (!(seconds > 0)) throw new UsageError(`--timeout takes a number of seconds, not '${flags.timeout}'.`);
  return { now: clock(flags.now), time: { most: seconds, raise: 'Give it longer with --timeout.' } };
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

interface Query {
  readonly text: string;
  /** The file that holds it. */
  readonly file?: string;
}

/** A query, or the file that holds it; what looks like a path to a `.kql` file has to be one. */
function queryOf(query: string): Query {
  const kind = isPath(query) ? kindAt(query) : undefined;
  if (kind === 'file' || kind === 'other') return { text: readTextFile(query), file: query };
  if (kind === 'folder')
    throw new UsageError(`${query}: This is a folder; name a file of it that holds a query, such as a rule.kql.`);
  if (/^[^\s|()"']+\.(kql|csl|kusto|txt)$/i.test(query)) throw new UsageError(`There is no file '${query}'.`);
  return { text: query };
}

/** Whether a text can be the path of a file at all. */
function isPath(text: string): boolean {
  return text.split('/').every((part) => Buffer.byteLength(part) < 256) && text.length < 4096 && !/[\n\0]/.test(text);
}

function clock(text: string | undefined): bigint {
  if (text === undefined) return BigInt(Date.now()) * 10_000n + UNIX_EPOCH;
  const ticks = parseDatetime(text);
  if (ticks === null) throw new UsageError(`--now takes a time such as 2026-01-31T12:00:00Z, not '${text}'.`);
  return ticks;
}
