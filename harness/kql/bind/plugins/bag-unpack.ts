import { bagShape } from '../../functions/bag-shape.js';
import { member } from '../../functions/path.js';
import type { Arg } from '../../functions/registry.js';
import { aggregate, keep, native, project, ref } from '../../plan/make.js';
import type { Expr, Item } from '../../plan/plan.js';
import type { KqlType, NamedType, TableSchema } from '../../types.js';
import type { Dynamic } from '../../values/dynamic.js';
import type { Binder } from '../binder.js';
import { columnNamed, converted } from '../build.js';
import { NeedsSchema } from '../schemas.js';
import { type Plugin, type PluginCall, textArgument } from './plugin.js';

/** One column for each key of a property bag, in the order of the alphabet, behind the columns that stay. */
export const bagUnpack: Plugin = {
  name: 'bag_unpack',
  bind(binder, call) {
    const [bagNode] = call.positional;
    const bag = binder.expression(bagNode ?? null, call.scope);
    if (bag.kind !== 'column' || bag.type !== 'dynamic')
      return binder.refuse(call.node, 'unsupported-argument', 'bag_unpack() takes a column of type dynamic.');
    const prefix = textArgument(binder, call, 'OutputColumnPrefix', 1) ?? '';
    const conflict = textArgument(binder, call, 'columnsConflict', 2) ?? 'error';
    const ignored = ignoredProperties(binder, call);
    const source = bag.column;
    const kept = call.input.columns.filter((column) => column !== source);
    if (call.schema === null)
      throw needsSchema(binder, call, bag, { prefix, conflict, ignored, kept, sourceName: source.name });
    const items = call.schema.map(({ name, type }): Item => {
      const own = columnNamed(kept, name);
      const unpacked = !own || conflict === 'replace_source';
      const isKey = name.startsWith(prefix) && !ignored.has(name.slice(prefix.length));
      if (own && !(unpacked && isKey)) return keep(own);
      const value = native('dynamic', [ref(source)], ([of], context) =>
        member(of as Arg, name.slice(prefix.length), context),
      );
      const only: Expr = own
        ? native(
            type,
            [value, ref(own)],
            ([key, before], context) => `coalesce(${context.convert(key as Arg, type)}, ${before?.sql})`,
          )
        : converted(value, type);
      return { column: binder.columns.make(name, type), expr: only };
    });
    return project(call.input, items);
  },
};

interface Unpacking {
  readonly prefix: string;
  readonly conflict: string;
  readonly ignored: ReadonlySet<string>;
  readonly kept: readonly NamedType[];
  readonly sourceName: string;
}

function needsSchema(binder: Binder, call: PluginCall, bag: Expr, unpacking: Unpacking): NeedsSchema {
  const shape = binder.columns.make('shape', 'string');
  const shapes = native('string', [bag], ([of], context) => context.host(bagShape, [of?.sql ?? '']));
  const probe = aggregate(call.input, [{ column: shape, expr: shapes }], []);
  const { start, length } = binder.span(call.node);
  return new NeedsSchema(start + length, probe, (found) =>
    schemaFor(found, unpacking, (message) => binder.refuse(call.node, 'evaluation-error', message)),
  );
}

function schemaFor(
  shapes: readonly string[],
  { prefix, conflict, ignored, kept, sourceName }: Unpacking,
  refuse: (message: string) => never,
): TableSchema {
  const types = new Map<string, KqlType | null>();
  for (const shape of shapes) {
    for (const [key, type] of JSON.parse(shape || '[]') as [string, KqlType | null][]) {
      if (!ignored.has(key)) types.set(key, types.has(key) ? joint(types.get(key) ?? null, type) : type);
    }
  }
  const keptNames = new Set(kept.map((column) => column.name));
  const clash = [...types.keys()].find((key) => keptNames.has(prefix + key));
  if (clash !== undefined && conflict === 'error') {
    refuse(
      `bag_unpack() would make a second column '${prefix}${clash}': give columnsConflict='replace_source' or 'keep_source', or a prefix.`,
    );
  }
  const unpacked = [...types].map(([key, type]) => ({ name: prefix + key, type: type ?? ('dynamic' as const) }));
  const columns = kept.map(({ name, type }) => ({
    name,
    type: conflict === 'replace_source' ? (types.get(name.slice(prefix.length)) ?? type) : type,
  }));
  const first = unpacked.filter((column) => column.name === sourceName);
  const rest = unpacked.filter((column) => column.name !== sourceName && !keptNames.has(column.name));
  return [...first, ...columns, ...rest.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** The type of a column whose values have two types; one of null alone says nothing. */
function joint(one: KqlType | null, other: KqlType | null): KqlType | null {
  if (one === null || one === other) return other;
  if (other === null) return one;
  const numbers = ['long', 'real'];
  return numbers.includes(one) && numbers.includes(other) ? 'real' : 'dynamic';
}

function ignoredProperties(binder: Binder, call: PluginCall): ReadonlySet<string> {
  const node = call.named.get('ignoredProperties') ?? call.positional[3];
  if (!node) return new Set();
  const expr = binder.expression(node, call.scope);
  const value = expr.kind === 'literal' ? (expr.value as Dynamic) : null;
  if (!Array.isArray(value))
    return binder.refuse(node, 'unsupported-argument', 'ignoredProperties must be a constant array of strings.');
  return new Set(value.map(String));
}
