/** Bits that all, any, or an odd number of values have. No value gives null. */
import { Refusal } from '../errors.js';
import type { AggregateFunction } from '../functions/registry.js';
import { argument, plain, sqlAggregate } from './parts.js';

function bits(name: string, duckdb: string): AggregateFunction {
  return plain(name, ({ args, where }) => {
    const arg = argument(args, 0, name);
    if (arg.type === 'real' || arg.type === 'decimal') {
      throw new Refusal(
        'unsupported-argument',
        `${name}() takes whole numbers, not ${arg.type}.`,
        `${name}(tolong(…))`,
      );
    }
    return sqlAggregate(duckdb, arg.sql, where);
  });
}

export const binary: readonly AggregateFunction[] = [
  bits('binary_all_and', 'bit_and'),
  bits('binary_all_or', 'bit_or'),
  bits('binary_all_xor', 'bit_xor'),
];
