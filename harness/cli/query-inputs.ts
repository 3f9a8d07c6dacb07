import type { CompilePlan } from '../engine/compile.js';
import type { Engine } from '../engine/engine.js';
import { printable } from '../files/printable.js';
import { readTextFile } from '../files/text.js';
import { Refusal, shortened } from '../kql/errors.js';
import type { OutsideRows, TableSchema } from '../kql/types.js';
import { type Dynamic, type DynamicBag, isArray, isBag, parseDynamic } from '../kql/values/dynamic.js';
import { writeErr } from './console.js';
import { UsageError } from './exit.js';
import type { QueryFlags } from './query-flags.js';

/**
 * Loads what `--data` and `--source` name, and says how to compile over it. The catalog is read only when something has
 * to be compiled or loaded.
 */
export async function planFor(engine: Engine, flags: QueryFlags): Promise<CompilePlan> {
  const declared = flags.tables === undefined ? null : readTextFile(flags.tables);
  const { data = [], source = [], environment, missingSources } = flags;
  if (data.length + source.length > 0) return await planOverData(engine, flags);
  const { builtInCatalog, readCatalog } = await import('../tables/catalog.js');
  const { tables } = flags;
  return {
    identity: [environment, missingSources, declared],
    options: () => ({
      names: tables === undefined ? builtInCatalog(environment) : readCatalog(tables, environment),
      missingSources,
    }),
  };
}

async function planOverData(engine: Engine, flags: QueryFlags): Promise<CompilePlan> {
  const { builtInCatalog, extend, readCatalog } = await import('../tables/catalog.js');
  const { sourceTable } = await import('../kql/sql/literal.js');
  const catalog =
    flags.tables === undefined ? builtInCatalog(flags.environment) : readCatalog(flags.tables, flags.environment);
  const tables = new Map<string, TableSchema>();
  const sources = new Map<string, OutsideRows>();
  let nextId = 0n;
  for (const binding of flags.data ?? []) {
    const { name, value } = split(binding, '--data');
    const loaded = await load(engine, name, value, catalog.tables.get(name), nextId, flags.dates);
    nextId = loaded.nextId;
    tables.set(name, loaded.schema);
  }
  for (const binding of flags.source ?? []) {
    const { name, value } = splitLast(binding, '--source');
    const loaded = await load(engine, sourceTable(name), value, undefined, nextId, flags.dates);
    nextId = loaded.nextId;
    sources.set(name, { schema: loaded.schema });
  }
  const { environment, missingSources } = flags;
  return {
    identity: [
      environment,
      missingSources,
      flags.tables === undefined ? null : readTextFile(flags.tables),
      [...tables],
      [...sources],
    ],
    options: () => ({ names: extend(catalog, { tables, sources }), missingSources }),
  };
}

/** Rows at fault that are named. */
const SHOWN = 5;

async function load(
  engine: Engine,
  table: string,
  value: string,
  schema: TableSchema | undefined,
  firstId: bigint,
  dates: QueryFlags['dates'],
): Promise<{ readonly schema: TableSchema; readonly nextId: bigint }> {
  const { loadFile, loadRows } = await import('../tables/readers/index.js');
  const inline = /^\s*[[{]/.test(value);
  const options = { firstId, dates, ...(schema ? { schema } : {}) };
  const report = inline
    ? await loadRows(engine.connection, table, schema, inlineRows(table, value), { firstId })
    : await loadFile(engine.connection, table, value, options);
  if (report.rejectedCount > 0) {
    for (const { file, line, column, reason } of report.rejected.slice(0, SHOWN)) {
      const told = `${column === undefined ? '' : `column '${column}': `}${reason}`;
      writeErr(printable(`${file}:${line}: ${shortened(told)}`));
    }
    if (report.rejectedCount > SHOWN) writeErr(printable(`and ${report.rejectedCount - SHOWN} more`));
    writeErr(printable(`${table}: ${report.rejectedCount} rows left out, ${report.rows} kept.`));
  }
  return report;
}

/** Whole numbers keep all of their digits, which JavaScript's own reader of JSON rounds. */
function inlineRows(table: string, text: string): readonly DynamicBag[] {
  const parsed = dynamicOf(table, text);
  const rows = isArray(parsed) ? parsed : [parsed];
  return rows.map((row) => {
    if (isBag(row)) return row;
    throw new UsageError(`The rows of '${table}' must be JSON objects.`);
  });
}

function dynamicOf(table: string, text: string): Dynamic {
  try {
    const parsed = parseDynamic(text.trim());
    if (parsed !== undefined) return parsed;
    JSON.parse(text);
  } catch (error) {
    if (error instanceof Refusal) throw new UsageError(`The rows of '${table}' cannot be read: ${error.message}`);
    if (error instanceof SyntaxError) throw new UsageError(`The rows of '${table}' are not JSON: ${error.message}.`);
    throw error;
  }
  throw new UsageError(`The rows of '${table}' are not JSON.`);
}

function split(binding: string, flag: string): { readonly name: string; readonly value: string } {
  const at = binding.indexOf('=');
  if (at < 1) throw new UsageError(`${flag} takes NAME=FILE, not '${binding}'.`);
  return { name: binding.slice(0, at), value: binding.slice(at + 1) };
}

/** The key of a source may hold `=` itself (a URL does): the file is what follows the last one, or the JSON rows. */
function splitLast(binding: string, flag: string): { readonly name: string; readonly value: string } {
  const rows = /=(?=\s*[[{])/.exec(binding);
  const at = rows ? rows.index : binding.lastIndexOf('=');
  if (at < 1) throw new UsageError(`${flag} takes KEY=FILE, not '${binding}'.`);
  return { name: binding.slice(0, at), value: binding.slice(at + 1) };
}
