import type { Events } from '../detection/tests-schema.js';
import { type Answer, Engine, type RunOptions } from '../engine/index.js';
import { type Compiled, type Planned, print } from '../kql/index.js';
import { keep, project } from '../kql/plan/make.js';
import type { Expr, Plan } from '../kql/plan/plan.js';
import { identifier } from '../kql/sql/literal.js';
import { insertions } from '../measure/events.js';
import { sourceOf } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { asksAnotherPlan, inWorlds, WORLD, withWorld } from './worlds.js';

/** Many small worlds of events side by side under one clock, so that a rule runs in all of them at once. */
export class Worlds {
  private tables: readonly string[] = [];
  private count = 0;
  private firsts = new Map<string, readonly (bigint | undefined)[]>();

  private constructor(
    readonly engine: Engine,
    readonly catalog: Catalog,
    readonly run: RunOptions,
    private readonly lookback: bigint | undefined,
  ) {}

  /** @param lookback ticks before the clock from which on a rule sees events; all when absent */
  static async open(catalog: Catalog, now: bigint, lookback?: bigint): Promise<Worlds> {
    // So few events that threads would only wait for each other.
    const engine = await Engine.open({ threads: 1 });
    await engine.seal();
    return new Worlds(engine, catalog, { now }, lookback);
  }

  /**
   * Puts these worlds in place of those that were there.
   *
   * @throws EventError for events that do not fit their tables
   */
  async load(worlds: readonly Events[]): Promise<void> {
    for (const table of this.tables) await this.engine.query(`DELETE FROM ${identifier(table)}`);
    this.count = worlds.length;
    const names = [...new Set(worlds.flatMap((events) => Object.keys(events)))];
    const all = Object.fromEntries(names.map((name) => [name, worlds.flatMap((events) => events[name] ?? [])]));
    // Events are numbered in this order, which tells the world of each.
    const worldOf = names.flatMap((name) => worlds.flatMap((events, world) => (events[name] ?? []).map(() => world)));
    this.firsts = firstIds(names, worlds);
    for (const { table, schema, sql } of insertions(all, this.catalog, this.run.now)) {
      await this.engine.declare(table, withWorld(schema));
      if (sql === undefined) continue;
      await this.engine.query(sql);
      await this.engine.query(`UPDATE ${identifier(table)} SET ${WORLD} = ([${worldOf.join(',')}])[_id]`);
      const { timeColumn } = this.catalog;
      if (this.lookback === undefined || !schema.some(({ name }) => name === timeColumn)) continue;
      const from = this.run.now - this.lookback;
      await this.engine.query(`DELETE FROM ${identifier(table)} WHERE ${identifier(timeColumn)} < ${from}`);
    }
    this.tables = [...new Set([...this.tables, ...names])];
  }

  /**
   * The answer of a query in each world.
   *
   * @param lineage whether each row tells the events behind it
   * @throws KqlError when it cannot be evaluated
   */
  async answers(planned: Planned, lineage = false): Promise<Answer[]> {
    const plan = inWorlds(planned.plan, this.count);
    if (plan === undefined) return await this.oneByOne(print(planned, { names: this.catalog, lineage }));
    return await this.atOnce(print({ ...planned, plan }, { names: this.catalog, lineage }));
  }

  /**
   * Runs something over a plan as it is in all worlds together, none meeting another: at once where the plan and what is
   * asked of its rows can be parted so, else in one world after the other.
   */
  async apart<T>(plan: Plan, asked: readonly Expr[], body: (plan: Plan) => Promise<T>): Promise<T[]> {
    const whole = asked.some(asksAnotherPlan) ? undefined : inWorlds(plan, this.count);
    if (whole !== undefined) return [await body(whole)];
    const found: T[] = [];
    const { tables } = print({ plan: project(plan, plan.columns.map(keep)), diagnostics: [] }, { names: this.catalog });
    await this.eachWorld(
      tables.map(({ name }) => name),
      async () => {
        found.push(await body(plan));
      },
    );
    return found;
  }

  /** The id of the first event that a table holds in each world; nothing where it holds none there. */
  firstOf(table: string): readonly (bigint | undefined)[] {
    return this.firsts.get(table) ?? [];
  }

  /**
   * The answer of a query to the events of all worlds together.
   *
   * @throws KqlError when it cannot be evaluated
   */
  async ask(compiled: Compiled): Promise<Answer> {
    for (const { name } of compiled.tables) await this.declare(name);
    return await this.engine.run(compiled, this.run);
  }

  private async atOnce(compiled: Compiled): Promise<Answer[]> {
    for (const { name } of compiled.tables) await this.declare(name);
    const { columns, rows, lineage } = await this.engine.run(compiled, this.run);
    const parted = Array.from({ length: this.count }, (): number[] => []);
    for (const [place, row] of rows.entries()) parted[Number(row.at(-1))]?.push(place);
    return parted.map((own) => ({
      columns: columns.slice(0, -1),
      rows: own.map((place) => rows[place]?.slice(0, -1) ?? []),
      ...(lineage !== undefined && { lineage: own.map((place) => lineage[place] ?? []) }),
    }));
  }

  private async oneByOne(compiled: Compiled): Promise<Answer[]> {
    const answers: Answer[] = [];
    await this.eachWorld(
      compiled.tables.map(({ name }) => name),
      async () => {
        answers.push(await this.engine.run(compiled, this.run));
      },
    );
    return answers;
  }

  /** Runs something while tables show one world after the other. */
  private async eachWorld(tables: readonly string[], body: () => Promise<void>): Promise<void> {
    for (const name of tables) await this.declare(name);
    try {
      for (let world = 0; world < this.count; world++) {
        for (const name of tables) await this.show(name, world);
        await body();
      }
    } finally {
      for (const name of tables) await this.engine.query(`DROP VIEW IF EXISTS temp.${identifier(name)}`);
    }
  }

  private async declare(table: string): Promise<void> {
    await this.engine.declare(table, withWorld(this.catalog.tables.get(table) ?? []));
  }

  private async show(table: string, world: number): Promise<void> {
    const database = {
      query: async (sql: string) => (await this.engine.connection.runAndReadAll(sql)).getRowObjects(),
    };
    const whole = await sourceOf(database, table);
    await this.engine.query(
      `CREATE OR REPLACE TEMP VIEW ${identifier(table)} AS
       SELECT * EXCLUDE (${WORLD}) FROM ${whole} WHERE ${WORLD} = ${world}`,
    );
  }

  close(): void {
    this.engine.close();
  }
}

/** Events are numbered table by table, and in each table world by world. */
function firstIds(tables: readonly string[], worlds: readonly Events[]): Map<string, (bigint | undefined)[]> {
  let next = 1n;
  return new Map(
    tables.map((table) => [
      table,
      worlds.map((events) => {
        const count = BigInt(events[table]?.length ?? 0);
        const first = next;
        next += count;
        return count === 0n ? undefined : first;
      }),
    ]),
  );
}
