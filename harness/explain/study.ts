import type { Detection } from '../detection/detection.js';
import type { Planned } from '../kql/index.js';
import type { Column, Expr, Item, Join, Plan, Span } from '../kql/plan/plan.js';
import { placeAt } from '../mutate/mutants.js';
import { traceColumn } from '../trace/columns.js';
import { plansIn } from '../trace/expressions.js';
import { type Formula, Leaves } from '../trace/leaves.js';
import { type Part, partsOf } from '../trace/parts.js';
import type { Places } from '../trace/places.js';
import { columnsIn } from '../trace/row-rule.js';
import { type Site, sitesOf } from '../trace/sites.js';
import { wordsOf } from '../trace/words.js';
import type { Stretch } from './result.js';
import { shown } from './rows.js';

/** A condition taken apart: what it is decided by, and what to look at to know. */
export interface Condition {
  readonly leaves: readonly Expr[];
  readonly whole: Formula;
  readonly parts: readonly Part[];
  readonly read: readonly Column[];
  readonly items: readonly Item[];
}

export type Side = 'left' | 'right';

/** What the steps of a rule are, whatever event passes them: found once, used for each. */
export class Study {
  /** The nodes of the plan, each after those that it takes its rows from. */
  readonly order: readonly Plan[];
  readonly joins: ReadonlyMap<Plan, Span | undefined>;
  private readonly sites = new Map<Plan, Site[]>();
  private readonly conditions = new Map<Site, Condition>();
  private readonly keys = new Map<Join, Readonly<Record<Side, readonly Item[]>>>();
  private readonly tables = new Map<Plan, readonly string[]>();
  private readonly stretches = new Map<string, Stretch>();

  constructor(
    private readonly detection: Detection,
    private readonly places: Places,
    readonly planned: Planned,
  ) {
    const { plan } = planned;
    for (const site of sitesOf(plan, detection.deployed.text))
      this.sites.set(site.input, [...this.sitesAt(site.input), site]);
    this.order = [...plansIn(plan)].reverse();
    this.joins = places.joinsOf(plan);
  }

  /** The conditions that rows of a plan are held against. */
  sitesAt(plan: Plan): readonly Site[] {
    return this.sites.get(plan) ?? [];
  }

  condition(site: Site): Condition {
    return made(this.conditions, site, ({ clause, kind }) => {
      const leaves = new Leaves();
      const whole = leaves.formula(clause);
      const parts = partsOf(clause, leaves, this.places, kind === 'where');
      const read = columnsIn([clause.expr]);
      return { leaves: leaves.exprs, whole, parts, read, items: [...read.map(shown), ...wordsOf(leaves.exprs)] };
    });
  }

  /** What the rows of one side of a join are matched by. */
  keysOf(join: Join, side: Side): readonly Item[] {
    const both = made(this.keys, join, ({ on }) => {
      const of = (each: Side): Item[] =>
        on.map((pair, i) => ({ column: traceColumn(i, nameOf(pair[each]), pair[each].type), expr: pair[each] }));
      return { left: of('left'), right: of('right') };
    });
    return both[side];
  }

  /** The tables that a plan's rows come from. */
  tablesOf(plan: Plan): readonly string[] {
    return made(this.tables, plan, (from) => [
      ...new Set(plansIn(from).flatMap((each) => (each.kind === 'table' ? [each.table] : []))),
    ]);
  }

  /** A stretch of the rule in one line. */
  text(span: Span | undefined): string {
    if (span === undefined) return '';
    const { text } = this.detection.deployed;
    return text.slice(span.start, span.start + span.length).replace(/\s+/g, ' ');
  }

  /** Where a stretch of the rule is in its file. */
  stretch(span: Span | undefined): Stretch {
    if (span === undefined) return { line: 0, column: 0, endLine: 0, endColumn: 0 };
    return made(this.stretches, `${span.start} ${span.length}`, () => {
      const { text, placeInFile } = this.detection.deployed;
      const from = placeInFile(placeAt(text, span.start));
      const to = placeInFile(placeAt(text, span.start + span.length));
      return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
    });
  }
}

function made<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  const value = known.get(key) ?? make(key);
  known.set(key, value);
  return value;
}

function nameOf(expr: Expr): string {
  return expr.kind === 'column' ? expr.column.name : 'key';
}
