/**
 * Reaching into dynamic values: `d.key`, `d['key']`, `d[1]`.
 *
 * Every dynamic value is valid JSON, so DuckDB's own functions do it without a check. The SQL names its base once, so
 * that long paths stay short, and casts results to VARCHAR at once: a comparison with DuckDB's JSON type would parse the
 * other side and fail on text that is not JSON.
 */
import { Refusal } from '../errors.js';
import { quote } from '../sql/literal.js';
import { type Dynamic, isArray, isBag } from '../values/dynamic.js';
import type { Arg, EmitContext, HostFunction } from './registry.js';

/**
 * SQL of `base.key`: the member of a bag. Null when there is none, when it is a JSON null, and when the base is no bag.
 *
 * @param base an argument of type dynamic
 * @throws Refusal for a key that no JSON text can hold
 */
export function member(base: Arg, key: string, context: EmitContext): string {
  if (!key.isWellFormed()) throw new Refusal('unsupported-expression', 'The key holds half of a surrogate pair.');
  // DuckDB's own functions take no key with a NUL.
  if (key.includes('\0')) return context.host(textElement, [base.sql, quote(key)]);
  const structure = quote(JSON.stringify({ [key]: 'JSON' }));
  return `struct_extract_at(json_transform(${base.sql}, ${structure}), 1)::VARCHAR`;
}

/**
 * SQL of `base[index]`: a position in an array, from the end when negative, or the key of a bag, whichever the index is
 * when the query runs. Null where there is none, for a JSON null, and when the base is of the other kind.
 *
 * @param base an argument of type dynamic
 * @throws Refusal when the index is neither a whole number nor text
 */
export function element(base: Arg, index: Arg, context: EmitContext): string {
  switch (index.type) {
    case 'int':
    case 'long':
      return position(
        base.sql,
        typeof index.constant === 'bigint' ? quote(`$[${index.constant}]`) : `(${index.sql})::BIGINT`,
      );
    case 'string':
      return typeof index.constant === 'string'
        ? member(base, index.constant, context)
        : context.host(textElement, [base.sql, index.sql]);
    case 'dynamic':
      return context.host(dynamicElement, [base.sql, index.sql]);
    default:
      throw new Refusal(
        'unsupported-expression',
        `A dynamic value cannot be indexed by a value of type ${index.type}.`,
        'Index with a whole number or a string.',
      );
  }
}

/** A member whose key is known only as the query runs: no path of DuckDB's takes any key. */
const textElement: HostFunction = {
  name: 'text_element',
  params: ['dynamic', 'string'],
  returns: 'dynamic',
  run: (base: Dynamic, key: string) => (isBag(base) ? (base.get(key) ?? null) : null),
};

/** The same as {@link element} for an index that is itself dynamic, as in `d[keys[0]]`. */
const dynamicElement: HostFunction = {
  name: 'dynamic_element',
  params: ['dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (base: Dynamic, index: Dynamic) => {
    if (isArray(base) && typeof index === 'bigint') return base.at(Number(index)) ?? null;
    if (isBag(base) && typeof index === 'string') return base.get(index) ?? null;
    return null;
  },
};

export const hosts: readonly HostFunction[] = [textElement, dynamicElement];

/** The transformation turns a JSON null into NULL. */
function position(base: string, path: string): string {
  return `json_transform(json_extract(${base}, ${path}), '"JSON"')::VARCHAR`;
}
