/**
 * Reaching into dynamic values: `d.key`, `d['key']`, `d[1]`.
 *
 * Every dynamic value is valid JSON, so DuckDB's own extraction does it without a check. Its results must be cast to
 * VARCHAR at once: a comparison with the JSON type would parse the other side and fail on text that is not JSON.
 */
import { Refusal } from '../errors.js';
import { quote } from '../sql/literal.js';
import { type Dynamic, isArray, isBag } from '../values/dynamic.js';
import type { Arg, EmitContext, HostFunction } from './registry.js';

/** Keys that stand for themselves in a quoted JSON path; in others DuckDB sees wildcards and escapes. */
const PLAIN_KEY = /^[\p{L}\p{N}_ .:@-]+$/u;

/**
 * SQL of `base.key`: the member of a bag. Null when there is none, when it is a JSON null, and when the base is no bag.
 *
 * @param base an argument of type dynamic
 */
export function member(base: Arg, key: string): string {
  if (PLAIN_KEY.test(key)) return extract(base.sql, quote(`$."${key}"`));
  return bagMember(base.sql, quote(pointer(key)));
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
      return typeof index.constant === 'bigint'
        ? extract(base.sql, quote(`$[${index.constant}]`))
        : extract(base.sql, `(${index.sql})::BIGINT`);
    case 'string':
      return typeof index.constant === 'string'
        ? member(base, index.constant)
        : bagMember(base.sql, `'/' || replace(replace(${index.sql}, '~', '~0'), '/', '~1')`);
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

export const hosts: readonly HostFunction[] = [dynamicElement];

function extract(base: string, path: string): string {
  return `nullif(json_extract(${base}, ${path})::VARCHAR, 'null')`;
}

/** A JSON pointer takes any key, but would also index an array by text. */
function bagMember(base: string, path: string): string {
  return `CASE WHEN starts_with(${base}, '{') THEN ${extract(base, path)} END`;
}

function pointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
