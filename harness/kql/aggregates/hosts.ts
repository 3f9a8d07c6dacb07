/** The parts of aggregates that run in TypeScript, once for each group. */
import type { HostFunction } from '../functions/registry.js';
import { type Dynamic, isArray, isBag } from '../values/dynamic.js';

export const bagOf: HostFunction = {
  name: 'aggregate_bag',
  params: ['dynamic', 'long'],
  returns: 'dynamic',
  run(bags: Dynamic, most: bigint): Dynamic {
    const merged = new Map<string, Dynamic>();
    for (const bag of isArray(bags) ? bags : []) {
      if (!isBag(bag)) continue;
      for (const [key, value] of bag) {
        if (merged.size >= most) return merged;
        if (!merged.has(key)) merged.set(key, value);
      }
    }
    return merged;
  },
};

/**
 * The smallest schema that admits all values: a primitive's name, a bag of the schemas of its properties (those of an
 * array's items under `` `indexer` ``), or an array of these where values differ.
 */
export const schemaOf: HostFunction = {
  name: 'aggregate_schema',
  params: ['dynamic'],
  returns: 'dynamic',
  run(values: Dynamic): Dynamic {
    const schema = new Schema();
    for (const value of isArray(values) ? values : []) schema.admit(value);
    return schema.print();
  },
};

const INDEXER = '`indexer`';

class Schema {
  private readonly primitives = new Set<string>();
  private readonly properties = new Map<string, Schema>();
  private container = false;

  admit(value: Dynamic): void {
    if (value === null) return;
    if (isBag(value)) {
      this.container = true;
      for (const [key, item] of value) this.property(key).admit(item);
    } else if (isArray(value)) {
      this.container = true;
      const items = this.property(INDEXER);
      for (const item of value) items.admit(item);
    } else {
      this.primitives.add(primitive(value));
    }
  }

  print(): Dynamic {
    const all: Dynamic[] = [...this.primitives];
    if (this.container) all.push(new Map([...this.properties].map(([key, schema]) => [key, schema.print()])));
    return all.length === 1 ? (all[0] ?? null) : all;
  }

  private property(key: string): Schema {
    let schema = this.properties.get(key);
    if (!schema) {
      schema = new Schema();
      this.properties.set(key, schema);
    }
    return schema;
  }
}

function primitive(value: boolean | bigint | number | string): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
    case 'number':
      return 'double';
    default:
      return 'string';
  }
}
