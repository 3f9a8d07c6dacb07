/** `in`, `has_any`, `has_all` over scalar items. An item that is a dynamic array stands for its items. */
import type { KqlType } from '../types.js';
import type { Dynamic } from '../values/dynamic.js';
import { isArray } from '../values/dynamic.js';
import { same } from '../values/dynamic-order.js';
import { equal } from './compare.js';
import { embed } from './conversion.js';
import { once } from './once.js';
import {
  type Arg,
  type EmitContext,
  type HostFunction,
  type ScalarFunction,
  sqlFunction,
  type Value,
} from './registry.js';
import { fold, foldedLiteral, hasCase, hasTerm, hasTermIn, termHosts } from './terms.js';
import { constantTexts, need, textsOf } from './text.js';

const inTexts: HostFunction = {
  name: 'in_texts',
  params: ['string', 'dynamic'],
  returns: 'bool',
  run: (text: string, list: Dynamic) => textsOf(list).includes(text),
};

const inValues: HostFunction = {
  name: 'in_values',
  params: ['dynamic', 'dynamic'],
  returns: 'bool',
  run: (value: Dynamic, list: Dynamic) => itemsOf(list).some((item) => same(value, item)),
};

const hasAnyOf: HostFunction = {
  name: 'has_any_of',
  params: ['string', 'dynamic'],
  returns: 'bool',
  run: (text: string, list: Dynamic) => textsOf(list).some((item) => hasTermIn(text, item)),
};

const hasAllOf: HostFunction = {
  name: 'has_all_of',
  params: ['string', 'dynamic'],
  returns: 'bool',
  run: (text: string, list: Dynamic) => textsOf(list).every((item) => hasTermIn(text, item)),
};

export const hosts: readonly HostFunction[] = [inTexts, inValues, hasAnyOf, hasAllOf];

export const operators: readonly ScalarFunction[] = [
  sqlFunction('comparison', 'in', (args, _type, context) => isIn(args, true, context)),
  sqlFunction('comparison', '!in', (args, _type, context) => `(NOT ${isIn(args, true, context)})`),
  sqlFunction('comparison', 'in~', (args, _type, context) => isIn(args, false, context)),
  sqlFunction('comparison', '!in~', (args, _type, context) => `(NOT ${isIn(args, false, context)})`),
  sqlFunction('string', 'has_any', (args, _type, context) => hasAny(args, context)),
  sqlFunction('string', 'has_all', (args, _type, context) => hasAll(args, context)),
];

function isIn(args: readonly Arg[], caseSensitive: boolean, context: EmitContext): string {
  const [left, ...given] = [need(args[0]), ...args.slice(1)];
  const items = given.flatMap((item) => expand(item, left.type, context));
  const texts = items.map((item) => (item.type === 'string' ? constantTexts(item) : undefined));
  const asText = !caseSensitive || left.type === 'string' || (left.type === 'dynamic' && texts.every((t) => t));
  const sql = asText ? context.convert(left, 'string') : left.sql;
  return onceOver(sql, items, (name, named) => {
    const value: Arg = { ...left, sql: name, ...(asText ? { type: 'string' } : {}) };
    const tests = asText ? textTests(value, named, caseSensitive, context) : valueTests(value, named, context);
    return tests.length === 0 ? 'false' : `(${tests.join(' OR ')})`;
  });
}

/** {@link once} over a value and those items that are not constant. */
function onceOver(value: string, items: readonly Arg[], body: (value: string, items: Arg[]) => string): string {
  const unknown = items.filter((item) => item.constant === undefined);
  return once([value, ...unknown.map(({ sql }) => sql)], (name, ...names) => {
    const named = new Map(unknown.map((item, i) => [item, names[i] ?? item.sql]));
    return body(
      name ?? value,
      items.map((item) => ({ ...item, sql: named.get(item) ?? item.sql })),
    );
  });
}

function textTests(value: Arg, items: readonly Arg[], caseSensitive: boolean, context: EmitContext): string[] {
  const known = new Set<string>();
  const tests: string[] = [];
  for (const item of items) {
    const texts = constantTexts(item);
    if (texts) for (const text of texts) known.add(text);
    else if (item.type === 'dynamic') tests.push(listTest(inTexts, value.sql, item, caseSensitive, context));
    else tests.push(`${fold(value.sql, caseSensitive)} = ${fold(context.convert(item, 'string'), caseSensitive)}`);
  }
  if (known.size > 0) {
    const plain = caseSensitive || ![...known].some(hasCase);
    const list = [...known].map((text) => foldedLiteral(text, plain, context));
    tests.unshift(`${fold(value.sql, plain)} IN (${list.join(', ')})`);
  }
  return tests;
}

function valueTests(value: Arg, items: readonly Arg[], context: EmitContext): string[] {
  const tests: string[] = [];
  const known: string[] = [];
  for (const item of items) {
    if (item.constant === null || Number.isNaN(item.constant)) continue;
    if (item.constant !== undefined && listable(value, item)) known.push(item.sql);
    else if (item.type === 'dynamic' && (item.constant === undefined || value.type === 'dynamic')) {
      tests.push(listTest(inValues, embed(value, context), item, true, context));
    } else tests.push(`coalesce(${equal(value, item, context)}, false)`);
  }
  if (known.length > 0) tests.unshift(`(${value.sql} IS NOT NULL AND ${value.sql} IN (${known.join(', ')}))`);
  return tests;
}

/** Whether DuckDB compares the two types as KQL does, so that the item may stand in an IN list. */
function listable(value: Arg, item: Arg): boolean {
  const whole = (type: string) => type === 'int' || type === 'long';
  return value.type !== 'dynamic' && (value.type === item.type || (whole(value.type) && whole(item.type)));
}

function listTest(host: HostFunction, value: string, list: Arg, caseSensitive: boolean, context: EmitContext): string {
  // A null list has no items: all of them match, and none does.
  const otherwise = host === hasAllOf ? 'true' : 'false';
  return `coalesce(${context.host(host, [fold(value, caseSensitive), fold(list.sql, caseSensitive)])}, ${otherwise})`;
}

function hasAny(args: readonly Arg[], context: EmitContext): string {
  const subject = context.convert(need(args[0]), 'string');
  const known: string[] = [];
  const unknown: Arg[] = [];
  for (const item of args.slice(1)) {
    const texts = constantTexts(item);
    if (texts) known.push(...texts);
    else unknown.push(item);
  }
  if (unknown.length === 0) return hasTerm(subject, known, { caseSensitive: false }, context);
  return onceOver(subject, unknown, (sql, items) => {
    const tests = items.map((item) => unknownTerm(sql, item, hasAnyOf, context));
    if (known.length > 0) tests.unshift(hasTerm(sql, known, { caseSensitive: false }, context));
    return `(${tests.join(' OR ')})`;
  });
}

function hasAll(args: readonly Arg[], context: EmitContext): string {
  return onceOver(context.convert(need(args[0]), 'string'), args.slice(1), (sql, items) => {
    const tests = items.flatMap((item) => {
      const texts = constantTexts(item);
      if (!texts) return [unknownTerm(sql, item, hasAllOf, context)];
      return [...new Set(texts)].map((text) => hasTerm(sql, text, { caseSensitive: false }, context));
    });
    return tests.length === 0 ? 'true' : `(${tests.join(' AND ')})`;
  });
}

function unknownTerm(sql: string, item: Arg, list: HostFunction, context: EmitContext): string {
  if (item.type === 'dynamic') return listTest(list, sql, item, false, context);
  return context.host(termHosts.whole, [fold(sql, false), fold(context.convert(item, 'string'), false)]);
}

/** The items that a constant array stands for; beside a dynamic value it stays a list, compared by each item's own kind. */
function expand(arg: Arg, other: KqlType, context: EmitContext): Arg[] {
  if (arg.type !== 'dynamic' || arg.constant === undefined || other === 'dynamic') return [arg];
  return itemsOf(arg.constant).map((constant) => {
    const type = typeIn(constant);
    return { type, constant, sql: context.literal(constant, type) };
  });
}

/** The type that holds a dynamic value. */
function typeIn(value: Dynamic): KqlType {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'long';
    case 'number':
      return 'real';
    case 'boolean':
      return 'bool';
    default:
      return 'dynamic';
  }
}

function itemsOf(list: Value): readonly Dynamic[] {
  return isArray(list) ? list : [list];
}
