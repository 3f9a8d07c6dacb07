/** Taking a text apart by a pattern with several groups at once, as `parse` and `parse-kv` do. */
import type { Dynamic } from '../values/dynamic.js';
import { parseKeyValues } from './parse-pairs.js';
import { planRegex, rust } from './regex.js';
import type { EmitContext, HostFunction } from './registry.js';

const regexGroups: HostFunction = {
  name: 'regex_groups',
  params: ['string', 'string'],
  returns: 'dynamic',
  run: (text: string, pattern: string) => rust(pattern)?.first(text)?.groups.slice(1) ?? null,
};

const keyValues: HostFunction = {
  name: 'key_values',
  params: ['string', 'dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (text: string, keys: Dynamic, options: Dynamic) => parseKeyValues(text, keys, options),
};

export const hosts: readonly HostFunction[] = [regexGroups, keyValues];

/**
 * SQL of a struct with the text of each group of a pattern as `g1`, `g2`, …; all empty where the pattern does not match.
 * The pattern must have a group.
 *
 * @param text SQL of a text, cheap to repeat
 * @throws Refusal when the pattern is not valid
 */
export function groupsSql(text: string, pattern: string, context: EmitContext): string {
  const plan = planRegex(pattern);
  const names = Array.from({ length: plan.groups }, (_, i) => `g${i + 1}`);
  const fields = names.map((name, i) => `${name} := coalesce(json_extract_string(found, '$[${i}]'), '')`);
  const host = context.host(regexGroups, [text, context.literal(pattern, 'string')]);
  const slow = `list_transform([${host}], lambda found: struct_pack(${fields.join(', ')}))[1]`;
  if (plan.pattern === undefined) return slow;
  context.regex(plan.pattern);
  const list = names.map((name) => context.literal(name, 'string')).join(', ');
  const fast = `regexp_extract(${text}, ${context.literal(plan.pattern, 'string')}, [${list}])`;
  return plan.asciiOnly ? `CASE WHEN strlen(${text}) = length(${text}) THEN ${fast} ELSE ${slow} END` : fast;
}

/** SQL of a dynamic array with the value of each key of a text, in the order of the keys: text, or null without one. */
export function keyValuesSql(text: string, keys: readonly string[], options: Dynamic, context: EmitContext): string {
  return context.host(keyValues, [text, context.literal(keys, 'dynamic'), context.literal(options, 'dynamic')]);
}

/** A text as a pattern that matches it and nothing else. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
