import type { Detection } from '../detection/detection.js';
import { ruleTime } from '../engine/index.js';
import { type CompileOptions, plan } from '../kql/index.js';
import { table } from '../kql/plan/make.js';
import { identifier } from '../kql/sql/literal.js';
import { HITS, ownersOf } from '../measure/counts.js';
import type { PlayedWorld } from '../measure/play.js';
import { instantsOf } from '../measure/runs.js';
import { seeing, sourceOf, type View } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { members } from '../trace/bits.js';
import { clauseOf } from '../trace/clauses.js';
import { decide, type Formula, Leaves } from '../trace/leaves.js';
import { type RowRule, rowRule } from '../trace/row-rule.js';
import { vectorsOf } from '../trace/vectors.js';
import { runRule } from '../tune/ground.js';

/** What a version of a rule raises over a world. */
export interface Outcome {
  readonly true: number;
  /** False alerts by the scenario that each is put down to. */
  readonly false: ReadonlyMap<string, number>;
  /** Malicious activities with an alert, with their scenarios. */
  readonly attacks: ReadonlyMap<number, string>;
}

/** Runs of whole versions at most, beyond which nothing is said. */
export const MOST_RUNS = 300;

/** Decides what versions of a rule raise over a world. */
export interface Versions {
  readonly method: 'one scan' | 'runs';
  /** @throws KqlError for a version that cannot be evaluated */
  outcomes(texts: readonly string[]): Promise<Outcome[]>;
}

/** Versions of a detection's rule: of one that returns single events, all are decided in one scan of them. */
export function versionsOf(detection: Detection, catalog: Catalog, played: PlayedWorld): Versions {
  const options = { names: catalog };
  const row = rowRule(plan(detection.deployed.text, options).plan);
  const single = row !== undefined && detection.grouping === 'per-row' && detection.deployed.trigger === undefined;
  if (!single) return { method: 'runs', outcomes: (texts) => runEach(texts, detection, played) };
  return {
    method: 'one scan',
    async outcomes(texts) {
      const rules = texts.map((text) => rowRule(plan(text, options).plan));
      if (!rules.every((each) => each?.table === row.table)) return await runEach(texts, detection, played);
      return await scan(row, rules as readonly RowRule[], detection, played, options);
    },
  };
}

async function scan(
  row: RowRule,
  rules: readonly RowRule[],
  { runs }: Detection,
  { world, engine }: PlayedWorld,
  options: CompileOptions,
): Promise<Outcome[]> {
  const leaves = new Leaves();
  const formulas = rules.map(
    ({ conditions }): Formula => ({ op: 'all', parts: conditions.map((each) => leaves.formula(clauseOf(each))) }),
  );
  const outcomes = rules.map(() => ({ true: 0, false: new Map<string, number>(), attacks: new Map<number, string>() }));
  const labels = `SELECT event._id AS id,
      CASE WHEN label = 'malicious' THEN activity.activity || '/' || scenario ELSE '/' || scenario END AS label
    FROM ${await sourceOf(world, row.table)} AS event
    JOIN _activities AS activity ON activity.activity = event._activity`;
  for (const now of instantsOf(runs, world)) {
    const view: View = {
      ...(runs.lookback !== undefined && { from: now - runs.lookback }),
      ...(now < world.end && { to: now }),
    };
    const vectors = await seeing(world, [row.table], view, () =>
      vectorsOf(engine, table(row.table, row.columns), leaves.exprs, options, { now, ...ruleTime() }, labels),
    );
    for (const [i, formula] of formulas.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined) continue;
      for (const vector of members(decide(formula, vectors.leaves, vectors.size).yes)) {
        const [activity = '', ...rest] = (vectors.labels[vector] ?? '').split('/');
        const scenario = rest.join('/');
        const count = vectors.counts[vector] ?? 0;
        if (activity === '') outcome.false.set(scenario, (outcome.false.get(scenario) ?? 0) + count);
        else {
          outcome.true += count;
          outcome.attacks.set(Number(activity), scenario);
        }
      }
    }
  }
  return outcomes;
}

async function runEach(texts: readonly string[], detection: Detection, played: PlayedWorld): Promise<Outcome[]> {
  const { world } = played;
  const outcomes: Outcome[] = [];
  for (const text of texts) {
    await runRule(detection, world.compile(text), played);
    const owners = await world.query(
      `SELECT label, scenario, count(*) AS alerts FROM (${ownersOf(HITS)}) GROUP BY ALL ORDER BY ALL`,
    );
    const attacks = await world.query(
      `SELECT DISTINCT activity, scenario FROM ${identifier(HITS)} WHERE label = 'malicious' ORDER BY activity`,
    );
    outcomes.push({
      true: owners.filter(({ label }) => label === 'malicious').reduce((sum, { alerts }) => sum + Number(alerts), 0),
      false: new Map(
        owners
          .filter(({ label }) => label !== 'malicious')
          .map(({ scenario, alerts }) => [String(scenario), Number(alerts)]),
      ),
      attacks: new Map(attacks.map(({ activity, scenario }) => [Number(activity), String(scenario)])),
    });
  }
  return outcomes;
}
