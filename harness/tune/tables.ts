import { print } from '../kql/index.js';
import type { Plan } from '../kql/plan/plan.js';

/** The tables that a plan reads. */
export function tablesIn(plan: Plan): string[] {
  const names = { tables: new Map(), functions: new Map() };
  return print({ plan, diagnostics: [] }, { names }).tables.map(({ name }) => name);
}
