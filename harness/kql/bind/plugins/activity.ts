/** Plugins that count users over windows of time. */
import { aggregates } from '../../aggregates/index.js';
import { scalarFunctions } from '../../functions/index.js';
import { aggregate, aggregateCall, expand, filter, keep, native, project, ref } from '../../plan/make.js';
import type { Column, Expr, Item, Plan } from '../../plan/plan.js';
import { present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { converted } from '../build.js';
import type { Plugin, PluginCall } from './plugin.js';

interface Timeline {
  readonly id: Expr;
  readonly moment: Expr;
  readonly start: Expr;
  readonly end: Expr;
}

function timeline(binder: Binder, call: PluginCall): Timeline {
  const [id, moment, start, end] = call.positional.map((node) => binder.expression(node, call.scope));
  const time = present(moment);
  return {
    id: present(id),
    moment: time,
    start: converted(present(start), time.type),
    end: converted(present(end), time.type),
  };
}

function groups(binder: Binder, call: PluginCall, from: number): Item[] {
  return call.positional.slice(from).map((node) => {
    const expr = binder.expression(node, call.scope);
    const name = expr.kind === 'column' ? expr.column.name : 'Column1';
    return { column: binder.columns.make(name, expr.type), expr };
  });
}

/** Rows and distinct ids of the window that ends with each bin. */
const slidingWindowCounts: Plugin = {
  name: 'sliding_window_counts',
  bind(binder, call) {
    const { id, moment, start, end } = timeline(binder, call);
    const window = binder.expression(call.positional[4] ?? null, call.scope);
    const bin = binder.expression(call.positional[5] ?? null, call.scope);
    const time = binder.columns.make(nameOf(moment), moment.type);
    const windows = native('dynamic', [moment, start, end, window, bin], ([at, from, to, width, step]) => {
      const first = `greatest((${at?.sql} - ${from?.sql}) // ${step?.sql}, 0)`;
      const last = `least((${at?.sql} + ${width?.sql} - ${from?.sql}) // ${step?.sql}, (${to?.sql} - ${from?.sql}) // ${step?.sql} + 1)`;
      return `list_transform(range(${first}, ${last}), i -> ${from?.sql} + i * ${step?.sql})`;
    });
    const dims = groups(binder, call, 6);
    const rows = project(call.input, [...call.input.columns.map(keep)]);
    const spread = expand(rows, rows.columns, [{ column: time, list: windows }], binder.columns.make('place', 'long'));
    return counted(binder, spread, time, dims, id, ['Count', 'Dcount']);
  },
};

function counted(
  binder: Binder,
  input: Plan,
  time: Column,
  dims: readonly Item[],
  id: Expr,
  names: readonly [string, string],
): Plan {
  const out = binder.columns.like(time);
  const count = aggregateCall(binder.columns.make(names[0], 'long'), present(aggregates.get('count')), []);
  const distinct = aggregateCall(binder.columns.make(names[1], 'long'), present(aggregates.get('dcount')), [id]);
  return aggregate(input, [{ column: out, expr: ref(time) }, ...dims], [count, distinct]);
}

/** For each bin: rows, distinct ids, ids never seen in an earlier bin, and all distinct ids so far. */
const activityCountsMetrics: Plugin = {
  name: 'activity_counts_metrics',
  bind(binder, call) {
    const { id, moment, start, end } = timeline(binder, call);
    const step = binder.expression(call.positional[4] ?? null, call.scope);
    const within = filter(
      call.input,
      native(
        'bool',
        [moment, start, end],
        ([at, from, to]) => `${at?.sql} >= ${from?.sql} AND ${at?.sql} < ${to?.sql}`,
      ),
    );
    const binAt = present(scalarFunctions.get('bin_at'));
    const binned: Expr = { kind: 'call', fn: binAt, args: [moment, step, start], type: moment.type };
    const time = binder.columns.make(nameOf(moment), moment.type);
    const dims = groups(binder, call, 5);
    const idColumn = binder.columns.make('id', id.type);
    const rows = project(within, [{ column: time, expr: binned }, ...dims, { column: idColumn, expr: id }]);
    const dimRefs = dims.map((dim) => ref(dim.column));
    const first = binder.columns.make('first', moment.type);
    const seen = project(rows, [
      ...rows.columns.map(keep),
      {
        column: first,
        expr: {
          kind: 'window',
          type: moment.type,
          args: [ref(time)],
          partition: [ref(idColumn), ...dimRefs],
          running: false,
          emit: ([at], over) => `min(${at?.sql}) ${over}`,
        },
      },
    ]);
    const outTime = binder.columns.like(time);
    const fresh = native(
      id.type,
      [ref(idColumn), ref(first), ref(time)],
      ([of, from, at]) => `CASE WHEN ${from?.sql} = ${at?.sql} THEN ${of?.sql} END`,
    );
    const distinct = (name: string, of: Expr): ReturnType<typeof aggregateCall> =>
      aggregateCall(binder.columns.make(name, 'long'), { name, emit: ([value]) => `count(DISTINCT ${value?.sql})` }, [
        of,
      ]);
    const dimKeys = dims.map((dim): Item => ({ column: binder.columns.like(dim.column), expr: ref(dim.column) }));
    const grouped = aggregate(
      seen,
      [{ column: outTime, expr: ref(time) }, ...dimKeys],
      [
        aggregateCall(binder.columns.make('count', 'long'), present(aggregates.get('count')), []),
        distinct('dcount', ref(idColumn)),
        distinct('new_dcount', fresh),
      ],
    );
    const [fresh_] = grouped.columns.slice(-1);
    const total = binder.columns.make('aggregated_dcount', 'long');
    const ordered: Plan = { ...grouped, order: [{ column: outTime, descending: false, nullsFirst: true }] };
    return project(ordered, [
      ...ordered.columns.map(keep),
      {
        column: total,
        expr: {
          kind: 'window',
          type: 'long',
          args: [ref(present(fresh_))],
          partition: dimKeys.map((key) => ref(key.column)),
          running: true,
          emit: ([of], over) => `(sum(${of?.sql}) ${over})::BIGINT`,
        },
      },
    ]);
  },
};

function nameOf(expr: Expr): string {
  return expr.kind === 'column' ? expr.column.name : 'Column1';
}

export const activityPlugins: readonly Plugin[] = [slidingWindowCounts, activityCountsMetrics];
