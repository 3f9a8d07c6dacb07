/// <reference types="@kusto/language-service-next" />
/** `make-series`: arrays with a value for each bin of an axis. */
import { embed } from '../../functions/conversion.js';
import type { Arg, EmitContext } from '../../functions/registry.js';
import { axisSql, binsSql } from '../../functions/series-make.js';
import { aggregateCall, filter, keep, literal, native, project, ref } from '../../plan/make.js';
import type { AggregateItem, Column, Expr, Item, Plan } from '../../plan/plan.js';
import { columnsOf, elements, isNode, present } from '../../syntax.js';
import type { KqlType } from '../../types.js';
import type { Binder } from '../binder.js';
import { converted } from '../build.js';
import { grouped } from '../grouping.js';
import { bindItem } from '../items.js';
import { parameter } from '../parameters.js';
import { type Scope, withRow } from '../scope.js';
import { type Operator, operator } from './operator.js';
import { summarized } from './summarize.js';

export const seriesOperators: readonly Operator[] = [operator('make-series', 'MakeSeriesOperator', makeSeries)];

type MakeSeries = Kusto.Language.Syntax.MakeSeriesOperator;

function makeSeries(binder: Binder, node: MakeSeries, input: Plan, scope: Scope): Plan {
  const output = columnsOf(node.ResultType);
  const by = node.ByClause ? elements(node.ByClause.Expressions) : [];
  const written = elements(node.Aggregates);
  const on = bindItem(binder, present(present(node.OnClause).Expression), withRow(scope, input.columns))[0];
  if (!on) throw new Error('make-series lacks an axis.');
  const axis = rangeOf(binder, node, on.expr, scope);

  const value = binder.columns.make('axis', axis.type);
  const bin = binder.columns.make('bin', 'long');
  const placed = project(input, [...input.columns.map(keep), { column: value, expr: converted(on.expr, axis.type) }]);
  const within = filter(placed, native('bool', [ref(value), ...axis.bounds], axis.holds));
  const source: Plan = { ...within, columns: input.columns };
  const binned: Item = { column: bin, expr: native('long', [ref(value), axis.origin, axis.step], binOf(axis.type)) };
  const carrying = project(source, [...input.columns.map(keep), binned]);
  const names = output.slice(0, by.length + written.length);
  const nodes = written.map((entry) => present(entry.Expression));
  const bins = summarized(binder, nodes, by, { ...carrying, columns: input.columns }, scope, names, [
    { column: binder.columns.make('bin', 'long'), expr: ref(bin) },
  ]);

  const keys = bins.columns
    .slice(0, by.length)
    .map((column): Item => ({ column: binder.columns.like(column), expr: ref(column) }));
  const place = present(bins.columns[by.length]);
  const values = bins.columns.slice(by.length + 1);
  if (values.length !== written.length) {
    binder.refuse(node, 'unsupported-aggregate', 'An aggregate that gives several columns cannot make a series.');
  }
  const pairs = values.map((column) => binder.columns.make(column.name, 'dynamic'));
  const low = binder.columns.make('low', 'long');
  const high = binder.columns.make('high', 'long');
  const extremes: AggregateItem[] = [
    aggregateCall(low, { name: 'first bin', emit: ([x]) => `min(${x?.sql})` }, [ref(place)]),
    aggregateCall(high, { name: 'last bin', emit: ([x]) => `max(${x?.sql})` }, [ref(place)]),
  ];
  const collected = grouped(binder, bins, keys, [
    ...extremes,
    ...pairs.map((column, i) => pairsOf(column, place, present(values[i]))),
  ]);
  const filled =
    parameter(node.Parameters, 'kind') === 'nonempty'
      ? collected
      : filter(
          collected,
          native('bool', [ref(low)], ([x]) => `${x?.sql} IS NOT NULL`),
        );

  const first = axis.first ?? ref(low);
  const past = axis.past ?? native('long', [ref(high)], ([x]) => `${x?.sql} + 1`);
  const arrays = pairs.map((column, i): Item => {
    const type = present(values[i]).type;
    const written_ = written[i]?.DefaultExpression?.Expression ?? null;
    const otherwise = written_ ? converted(binder.expression(written_, scope), type) : zero(type);
    const expr = native('dynamic', [first, past, ref(column), otherwise], ([from, to, of, missing], context) =>
      binsSql(sql(from), distance(from, to), sql(of), embed(missing as Arg, context), context),
    );
    return { column: binder.columns.make(present(output[by.length + i]).name, 'dynamic'), expr };
  });
  const axisName = output[by.length + written.length]?.name ?? on.name ?? '';
  const axisItem: Item = {
    column: binder.columns.make(axisName, 'dynamic'),
    expr: native('dynamic', [first, past, axis.origin, axis.step], ([from, to, origin, step], context) =>
      axisSql(
        axis.type === 'real'
          ? `${sql(origin)} + (${sql(from)}) * ${sql(step)}`
          : `TRY_CAST((${sql(origin)})::HUGEINT + (${sql(from)})::HUGEINT * (${sql(step)}) AS BIGINT)`,
        sql(step),
        distance(from, to),
        axis.type,
        context,
      ),
    ),
  };
  const made = [...keys.map((key) => keep(key.column)), ...arrays, axisItem];
  return project(
    filled,
    output.map(({ name }) => present(made.find((item) => item.column.name === name))),
  );
}

function sql(arg: Arg | undefined): string {
  return arg?.sql ?? 'NULL';
}

function zero(type: KqlType): Expr {
  if (type === 'int' || type === 'long' || type === 'timespan') return literal(0n, type);
  if (type === 'real') return literal(0, 'real');
  return type === 'decimal' ? literal('0', 'decimal') : literal(null, type);
}

interface Axis {
  readonly type: KqlType;
  readonly step: Expr;
  /** Where bin 0 starts. */
  readonly origin: Expr;
  /** The first bin, and the one after the last, where the query says so; else they are those of the data. */
  readonly first?: Expr;
  readonly past?: Expr;
  readonly bounds: readonly Expr[];
  /** SQL of whether a value, followed by the bounds, lies within them. */
  holds(args: readonly Arg[]): string;
}

function rangeOf(binder: Binder, node: MakeSeries, on: Expr, scope: Scope): Axis {
  const bind = (expression: Parameters<Binder['expression']>[0]): Expr => binder.expression(expression, scope);
  const clause = node.RangeClause;
  if (isNode(clause, 'MakeSeriesInRangeClause')) {
    const [from, to, by] = elements(present(clause.Arguments).Expressions).map(bind);
    return inclusive(on, present(from), present(to), present(by));
  }
  if (!isNode(clause, 'MakeSeriesFromToStepClause'))
    return binder.refuse(node, 'unsupported-argument', 'make-series needs a step.');
  const from = clause.MakeSeriesFromClause ? bind(clause.MakeSeriesFromClause.Expression) : undefined;
  const to = clause.MakeSeriesToClause ? bind(clause.MakeSeriesToClause.Expression) : undefined;
  return halfOpen(on, from, to, bind(present(clause.MakeSeriesStepClause).Expression));
}

/** `from … to …`: bins start at `from`, and `to` is not in them. */
function halfOpen(on: Expr, from: Expr | undefined, to: Expr | undefined, by: Expr): Axis {
  const type = axisType(on.type, by.type);
  const step = stepOf(by, type);
  const start = from && converted(from, type);
  const stop = to && converted(to, type);
  const origin = start ?? (type === 'real' ? literal(0, 'real') : literal(0n, type));
  const bounds = [...(start ? [start] : []), ...(stop ? [stop] : [])];
  const past =
    stop && native('long', [stop, origin, step], ([end, at, size]) => binsBefore(sql(end), sql(at), sql(size), type));
  return {
    type,
    step,
    origin,
    ...(start ? { first: literal(0n, 'long') } : {}),
    ...(past ? { past } : {}),
    bounds,
    holds: ([x, ...limits]) => {
      const low = start ? `${sql(x)} >= ${sql(limits[0])}` : `${sql(x)} IS NOT NULL`;
      return stop ? `${low} AND ${sql(x)} < ${sql(limits[start ? 1 : 0])}` : low;
    },
  };
}

/** `in range(…)`: bins are those of `bin()`, and the last one may start at the end itself. */
function inclusive(on: Expr, from: Expr, to: Expr, by: Expr): Axis {
  const type = axisType(on.type, by.type);
  const step = stepOf(by, type);
  const [start, stop] = [converted(from, type), converted(to, type)];
  const origin = type === 'real' ? literal(0, 'real') : literal(0n, type);
  return {
    type,
    step,
    origin,
    first: native('long', [start, origin, step], binOf(type)),
    past: native('long', [stop, origin, step], (args) => `(${binOf(type)(args)} + 1)`),
    bounds: [start, stop],
    holds: ([x, low, high]) => `${sql(x)} >= ${sql(low)} AND ${sql(x)} <= ${sql(high)}`,
  };
}

function axisType(on: KqlType, step: KqlType): KqlType {
  if (on === 'datetime' || on === 'timespan') return on;
  return on === 'real' || on === 'decimal' || step === 'real' || step === 'decimal' ? 'real' : 'long';
}

function stepOf(by: Expr, type: KqlType): Expr {
  return converted(by, type === 'datetime' ? 'timespan' : type);
}

/** SQL of the number of the bin of a value, rounded down. */
function binOf(type: KqlType): (args: readonly Arg[], context?: EmitContext) => string {
  return ([x, origin, step]) => {
    if (type === 'real') return bounded(`floor((${sql(x)} - ${sql(origin)}) / ${sql(step)})`);
    const from = `((${sql(x)})::HUGEINT - ${sql(origin)})`;
    const size = `(${sql(step)})::HUGEINT`;
    return bounded(`((${from} - ((${from} % ${size} + ${size}) % ${size})) // ${size})`);
  };
}

/** SQL of how many bins start before a value. */
function binsBefore(end: string, origin: string, step: string, type: KqlType): string {
  if (type === 'real') return bounded(`ceil((${end} - ${origin}) / ${step} - 1e-9)`);
  return `greatest(${bounded(`(((${end})::HUGEINT - ${origin} + ${step} - 1) // (${step})::HUGEINT)`)}, 0)`;
}

/** SQL of a whole number as a long; one beyond stays just as far beyond any series. */
function bounded(whole: string): string {
  return `coalesce(TRY_CAST(${whole} AS BIGINT), CASE WHEN ${whole} > 0 THEN ${2n ** 62n} WHEN ${whole} < 0 THEN ${-(2n ** 62n)} END)`;
}

/** SQL of how many bins lie from one to another. */
function distance(from: Arg | undefined, to: Arg | undefined): string {
  return bounded(`((${sql(to)})::HUGEINT - ${sql(from)})`);
}

/** Gathers the bins of a series as JSON pairs of bin and value. */
function pairsOf(column: Column, place: Column, value: Column): AggregateItem {
  return aggregateCall(
    column,
    {
      name: 'bins',
      emit: ([at, of], _type, _order, context) =>
        `coalesce('[' || string_agg('[' || ${sql(at)} || ',' || coalesce(${embed(of as Arg, context)}, 'null') || ']', ',') || ']', '[]')`,
    },
    [ref(place), ref(value)],
  );
}
