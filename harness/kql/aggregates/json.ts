/** A DuckDB list of KQL values as the JSON text of a dynamic array. */
import type { EmitContext } from '../functions/registry.js';
import type { KqlType } from '../types.js';

/**
 * SQL of the JSON text. DuckDB's own writer does it wherever its form is KQL's. NULL elements become null; `gaps` tells
 * that there may be some, which costs a step more for some types. Of dynamic elements there must be none.
 */
export function jsonArray(list: string, type: KqlType, context: EmitContext, gaps = false): string {
  switch (type) {
    case 'bool':
    case 'int':
    case 'long':
    case 'string':
    case 'guid':
      return `to_json(${list})::VARCHAR`;
    case 'real':
      return realArray(`to_json(${list})::VARCHAR`);
    case 'dynamic':
      return joined(list);
    default: {
      const item = context.convert({ sql: 'item', type, constant: undefined }, 'dynamic');
      return joined(`list_transform(${list}, lambda item: ${gaps ? `coalesce(${item}, 'null')` : item})`);
    }
  }
}

/** JSON has no NaN and no infinity: KQL writes them as strings, DuckDB as bare words. The array holds nothing else. */
function realArray(text: string): string {
  const quoted = `regexp_replace(${text}, '(-?Infinity|NaN)', '"\\1"', 'g')`;
  return `CASE WHEN contains(${text}, 'N') OR contains(${text}, 'I') THEN ${quoted} ELSE ${text} END`;
}

function joined(list: string): string {
  return `'[' || array_to_string(${list}, ',') || ']'`;
}
