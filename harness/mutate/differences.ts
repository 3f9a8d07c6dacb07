import type { Engine, RunOptions } from '../engine/index.js';
import type { CompileOptions } from '../kql/index.js';
import { native, table } from '../kql/plan/make.js';
import type { Expr } from '../kql/plan/plan.js';
import { emitExpr } from '../kql/sql/emit.js';
import { and, type Bits, bits, every, isEmpty, members, or, xor } from '../trace/bits.js';
import { clauseOf } from '../trace/clauses.js';
import { decide, type Formula, Leaves } from '../trace/leaves.js';
import type { RowRule } from '../trace/row-rule.js';
import { type Vectors, vectorsOf } from '../trace/vectors.js';

/** Where a mutant and its rule part over the events of a table. */
export interface Difference {
  /** Events that the mutant alone returns, that the rule alone returns, and that both return with other columns. */
  readonly gained: number;
  readonly lost: number;
  readonly altered: number;
  /** The first event, by id, on which they part. */
  readonly sample: bigint;
}

interface Decision {
  readonly returned: Formula;
  readonly outputs: readonly Output[];
}

/** A column of the answer: its formula where it is a condition, and what tells its values apart. */
interface Output {
  readonly expr: Expr;
  readonly sql: string;
  readonly formula: Formula | undefined;
}

/**
 * On which events mutants of a rule part from it. All of them are decided in one scan of the table: it finds what each
 * test that any of them has says of each event, and equal events are looked at once.
 *
 * @param mutants versions of the rule, each over the rule's table
 * @returns for each mutant its difference; nothing where it has none
 * @throws KqlError when a test cannot be evaluated
 */
export async function differences(
  rule: RowRule,
  mutants: readonly RowRule[],
  engine: Engine,
  options: CompileOptions,
  run: RunOptions,
): Promise<(Difference | undefined)[]> {
  const leaves = new Leaves();
  const decision = decisionOf(rule, leaves);
  const compared = mutants.map((mutant) => {
    const { returned, outputs } = decisionOf(mutant, leaves);
    return { returned, altered: alterations(decision.outputs, outputs, leaves) };
  });
  const vectors = await vectorsOf(engine, table(rule.table, rule.columns), leaves.exprs, options, run);
  const was = decide(decision.returned, vectors.leaves, vectors.size).yes;
  return compared.map(({ returned, altered }) => {
    const is = decide(returned, vectors.leaves, vectors.size).yes;
    const both = and(was, is);
    const other = altered.reduce((found, apart) => or(found, and(both, apart(vectors))), bits(vectors.size));
    const changed = xor(was, is);
    if (isEmpty(or(changed, other))) return undefined;
    return {
      gained: eventsIn(and(changed, is), vectors),
      lost: eventsIn(and(changed, was), vectors),
      altered: eventsIn(other, vectors),
      sample: firstOf(or(changed, other), vectors),
    };
  });
}

function decisionOf({ conditions, outputs }: RowRule, leaves: Leaves): Decision {
  return {
    returned: { op: 'all', parts: conditions.map((condition) => leaves.formula(clauseOf(condition))) },
    outputs: outputs.map(({ expr }) => ({
      expr,
      sql: emitExpr(expr),
      formula: expr.type === 'bool' && expr.kind === 'call' ? leaves.formula(clauseOf(expr)) : undefined,
    })),
  };
}

type Apart = (vectors: Vectors) => Bits;

/** The columns of two versions that are not the same expression, and where their values differ. */
function alterations(was: readonly Output[], is: readonly Output[], leaves: Leaves): Apart[] {
  if (was.length !== is.length) return [({ size }) => every(size)];
  return was.flatMap((before, i): Apart[] => {
    const after = is[i];
    if (after === undefined || before.sql === after.sql) return [];
    const { formula: one } = before;
    const { formula: two } = after;
    if (one !== undefined && two !== undefined) {
      return [
        (vectors) => {
          const a = decide(one, vectors.leaves, vectors.size);
          const b = decide(two, vectors.leaves, vectors.size);
          return or(xor(a.yes, b.yes), xor(a.no, b.no));
        },
      ];
    }
    const differ = native('bool', [before.expr, after.expr], ([a, b]) => `(${a?.sql} IS DISTINCT FROM ${b?.sql})`);
    const leaf = leaves.leaf(differ);
    return [(vectors) => decide(leaf, vectors.leaves, vectors.size).yes];
  });
}

function eventsIn(set: Bits, { counts }: Vectors): number {
  let sum = 0;
  for (const index of members(set)) sum += counts[index] ?? 0;
  return sum;
}

function firstOf(set: Bits, { samples }: Vectors): bigint {
  let least: bigint | undefined;
  for (const index of members(set)) {
    const sample = samples[index] ?? 0n;
    if (least === undefined || sample < least) least = sample;
  }
  return least ?? 0n;
}
