import type { Words } from '../../simulators/evasions/facts.js';
import type { Expr, Plan } from '../kql/plan/plan.js';
import { someExpr } from '../kql/plan/rewrite.js';
import { exprsOf, partsOf, plansIn } from '../trace/expressions.js';
import { rowRule } from '../trace/row-rule.js';
import { disguisesOf } from './disguises.js';
import { exclusionsOf } from './exclusions.js';

const TICKS_PER_SECOND = 10_000_000;
const DAY = 86_400;

/** What an attacker who knows a rule learns from it: the programs that it leaves out, and how long it waits. */
export function wordsOf(plan: Plan): Words {
  const window = rowRule(plan) === undefined ? windowOf(plan) : undefined;
  return { disguises: disguisesOf(exclusionsOf(plan)), ...(window !== undefined && { window }) };
}

/**
 * Seconds: the longest time span, under a day, that the rule writes down other than to say how far back it looks. A rule
 * that puts events together does so within it, whatever the way.
 */
function windowOf(plan: Plan): number | undefined {
  const found = plansIn(plan)
    .flatMap(allExprs)
    .flatMap(spansIn)
    .map((ticks) => Number(ticks) / TICKS_PER_SECOND)
    .filter((seconds) => seconds > 0 && seconds < DAY);
  return found.length === 0 ? undefined : Math.max(...found);
}

function allExprs(plan: Plan): readonly Expr[] {
  return exprsOf(plan);
}

function spansIn(expr: Expr): bigint[] {
  if (expr.kind === 'literal') return expr.type === 'timespan' && typeof expr.value === 'bigint' ? [expr.value] : [];
  // `Timestamp > ago(1d)` and `Timestamp > now() - 1d` say how far back the rule looks.
  if (expr.kind === 'call' && (expr.fn.name === 'ago' || (expr.fn.name === '-' && someExpr(expr, isNow)))) return [];
  return partsOf(expr).flatMap(spansIn);
}

function isNow(expr: Expr): boolean {
  return expr.kind === 'call' && expr.fn.name === 'now';
}
