/**
 * Comparison and logic.
 *
 * A null equals no value and differs from every value; two nulls compared are null, and so is any order with a null in it.
 * NaN equals nothing, not even itself, and is neither below nor above anything; DuckDB sorts it above all and equal to
 * itself, which the SQL here corrects. A dynamic value is compared as a value of the other side's type.
 */
import { Refusal } from '../errors.js';
import type { KqlType } from '../types.js';
import type { Dynamic } from '../values/dynamic.js';
import { same } from '../values/dynamic-order.js';
import { embed } from './conversion.js';
import { once } from './once.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

type Order = '<' | '<=' | '>' | '>=';

/** Timespans within this many ticks can be added to any datetime within 64 bits. */
const SAFE_SPAN = 10n ** 18n;

const dynamicSame: HostFunction = {
  name: 'dynamic_same',
  params: ['dynamic', 'dynamic'],
  returns: 'bool',
  run: (left: Dynamic, right: Dynamic) => same(left, right),
};

export const hosts: readonly HostFunction[] = [dynamicSame];

export const operators: readonly ScalarFunction[] = [
  sqlFunction('comparison', '==', ([left, right], _type, context) => equal(need(left), need(right), context)),
  sqlFunction('comparison', '!=', ([left, right], _type, context) => unequal(need(left), need(right), context), ['<>']),
  ...(['<', '<=', '>', '>='] as const).map((order) =>
    sqlFunction('comparison', order, ([left, right], _type, context) =>
      ordered(order, need(left), need(right), context),
    ),
  ),
  sqlFunction('comparison', 'between', between),
  sqlFunction('comparison', '!between', (args, type, context) => `(NOT ${between(args, type, context)})`),
  sqlFunction('comparison', 'and', (args, _type, context) => logical('AND', args, context)),
  sqlFunction('comparison', 'or', (args, _type, context) => logical('OR', args, context)),
];

/** SQL of `left == right`. */
export function equal(left: Arg, right: Arg, context: EmitContext): string {
  const [a, b] = aligned(left, right, context);
  const test = once([a.sql, b.sql], (l, r) => {
    const alike = both(a, b, 'dynamic') ? context.host(dynamicSame, [l, r]) : `${l} = ${r}`;
    const numbers = mayBeNaN(a) && mayBeNaN(b) ? `${alike} AND NOT isnan(${l})` : alike;
    if (!nullable(a) && !nullable(b)) return `(${numbers})`;
    if (!nullable(b)) return `(${l} IS NOT NULL AND ${numbers})`;
    if (!nullable(a)) return `(${r} IS NOT NULL AND ${numbers})`;
    return `(${numbers} AND (${l} IS NULL) = (${r} IS NULL))`;
  });
  const whole = beyondReal(left, right) ?? beyondReal(right, left);
  return whole ? `(${test} AND ${equal(as(whole[0], 'long', context), whole[1], context)})` : test;
}

/** SQL of `left != right`. */
export function unequal(left: Arg, right: Arg, context: EmitContext): string {
  if (beyondReal(left, right) || beyondReal(right, left)) return `(NOT ${equal(left, right, context)})`;
  const [a, b] = aligned(left, right, context);
  return once([a.sql, b.sql], (l, r) => {
    const differ = both(a, b, 'dynamic') ? `NOT ${context.host(dynamicSame, [l, r])}` : `${l} <> ${r}`;
    const numbers = mayBeNaN(a) && mayBeNaN(b) ? `${differ} OR isnan(${l})` : differ;
    if (!nullable(a) && !nullable(b)) return `(${numbers})`;
    if (!nullable(b)) return `(${l} IS NULL OR ${numbers})`;
    if (!nullable(a)) return `(${r} IS NULL OR ${numbers})`;
    return `(${numbers} OR (${l} IS NULL) <> (${r} IS NULL))`;
  });
}

/** SQL of `left < right` and its kin. */
function ordered(order: Order, left: Arg, right: Arg, context: EmitContext): string {
  const [a, b] = aligned(left, right, context);
  if (both(a, b, 'dynamic')) {
    throw new Refusal('unsupported-argument', 'Two dynamic values have no order.', 'convert both, as with tolong()');
  }
  const greater = order.startsWith('<') ? b : a;
  if (!mayBeNaN(greater)) return `(${a.sql} ${order} ${b.sql})`;
  return once([a.sql, b.sql], (l, r) => `(${l} ${order} ${r} AND NOT isnan(${greater === a ? l : r}))`);
}

/** `value between (low .. high)`; a datetime's `high` may be a timespan, counted from `low`. */
function between(args: readonly Arg[], _type: KqlType, context: EmitContext): string {
  const [value, low, high] = [need(args[0]), need(args[1]), need(args[2])];
  const end = low.type === 'datetime' && high.type === 'timespan' ? later(low, high) : high;
  return once([value.sql, low.sql, end.sql], (sql, from, to) => {
    const bound = { ...value, sql };
    const above = ordered('>=', bound, { ...low, sql: from }, context);
    return `(${above} AND ${ordered('<=', bound, { ...end, sql: to }, context)})`;
  });
}

function later(low: Arg, span: Arg): Arg {
  const sum = `(${low.sql} + ${span.sql})`;
  const safe = typeof span.constant === 'bigint' && span.constant < SAFE_SPAN && span.constant > -SAFE_SPAN;
  return { type: 'datetime', constant: undefined, sql: safe ? sum : `TRY${sum}` };
}

function logical(operator: 'AND' | 'OR', args: readonly Arg[], context: EmitContext): string {
  return `(${args.map((arg) => context.convert(arg, 'bool')).join(` ${operator} `)})`;
}

/** Both sides in types that DuckDB compares as KQL does. */
function aligned(left: Arg, right: Arg, context: EmitContext): readonly [Arg, Arg] {
  if (left.type === right.type) return [left, right];
  const [l, r] = [target(left.type, right.type), target(right.type, left.type)];
  return [as(left, l, context), as(right, r, context)];
}

/** The type in which a side is compared with the other side's type. */
function target(own: KqlType, other: KqlType): KqlType {
  const numbers: readonly KqlType[] = ['int', 'long', 'real', 'decimal'];
  switch (own) {
    case 'dynamic':
      return other === 'int' || other === 'long' ? 'real' : other;
    case 'string':
      return other === 'dynamic' ? own : other;
    case 'bool':
      return numbers.includes(other) ? 'int' : own;
    default:
      return own;
  }
}

function as(arg: Arg, type: KqlType, context: EmitContext): Arg {
  if (arg.type === type) return arg;
  const sql = type === 'dynamic' ? embed(arg, context) : context.convert(arg, type);
  return { sql, type, constant: undefined };
}

/** A dynamic value against a whole number that a real may not tell from its neighbours. */
function beyondReal(value: Arg, number: Arg): [Arg, Arg] | undefined {
  if (value.type !== 'dynamic' || number.type !== 'long') return undefined;
  const small = typeof number.constant === 'bigint' && Number.isSafeInteger(Number(number.constant));
  return small ? undefined : [value, number];
}

function both(left: Arg, right: Arg, type: KqlType): boolean {
  return left.type === type && right.type === type;
}

function nullable(arg: Arg): boolean {
  return arg.type !== 'string' && (arg.constant === undefined || arg.constant === null);
}

function mayBeNaN(arg: Arg): boolean {
  return arg.type === 'real' && (typeof arg.constant !== 'number' || Number.isNaN(arg.constant));
}

function need(arg: Arg | undefined): Arg {
  if (!arg) throw new Error('A comparison lacks an operand.');
  return arg;
}
