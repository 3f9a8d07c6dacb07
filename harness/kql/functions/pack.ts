/** Building bags and arrays of scalar values. */
import { quote } from '../sql/literal.js';
import type { Dynamic } from '../values/dynamic.js';
import { embed } from './conversion.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';

/** SQL of an array of these values; nulls are kept. */
export function arrayOf(items: readonly Arg[], context: EmitContext): string {
  return joined(
    '[',
    items.map((item) => orJsonNull(embed(item, context))),
    ']',
  );
}

/**
 * SQL of a bag of these entries.
 *
 * @param skipEmpty leaves out entries whose value is null or an empty string, as `pack_all(true)` does
 */
export function bagOf(entries: readonly BagEntry[], context: EmitContext, skipEmpty = false): string {
  const last = new Map(entries.map((entry) => [entry.key, entry.value]));
  const parts = [...last].map(([key, value]) => {
    const label = quote(`${JSON.stringify(key)}:`);
    const text = embed(value, context);
    if (!skipEmpty) return `${label} || ${orJsonNull(text)}`;
    return value.type === 'string'
      ? `CASE WHEN ${value.sql} <> '' THEN ${label} || ${text} END`
      : `${label} || ${text}`;
  });
  return skipEmpty && parts.length > 0
    ? `('{' || concat_ws(',', ${parts.join(', ')}) || '}')`
    : joined('{', parts, '}');
}

export interface BagEntry {
  readonly key: string;
  readonly value: Arg;
}

const bagPack: ScalarFunction = {
  name: 'bag_pack',
  aliases: ['pack', 'pack_dictionary'],
  family: 'dynamic',
  emit: (args, _type, context) => {
    const entries = constantKeys(args);
    if (entries) return bagOf(entries, context);
    return context.host(
      packPairs,
      args.map((arg, i) => (i % 2 === 0 ? asText(arg, context) : embed(arg, context))),
    );
  },
};

/** `bag_pack` when a key is known only as the query runs. */
const packPairs: HostFunction = {
  name: 'bag_pack',
  params: [],
  variadic: 'dynamic',
  returns: 'dynamic',
  handlesNull: true,
  run: (...parts: Dynamic[]) => {
    const bag = new Map<string, Dynamic>();
    for (let i = 0; i + 1 < parts.length; i += 2) {
      const key = parts[i];
      if (typeof key === 'string' && key !== '') bag.set(key, parts[i + 1] ?? null);
    }
    return bag;
  },
};

/** The entries without those of an empty key, which are dropped; nothing when a key is not a constant. */
function constantKeys(args: readonly Arg[]): readonly BagEntry[] | undefined {
  const entries: BagEntry[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) {
    const [key, value] = [args[i], args[i + 1]];
    if (typeof key?.constant !== 'string' || value === undefined) return undefined;
    if (key.constant !== '') entries.push({ key: key.constant, value });
  }
  return entries;
}

function asText(arg: Arg, context: EmitContext): string {
  return `to_json(${context.convert(arg, 'string')})::VARCHAR`;
}

function joined(open: string, parts: readonly string[], close: string): string {
  return parts.length === 0 ? quote(open + close) : `('${open}' || ${parts.join(" || ',' || ")} || '${close}')`;
}

function orJsonNull(text: string): string {
  return `coalesce(${text}, 'null')`;
}

export const functions: readonly ScalarFunction[] = [
  bagPack,
  sqlFunction('dynamic', 'pack_array', (args, _type, context) => arrayOf(args, context)),
];

export const hosts: readonly HostFunction[] = [packPairs];
