import type { Engine, RunOptions } from '../engine/index.js';
import type { CompileOptions, Planned } from '../kql/index.js';
import type { Expr, Plan, Span } from '../kql/plan/plan.js';
import { andNot, every, isEmpty, members, xor } from '../trace/bits.js';
import { decide, type Formula, Leaves } from '../trace/leaves.js';
import { type Part, partsOf } from '../trace/parts.js';
import { Places } from '../trace/places.js';
import { type Site, sitesOf } from '../trace/sites.js';
import { type Vectors, vectorsOf } from '../trace/vectors.js';
import type { Worlds } from '../trace/world-engine.js';
import type { EventCounts } from './result.js';

/** Events that a rule is run over, and when. */
export interface Ground {
  readonly engine: Engine;
  readonly run: RunOptions;
  readonly kind: 'tests' | 'workload';
  /** SQL with `id` and `label` of events, of a workload. */
  readonly labels?: string;
  /** Sets of events that are there side by side and must not meet; absent where all events are of one. */
  readonly worlds?: Worlds;
  /** Runs something while the ground shows what a rule sees of it. */
  seen<T>(body: () => Promise<T>): Promise<T>;
}

/** What became of a part of a condition. */
export interface Covered {
  readonly site: Site;
  readonly kind: 'clause' | 'entry' | 'branch';
  readonly span: Span | undefined;
  readonly held: EventCounts;
  readonly decided: EventCounts;
  readonly finding: Finding | undefined;
}

/** Why a part decides nothing; `by` is what holds wherever it does. */
export type Finding =
  | { readonly why: 'never reached' | 'never holds' | 'always holds' | 'decides nothing' }
  | { readonly why: 'implied'; readonly by: Span | undefined };

const NONE: EventCounts = { tests: 0, malicious: 0, benign: 0 };

/**
 * Which parts of a rule's conditions hold for events and decide something, over all grounds together.
 *
 * @throws KqlError when a condition cannot be evaluated
 */
export async function cover(
  planned: Planned,
  text: string,
  grounds: readonly Ground[],
  options: CompileOptions,
): Promise<Covered[]> {
  const places = new Places(text, options.names);
  const covered: Covered[] = [];
  for (const site of sitesOf(planned.plan, text)) {
    const leaves = new Leaves();
    const whole = leaves.formula(site.clause);
    const parts = partsOf(site.clause, leaves, places, site.kind === 'where');
    const seen: { readonly ground: Ground; readonly vectors: Vectors }[] = [];
    for (const ground of grounds) {
      for (const vectors of await vectorsIn(ground, site.input, leaves.exprs, options)) seen.push({ ground, vectors });
    }
    for (const part of parts) covered.push(coveredBy(site, whole, part, seen));
  }
  return covered;
}

/** What tests say of the rows of a plan. */
async function vectorsIn(
  { engine, run, labels, worlds, seen }: Ground,
  input: Plan,
  leaves: readonly Expr[],
  options: CompileOptions,
): Promise<Vectors[]> {
  const over = (plan: Plan): Promise<Vectors> => vectorsOf(engine, plan, leaves, options, run, labels);
  return await seen(async () => (worlds === undefined ? [await over(input)] : await worlds.apart(input, leaves, over)));
}

function coveredBy(
  site: Site,
  whole: Formula,
  part: Part,
  seen: readonly { readonly ground: Ground; readonly vectors: Vectors }[],
): Covered {
  let [held, decided, reached] = [NONE, NONE, 0];
  let always = true;
  const implying = new Set(part.siblings);
  for (const { ground, vectors } of seen) {
    const of = (formula: Formula) => decide(formula, vectors.leaves, vectors.size);
    const holds = of(part.held).yes;
    const differs = xor(of(whole).yes, of(part.without).yes);
    held = add(held, holds, vectors, ground);
    decided = add(decided, differs, vectors, ground);
    reached += vectors.counts.reduce((sum, n) => sum + n, 0);
    always &&= isEmpty(andNot(every(vectors.size), holds));
    for (const sibling of implying) if (!isEmpty(andNot(holds, of(sibling.held).yes))) implying.delete(sibling);
  }
  const sum = (counts: EventCounts): number => counts.tests + counts.malicious + counts.benign;
  const finding = ((): Finding | undefined => {
    if (reached === 0) return { why: 'never reached' };
    if (sum(held) === 0) return { why: 'never holds' };
    if (sum(decided) > 0) return undefined;
    const [by] = implying;
    if (by !== undefined) return { why: 'implied', by: by.span };
    return { why: always ? 'always holds' : 'decides nothing' };
  })();
  const kind = site.kind === 'branch' && part.kind === 'clause' ? 'branch' : part.kind;
  return { site, kind, span: part.span, held, decided, finding };
}

function add(counts: EventCounts, set: Uint32Array, { counts: of, labels }: Vectors, ground: Ground): EventCounts {
  const sum = { ...counts };
  for (const index of members(set)) {
    const key = ground.kind === 'tests' ? 'tests' : labels[index] === 'malicious' ? 'malicious' : 'benign';
    sum[key] += of[index] ?? 0;
  }
  return sum;
}
