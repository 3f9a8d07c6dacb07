/**
 * Runs rules on tables of random rows that hold nulls, empty strings, odd Unicode, broken JSON, and extreme numbers and
 * dates: `npx tsx test/fuzz/rules.ts --rules FILE.jsonl --tables SCHEMAS.json`.
 *
 * Each line of the rules is `{"id", "schema", "query", "device_only"?}`. A rule runs, is refused with a code, or crashes;
 * `internal-error` and `evaluation-error` count as crashes. Exits 1 where anything crashed.
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { compileOver, Engine } from '../../harness/engine/index.js';
import { KqlError } from '../../harness/kql/index.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { type Catalog, readCatalog } from '../../harness/tables/catalog.js';
import type { Environment } from '../../harness/tables/schema.js';
import { makeOddTable } from './values.js';

interface Flags {
  readonly rules: string;
  readonly tables: string;
  readonly rows: string;
  readonly seed: string;
  readonly timeout: string;
  readonly only?: string;
}

interface Rule {
  readonly id: string;
  readonly schema: Environment;
  readonly query: string;
  readonly device_only?: boolean;
}

const CRASHES: ReadonlySet<string> = new Set(['internal-error', 'evaluation-error', 'crash']);
const NOW = parseDatetime('2026-03-01T12:00:00Z') ?? 0n;

/** An engine of one environment; each rule gets tables of its own, in which the texts that it looks for stand among the odd ones. */
class World {
  private readonly made = new Set<string>();
  private constructor(
    private readonly engine: Engine,
    private readonly catalog: Catalog,
    private readonly flags: Flags,
  ) {}

  static async open(environment: Environment, flags: Flags): Promise<World> {
    const engine = await Engine.open({ memory: 2 * 1024 ** 3, threads: 2 });
    await engine.seal();
    return new World(engine, readCatalog(flags.tables, environment), flags);
  }

  /** How many rows a rule gives. */
  async run(text: string): Promise<number> {
    const run = { now: NOW, time: { most: Number(this.flags.timeout), raise: '' } };
    const options = { names: this.catalog, missingSources: 'empty', lineage: true } as const;
    // Tables must hold rows before the data is asked for columns, so they are made from the names in the text.
    this.made.clear();
    const texts = [...text.matchAll(/"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    for (const name of this.catalog.tables.keys()) if (text.includes(name)) await this.make(name, texts);
    const compiled = await compileOver(this.engine, text, options, run);
    for (const { name } of compiled.tables) await this.make(name, texts);
    return (await this.engine.run(compiled, run)).rows.length;
  }

  private async make(name: string, texts: readonly string[]): Promise<void> {
    if (this.made.has(name)) return;
    const rows = Number(this.flags.rows);
    await makeOddTable(this.engine, name, this.catalog.tables.get(name) ?? [], {
      rows,
      seed: Number(this.flags.seed) + this.made.size,
      firstId: this.made.size * rows,
      texts,
    });
    this.made.add(name);
  }
}

async function outcome(world: World, rule: Rule): Promise<{ readonly code: string; readonly message: string }> {
  try {
    return { code: 'ok', message: String(await world.run(rule.query)) };
  } catch (error) {
    if (!(error instanceof KqlError)) return { code: 'crash', message: String(error) };
    const [first] = error.diagnostics;
    return { code: first?.code ?? 'crash', message: `${first?.line}:${first?.column} ${first?.message}` };
  }
}

const flags = new Command()
  .requiredOption('--rules <file>', 'rules, one JSON object a line')
  .requiredOption('--tables <file>', 'schemas of the tables of each environment')
  .option('--rows <number>', 'rows of each table', '1000')
  .option('--seed <number>', 'what the rows follow from', '1')
  .option('--timeout <seconds>', 'longest time of one rule', '30')
  .option('--only <text>', 'only rules whose id holds this text')
  .parse()
  .opts<Flags>();

const rules = readFileSync(flags.rules, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line) as Rule)
  .filter((rule) => rule.id.includes(flags.only ?? ''));

const worlds = new Map<Environment, World>();
const counts = new Map<string, number>();
let device = 0;
let deviceOk = 0;
let withRows = 0;
for (const [i, rule] of rules.entries()) {
  const world = worlds.get(rule.schema) ?? (await World.open(rule.schema, flags));
  worlds.set(rule.schema, world);
  const started = performance.now();
  const { code, message } = await outcome(world, rule);
  const seconds = (performance.now() - started) / 1000;
  counts.set(code, (counts.get(code) ?? 0) + 1);
  if (rule.device_only) device++;
  if (rule.device_only && code === 'ok') deviceOk++;
  if (code === 'ok' && message !== '0') withRows++;
  if (code !== 'ok') process.stdout.write(`${rule.id}\t${code}\t${message.slice(0, 300).replaceAll('\n', ' ')}\n`);
  if (seconds > 10) process.stderr.write(`${rule.id} took ${seconds.toFixed(1)} s\n`);
  if ((i + 1) % 100 === 0) process.stderr.write(`${i + 1} of ${rules.length}\n`);
}

const ok = counts.get('ok') ?? 0;
const share = (of: number, all: number): string => `${of} of ${all} (${((100 * of) / Math.max(all, 1)).toFixed(1)}%)`;
process.stderr.write(`\nran: ${share(ok, rules.length)}; over devices alone: ${share(deviceOk, device)}\n`);
process.stderr.write(`gave rows: ${share(withRows, rules.length)}\n`);
for (const [code, count] of [...counts].sort((a, b) => b[1] - a[1])) process.stderr.write(`${code}\t${count}\n`);
if ([...CRASHES].some((code) => counts.has(code))) process.exitCode = 1;
