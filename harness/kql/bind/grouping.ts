import type { AggregateFunction } from '../functions/registry.js';
import { aggregate, aggregateCall, ref } from '../plan/make.js';
import type { AggregateItem, Item, OrderKey, Plan } from '../plan/plan.js';
import type { Binder } from './binder.js';

/** Groups a plan; the groups of an ordered input come in the order in which each first appears. */
export function grouped(binder: Binder, input: Plan, keys: readonly Item[], items: readonly AggregateItem[]): Plan {
  const plan = aggregate(input, keys, items);
  if (keys.length === 0 || input.order.length === 0) return plan;
  const firsts = input.order.map((key) => {
    const column = binder.columns.like(key.column);
    return {
      order: { ...key, column },
      item: aggregateCall(column, firstOf(key, input.order.length === 1), [ref(key.column)]),
    };
  });
  const ordered = aggregate(input, keys, [...items, ...firsts.map((first) => first.item)]);
  return { ...ordered, columns: plan.columns, order: firsts.map((first) => first.order) };
}

/** The value of an order key in the first row of a group. */
function firstOf(key: OrderKey, alone: boolean): AggregateFunction {
  return {
    name: 'first of the group',
    emit: ([value], _type, order) => {
      if (!alone) return `first(${value?.sql} ORDER BY ${order})`;
      return `${key.descending ? 'max' : 'min'}(${value?.sql})`;
    },
  };
}
