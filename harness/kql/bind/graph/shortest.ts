import { filter, keep, native, project, ref } from '../../plan/make.js';
import type { Plan } from '../../plan/plan.js';
import { type Nodes, present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { parameter } from '../parameters.js';
import type { EdgeElement, NodeElement } from './pattern.js';
import type { State } from './state.js';

/** Of the paths between two nodes the shortest ones, or one of them. */
export function shortestPaths(
  binder: Binder,
  node: Nodes['GraphShortestPathsOperator'],
  sequences: readonly (readonly (NodeElement | EdgeElement)[])[],
  state: State,
): Plan {
  const [sequence, ...more] = sequences;
  if (!sequence || more.length > 0)
    throw binder.refuse(node, 'unsupported-argument', 'graph-shortest-paths takes a single sequence.');
  const all = parameter(node.Parameters, 'output') === 'all';
  const lists = state.rolesOf('edges:').map((column) => ref(column));
  const length = binder.columns.make('length', 'long');
  const sum = native('long', lists, (args) => ['0', ...args.map((arg) => `len(${arg.sql})`)].join(' + '));
  const measured = project(state.plan, [...state.plan.columns.map(keep), { column: length, expr: sum }]);
  const ends = [present(sequence[0]).name, present(sequence.at(-1)).name];
  const partition = ends.flatMap((name) => state.rolesOf(`id:${name}:`).map((column) => ref(column)));
  const rank = binder.columns.make('rank', 'bool');
  const least = (over: string, of: string): string => `${of} = min(${of}) ${over}`;
  const first = (over: string, of: string): string => `row_number() ${over.slice(0, -1)} ORDER BY ${of}) = 1`;
  const ranked = project(measured, [
    ...measured.columns.map(keep),
    {
      column: rank,
      expr: {
        kind: 'window',
        type: 'bool',
        args: [ref(length)],
        partition,
        running: false,
        emit: ([of], over) => (all ? least : first)(over, present(of).sql),
      },
    },
  ]);
  return filter(ranked, ref(rank));
}
