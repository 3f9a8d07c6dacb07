/** Plugins that look at what a user did in the time before each of his appearances. */
import { aggregates } from '../../aggregates/index.js';
import { refusalText } from '../../errors.js';
import { scalarFunctions } from '../../functions/index.js';
import { aggregate, aggregateCall, expand, filter, keep, native, project, ref } from '../../plan/make.js';
import type { AggregateItem, Column, Expr, Item, Plan } from '../../plan/plan.js';
import { quote } from '../../sql/literal.js';
import { present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { converted } from '../build.js';
import type { Plugin, PluginCall } from './plugin.js';

/** The appearances of users, in the order of time: `time`, `id`, then the dimensions. */
interface Appearances {
  readonly plan: Plan;
  readonly time: Column;
  readonly id: Column;
  readonly dims: readonly Column[];
  readonly start: Expr;
  readonly end: Expr;
}

function appearances(binder: Binder, call: PluginCall, dimsFrom: number): Appearances {
  const at = (place: number): Expr => binder.expression(call.positional[place] ?? null, call.scope);
  const [id, moment] = [at(0), at(1)];
  const columnFor = (expr: Expr): Item => {
    const name = expr.kind === 'column' ? expr.column.name : 'Column1';
    return { column: binder.columns.make(name, expr.type), expr };
  };
  const time = columnFor(moment);
  const user = columnFor(id);
  const dims = call.positional.slice(dimsFrom).map((_, i) => columnFor(at(dimsFrom + i)));
  const known = filter(
    call.input,
    native('bool', [moment], ([of]) => `${of?.sql} IS NOT NULL`),
  );
  const rows = project(known, [time, user, ...dims]);
  return {
    plan: { ...rows, order: [{ column: time.column, descending: false, nullsFirst: true }] },
    time: time.column,
    id: user.column,
    dims: dims.map((dim) => dim.column),
    start: converted(at(2), moment.type),
    end: converted(at(3), moment.type),
  };
}

/** A row for which the documentation leaves open what happens stops the query. */
function orRefuse(condition: string, plugin: string, why: string, otherwise: string): string {
  const message = refusalText({ code: 'unsupported-argument', message: `${plugin}() is not documented for ${why}.` });
  return `CASE WHEN ${condition} THEN error(${quote(message)}) ELSE ${otherwise} END`;
}

/** The name of a scalar function over bound arguments, of the type of the first. */
function called(name: string, args: readonly Expr[]): Expr {
  return { kind: 'call', fn: present(scalarFunctions.get(name)), args, type: present(args[0]).type };
}

/** New sessions of each bin: a user's appearance opens one unless another came less than the window before it. */
const sessionCount: Plugin = {
  name: 'session_count',
  bind(binder, call) {
    const { plan, time, id, dims, start, end } = appearances(binder, call, 6);
    const bin = binder.expression(call.positional[4] ?? null, call.scope);
    const gap = binder.expression(call.positional[5] ?? null, call.scope);
    const opened = binder.columns.make('opened', 'bool');
    const inTime = native('bool', [ref(time), start, end, gap], ([at, from, to, width]) =>
      orRefuse(
        `(${at?.sql} < ${from?.sql} AND ${at?.sql} > ${from?.sql} - ${width?.sql}) OR ${at?.sql} = ${to?.sql}`,
        'session_count',
        'rows at the end, or within the window before the start',
        `${at?.sql} >= ${from?.sql} AND ${at?.sql} < ${to?.sql}`,
      ),
    );
    const within = filter(plan, inTime);
    const marked = project(within, [
      ...within.columns.map(keep),
      {
        column: opened,
        expr: {
          kind: 'window',
          type: 'bool',
          args: [ref(time), gap],
          partition: [ref(id), ...dims.map((dim) => ref(dim))],
          running: false,
          emit: ([at, width], over) => `coalesce(${at?.sql} - lag(${at?.sql}) ${over} >= ${width?.sql}, true)`,
        },
      },
    ]);
    const keys = [
      { column: binder.columns.like(time), expr: called('bin', [ref(time), bin]) },
      ...dims.map((dim): Item => ({ column: binder.columns.like(dim), expr: ref(dim) })),
    ];
    const counted = aggregateCall(binder.columns.make('count_sessions', 'long'), COUNT_OPENED, [ref(opened)]);
    return aggregate(marked, keys, [counted]);
  },
};

const COUNT_OPENED = {
  name: 'count_sessions',
  emit: ([opened]: readonly { readonly sql: string }[]) => {
    const count = `count(*) FILTER (WHERE ${opened?.sql})`;
    return orRefuse(`${count} = 0`, 'session_count', 'times in which users appear and no session begins', count);
  },
};

/** Distinct users of each bin who, in the window that ends with their appearance, appeared in so many periods. */
const activeUsersCount: Plugin = {
  name: 'active_users_count',
  bind(binder, call) {
    const { plan, time, id, dims, start, end } = appearances(binder, call, 8);
    const [window, period, least, bin] = [4, 5, 6, 7].map((place) =>
      binder.expression(call.positional[place] ?? null, call.scope),
    ) as [Expr, Expr, Expr, Expr];
    if (window.kind !== 'literal' || typeof window.value !== 'bigint')
      return binder.refuse(call.node, 'unsupported-argument', 'The lookback window must be a constant.');
    const width = window.value;
    const active = binder.columns.make('active', 'bool');
    const upTo = filter(
      plan,
      native('bool', [ref(time), end], ([at, to]) =>
        orRefuse(`${at?.sql} = ${to?.sql}`, 'active_users_count', 'rows at the end', `${at?.sql} < ${to?.sql}`),
      ),
    );
    const marked = project(upTo, [
      ...upTo.columns.map(keep),
      {
        column: active,
        expr: {
          kind: 'window',
          type: 'bool',
          args: [called('bin', [ref(time), period]), least],
          partition: [ref(id), ...dims.map((dim) => ref(dim))],
          running: false,
          emit: ([of, count], over) =>
            `len(list_distinct(list(${of?.sql}) ${over.slice(0, -1)} RANGE BETWEEN ${width - 1n} PRECEDING AND CURRENT ROW))) >= ${count?.sql}`,
        },
      },
    ]);
    const chosen = filter(
      marked,
      native('bool', [ref(active), ref(time), start, called('bin', [start, period])], ([is, at, from, aligned]) =>
        orRefuse(
          `${from?.sql} <> ${aligned?.sql}`,
          'active_users_count',
          'a start within a period: let it be a multiple of the period',
          `${is?.sql} AND ${at?.sql} >= ${from?.sql}`,
        ),
      ),
    );
    const keys = [
      { column: binder.columns.like(time), expr: called('bin_at', [ref(time), bin, start]) },
      ...dims.map((dim): Item => ({ column: binder.columns.like(dim), expr: ref(dim) })),
    ];
    const users = aggregateCall(binder.columns.make('dcount', 'long'), present(aggregates.get('dcount')), [ref(id)]);
    return aggregate(chosen, keys, [users]);
  },
};

/** A percentile of the values of each bin and those before it. */
const rollingPercentile: Plugin = {
  name: 'rolling_percentile',
  bind(binder, call) {
    const at = (place: number): Expr => binder.expression(call.positional[place] ?? null, call.scope);
    const [value, percent, index, size, count] = [at(0), at(1), at(2), at(3), at(4)];
    const dimsFrom = 5;
    const bin = binder.columns.make('bin', index.type);
    const taken = binder.columns.make('value', value.type);
    const dims = call.positional.slice(dimsFrom).map((_, i): Item => {
      const expr = at(dimsFrom + i);
      return { column: binder.columns.make(call.output[i + 1]?.name ?? '', expr.type), expr };
    });
    const rows = project(call.input, [
      { column: bin, expr: called('bin', [index, size]) },
      { column: taken, expr: value },
      ...dims,
    ]);
    const time = binder.columns.make(call.output[0]?.name ?? '', index.type);
    const windows = native(
      'dynamic',
      [ref(bin), size, count],
      ([from, step, bins]) => `list_transform(range(${bins?.sql}), lambda i: ${from?.sql} + i * ${step?.sql})`,
    );
    const place = binder.columns.make('place', 'long');
    const spread = expand(rows, rows.columns, [{ column: time, list: windows }], place, true);
    const result = present(call.output.at(-1));
    const own = binder.columns.make('own', 'long');
    const items: AggregateItem[] = [
      aggregateCall(binder.columns.make(result.name, value.type), present(aggregates.get('percentile')), [
        ref(taken),
        percent,
      ]),
      aggregateCall(own, { name: 'own', emit: ([of]) => `count(*) FILTER (WHERE ${of?.sql} = 0)` }, [ref(place)]),
    ];
    const keys = [time, ...dims.map((dim) => dim.column)].map(
      (column): Item => ({ column: binder.columns.like(column), expr: ref(column) }),
    );
    const [timeKey, ...dimKeys] = keys.map((key) => key.column);
    // A window reaches beyond the last bin, too: bins without a row of their own are none.
    const bins = filter(
      aggregate(spread, keys, items),
      native('bool', [ref(own)], ([n]) => `${n?.sql} > 0`),
    );
    const ordered: Plan = { ...bins, order: [{ column: present(timeKey), descending: false, nullsFirst: true }] };
    const steady = binder.columns.make('steady', 'bool');
    const checked = project(ordered, [
      ...bins.columns.map(keep),
      {
        column: steady,
        expr: {
          kind: 'window',
          type: 'bool',
          args: [ref(present(timeKey)), size],
          partition: dimKeys.map((key) => ref(key)),
          running: false,
          emit: ([of, step], over) => `coalesce(${of?.sql} - lag(${of?.sql}) ${over} = ${step?.sql}, true)`,
        },
      },
    ]);
    const steadily = filter(
      checked,
      native('bool', [ref(steady)], ([is]) =>
        orRefuse(`NOT ${is?.sql}`, 'rolling_percentile', 'bins without rows between others', 'true'),
      ),
    );
    const shown = [...keys.map((key) => key.column), present(bins.columns.at(-2))];
    return { ...project(steadily, shown.map(keep)), order: [] };
  },
};

export const userWindowPlugins: readonly Plugin[] = [sessionCount, activeUsersCount, rollingPercentile];
