import { activityOf, playAttacks, type Variant } from '../../simulators/evasions/attacks.js';
import { playWorkload } from '../../simulators/play.js';
import type { Scenario } from '../../simulators/scenario.js';
import type { Workload } from '../../simulators/workload.js';
import type { Detection } from '../detection/detection.js';
import { Engine } from '../engine/index.js';
import type { Compiled } from '../kql/index.js';
import { identifier } from '../kql/sql/literal.js';
import { idsOf } from '../measure/counts.js';
import { runScheduled } from '../measure/runs.js';
import { type Kept, type World, worldOf } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';

const ATTACKS = '_attack_';
const WAVE = '_wave';

/** One attack of a variant, by its place there. */
export interface Played {
  readonly variant: string;
  readonly index: number;
}

/** Which events count: those behind the alerts of a rule, or those of some roles. */
export interface Counting {
  readonly rule: Compiled | undefined;
  readonly roles: readonly string[];
}

/** Which activities of each variant are caught, by the variant's id. */
export type Caught = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * Attacks in a world of benign activities, of which a rule sees as many at a time as in any workload. A rule that looks at
 * single events needs neither the benign ones nor turns: it sees all attacks at once.
 */
export class AttackedWorld {
  private constructor(
    private readonly engine: Engine,
    private readonly world: World,
    private readonly tables: readonly string[],
    private readonly variants: readonly Variant[],
    private readonly inTurns: boolean,
  ) {}

  /**
   * @param benign the scenarios that go on around the attacks; nothing for a rule that looks at single events
   * @throws FileError when an organisation is at fault
   */
  static async open(
    workload: Workload,
    catalog: Catalog,
    compiled: Compiled,
    variants: readonly Variant[],
    benign: readonly Scenario[] | undefined,
  ): Promise<AttackedWorld> {
    const engine = await Engine.open();
    try {
      const { connection } = engine;
      const { environment } = catalog;
      const tables = new Set(compiled.tables.map(({ name }) => name));
      const attacked = await playAttacks(connection, workload, variants, { environment, tables });
      const played = attacked.tables.map(({ name }) => name);
      if (benign !== undefined) {
        for (const name of [...played, '_activities'])
          await connection.run(`ALTER TABLE ${identifier(name)} RENAME TO ${identifier(ATTACKS + name)}`);
        await playWorkload(connection, workload, {
          ...{ environment, tables, scenarios: benign, nextId: attacked.nextId },
        });
      }
      await engine.seal();
      const world = worldOf(engine, catalog, attacked.start, attacked.end);
      return new AttackedWorld(engine, world, played, variants, benign !== undefined);
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  /**
   * Runs a rule as its schedule says, over all attacks at once or over one turn of them.
   *
   * @param turn the only attacks that there are; all when absent
   */
  async judge(compiled: Compiled, { runs, deployed }: Detection, turn?: readonly Played[]): Promise<Caught> {
    const settled = await this.world.settle(compiled);
    const kept = this.inTurns && turn !== undefined ? await this.show(turn) : undefined;
    const made = await runScheduled(
      this.world,
      { compiled: settled, tables: this.tables },
      runs,
      deployed.trigger,
      kept,
    );
    return await this.caughtIn(made);
  }

  /**
   * The attacks of which every event that counts passes a condition: those that the rule raised alerts from, or all of the
   * given roles where the rule needs more than these attacks to be judged.
   *
   * @param condition rows of one table for which it holds
   */
  async passing(condition: Compiled, table: string, { rule, roles }: Counting): Promise<Caught> {
    let counted = `_role IN (${roles.map((role) => `'${role}'`).join(', ')})`;
    if (rule !== undefined) {
      await this.world.materialize(rule, '_caught', this.world.end);
      counted = `_id IN (${idsOf(['_caught'])})`;
    }
    await this.world.materialize(condition, '_passing', this.world.end);
    const rows = await this.world.query(
      `SELECT _activity AS activity FROM ${this.attacks(table)} WHERE ${counted}
       GROUP BY _activity HAVING bool_and(_id IN (${idsOf(['_passing'])}))`,
    );
    return this.byVariant(rows);
  }

  close(): void {
    this.engine.close();
  }

  /** Views of the benign events and those of a turn's attacks. */
  private async show(turn: readonly Played[]): Promise<Kept> {
    const numbers = new Map(this.variants.map(({ id }, index) => [id, index]));
    const activities = turn.flatMap(({ variant, index }) => {
      const number = numbers.get(variant);
      return number === undefined ? [] : [activityOf(number, index)];
    });
    await this.world.query(
      `CREATE OR REPLACE TEMP TABLE ${WAVE} AS SELECT unnest([${activities.join(', ')}]::BIGINT[]) AS activity`,
    );
    const kept = new Map<string, string>();
    for (const table of this.tables) {
      const view = `${WAVE}_${table}`;
      await this.world.query(
        `CREATE OR REPLACE TEMP VIEW ${identifier(view)} AS SELECT * FROM events.main.${identifier(table)}
         UNION ALL SELECT * FROM ${this.attacks(table)}
         WHERE _activity IN (SELECT activity FROM temp.main.${WAVE})`,
      );
      kept.set(table, view);
    }
    return kept;
  }

  private async caughtIn(made: readonly string[]): Promise<Caught> {
    if (this.tables.length === 0) return new Map();
    const events = this.tables.map((table) => `SELECT _id, _activity FROM ${this.attacks(table)}`).join(' UNION ALL ');
    const rows = await this.world.query(
      `SELECT DISTINCT _activity AS activity FROM (${events}) WHERE _id IN (${idsOf(made)})`,
    );
    return this.byVariant(rows);
  }

  private attacks(table: string): string {
    return `events.main.${identifier(this.inTurns ? ATTACKS + table : table)}`;
  }

  private byVariant(rows: readonly Readonly<Record<string, unknown>>[]): Caught {
    const caught = new Map<string, Set<number>>();
    for (const { activity } of rows) {
      if (typeof activity !== 'bigint') throw new Error('An activity is numbered.');
      const number = activity - activityOf(0, 0);
      const id = this.variants[Number(number >> 28n)]?.id;
      if (id === undefined) throw new Error(`There is no variant of activity ${activity}.`);
      const own = caught.get(id) ?? new Set();
      caught.set(id, own.add(Number(number & 0xfffffffn)));
    }
    return caught;
  }
}
