import type { Column, Plan } from '../../plan/plan.js';
import { present } from '../../syntax.js';

/** What is known of the pattern so far: a plan, and which of its columns is what. */
export class State {
  constructor(
    readonly plan: Plan,
    /** `id:x:0` (part of a node's key), `x.name` (a property), `edge:e` (an edge's number), and so on. */
    readonly roles: ReadonlyMap<string, Column>,
  ) {}

  column(role: string): Column {
    return present(this.roles.get(role));
  }

  has(role: string): boolean {
    return this.roles.has(role);
  }

  rolesOf(prefix: string): Column[] {
    return [...this.roles].flatMap(([role, column]) => (role.startsWith(prefix) ? [column] : []));
  }
}
