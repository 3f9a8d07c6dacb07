/** What the aggregates share: DuckDB's aggregate syntax, and the twin with a predicate that most of them have. */
import { Refusal } from '../errors.js';
import type { AggregateFunction, Arg, EmitContext } from '../functions/registry.js';
import type { KqlType } from '../types.js';

/** One call of an aggregate in a query, without its predicate. */
export interface Call {
  readonly args: readonly Arg[];
  /** Conditions on the rows that count: the predicate of a `…if` aggregate. */
  readonly where: readonly string[];
  /** Type of the result. */
  readonly type: KqlType;
  /** Order of the input, as SQL for inside an aggregate, or empty. */
  readonly order: string;
  readonly context: EmitContext;
}

export type Emit = (call: Call) => string;

/** `name(argument ORDER BY order) FILTER (WHERE conditions)` */
export function sqlAggregate(name: string, argument: string, where: readonly string[], order = ''): string {
  const sorted = order === '' ? '' : ` ORDER BY ${order}`;
  const filter =
    where.length === 0 ? '' : ` FILTER (WHERE ${where.map((condition) => `(${condition})`).join(' AND ')})`;
  return `${name}(${argument}${sorted})${filter}`;
}

/** An aggregate over all rows of the group. */
export function plain(name: string, emit: Emit, aliases?: readonly string[]): AggregateFunction {
  return {
    name,
    ...(aliases ? { aliases } : {}),
    emit: (args, type, order, context) => emit({ args, where: [], type, order, context }),
  };
}

/** An aggregate over the rows for which the argument at `position` is true; null counts as false. */
export function conditional(
  name: string,
  position: number,
  emit: Emit,
  aliases?: readonly string[],
): AggregateFunction {
  return {
    name,
    ...(aliases ? { aliases } : {}),
    emit: (args, type, order, context) => {
      const predicate = argument(args, position, name);
      return emit({ args: args.toSpliced(position, 1), where: [predicate.sql], type, order, context });
    },
  };
}

/** The argument at a position. @throws Refusal when the call has too few */
export function argument(args: readonly Arg[], position: number, name: string): Arg {
  const arg = args[position];
  if (!arg) throw new Refusal('unsupported-argument', `${name}() needs an argument at position ${position + 1}.`);
  return arg;
}
