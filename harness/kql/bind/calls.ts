/// <reference types="@kusto/language-service-next" />
/** Calls: of functions of the language, of functions that the query declares, and of those that need the row. */
import { aggregates } from '../aggregates/index.js';
import { closest } from '../closest.js';
import { scalarFunctions } from '../functions/index.js';
import { bagOf } from '../functions/pack.js';
import type { Arg } from '../functions/registry.js';
import { filter, literal, native, project, ref } from '../plan/make.js';
import type { Expr } from '../plan/plan.js';
import { andWhy } from '../reasons.js';
import { isNode, present, typeOf } from '../syntax.js';
import type { Binder } from './binder.js';
import { call, columnNamed, operation } from './build.js';
import { callArguments, calledBody } from './declared.js';
import { optionName, outside, type Scope } from './scope.js';
import { source } from './tables.js';
import { windowFunctions } from './windows.js';

type CallNode = Kusto.Language.Syntax.FunctionCallExpression;

export function bindCall(binder: Binder, node: CallNode, scope: Scope): Expr {
  const name = present(node.Name).SimpleName ?? '';
  if (node.GetCalledFunctionBody() !== null) {
    const { scope: inner, result } = calledBody(binder, node, scope, []);
    return binder.expression(result, inner);
  }
  const ofGraph = scope.graph?.(node);
  if (ofGraph) return ofGraph;
  const timed = name === 'now' || name === 'ago' ? fixedNow(binder, node, scope) : undefined;
  if (timed) return timed;
  const special = specialForms.get(name);
  if (special) return special(binder, node, scope);
  const window = windowFunctions.get(name);
  if (window) {
    const type = typeOf(node.ResultType) ?? 'dynamic';
    return window.bind(
      callArguments(node).map((arg) => binder.expression(arg, scope)),
      type,
    );
  }
  if (scope.aggregate && aggregates.has(name)) return scope.aggregate(node, scope);
  const fn = scalarFunctions.get(name);
  if (!fn) {
    const near = closest(name, scalarFunctions.keys());
    binder.refuse(
      node,
      'unsupported-function',
      `The function '${name}()' is not supported${andWhy(name)}.`,
      near && near !== name ? undefined : near,
    );
  }
  // The parser's binder has put the type that a typeof() names into the type of the call.
  const args = callArguments(node).filter((arg) => !isNode(arg, 'TypeOfLiteralExpression'));
  return call(
    binder,
    node,
    fn,
    args.map((arg) => binder.expression(arg, scope)),
  );
}

type SpecialForm = (binder: Binder, node: CallNode, scope: Scope) => Expr;

/** Functions whose meaning depends on the row or on the text of their arguments. */
const specialForms: ReadonlyMap<string, SpecialForm> = new Map<string, SpecialForm>([
  ['column_ifexists', columnIfExists],
  ['columnifexists', columnIfExists],
  ['column_names_of', columnNamesOf],
  ['iscolumnexists', isColumnExists],
  ['pack_all', packAll],
  ['bag_pack_columns', packColumns],
  ['ingestion_time', ingestionTime],
  ['bin_auto', binAuto],
  ['geo_info_from_ip_address', geoInfo],
  ['materialize', (binder, node, scope) => binder.expression(callArguments(node)[0] ?? null, scope)],
]);

/** Names of the special forms, for the support matrix. */
export const specialFormNames: readonly string[] = [...specialForms.keys()];

/** What `now()` and `ago()` give where the option `query_now` says what time it is. */
function fixedNow(binder: Binder, node: CallNode, scope: Scope): Expr | undefined {
  const option = scope.names.find(optionName('query_now'));
  if (option?.kind !== 'scalar') return undefined;
  const [distance] = callArguments(node);
  if (!distance) return option.expr();
  const sign = node.Name?.SimpleName === 'ago' ? '-' : '+';
  return operation(binder, node, sign, [option.expr(), binder.expression(distance, scope)]);
}

/** `bin_at()` by the size and the fixed point that options set. */
function binAuto(binder: Binder, node: CallNode, scope: Scope): Expr {
  const [size, at] = ['query_bin_auto_size', 'query_bin_auto_at'].map((name) => scope.names.find(optionName(name)));
  if (size?.kind !== 'scalar')
    return binder.refuse(
      node,
      'unsupported-argument',
      'bin_auto() needs `set query_bin_auto_size=…;` before the query.',
    );
  const value = binder.expression(callArguments(node)[0] ?? null, scope);
  const args = [value, size.expr(), ...(at?.kind === 'scalar' ? [at.expr()] : [])];
  return call(binder, node, present(scalarFunctions.get(args.length > 2 ? 'bin_at' : 'bin')), args);
}

function columnIfExists(binder: Binder, node: CallNode, scope: Scope): Expr {
  const [nameArgument, otherwise] = callArguments(node);
  const name = nameArgument ? binder.expression(nameArgument, scope) : null;
  if (name?.kind !== 'literal' || typeof name.value !== 'string') {
    return binder.refuse(
      node,
      'unsupported-argument',
      'The column name of column_ifexists() must be a constant string.',
    );
  }
  const column = columnNamed(scope.row, name.value);
  return column ? ref(column, binder.span(node)) : binder.expression(otherwise ?? null, scope);
}

function isColumnExists(binder: Binder, node: CallNode, scope: Scope): Expr {
  const [nameArgument] = callArguments(node);
  const name = nameArgument ? binder.expression(nameArgument, scope) : null;
  if (name?.kind !== 'literal' || typeof name.value !== 'string') {
    return binder.refuse(
      node,
      'unsupported-argument',
      'The column name of iscolumnexists() must be a constant string.',
    );
  }
  return literal(columnNamed(scope.row, name.value) !== undefined, 'bool', binder.span(node));
}

function columnNamesOf(binder: Binder, node: CallNode, scope: Scope): Expr {
  const table = binder.tabular(callArguments(node)[0] ?? null, outside(scope.names));
  return literal(
    table.columns.map((column) => column.name),
    'dynamic',
    binder.span(node),
  );
}

function packAll(binder: Binder, node: CallNode, scope: Scope): Expr {
  const [ignoring] = callArguments(node);
  const skip = ignoring ? binder.expression(ignoring, scope) : literal(false, 'bool');
  if (skip.kind !== 'literal')
    return binder.refuse(node, 'unsupported-argument', 'The argument of pack_all() must be a constant.');
  const names = scope.row.map((column) => column.name);
  return native(
    'dynamic',
    scope.row.map((column) => ref(column)),
    (args, context) =>
      bagOf(
        names.map((key, i) => ({ key, value: args[i] as Arg })),
        context,
        skip.value === true,
      ),
  );
}

function packColumns(binder: Binder, node: CallNode, scope: Scope): Expr {
  const exprs = callArguments(node).map((arg) => binder.expression(arg, scope));
  const keys = exprs.map((expr) => {
    if (expr.kind !== 'column')
      return binder.refuse(node, 'unsupported-argument', 'bag_pack_columns() takes columns only.');
    return expr.column.name;
  });
  return native('dynamic', exprs, (args, context) =>
    bagOf(
      keys.map((key, i) => ({ key, value: args[i] as Arg })),
      context,
    ),
  );
}

/** Where an address is, as the rows of the source say: each has a `network` (an address or CIDR) and what is known of it. */
function geoInfo(binder: Binder, node: CallNode, scope: Scope): Expr {
  const known = ['country', 'state', 'city', 'latitude', 'longitude'];
  const schema = ['network', ...known].map((name) => ({
    name,
    type: name.endsWith('itude') ? ('real' as const) : ('string' as const),
  }));
  const rows = source(binder, node, 'geo_info_from_ip_address', schema, 'geo_info_from_ip_address()');
  if (rows.kind === 'values') return literal(null, 'dynamic', binder.span(node));
  const address = binder.expression(callArguments(node)[0] ?? null, scope);
  const network = ref(present(columnNamed(rows.columns, 'network')));
  const within = present(scalarFunctions.get('ipv4_is_in_range'));
  const found = filter(rows, { kind: 'call', fn: within, args: [address, network], type: 'bool' });
  const column = binder.columns.make('place', 'dynamic');
  const columns = known.flatMap((name) => columnNamed(rows.columns, name) ?? []);
  const bag = native(
    'dynamic',
    columns.map((from) => ref(from)),
    (args, context) =>
      bagOf(
        columns.map(({ name }, i) => ({ key: name, value: args[i] as Arg })),
        context,
        true,
      ),
  );
  return {
    kind: 'scalar-query',
    plan: project(found, [{ column, expr: bag }]),
    column,
    type: 'dynamic',
    span: binder.span(node),
  };
}

/** Events are taken to be ingested at the time that they carry: what the row says is all that is known. */
function ingestionTime(binder: Binder, node: CallNode, scope: Scope): Expr {
  const column = columnNamed(scope.row, 'TimeGenerated') ?? columnNamed(scope.row, 'Timestamp');
  if (column?.type === 'datetime') return ref(column, binder.span(node));
  return binder.refuse(node, 'unsupported-function', 'ingestion_time() needs a row with TimeGenerated or Timestamp.');
}
